#include "fleet/summary.h"

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "hosts/fold.h"

enum { SUMMARY_TEXT_MAX = 16 << 20 };

void
summary_init(struct summary *s, const struct host_list *hosts,
    const char *const *labels, bool several, bool quiet)
{
	*s = (struct summary){.hosts = hosts,
	    .labels = labels,
	    .several = several,
	    .quiet = quiet};
	s->failed = mem_alloc(host_list_count(hosts), sizeof(*s->failed));
	s->left = mem_alloc(host_list_count(hosts), sizeof(*s->left));
}

void
summary_add(struct summary *s, size_t host, const struct outcome *o)
{
	s->n_not_started += o->not_started;
	if (o->status == 0)
		return;
	s->failed[host] = true;
	s->left[host] = o->left;
	s->n_left += o->left;
	s->n_failed++;
	/* `if fab-run web test -e f` is silent, as with ssh */
	if (!s->several && o->class == FAULT_NONE && !o->signal[0])
		return;
	if (!s->quiet || o->class != FAULT_NONE)
		diag_error("%s: %s", s->labels[host], o->text);
}

/* Hosts as they would be given to -H again. */
static void
fold_some(const struct summary *s, const bool *which, struct buf *to)
{
	size_t i, n = host_list_count(s->hosts);
	struct fold *failed = fold_new();

	for (i = 0; i < n; i++) {
		if (which[i]) {
			struct host h = host_list_label(s->hosts, i);

			fold_add(failed, &h);
		}
	}
	fold_print(failed, to);
	fold_free(failed);
}

static void
put_last_line(const struct summary *s, struct buf *to)
{
	size_t n = host_list_count(s->hosts);

	if (s->n_failed) {
		buf_printf(to, "%zu of %zu hosts failed: ", s->n_failed, n);
		fold_some(s, s->failed, to);
	}
	if (s->n_not_started)
		buf_printf(to, "%s%zu of %zu hosts not started",
		    s->n_failed ? "; " : "", s->n_not_started, n);
}

void
summary_end(struct summary *s)
{
	struct buf line;

	buf_init(&line, SUMMARY_TEXT_MAX);
	put_last_line(s, &line);
	if (s->several && line.len && !s->quiet)
		diag_error("%s", buf_str(&line));
	buf_clear(&line);
	fold_some(s, s->left, &line);
	if (s->several && s->n_left)
		diag_error("the command may still run on %s", buf_str(&line));
	buf_release(&line);
	mem_free(s->left);
	mem_free(s->failed);
}
