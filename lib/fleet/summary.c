#include "fleet/summary.h"

#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"

enum { SUMMARY_TEXT_MAX = 32768 };

void
summary_init(struct summary *s, const struct host_list *hosts,
    const char *const *labels, bool several, bool quiet)
{
	*s = (struct summary){.hosts = hosts,
	    .labels = labels,
	    .several = several,
	    .quiet = quiet};
	s->failed = mem_alloc(host_list_count(hosts), sizeof(*s->failed));
}

void
summary_add(void *arg, size_t host, const struct outcome *o)
{
	struct summary *s = arg;

	if (o->status == 0)
		return;
	s->failed[host] = true;
	s->n_failed++;
	/* `if fab-run web test -e f` is silent, as with ssh */
	if (!s->several && o->class == FAULT_NONE && !o->signal[0])
		return;
	if (!s->quiet || o->class != FAULT_NONE)
		diag_error("%s: %s", s->labels[host], o->text);
}

void
summary_end(struct summary *s)
{
	struct buf names;
	size_t i, n = host_list_count(s->hosts);

	buf_init(&names, SUMMARY_TEXT_MAX);
	for (i = 0; i < n; i++) {
		if (s->failed[i])
			buf_printf(
			    &names, "%s%s", names.len ? "," : "", s->labels[i]);
	}
	if (s->several && s->n_failed && !s->quiet)
		diag_error("%zu of %zu hosts failed: %s", s->n_failed, n,
		    buf_str(&names));
	buf_release(&names);
	mem_free(s->failed);
}
