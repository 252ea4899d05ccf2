#include <criterion/criterion.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "ssh/blob.h"
#include "ssh/keyfile.h"
#include "ssh/keys.h"

static char directory[] = "/tmp/keys-test-XXXXXX";

static void
make_directory(void)
{
	cr_assert_not_null(mkdtemp(directory));
}

static void
remove_directory(void)
{
	char *line = mem_printf("%s", directory);
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", line, NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	mem_free(line);
}

TestSuite(ssh_keys, .init = make_directory, .fini = remove_directory);

/* Runs a line of sh in the directory; its output goes to out (or NULL). */
static int
sh(const char *line, struct buf *out)
{
	int fds[2], status;
	pid_t pid;

	cr_assert_eq(pipe(fds), 0);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		if (chdir(directory) == 0)
			execlp("sh", "sh", "-c", line, NULL);
		_exit(127);
	}
	close(fds[1]);
	if (out)
		cr_expect_eq(fdio_read_all(fds[0], out), 0);
	close(fds[0]);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void
read_text(const char *name, struct buf *text)
{
	char *path = mem_printf("%s/%s", directory, name);
	struct fault f;

	buf_init(text, 65536);
	cr_assert_eq(fdio_read_file(path, text, &f), 0, "%s", f.text);
	mem_free(path);
}

static struct key *
parse_file(const char *name, int *encrypted, struct fault *f)
{
	struct buf text;
	struct key *k;

	read_text(name, &text);
	k = key_parse(text.data, text.len, NULL, encrypted, f);
	buf_release(&text);
	return k;
}

/* The public key as ssh-keygen tells it. */
static void
public_of(const char *name, struct buf *blob)
{
	char *line = mem_printf("ssh-keygen -y -f %s", name);
	struct buf out;
	char *field;

	buf_init(&out, 65536);
	buf_init(blob, 65536);
	cr_assert_eq(sh(line, &out), 0);
	field = strchr(buf_str(&out), ' ');
	cr_assert_not_null(field);
	cr_assert_eq(
	    keyfile_base64(field + 1, strcspn(field + 1, " \n"), blob), 0);
	buf_release(&out);
	mem_free(line);
}

/* The same public key for libcrypto: Ed25519 from the blob's last 32 bytes,
 * the others as ssh-keygen exports them. */
static EVP_PKEY *
public_pkey(const char *name, const struct buf *blob)
{
	char *line = mem_printf("ssh-keygen -y -f %s >x.pub && "
				"ssh-keygen -e -m PKCS8 -f x.pub",
	    name);
	struct buf out;
	EVP_PKEY *pkey;
	BIO *bio;

	buf_init(&out, 65536);
	if (blob->len == 51) {
		pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		    (const uint8_t *)blob->data + 19, 32);
	} else {
		cr_assert_eq(sh(line, &out), 0);
		bio = BIO_new_mem_buf(out.data, (int)out.len);
		pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
		BIO_free(bio);
	}
	buf_release(&out);
	mem_free(line);
	return pkey;
}

/* Two mpints to DER; not a byte may be left. */
static int
ecdsa_der(const struct buf *signature, uint8_t **der)
{
	struct blob b = {(const uint8_t *)signature->data, signature->len};
	struct blob r, s;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	int n;

	cr_assert_eq(blob_get_string(&b, &r) | blob_get_string(&b, &s), 0);
	cr_expect_eq(b.n, 0);
	ECDSA_SIG_set0(sig, BN_bin2bn(r.p, (int)r.n, NULL),
	    BN_bin2bn(s.p, (int)s.n, NULL));
	n = i2d_ECDSA_SIG(sig, der);
	ECDSA_SIG_free(sig);
	return n;
}

static int
verify(EVP_PKEY *pkey, const char *hash, const struct blob *data,
    const struct buf *signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	const uint8_t *bytes = (const uint8_t *)signature->data;
	size_t n = signature->len;
	int ret;

	if (EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC) {
		n = (size_t)ecdsa_der(signature, &der);
		bytes = der;
	}
	ret = EVP_DigestVerifyInit_ex(ctx, NULL, hash, NULL, NULL, pkey, NULL);
	if (ret == 1)
		ret = EVP_DigestVerify(ctx, bytes, n, data->p, data->n);
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	return ret;
}

static void
expect_signature(const struct key *k, EVP_PKEY *pkey, const char *algorithm,
    const char *hash)
{
	static const uint8_t text[] = "what is to be signed";
	struct blob data = {text, sizeof(text)};
	struct blob name = {(const uint8_t *)algorithm, strlen(algorithm)};
	struct buf signature;
	struct fault f = {0};
	int i;

	/* several: the mpints of ECDSA have different lengths */
	for (i = 0; i < 40; i++) {
		buf_init(&signature, 65536);
		cr_expect_eq(key_sign(k, &name, &data, &signature, &f), 0);
		cr_expect_eq(
		    verify(pkey, hash, &data, &signature), 1, "%s", algorithm);
		buf_release(&signature);
	}
}

/* What ssh-keygen makes of these options is read and signs. */
static void
expect_key(const char *options, const char *const *algorithms,
    const char *const *hashes)
{
	char *line = mem_printf("ssh-keygen -q -N '' -C '' -f k %s", options);
	struct fault f = {0};
	EVP_PKEY *pkey;
	struct buf blob;
	struct key *k;
	int encrypted;

	sh("rm -f k k.pub", NULL);
	cr_assert_eq(sh(line, NULL), 0, "%s", options);
	k = parse_file("k", &encrypted, &f);
	cr_assert_not_null(k, "%s: %s", options, f.text);
	cr_expect_eq(encrypted, 0);
	public_of("k", &blob);
	cr_assert_eq(key_blob(k).n, blob.len, "%s", options);
	cr_expect_arr_eq(key_blob(k).p, blob.data, blob.len);
	pkey = public_pkey("k", &blob);
	cr_assert_not_null(pkey);
	for (; *algorithms; algorithms++, hashes++)
		expect_signature(k, pkey, *algorithms, *hashes);
	EVP_PKEY_free(pkey);
	buf_release(&blob);
	key_free(k);
	mem_free(line);
}

Test(ssh_keys, rsa_keys_of_every_form_sign)
{
	static const char *const algorithms[] = {
	    "rsa-sha2-256", "rsa-sha2-512", "ssh-rsa", NULL};
	static const char *const hashes[] = {"SHA256", "SHA512", "SHA1"};

	expect_key("-t rsa -b 2048", algorithms, hashes);
	expect_key("-t rsa -b 2048 -m PEM", algorithms, hashes);
	expect_key("-t rsa -b 3072 -m PKCS8", algorithms, hashes);
	expect_key("-t rsa -b 1031", algorithms, hashes);
}

Test(ssh_keys, ecdsa_keys_of_every_form_sign)
{
	static const struct {
		const char *bits, *algorithms[2], *hashes[1];
	} rows[] = {{"256", {"ecdsa-sha2-nistp256", NULL}, {"SHA256"}},
	    {"384", {"ecdsa-sha2-nistp384", NULL}, {"SHA384"}},
	    {"521", {"ecdsa-sha2-nistp521", NULL}, {"SHA512"}}};
	static const char *const forms[] = {"", "-m PEM", "-m PKCS8"};
	size_t i, j;

	for (i = 0; i < 3; i++) {
		for (j = 0; j < 3; j++) {
			char *options = mem_printf(
			    "-t ecdsa -b %s %s", rows[i].bits, forms[j]);

			expect_key(options, rows[i].algorithms, rows[i].hashes);
			mem_free(options);
		}
	}
}

Test(ssh_keys, ed25519_keys_sign)
{
	static const char *const algorithms[] = {"ssh-ed25519", NULL};
	static const char *const hashes[] = {NULL};
	int i;

	for (i = 0; i < 3; i++)
		expect_key("-t ed25519", algorithms, hashes);
}

Test(ssh_keys, a_comment_and_line_ends_of_dos_are_no_matter)
{
	struct fault f = {0};
	struct key *k;
	int encrypted;

	cr_assert_eq(sh("ssh-keygen -q -t ed25519 -N '' -C 'a comment' -f k && "
			"sed 's/$/\\r/' k >dos && sed '$d' k >cut && "
			"printf %s \"$(cat k)\" >bare",
			 NULL),
	    0);
	k = parse_file("dos", &encrypted, &f);
	cr_expect_not_null(k, "%s", f.text);
	key_free(k);
	k = parse_file("bare", &encrypted, &f);
	cr_expect_not_null(k, "no newline at its end");
	key_free(k);
	k = parse_file("cut", &encrypted, &f);
	cr_expect_null(k);
	cr_expect_eq(f.class, FAULT_AUTH);
}

/* RFC 5656 sends points uncompressed, however a file keeps them. */
Test(ssh_keys, a_compressed_point_is_sent_uncompressed)
{
	struct fault f = {0};
	struct buf blob;
	struct key *k;
	int encrypted;

	if (sh("openssl ecparam -name prime256v1 -genkey -noout "
	       "-conv_form compressed -out k 2>/dev/null && chmod 600 k",
		NULL))
		cr_skip_test("no openssl");
	k = parse_file("k", &encrypted, &f);
	cr_assert_not_null(k, "%s", f.text);
	public_of("k", &blob);
	cr_expect_eq(key_blob(k).n, blob.len);
	buf_release(&blob);
	key_free(k);
}

Test(ssh_keys, a_passphrase_is_recognised_in_every_form)
{
	static const char *const forms[] = {"-t rsa -b 2048",
	    "-t rsa -b 2048 -m PEM", "-t rsa -b 2048 -m PKCS8", "-t ed25519",
	    "-t ecdsa", "-t ecdsa -m PEM", "-t ecdsa -m PKCS8"};
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		char *line = mem_printf(
		    "rm -f k; ssh-keygen -q -N 'five words' -f k %s", forms[i]);
		struct fault f = {0};
		int encrypted = 0;

		cr_assert_eq(sh(line, NULL), 0);
		cr_expect_null(parse_file("k", &encrypted, &f));
		cr_expect_eq(encrypted, 1, "%s", forms[i]);
		cr_expect_eq(f.class, FAULT_AUTH);
		cr_expect_not_null(strstr(f.text, "passphrase"));
		mem_free(line);
	}
}

Test(ssh_keys, other_types_are_told_by_name)
{
	struct fault f = {0};
	int encrypted = 0;

	if (sh("ssh-keygen -q -t dsa -N '' -f k 2>/dev/null", NULL))
		cr_skip_test("no DSA");
	cr_expect_null(parse_file("k", &encrypted, &f));
	cr_expect_eq(encrypted, 0);
	cr_expect_not_null(strstr(f.text, "ssh-dss"), "%s", f.text);
}

Test(ssh_keys, what_is_no_key_is_refused)
{
	static const char *const rows[] = {"", "\n", "ssh-ed25519 AAAA x\n",
	    "-----BEGIN OPENSSH PRIVATE KEY-----",
	    "-----BEGIN OPENSSH PRIVATE KEY-----\n",
	    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
	    "-----END OPENSSH PRIVATE KEY-----\n",
	    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n"
	    "-----END OPENSSH PRIVATE KEY-----\n",
	    "-----BEGIN OPENSSH PRIVATE KEY-----\n????\n"
	    "-----END OPENSSH PRIVATE KEY-----\n",
	    "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n",
	    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fault f = {0};
		int encrypted = 7;

		cr_expect_null(
		    key_parse(rows[i], strlen(rows[i]), NULL, &encrypted, &f));
		cr_expect_eq(encrypted, 0, "row %zu", i);
		cr_expect_eq(f.class, FAULT_AUTH);
	}
	key_free(NULL);
}

/* Cut anywhere, and with any byte changed: no key or one, never a crash. */
Test(ssh_keys, a_damaged_file_is_harmless)
{
	struct fault f = {0};
	struct buf text;
	size_t i, from;
	int encrypted;

	cr_assert_eq(sh("ssh-keygen -q -t ecdsa -N '' -f k", NULL), 0);
	read_text("k", &text);
	from = strlen("-----BEGIN OPENSSH PRIVATE KEY-----\n");
	for (i = 0; i < text.len; i++) {
		char *part = malloc(i ? i : 1);

		memcpy(part, text.data, i);
		if (i + 2 < text.len)
			cr_expect_null(
			    key_parse(part, i, NULL, &encrypted, &f));
		free(part);
	}
	for (i = from; i < text.len; i++) {
		char before = text.data[i];

		text.data[i] = before == 'A' ? '/' : 'A';
		key_free(key_parse(text.data, text.len, NULL, &encrypted, &f));
		text.data[i] = before;
	}
	buf_release(&text);
}

Test(ssh_keys, a_wrong_algorithm_does_not_sign)
{
	static const char *const rows[] = {"", "ssh-ed25519", "rsa-sha2-1024",
	    "ecdsa-sha2-nistp256", "rsa-sha2-25", "rsa-sha2-2560"};
	struct blob data = {(const uint8_t *)"x", 1};
	struct fault f = {0};
	struct key *k;
	int encrypted;
	size_t i;

	cr_assert_eq(sh("ssh-keygen -q -t rsa -b 2048 -N '' -f k", NULL), 0);
	k = parse_file("k", &encrypted, &f);
	cr_assert_not_null(k);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct blob name = {(const uint8_t *)rows[i], strlen(rows[i])};
		struct buf signature;

		buf_init(&signature, 65536);
		cr_expect_eq(key_sign(k, &name, &data, &signature, &f), -1,
		    "%s", rows[i]);
		cr_expect_eq(signature.len, 0);
		buf_release(&signature);
	}
	key_free(k);
}

/* The passphrase of a row is "open sesame"; the third asks for another form. */
Test(ssh_keys, a_passphrase_opens_each_cipher_and_form)
{
	static const struct {
		const char *options, *kind;
	} rows[] = {{"-t ed25519", "ed25519"}, {"-t ecdsa -b 521", "ecdsa"},
	    {"-t ed25519 -Z aes128-cbc", "cbc"},
	    {"-t ed25519 -Z aes192-ctr", "ctr"},
	    {"-t ed25519 -Z aes256-gcm@openssh.com", "gcm"},
	    {"-t ed25519 -Z chacha20-poly1305@openssh.com", "chacha"},
	    {"-t ecdsa -m PEM", "pem"}, {"-t ecdsa -m PKCS8", "pkcs8"}};
	struct secret *right = secret_new(), *wrong = secret_new();
	size_t i;
	const char *c;

	for (c = "open sesame"; *c; c++)
		secret_append(right, *c);
	secret_append(wrong, 'x');
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *line = mem_printf("rm -f k; ssh-keygen -q %s -a 2 -N "
					"'open sesame' -f k",
		    rows[i].options);
		struct fault f = {0};
		struct buf text, public;
		struct key *k;
		int encrypted = 0;

		cr_assert_eq(sh(line, NULL), 0);
		mem_free(line);
		read_text("k", &text);
		buf_init(&public, 65536);
		cr_expect_null(
		    key_parse(text.data, text.len, NULL, &encrypted, &f));
		cr_expect_eq(encrypted, 1, "%s", rows[i].kind);
		cr_expect_null(
		    key_parse(text.data, text.len, wrong, &encrypted, &f));
		cr_expect_eq(encrypted, 1, "%s", rows[i].kind);
		k = key_parse(text.data, text.len, right, &encrypted, &f);
		cr_assert_not_null(k, "%s: %s", rows[i].kind, f.text);
		cr_expect_eq(encrypted, 0);
		if (!key_parse_public(text.data, text.len, &public)) {
			cr_expect_eq(public.len, key_blob(k).n);
			cr_expect_arr_eq(
			    public.data, key_blob(k).p, public.len);
		}
		key_free(k);
		buf_release(&text);
		buf_release(&public);
	}
	secret_free(right);
	secret_free(wrong);
}
