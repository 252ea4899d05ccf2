#include "http/report.h"

#include <inttypes.h>

#include "base/diag.h"
#include "http/sandbox.h"
#include "http/variables.h"

void
report_start(const struct settings *set, const struct listeners *l,
    const struct identity *id)
{
	struct buf text;
	size_t i;

	buf_init(&text, 65536);
	for (i = 0; i < l->n; i++) {
		buf_puts(&text, i ? ", " : "");
		variables_url(&text, l->name[i], l->port);
	}
	for (i = 0; i < set->site.n; i++)
		buf_printf(&text, "%s/%s = %s", i ? ", " : " with ",
		    set->site.mounts[i].prefix, set->site.mounts[i].dir);
	diag_verbose(set->command[0] ? 1 : 0, "serving %s", buf_str(&text));
	buf_clear(&text);
	sandbox_describe(&text);
	diag_verbose(1, "as user %s%s; in force: %s", id->user,
	    id->changed ? "" : " (unchanged)", buf_str(&text));
	buf_release(&text);
}

void
report_end(const struct server_counts *c)
{
	diag_verbose(1,
	    "%" PRIu64 " requests, %" PRIu64 " bytes, %" PRIu64
	    " clients, %" PRIu64 " errors",
	    c->requests, c->bytes, c->clients, c->errors);
	if (c->left_root)
		diag_note("requests refused for a link that leaves the "
			  "directory: %" PRIu64 "; -L follows such links",
		    c->left_root);
}
