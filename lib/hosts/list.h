/*
 * A list of hosts as a user names them.
 *
 *	HOSTS := term{,term}        term := [!]item
 *	item  := [user@]name[:port] | [user@][IPv6][:port] | @group
 *	name  may hold ranges: web[01-20,30]  n[1-2]-ib[0-1]  n[0-10/5]
 *
 * Hosts stand in the order of their first mention, none twice.  A list
 * belongs to one thread while it is made; afterwards many may read it.
 */
#ifndef HOSTS_LIST_H
#define HOSTS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fault.h"
#include "hosts/host.h"

enum {
	HOST_LIST_MAX = 65536, /* hosts */
	HOST_NAME_LEN_MAX = 255, /* bytes of a name, of a user */
	HOST_TEXT_MAX = 16 << 20 /* bytes of an expression or a file */
};

struct host_list;

/* An empty list. */
struct host_list *host_list_new(void);
void host_list_free(struct host_list *l);

/* Adds the hosts of an expression; a `!` term takes away what stands before
 * it, also what earlier calls added.  -1 with a FAULT_USAGE that shows the
 * text and the column; what stood before the error may have been added. */
int host_list_add(struct host_list *l, const char *text, struct fault *f);

/* Adds the hosts of a file, "-" being standard input: one expression a line,
 * `#` starts a comment.  Words behind the expression are ssh options for its
 * hosts; a single bare word is their user. */
int host_list_add_file(struct host_list *l, const char *path, struct fault *f);

/* Takes the hosts of an expression away.  One named without user or port
 * matches any; to be called when everything has been added. */
int host_list_exclude(struct host_list *l, const char *text, struct fault *f);

/* The hosts in order.  Borrowed from the list until it changes. */
size_t host_list_count(const struct host_list *l);
const struct host *host_list_get(const struct host_list *l, size_t i);

/* Whether h, with exactly its user and port, is in the list. */
bool host_list_has(const struct host_list *l, const struct host *h);

/* Adds one host, unless it is in the list.  Its text is copied.  -1 when the
 * list is full. */
int host_list_put(struct host_list *l, const struct host *h);

/* Makes room for n more hosts at once. */
void host_list_reserve(struct host_list *l, size_t n);

/* Removes the hosts that are, or with keep are not, matched by one of the
 * other list, in which a host without user or port stands for any. */
void host_list_filter(
    struct host_list *l, const struct host_list *by, bool keep);

/* Whether text names one plain host: `web`, `root@web:22`, `[::1]`; no list,
 * no range, no group, no exclusion. */
bool host_list_is_plain(const char *text);

/* Whether text may be what a shell made of an unquoted range: one plain name
 * with a digit, which is also a file in the current directory. */
bool host_list_looks_globbed(const char *text);

/* Host i under its label: its user and port are left out where the list can
 * do without them to tell its hosts of that name apart.  Borrowed parts. */
struct host host_list_label(const struct host_list *l, size_t i);

/* The label as text, an IPv6 address without a port bare.  The caller's. */
char *host_list_label_text(const struct host_list *l, size_t i);

#endif
