#include <criterion/criterion.h>
#include <string.h>

#include "ssh/certificate.h"

static struct blob
text(const char *s)
{
	return (struct blob){(const uint8_t *)s, strlen(s)};
}

Test(ssh_certificate, names_have_plain_ones)
{
	static const struct {
		const char *name, *plain;
		bool token;
	} rows[] = {{"ssh-ed25519", "ssh-ed25519", false},
	    {"ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", false},
	    {"rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-256", false},
	    {"ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521",
		false},
	    {"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", true},
	    {"sk-ssh-ed25519-cert-v01@openssh.com",
		"sk-ssh-ed25519@openssh.com", true},
	    {"sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
		"sk-ecdsa-sha2-nistp256@openssh.com", true},
	    {"-cert-v01@openssh.com", "-cert-v01@openssh.com", false},
	    {"sk-ssh-ed25519", "sk-ssh-ed25519", false}, {"", "", false}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct blob name = text(rows[i].name);

		cr_expect_eq(certificate_is_token(&name), rows[i].token, "%s",
		    rows[i].name);
		certificate_plain(&name);
		cr_expect(blob_is(&name, rows[i].plain), "%s", rows[i].name);
	}
}

static void
put_key(struct buf *to, const char *type, const char *nonce, const char *fields)
{
	blob_put_text(to, type);
	if (nonce)
		blob_put_text(to, nonce);
	blob_put_text(to, fields);
	if (nonce)
		blob_put_text(to, "serial");
}

Test(ssh_certificate, a_certificate_is_known_to_be_a_key_s)
{
	static const struct {
		const char *certificate, *key, *fields;
		bool is;
	} rows[] = {
	    {"ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", "point", true},
	    {"sk-ssh-ed25519-cert-v01@openssh.com",
		"sk-ssh-ed25519@openssh.com", "point", true},
	    {"sk-ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", "point",
		false},
	    {"ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", "other", false},
	    {"ssh-ed25519", "ssh-ed25519", "point", false}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf c, k;
		struct blob certificate, key;

		buf_init(&c, 1024);
		buf_init(&k, 1024);
		put_key(&c, rows[i].certificate, "nonce", "point");
		put_key(&k, rows[i].key, NULL, rows[i].fields);
		certificate = (struct blob){(uint8_t *)c.data, c.len};
		key = (struct blob){(uint8_t *)k.data, k.len};
		cr_expect_eq(certificate_is_of(&certificate, &key), rows[i].is,
		    "%zu", i);
		buf_release(&c);
		buf_release(&k);
	}
}
