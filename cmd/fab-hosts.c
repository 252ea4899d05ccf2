/*
 * fab-hosts: lists of hosts, expanded, folded, combined and split.
 *
 * All operands and files make one list, in the language that every fab
 * program knows (lib/hosts/list.h); -x and --intersect then thin it out.  What
 * is printed is in ClusterShell's order, so that it is the same however the
 * hosts were named, and can be compared with diff.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/num.h"
#include "cli/opts.h"
#include "cli/status.h"
#include "hosts/fold.h"
#include "hosts/list.h"

enum {
	OPT_EXPAND = 1,
	OPT_FOLD,
	OPT_COUNT,
	OPT_SPLIT,
	OPT_BATCH,
	OPT_INTERSECT,
	OPT_FILE,
	OPT_EXCLUDE,
	OPT_HOSTS,
	OPT_HELP,
	OPT_VERSION
};

static const char usage[] = "fab-hosts [OPTIONS] HOSTS...";

static const struct opt table[] = {
    {OPT_EXPAND, 0, "expand", NULL, "print one host a line (the default)"},
    {OPT_FOLD, 0, "fold", NULL, "print the hosts folded: web[01-20]"},
    {OPT_COUNT, 0, "count", NULL, "print how many hosts there are"},
    {OPT_SPLIT, 0, "split", "N", "print N folded lists of nearly equal size"},
    {OPT_BATCH, 0, "batch", "K", "print folded lists of K hosts each"},
    {OPT_INTERSECT, 0, "intersect", "HOSTS", "keep only these hosts"},
    {OPT_HOSTS, 'H', NULL, "HOSTS", "add these hosts"},
    {OPT_FILE, 'f', NULL, "FILE", "add the hosts of FILE, - is stdin"},
    {OPT_EXCLUDE, 'x', NULL, "HOSTS", "take these hosts away"},
    {OPT_HELP, 'h', "help", NULL, "print this help"},
    {OPT_VERSION, 0, "version", NULL, "print the version"},
    {0, 0, NULL, NULL, NULL}};

struct request {
	int mode; /* OPT_EXPAND to OPT_BATCH */
	uint64_t size; /* of OPT_SPLIT, OPT_BATCH */
	struct host_list *hosts, *excluded;
	struct host_list *kept; /* NULL: no --intersect */
};

static int
set_mode(struct request *r, int mode, const char *size, struct fault *f)
{
	if (r->mode && r->mode != mode)
		return fault_set(
		    f, FAULT_USAGE, 0, "more than one way to print");
	r->mode = mode;
	if (size &&
	    (num_parse_str(size, HOST_LIST_MAX, &r->size) || r->size == 0))
		return fault_set(f, FAULT_USAGE, 0,
		    "not a number from 1 to %d: %s", HOST_LIST_MAX, size);
	return 0;
}

/* Several --intersect keep what is in all of them. */
static int
intersect(struct request *r, const char *text, struct fault *f)
{
	struct host_list *with = host_list_new();
	int ret = host_list_add(with, text, f);

	if (!ret && r->kept) {
		host_list_filter(r->kept, with, true);
	} else if (!ret) {
		r->kept = with;
		with = NULL;
	}
	host_list_free(with);
	return ret;
}

static int
print_text(const char *text)
{
	if (fdio_write_all(STDOUT_FILENO, text, strlen(text)))
		return -1;
	return 1;
}

static int
print_help(void)
{
	struct buf text;
	int ret;

	buf_init(&text, 65536);
	opts_help(&text, usage, table);
	ret = print_text(buf_str(&text));
	buf_release(&text);
	return ret;
}

/* 1: all is said and done. */
static int
take_option(struct request *r, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPT_INTERSECT:
		return intersect(r, value, f);
	case OPT_FILE:
		return host_list_add_file(r->hosts, value, f);
	case OPT_EXCLUDE:
		return host_list_add(r->excluded, value, f);
	case OPT_HOSTS:
		return host_list_add(r->hosts, value, f);
	case OPT_HELP:
		return print_help();
	case OPT_VERSION:
		return print_text("fab-hosts " FAB_VERSION "\n");
	default:
		return set_mode(r, id, value, f);
	}
}

static int
take_operands(struct request *r, char **operand, struct fault *f)
{
	for (; *operand; operand++) {
		if (host_list_add(r->hosts, *operand, f))
			return -1;
		if (host_list_looks_globbed(*operand))
			diag_note("%s is also a file here: a list with ranges "
				  "wants quotes, 'web[1-3]'",
			    *operand);
	}
	return 0;
}

static int
read_request(struct request *r, char **argv, struct fault *f)
{
	struct opts o;
	const char *value;
	bool named = false;
	int id, ret;

	opts_init(&o, table, argv);
	while ((id = opts_next(&o, &value, f)) > 0) {
		named |= id == OPT_FILE || id == OPT_HOSTS;
		ret = take_option(r, id, value, f);
		if (ret)
			return ret;
	}
	if (id < 0 || take_operands(r, argv + o.next, f))
		return -1;
	if (!named && !argv[o.next])
		return fault_set(f, FAULT_USAGE, 0,
		    "no hosts were named (usage: %s)", usage);
	host_list_filter(r->hosts, r->excluded, false);
	if (r->kept)
		host_list_filter(r->hosts, r->kept, true);
	return 0;
}

static void
print(const struct request *r, struct buf *out)
{
	size_t count = host_list_count(r->hosts), i;
	struct fold *all = fold_new();

	for (i = 0; i < count; i++)
		fold_add(all, host_list_get(r->hosts, i));
	if (r->mode == OPT_COUNT) {
		buf_printf(out, "%zu\n", count);
	} else if (r->mode == OPT_SPLIT) {
		fold_print_parts(all, count / r->size, count % r->size, out);
	} else if (r->mode == OPT_BATCH) {
		fold_print_parts(all, r->size, 0, out);
	} else if (r->mode == OPT_FOLD && count) {
		fold_print(all, out);
		buf_putc(out, '\n');
	} else {
		fold_expand(all, out, '\n');
	}
	fold_free(all);
}

int
main(int argc, char **argv)
{
	struct request r = {
	    .hosts = host_list_new(), .excluded = host_list_new()};
	struct buf out;
	struct fault f;
	int ret;

	(void)argc;
	diag_init(argv[0]);
	buf_init(&out, HOST_LIST_MAX * 1024UL);
	ret = read_request(&r, argv, &f);
	if (ret < 0)
		diag_fault(&f);
	if (ret == 0) {
		print(&r, &out);
		ret = fdio_write_all(STDOUT_FILENO, buf_str(&out), out.len);
		if (ret)
			diag_error("standard output: %s", strerror(errno));
	}
	buf_release(&out);
	host_list_free(r.hosts);
	host_list_free(r.excluded);
	host_list_free(r.kept);
	return ret < 0 ? STATUS_OWN : STATUS_OK;
}
