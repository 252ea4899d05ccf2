/*
 * Which algorithms are offered, and why there was none in common.
 */
#include "ssh/transport_internal.h"

/* The names of a libssh2 list, joined. */
static void
supported_names(struct transport *t, int method, struct buf *to)
{
	const char **names = NULL;
	int i, n = libssh2_session_supported_algs(t->session, method, &names);

	for (i = 0; i < n; i++)
		buf_printf(to, "%s%s", i ? "," : "", names[i]);
	if (n > 0)
		libssh2_free(t->session, names);
}

int
transport_prefer_hostkeys(
    struct transport *t, const char *const *names, size_t n, struct fault *f)
{
	struct buf ours, list;
	size_t i;
	int ret = 0;

	buf_init(&ours, 4096);
	buf_init(&list, 4096);
	supported_names(t, LIBSSH2_METHOD_HOSTKEY, &ours);
	for (i = 0; i < n; i++) {
		if (kexinit_common(names[i], buf_str(&ours)))
			buf_printf(
			    &list, "%s%s", list.len ? "," : "", names[i]);
	}
	if (!list.len ||
	    libssh2_session_method_pref(
		t->session, LIBSSH2_METHOD_HOSTKEY, buf_str(&list)))
		ret = fault_set(f, FAULT_HOSTKEY, 0,
		    "libssh2 %s knows none of the types of host key that are "
		    "wanted; it knows %s",
		    transport_library(), buf_str(&ours));
	buf_release(&ours);
	buf_release(&list);
	return ret;
}

int
transport_prefer(
    struct transport *t, int method, const char *names, struct fault *f)
{
	if (libssh2_session_method_pref(t->session, method, names))
		return fault_set(f, FAULT_USAGE, 0,
		    "libssh2 %s knows none of the algorithms \"%s\"",
		    transport_library(), names);
	return 0;
}

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

int
algorithms_explain(struct transport *t, struct fault *f)
{
	int i, found = 0;

	for (i = 0; i < KEXINIT_COMPRESSION_OUT && !found; i++) {
		const char *theirs = t->server.lists[i];
		struct buf ours;

		buf_init(&ours, 4096);
		supported_names(t, list_method(i), &ours);
		if (theirs && !kexinit_common(buf_str(&ours), theirs)) {
			found = 1;
			fault_set(f, FAULT_CONNECT, 0,
			    "no common %s algorithm: the server offers %s; "
			    "libssh2 %s knows %s",
			    kexinit_list_name((enum kexinit_list)i), theirs,
			    transport_library(), buf_str(&ours));
		}
		buf_release(&ours);
	}
	return found;
}
