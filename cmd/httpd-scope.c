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
#include <string.h>

#include "base/diag.h"
#include "base/nonce.h"
#include "cli/status.h"
#include "http/identity.h"
#include "http/report.h"
#include "http/sandbox.h"
#include "http/server.h"
#include "http/variables.h"
#include "scope/signals.h"
#include "scope/supervise.h"

struct scope {
	struct settings set;
	struct listeners listeners;
	struct accesslog *log;
	struct supervise *command;
	struct server *server;
	char id[NONCE_LEN + 1];
};

/* The command has its own copies of what it was given. */
static int
hold_command(struct scope *s, struct fault *f)
{
	int ours[SERVER_DESCRIPTORS_MAX];
	struct variables v;
	struct supervise_settings set = {.argv = s->set.command,
	    .env = v.env,
	    .unset = v.unset,
	    .held = s->listeners.fd,
	    .held_count = s->listeners.n};

	nonce_make(s->id);
	variables_init(&v, &s->listeners, s->set.port != 0,
	    s->set.site.mounts[0].dir, s->id);
	s->command = supervise_hold(&set, f);
	variables_release(&v);
	if (!s->command)
		return -1;
	supervise_let_go(s->command, ours,
	    server_descriptors(&s->listeners, &s->set.site, s->log, ours));
	return 0;
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

	signals_block();
	s->server = server_start(&set, f);
	signals_unblock();
	return s->server ? 0 : -1;
}

static int
make_ready(struct scope *s, struct fault *f)
{
	struct identity id;

	if (s->set.log_path && !(s->log = accesslog_open(s->set.log_path, f)))
		return -1;
	if (listen_open(&s->listeners, s->set.address, s->set.port, f) ||
	    hold_command(s, f) || identity_drop(&id, s->set.user, f) ||
	    site_check(&s->set.site, id.user, f) ||
	    sandbox_process(&s->set.site, f) || start_server(s, f))
		return -1;
	if (sandbox_main_thread(supervise_pid(s->command)))
		return fault_set(f, FAULT_SYSTEM, 0, "seccomp");
	report_start(&s->set, &s->listeners, &id);
	return 0;
}

static void
stop_server(struct scope *s)
{
	struct server_counts counts = {.requests = 0};

	if (s->set.linger && s->set.command[0])
		supervise_linger(
		    s->command, server_drain(s->server), s->set.linger);
	server_stop(s->server, &counts);
	listen_close(&s->listeners);
	report_end(&counts);
}

static int
run(struct scope *s)
{
	struct supervise_end end = supervise_run(s->command);

	stop_server(s);
	if (end.kind == SUPERVISE_EXITED)
		return end.value;
	if (end.kind == SUPERVISE_SIGNALLED)
		return end.value == SIGKILL ? STATUS_SIGNAL + SIGKILL
					    : status_raise(end.value);
	diag_error("%s: %s", s->set.command[0], strerror(end.value));
	return end.value == ENOENT ? STATUS_NOT_FOUND : STATUS_REFUSED;
}

int
main(int argc, char **argv)
{
	struct scope s = {.server = NULL};
	struct fault f = {.class = FAULT_NONE};
	int status = STATUS_OWN;

	supervise_open_standard();
	diag_init(argc ? argv[0] : NULL);
	if (!settings_parse(&s.set, argv, &f)) {
		diag_set_level(s.set.verbose);
		if (s.set.help || s.set.version)
			status =
			    settings_about(&s.set, &f) ? STATUS_OWN : STATUS_OK;
		else if (!make_ready(&s, &f))
			status = run(&s);
	}
	if (f.class != FAULT_NONE)
		diag_fault(&f);
	listen_close(&s.listeners);
	supervise_free(s.command);
	settings_release(&s.set);
	return status;
}
