/*
 * Serves a directory over HTTP while a command runs.
 *
 * One process: this thread supervises the command, others serve.  So the
 * kernel closes the port when the process ends, however it ends.  The order
 * matters: the sockets listen before the command is forked (its first request
 * finds them), the command is forked before threads exist (fork and threads do
 * not mix) and before the sandbox stands (it must not bind the command, which
 * may be sudo), and is held until the sandbox stands (so that no server is
 * reachable that is not confined).
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fdio.h"
#include "base/mem.h"
#include "base/nonce.h"
#include "cli/status.h"
#include "http/identity.h"
#include "http/sandbox.h"
#include "http/server.h"
#include "http/settings.h"
#include "http/variables.h"
#include "scope/signals.h"
#include "scope/supervise.h"

struct scope {
	struct settings set;
	struct listeners listeners;
	struct accesslog *log;
	struct supervise *command;
	struct server *server;
	struct server_counts counts;
	char id[NONCE_LEN + 1];
};

static int
print_about(const struct settings *set)
{
	struct buf text;
	int ret;

	buf_init(&text, 65536);
	if (set->help)
		settings_help(&text);
	else
		buf_puts(&text, "httpd-scope " FAB_VERSION "\n");
	ret = fdio_write_all(STDOUT_FILENO, buf_str(&text), text.len);
	buf_release(&text);
	return ret ? STATUS_OWN : STATUS_OK;
}

static void
say_where(const struct scope *s, const struct identity *id)
{
	struct buf text;
	size_t i;

	buf_init(&text, 4096);
	variables_url(&text, s->listeners.address, s->listeners.port);
	for (i = 0; i < s->set.site.n; i++)
		buf_printf(&text, "%s/%s = %s", i ? ", " : " with ",
		    s->set.site.mounts[i].prefix, s->set.site.mounts[i].dir);
	if (!s->set.command[0])
		diag_note("serving %s", buf_str(&text));
	else
		diag_verbose(1, "serving %s", buf_str(&text));
	buf_clear(&text);
	sandbox_describe(&text);
	diag_verbose(1, "as user %s%s; in force: %s", id->user,
	    id->changed ? "" : " (unchanged)", buf_str(&text));
	buf_release(&text);
}

/* Forks the command and holds it. */
static int
hold_command(struct scope *s, struct fault *f)
{
	const char *dir = s->set.site.mounts[0].dir;
	struct variables v;
	struct supervise_settings set = {
	    .argv = s->set.command,
	    .env = v.env,
	    .unset = v.unset,
	    .held = s->listeners.fd,
	    .held_count = s->listeners.n,
	};

	nonce_make(s->id);
	variables_init(&v, &s->listeners, s->set.port != 0, dir, s->id);
	s->command = supervise_hold(&set, f);
	variables_release(&v);
	return s->command ? 0 : -1;
}

/* Threads are started with all signals blocked: those are this thread's. */
static int
start_server(struct scope *s, struct fault *f)
{
	struct server_settings set = {
	    .listeners = &s->listeners,
	    .site = &s->set.site,
	    .log = s->log,
	    .allowed = s->set.allowed.n ? &s->set.allowed : NULL,
	    .id = s->id,
	    .threads = s->set.threads,
	    .max_connections = s->set.max_connections,
	    .enter = sandbox_serving_thread,
	};
	int ret = 0;

	signals_block();
	if (s->log)
		ret = accesslog_start(s->log, sandbox_serving_thread, f);
	if (!ret)
		s->server = server_start(&set, f);
	signals_unblock();
	return s->server ? 0 : -1;
}

static int
make_ready(struct scope *s, struct fault *f)
{
	struct identity id;

	if (s->set.log_path) {
		s->log = accesslog_open(s->set.log_path, f);
		if (!s->log)
			return -1;
	}
	if (listen_open(&s->listeners, s->set.address, s->set.port, f) ||
	    hold_command(s, f) || identity_drop(&id, s->set.user, f) ||
	    site_check(&s->set.site, id.user, f) ||
	    sandbox_process(&s->set.site, f) || start_server(s, f))
		return -1;
	if (sandbox_main_thread(supervise_pid(s->command)))
		return fault_set(f, FAULT_SYSTEM, 0, "seccomp");
	say_where(s, &id);
	return 0;
}

static void
say_how_much(const struct scope *s)
{
	const struct server_counts *c = &s->counts;

	diag_verbose(1, "%llu requests, %llu bytes, %llu clients, %llu errors",
	    (unsigned long long)c->requests, (unsigned long long)c->bytes,
	    (unsigned long long)c->clients, (unsigned long long)c->errors);
	if (c->left_root)
		diag_note("%llu requests met a link that leaves the directory "
			  "and got 403; -L follows such links",
		    (unsigned long long)c->left_root);
}

static int
finish(struct scope *s, struct supervise_end end)
{
	if (s->set.linger && s->set.command[0])
		supervise_linger(
		    s->command, server_drain(s->server), s->set.linger);
	server_stop(s->server, &s->counts);
	s->server = NULL;
	accesslog_close(s->log);
	listen_close(&s->listeners);
	say_how_much(s);
	switch (end.kind) {
	case SUPERVISE_NOT_STARTED:
		diag_error("%s: %s", s->set.command[0], strerror(end.value));
		return end.value == ENOENT ? STATUS_NOT_FOUND : STATUS_REFUSED;
	case SUPERVISE_SIGNALLED:
		return end.value == SIGKILL ? STATUS_SIGNAL + SIGKILL
					    : status_raise(end.value);
	case SUPERVISE_EXITED:
		break;
	}
	return end.value;
}

static void
release(struct scope *s)
{
	listen_close(&s->listeners);
	supervise_free(s->command);
	settings_release(&s->set);
}

int
main(int argc, char **argv)
{
	struct scope s = {.server = NULL};
	struct fault f = {.class = FAULT_NONE};
	int status = STATUS_OWN;

	(void)argc;
	supervise_open_standard();
	diag_init(argv[0]);
	if (settings_parse(&s.set, argv, &f)) {
		diag_fault(&f);
		if (f.class == FAULT_USAGE)
			diag_note("try --help");
	} else if (s.set.help || s.set.version) {
		status = print_about(&s.set);
	} else {
		diag_set_level(s.set.verbose);
		if (make_ready(&s, &f))
			diag_fault(&f);
		else
			status = finish(&s, supervise_run(s.command));
	}
	release(&s);
	return status;
}
