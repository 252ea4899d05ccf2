#include "http/variables.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Set where the port was asked for: then it is the same on every host. */
static const char fixed_name[] = "HTTPD_SCOPE_FIXED";

void
variables_url(struct buf *to, const char *address, uint16_t port)
{
	const size_t n = strcspn(address, "%");

	/* an interface stands behind %25 (RFC 6874) */
	if (strchr(address, ':'))
		buf_printf(to, "http://[%.*s%s%s]:%u/", (int)n, address,
		    address[n] ? "%25" : "", address + n + (address[n] != 0),
		    port);
	else
		buf_printf(to, "http://%s:%u/", address, port);
}

/* The scopes that we are in, innermost first: "URL ID ADDR fixed", or "any"
 * for a port that the system picked, and what the innermost was told of those
 * around it.  NULL: none. */
static char *
outer_scopes(void)
{
	const char *url = getenv("HTTPD_SCOPE_URL");
	const char *id = getenv("HTTPD_SCOPE_ID");
	const char *address = getenv("HTTPD_SCOPE_ADDR");
	const char *outer = getenv("HTTPD_SCOPE_OUTER");

	if (!url || !id || !*url || !*id)
		return NULL;
	return mem_printf("HTTPD_SCOPE_OUTER=%s %s %s %s%s%s", url, id,
	    address && *address ? address : "127.0.0.1",
	    getenv(fixed_name) ? "fixed" : "any", outer ? " " : "",
	    outer ? outer : "");
}

void
variables_init(struct variables *v, const struct listeners *l, bool fixed,
    const char *dir, const char *id)
{
	struct buf url;
	char *outer = outer_scopes();
	size_t n = 0, unset = 0;

	*v = (struct variables){.unset = {NULL}};
	buf_init(&url, 256);
	variables_url(&url, l->reach, l->port);
	v->env[n++] = mem_printf("HTTPD_SCOPE_URL=%s", buf_str(&url));
	v->env[n++] = mem_printf("HTTPD_SCOPE_PORT=%u", l->port);
	v->env[n++] = mem_printf("HTTPD_SCOPE_ADDR=%s", l->address);
	v->env[n++] = mem_printf("HTTPD_SCOPE_DIR=%s", dir);
	v->env[n++] = mem_printf("HTTPD_SCOPE_ID=%s", id);
	if (fixed)
		v->env[n++] = mem_printf("%s=1", fixed_name);
	else
		v->unset[unset++] = fixed_name;
	if (outer)
		v->env[n++] = outer;
	else
		v->unset[unset] = "HTTPD_SCOPE_OUTER";
	buf_release(&url);
}

void
variables_release(struct variables *v)
{
	size_t i;

	for (i = 0; v->env[i]; i++)
		mem_free(v->env[i]);
}
