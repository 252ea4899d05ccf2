/*
 * What the server offered: its identification line and its SSH_MSG_KEXINIT
 * (RFC 4253, sections 4.2 and 7.1), both sent in the clear.  Kept so that "no
 * common algorithm" can be told with names.
 */
#ifndef SSH_KEXINIT_H
#define SSH_KEXINIT_H

#include <stddef.h>

#include "base/buf.h"

/* The name-lists of a KEXINIT, in the order of the packet. */
enum kexinit_list {
	KEXINIT_KEX,
	KEXINIT_HOSTKEY,
	KEXINIT_CIPHER_OUT, /* client to server */
	KEXINIT_CIPHER_IN,
	KEXINIT_MAC_OUT,
	KEXINIT_MAC_IN,
	KEXINIT_COMPRESSION_OUT,
	KEXINIT_COMPRESSION_IN,
	KEXINIT_LISTS
};

struct kexinit {
	struct buf seen; /* bytes from the server so far, until complete */
	int complete; /* 1: parsed; -1: not an SSH server */
	char *banner; /* the identification line without its end, or NULL */
	char *
	    lists[KEXINIT_LISTS]; /* comma-separated names, NULL until parsed */
};

void kexinit_init(struct kexinit *k);
void kexinit_release(struct kexinit *k);

/* The lists are not needed any more; the banner stays. */
void kexinit_forget_lists(struct kexinit *k);

/* Takes the next bytes from the server; a copy of what it needs is kept. */
void kexinit_feed(struct kexinit *k, const void *bytes, size_t n);

/* What a list is called: "key exchange", "host key", "cipher", …; and the
 * ssh option that changes it: "KexAlgorithms", …, or NULL. */
const char *kexinit_list_name(enum kexinit_list list);
const char *kexinit_list_option(enum kexinit_list list);

/* Whether two comma-separated lists have a name in common. */
int kexinit_common(const char *ours, const char *theirs);

#endif
