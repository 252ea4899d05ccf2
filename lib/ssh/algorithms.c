/*
 * Which algorithms are offered, and why there was none in common.  Strong by
 * default: nothing of SHA-1 or MD5, no CBC.  Ciphers stand in the order of what
 * they cost, for the library feeds them 16 bytes at a time: AES-GCM is the
 * dearest.
 */
#include <string.h>

#include "base/mem.h"
#include "ssh/alglist.h"
#include "ssh/transport_internal.h"

enum { ALGORITHMS_TEXT_MAX = 65536 };

static const char kex_default[] =
    "mlkem768x25519-sha256,curve25519-sha256,curve25519-sha256@libssh.org,"
    "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
    "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"
    "diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256";
static const char ciphers_default[] =
    "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,"
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com";
static const char macs_default[] =
    "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,"
    "hmac-sha2-512-etm@openssh.com";
static const char hostkeys_default[] =
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
    "rsa-sha2-512,rsa-sha2-256";

/* The methods of libssh2, in the order of KEXINIT's lists. */
static int
list_method(int list)
{
	static const int methods[KEXINIT_LISTS] = {LIBSSH2_METHOD_KEX,
	    LIBSSH2_METHOD_HOSTKEY, LIBSSH2_METHOD_CRYPT_CS,
	    LIBSSH2_METHOD_CRYPT_SC, LIBSSH2_METHOD_MAC_CS,
	    LIBSSH2_METHOD_MAC_SC, LIBSSH2_METHOD_COMP_CS,
	    LIBSSH2_METHOD_COMP_SC};

	return methods[list];
}

/* The names that the library has for a list, joined. */
static void
put_supported(struct transport *t, int list, struct buf *to)
{
	const char **names = NULL;
	int i,
	    n = libssh2_session_supported_algs(
		t->session, list_method(list), &names);

	for (i = 0; i < n; i++)
		buf_printf(to, "%s%s", i ? "," : "", names[i]);
	if (n > 0)
		libssh2_free(t->session, names);
}

/* Offers these names for a list. */
static int
offer(struct transport *t, int list, const char *names, struct fault *f)
{
	mem_free(t->offered[list]);
	t->offered[list] = mem_strdup(names);
	if (*names &&
	    !libssh2_session_method_pref(t->session, list_method(list), names))
		return 0;
	return fault_set(f, FAULT_CONNECT, 0,
	    "%s: libssh2 %s has none of the algorithms that are wanted",
	    kexinit_list_option((enum kexinit_list)list), transport_library());
}

static int
offer_list(struct transport *t, int list, const char *given,
    const char *defaults, struct fault *f)
{
	struct buf names, supported;
	int ret;

	buf_init(&names, ALGORITHMS_TEXT_MAX);
	buf_init(&supported, ALGORITHMS_TEXT_MAX);
	put_supported(t, list, &supported);
	alglist_make(&names, given, defaults, buf_str(&supported));
	ret = offer(t, list, buf_str(&names), f);
	buf_release(&names);
	buf_release(&supported);
	return ret;
}

/* A key's type stands for the algorithms that sign with it (RFC 8332). */
static const char *
algorithms_of(const char *type)
{
	return strcmp(type, "ssh-rsa") ? type
				       : "rsa-sha2-512,rsa-sha2-256,ssh-rsa";
}

static int
offer_hostkeys(struct transport *t, const struct settings *s,
    const struct words *known, struct fault *f)
{
	const char *given = s->host_key_algorithms;
	bool as_given = given && *given && !strchr("+-^", *given);
	struct buf wanted, names, supported;
	size_t i;
	int ret;

	buf_init(&wanted, ALGORITHMS_TEXT_MAX);
	buf_init(&names, ALGORITHMS_TEXT_MAX);
	buf_init(&supported, ALGORITHMS_TEXT_MAX);
	put_supported(t, KEXINIT_HOSTKEY, &supported);
	alglist_make(&wanted, given, hostkeys_default, buf_str(&supported));
	/* the types by which the host is known first */
	for (i = 0; i < known->count && !as_given; i++)
		buf_printf(&names, "%s,", algorithms_of(known->items[i]));
	buf_puts(&names, buf_str(&wanted));
	buf_clear(&supported);
	alglist_make(&supported, NULL, buf_str(&names), buf_str(&wanted));
	ret = offer(t, KEXINIT_HOSTKEY, buf_str(&supported), f);
	buf_release(&wanted);
	buf_release(&names);
	buf_release(&supported);
	return ret;
}

int
transport_offer(struct transport *t, const struct settings *s,
    const struct words *known, struct fault *f)
{
	if (s->compression) {
		(void)libssh2_session_flag(
		    t->session, LIBSSH2_FLAG_COMPRESS, 1);
		if (offer_list(t, KEXINIT_COMPRESSION_OUT, NULL,
			"zlib@openssh.com,zlib,none", f) ||
		    offer_list(t, KEXINIT_COMPRESSION_IN, NULL,
			"zlib@openssh.com,zlib,none", f))
			return -1;
	}
	if (offer_list(t, KEXINIT_KEX, s->kex_algorithms, kex_default, f) ||
	    offer_hostkeys(t, s, known, f))
		return -1;
	if (offer_list(t, KEXINIT_CIPHER_OUT, s->ciphers, ciphers_default, f) ||
	    offer_list(t, KEXINIT_CIPHER_IN, s->ciphers, ciphers_default, f))
		return -1;
	return offer_list(t, KEXINIT_MAC_OUT, s->macs, macs_default, f) ||
		offer_list(t, KEXINIT_MAC_IN, s->macs, macs_default, f)
	    ? -1
	    : 0;
}

/* What could be done: the server's names that the library knows. */
static void
put_remedy(struct transport *t, int list, const char *theirs, struct buf *to)
{
	const char *option = kexinit_list_option((enum kexinit_list)list);
	struct buf supported, common;

	buf_init(&supported, ALGORITHMS_TEXT_MAX);
	buf_init(&common, ALGORITHMS_TEXT_MAX);
	put_supported(t, list, &supported);
	alglist_make(&common, NULL, theirs, buf_str(&supported));
	if (common.len && option)
		buf_printf(
		    to, "; -o %s=+%s would do", option, buf_str(&common));
	else
		buf_printf(to, "; libssh2 %s knows none of those",
		    transport_library());
	buf_release(&supported);
	buf_release(&common);
}

int
algorithms_explain(struct transport *t, struct fault *f)
{
	int i;

	for (i = 0; i < KEXINIT_COMPRESSION_OUT; i++) {
		const char *theirs = t->server.lists[i];
		const char *ours = t->offered[i];
		struct buf remedy;

		if (!theirs || !ours || kexinit_common(ours, theirs))
			continue;
		buf_init(&remedy, ALGORITHMS_TEXT_MAX);
		put_remedy(t, i, theirs, &remedy);
		fault_set(f, FAULT_CONNECT, 0,
		    "no common %s algorithm: the server has %s; we offer %s%s",
		    kexinit_list_name((enum kexinit_list)i), theirs, ours,
		    buf_str(&remedy));
		buf_release(&remedy);
		return 1;
	}
	return 0;
}
