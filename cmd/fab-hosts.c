/*
 * fab-hosts: lists of hosts, expanded, folded, combined and split.  All that
 * is named makes one list, printed in ClusterShell's order.
 */
#include <errno.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/num.h"
#include "cli/opts.h"
#include "cli/status.h"
#include "hosts/fold.h"
#include "hosts/selection.h"

enum { EXPAND = 1, FOLD, COUNT, SPLIT, BATCH };
enum { INTERSECT = BATCH + 1, ADD, ADD_FILE, EXCLUDE, HELP, VERSION };

static const struct opt table[] = {
    {EXPAND, 0, "expand", NULL, "print one host a line (the default)"},
    {FOLD, 0, "fold", NULL, "print the hosts folded: web[01-20]"},
    {COUNT, 0, "count", NULL, "print how many hosts there are"},
    {SPLIT, 0, "split", "N", "print N folded lists of nearly equal size"},
    {BATCH, 0, "batch", "K", "print folded lists of K hosts each"},
    {INTERSECT, 0, "intersect", "HOSTS", "keep only these hosts"},
    {ADD, 'H', NULL, "HOSTS", "add these hosts"},
    {ADD_FILE, 'f', NULL, "FILE", "add the hosts of FILE; - is stdin"},
    {EXCLUDE, 'x', NULL, "HOSTS", "take these hosts away"},
    {HELP, 'h', "help", NULL, "print this help"},
    {VERSION, 0, "version", NULL, "print the version"},
    {0, 0, NULL, NULL, NULL}};

struct request {
	int mode; /* EXPAND to BATCH; 0: none given */
	uint64_t size; /* of SPLIT and BATCH */
	struct selection selection;
	int hints; /* that ranges are to be quoted; only one is said */
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

static int
take_option(struct request *r, int id, const char *value, struct fault *f)
{
	switch (id) {
	case INTERSECT:
		return selection_intersect(&r->selection, value, f);
	case ADD:
		return selection_add(&r->selection, value, f);
	case ADD_FILE:
		return selection_add_file(&r->selection, value, f);
	case EXCLUDE:
		return selection_exclude(&r->selection, value, f);
	default:
		return set_mode(r, id, value, f);
	}
}

static int
take_operand(struct request *r, const char *operand, struct fault *f)
{
	if (selection_add(&r->selection, operand, f))
		return -1;
	if (host_list_looks_globbed(operand) && r->hints++ == 0)
		diag_note("%s is a file: quote ranges, 'web[1-3]'", operand);
	return 0;
}

/* 1: to is what help or version was asked for. */
static int
read_request(struct request *r, char **argv, struct buf *to, struct fault *f)
{
	const char *value;
	struct opts o;
	int id;

	opts_init(&o, table, argv);
	while ((id = opts_next(&o, &value, f)) > 0) {
		if (id == HELP)
			opts_help(to, "fab-hosts [OPTIONS] HOSTS...", table);
		if (id == VERSION)
			buf_puts(to, "fab-hosts " FAB_VERSION "\n");
		if (to->len)
			return 1;
		if (take_option(r, id, value, f))
			return -1;
	}
	for (argv += o.next; id == 0 && *argv; argv++)
		id = take_operand(r, *argv, f);
	return id < 0 ? -1 : selection_finish(&r->selection, f);
}

static void
print(const struct request *r, struct buf *to)
{
	const struct host_list *hosts = r->selection.hosts;
	size_t count = host_list_count(hosts), i;
	struct fold *all = fold_new();

	for (i = 0; i < count; i++)
		fold_add(all, host_list_get(hosts, i));
	if (r->mode == COUNT)
		buf_printf(to, "%zu\n", count);
	else if (r->mode == SPLIT)
		fold_print_parts(all, count / r->size, count % r->size, to);
	else if (r->mode == BATCH)
		fold_print_parts(all, r->size, 0, to);
	else if (r->mode == FOLD)
		fold_print(all, to);
	else
		fold_expand(all, to, '\n');
	if (r->mode == FOLD && count)
		buf_putc(to, '\n');
	fold_free(all);
}

int
main(int argc __attribute__((unused)), char **argv)
{
	struct request r = {0};
	struct buf out;
	struct fault f;
	int ret;

	diag_init(argv[0]);
	selection_init(&r.selection);
	buf_init(&out, HOST_LIST_MAX * 1024UL);
	ret = read_request(&r, argv, &out, &f);
	if (ret == 0)
		print(&r, &out);
	if (ret >= 0 && fdio_write_all(STDOUT_FILENO, buf_str(&out), out.len))
		ret = fault_set(&f, FAULT_SYSTEM, errno, "standard output");
	if (ret < 0)
		diag_fault(&f);
	buf_release(&out);
	selection_release(&r.selection);
	return ret < 0 ? STATUS_OWN : STATUS_OK;
}
