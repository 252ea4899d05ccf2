#include "http/settings.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/opts.h"

enum {
	THREADS_MIN = 2, /* so that a slow disk never holds up everybody */
	THREADS_MAX = 4,
	CONNECTIONS = 8192
};

enum {
	OPT_DIR = 1,
	OPT_MOUNT,
	OPT_BIND,
	OPT_PORT,
	OPT_ALLOW,
	OPT_LOG,
	OPT_USER,
	OPT_FOLLOW,
	OPT_THREADS,
	OPT_NO_LISTING,
	OPT_MAX_CONNECTIONS,
	OPT_LINGER,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_VERSION
};

static const struct opt table[] = {
    {OPT_DIR, 'd', NULL, "DIR", "serve DIR (default: the current directory)"},
    {OPT_MOUNT, 0, "mount", "/PREFIX=DIR", "serve DIR under /PREFIX"},
    {OPT_BIND, 'b', NULL, "ADDRESS",
	"listen on ADDRESS or interface (default: loopback)"},
    {OPT_PORT, 'p', NULL, "PORT", "listen on PORT (default: a free one)"},
    {OPT_ALLOW, 'a', NULL, "CIDR", "serve these clients alone (with -b)"},
    {OPT_LOG, 'l', NULL, "FILE", "append an access log to FILE (-: stderr)"},
    {OPT_USER, 'u', NULL, "USER", "serve as USER (default of root: nobody)"},
    {OPT_FOLLOW, 'L', NULL, NULL, "follow symbolic links that leave DIR"},
    {OPT_THREADS, 'w', NULL, "N", "serving threads (default: 2 to 4)"},
    {OPT_NO_LISTING, 0, "no-listing", NULL, "do not list directories"},
    {OPT_MAX_CONNECTIONS, 0, "max-connections", "N",
	"connections at a time (default: 8192)"},
    {OPT_LINGER, 0, "linger", "SECONDS",
	"let running downloads end after COMMAND has"},
    {OPT_VERBOSE, 'v', NULL, NULL, "say what is served, and how much it was"},
    {OPT_HELP, 'h', "help", NULL, "show this help"},
    {OPT_VERSION, 0, "version", NULL, "show the version"},
    {0, 0, NULL, NULL, NULL},
};

/* Directories are opened when all options are known: -L may come last. */
struct parse {
	struct settings *s;
	const char *dir;
	const char *mounts[SITE_MOUNTS_MAX];
	size_t n;
};

static int
parse_number(const char *name, const char *value, uint64_t least, uint64_t most,
    uint64_t *number, struct fault *f)
{
	if (!num_parse_str(value, most, number) && *number >= least)
		return 0;
	return fault_set(f, FAULT_USAGE, 0,
	    "%s: %s is not a number from %llu to %llu", name, value,
	    (unsigned long long)least, (unsigned long long)most);
}

static int
set_number(struct settings *s, int id, const char *value, struct fault *f)
{
	uint64_t n = 0;
	int64_t ms;

	switch (id) {
	case OPT_PORT:
		if (parse_number("-p", value, 0, 65535, &n, f))
			return -1;
		s->port = (uint16_t)n;
		return 0;
	case OPT_THREADS:
		if (parse_number("-w", value, 1, 256, &n, f))
			return -1;
		s->threads = (int)n;
		return 0;
	case OPT_MAX_CONNECTIONS:
		if (parse_number("--max-connections", value, 1, 1000000, &n, f))
			return -1;
		s->max_connections = (int)n;
		return 0;
	default:
		if (num_parse_seconds(value, &ms) || ms > 86400000)
			return fault_set(f, FAULT_USAGE, 0,
			    "--linger: %s is not a number of seconds", value);
		s->linger = (int)ms;
		return 0;
	}
}

static int
add_allowed(struct settings *s, const char *value, struct fault *f)
{
	if (s->allowed.n == ADDRESS_NETS_MAX)
		return fault_set(f, FAULT_USAGE, 0, "too many -a");
	if (address_parse_net(value, &s->allowed.at[s->allowed.n]))
		return fault_set(f, FAULT_USAGE, 0,
		    "-a: %s is not an address or a network like 10.0.0.0/8",
		    value);
	s->allowed.n++;
	return 0;
}

static int
set_text(struct parse *p, int id, const char *value, struct fault *f)
{
	if (!*value)
		return fault_set(
		    f, FAULT_USAGE, 0, "an option's argument is empty");
	switch (id) {
	case OPT_DIR:
		p->dir = value;
		return 0;
	case OPT_BIND:
		p->s->address = value;
		return 0;
	case OPT_LOG:
		p->s->log_path = value;
		return 0;
	case OPT_USER:
		p->s->user = value;
		return 0;
	case OPT_ALLOW:
		return add_allowed(p->s, value, f);
	default:
		if (p->n == SITE_MOUNTS_MAX)
			return fault_set(f, FAULT_USAGE, 0, "too many mounts");
		p->mounts[p->n++] = value;
		return 0;
	}
}

static void
set_flag(struct settings *s, int id)
{
	switch (id) {
	case OPT_FOLLOW:
		s->site.follow = true;
		break;
	case OPT_NO_LISTING:
		s->site.listing = false;
		break;
	case OPT_VERBOSE:
		s->verbose++;
		break;
	case OPT_HELP:
		s->help = true;
		break;
	default:
		s->version = true;
		break;
	}
}

static int
set_option(struct parse *p, int id, const char *value, struct fault *f)
{
	switch (id) {
	case OPT_PORT:
	case OPT_THREADS:
	case OPT_MAX_CONNECTIONS:
	case OPT_LINGER:
		return set_number(p->s, id, value, f);
	default:
		if (value)
			return set_text(p, id, value, f);
		set_flag(p->s, id);
		return 0;
	}
}

static int
open_mount(struct site *site, const char *mount, struct fault *f)
{
	const char *equals = strchr(mount, '=');
	char *prefix;
	int ret;

	if (!equals || !equals[1])
		return fault_set(
		    f, FAULT_USAGE, 0, "--mount %s: is not /PREFIX=DIR", mount);
	prefix = mem_strndup(mount, (size_t)(equals - mount));
	ret = site_add(site, prefix, equals + 1, f);
	mem_free(prefix);
	return ret;
}

static int
open_site(struct parse *p, struct fault *f)
{
	size_t i;

	if (p->s->address && !p->dir && !p->n)
		return fault_set(f, FAULT_USAGE, 0,
		    "-b needs -d DIR: say what the network may read");
	if (!p->dir && !p->n)
		p->dir = ".";
	if (p->dir && site_add(&p->s->site, "", p->dir, f))
		return -1;
	for (i = 0; i < p->n; i++)
		if (open_mount(&p->s->site, p->mounts[i], f))
			return -1;
	return 0;
}

static int
default_threads(void)
{
	cpu_set_t cpus;
	int n = THREADS_MAX;

	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		n = CPU_COUNT(&cpus);
	return n < THREADS_MIN ? THREADS_MIN
	    : n > THREADS_MAX  ? THREADS_MAX
			       : n;
}

int
settings_parse(struct settings *s, char **argv, struct fault *f)
{
	struct parse p = {.s = s};
	struct opts opts;
	const char *value;
	int id;

	*s = (struct settings){
	    .site.listing = true,
	    .max_connections = CONNECTIONS,
	    .threads = default_threads(),
	};
	opts_init(&opts, table, argv);
	while ((id = opts_next(&opts, &value, f)) > 0)
		if (set_option(&p, id, value, f))
			return -1;
	if (id < 0)
		return -1;
	if (s->help || s->version)
		return 0;
	if (s->allowed.n && !s->address)
		return fault_set(f, FAULT_USAGE, 0, "-a needs -b ADDRESS");
	s->command = argv + opts.next;
	return open_site(&p, f);
}

void
settings_release(struct settings *s)
{
	site_release(&s->site);
}

int
settings_about(const struct settings *s, struct fault *f)
{
	struct buf text;
	int ret;

	buf_init(&text, 65536);
	if (s->help)
		opts_help(&text,
		    "httpd-scope [options] [--] [COMMAND [ARG...]]\n\n"
		    "Serves a directory over HTTP while COMMAND runs.\n",
		    table);
	else
		buf_puts(&text, "httpd-scope " FAB_VERSION "\n");
	ret = fdio_write_all(STDOUT_FILENO, buf_str(&text), text.len);
	buf_release(&text);
	if (ret)
		return fault_set(f, FAULT_SYSTEM, errno, "standard output");
	return 0;
}
