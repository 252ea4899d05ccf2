#include <criterion/criterion.h>
#include <pthread.h>

#include "base/mem.h"
#include "hosts/sshconfig.h"

static int commands_run;

static const char *
variable(void *arg, const char *name)
{
	(void)arg;
	return strcmp(name, "SSH_AUTH_SOCK") ? NULL : "/agent";
}

static char *
home(void *arg, const char *user)
{
	(void)arg;
	return user ? NULL : mem_strdup("/home/me");
}

static int
run(void *arg, const char *command, struct fault *f)
{
	(void)arg;
	(void)f;
	commands_run++;
	return !strcmp(command, "yes web");
}

static const struct sshconfig_env env = {
    .token = {.variable = variable, .home = home},
    .local_user = "me",
    .local_host = "here.example.net",
    .uid = 1000,
    .exec = run};

static struct sshconfig *
config_of(const char *text, const char *option, struct fault *f)
{
	const struct sshconfig_sources sources = {
	    .text = text, .options = &option, .option_count = option != NULL};

	return sshconfig_new(&sources, &env, f);
}

static struct settings
settings_of(const char *text, const char *option, const struct host *h)
{
	struct fault f = {0};
	struct sshconfig *c = config_of(text, option, &f);
	struct settings s;

	cr_assert(c, "%s", f.text);
	cr_assert_eq(sshconfig_settings(c, h, &s, &f), 0, "%s", f.text);
	sshconfig_free(c);
	return s;
}

Test(hosts_sshconfig, defaults_are_those_of_ssh)
{
	const struct host h = {.name = "Web"};
	struct settings s = settings_of("", NULL, &h);

	cr_expect_str_eq(s.host, "Web");
	cr_expect_str_eq(s.hostname, "web");
	cr_expect_str_eq(s.user, "me");
	cr_expect_eq(s.port, 22);
	cr_expect_eq(s.strict_host_key_checking, STRICT_ASK);
	cr_expect_eq(s.connect_timeout, SETTINGS_UNSET);
	cr_expect_str_eq(s.agent_path, "/agent");
	cr_expect(s.identity_files_default);
	cr_expect_str_eq(s.identity_files.items[0], "/home/me/.ssh/id_ed25519");
	cr_expect_str_eq(
	    s.user_known_hosts.items[0], "/home/me/.ssh/known_hosts");
	cr_expect_str_eq(
	    s.global_known_hosts.items[0], "/etc/ssh/ssh_known_hosts");
	settings_release(&s);
}

Test(hosts_sshconfig, the_host_then_the_command_line_then_its_words_win)
{
	const struct host h = {.name = "web",
	    .user = "root",
	    .options = "Port=3 User=no HostName=\"10.0.0.1\" "
		       "'ProxyCommand=nc -x a %h'"};
	struct settings s =
	    settings_of("User x\nPort 5\nBatchMode yes\n", "Port=4", &h);

	cr_expect_str_eq(s.user, "root");
	cr_expect_eq(s.port, 4);
	cr_expect_str_eq(s.hostname, "10.0.0.1");
	cr_expect_str_eq(s.proxy_command, "nc -x a %h");
	cr_expect_eq(s.batch_mode, 1);
	settings_release(&s);
}

Test(hosts_sshconfig, commands_run_only_where_all_before_holds)
{
	const struct host web = {.name = "web"}, db = {.name = "db"};
	static const char text[] = "Match host web exec \"yes %h\"\nPort 9\n"
				   "Match host x exec no\nPort 8\n";
	struct settings s = settings_of(text, NULL, &web);

	cr_expect_eq(s.port, 9);
	settings_release(&s);
	cr_expect_eq(commands_run, 1);
	s = settings_of(text, NULL, &db);
	cr_expect_eq(s.port, 22);
	settings_release(&s);
	cr_expect_eq(commands_run, 1);
}

static void
expect_hops(const char *line, const char *const hops[3])
{
	const struct host h = {.name = "web"};
	struct settings s = settings_of(line, NULL, &h);
	size_t i;

	cr_assert_eq(s.proxy_jump.count, 3);
	for (i = 0; i < 3; i++)
		cr_expect_str_eq(s.proxy_jump.items[i], hops[i]);
	settings_release(&s);
}

Test(hosts_sshconfig, hops_are_listed_nearest_first)
{
	static const char *const hops[] = {"a@one:5", "two:6", "[::1]"};

	expect_hops("ProxyJump a@one:5,ssh://two:6/,[::1]\n", hops);
}

Test(hosts_sshconfig, a_hop_may_stand_in_brackets)
{
	static const char *const hops[] = {"a@10.0.0.1:5", "two", "[::1]:6"};

	expect_hops("ProxyJump a@[10.0.0.1]:5,[two],[::1]:6\n", hops);
}

Test(hosts_sshconfig, proxy_commands_are_expanded_for_the_shell)
{
	const struct host h = {.name = "web", .port = 2222};
	struct settings s =
	    settings_of("HostName r\nProxyCommand nc %h %p %n %r\n", NULL, &h);
	struct fault f;
	char *command = settings_proxy_command(&s, &f);

	cr_expect_str_eq(command, "exec nc r 2222 web me");
	mem_free(command);
	settings_release(&s);
}

Test(hosts_sshconfig, agents_are_found_by_path_variable_or_not_at_all)
{
	static const struct {
		const char *text, *path;
	} rows[] = {{"", "/agent"}, {"IdentityAgent none\n", NULL},
	    {"IdentityAgent ~/a-%h\n", "/home/me/a-web"},
	    {"IdentityAgent SSH_AUTH_SOCK\n", "/agent"},
	    {"IdentityAgent $SSH_AUTH_SOCK\n", "/agent"},
	    {"IdentityAgent $OTHER\n", NULL}};
	const struct host h = {.name = "web"};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct settings s = settings_of(rows[i].text, NULL, &h);

		if (rows[i].path)
			cr_expect_str_eq(s.agent_path, rows[i].path);
		else
			cr_expect_null(s.agent_path);
		settings_release(&s);
	}
}

Test(hosts_sshconfig, mistakes_name_their_line)
{
	static const struct {
		const char *text, *part;
	} rows[] = {{"\nFrob x\n", "line 2: unknown keyword frob"},
	    {"Host x\n Port y\n", "line 2: port"}, {"User \"a\n", "line 1: "},
	    {"User a b\n", "line 1: "}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fault f = {0};

		cr_expect_null(config_of(rows[i].text, NULL, &f));
		cr_expect_eq(f.class, FAULT_USAGE);
		cr_expect(strstr(f.text, rows[i].part), "%s", f.text);
	}
}

Test(hosts_sshconfig, what_would_weaken_security_is_refused_where_it_holds)
{
	static const char text[] = "Host web\nRevokedHostKeys /r\n";
	const struct host web = {.name = "web"}, db = {.name = "db"};
	struct fault f = {0};
	struct sshconfig *c = config_of(text, NULL, &f);
	struct settings s;

	cr_assert(c);
	cr_expect_eq(sshconfig_settings(c, &web, &s, &f), -1);
	cr_expect(strstr(f.text, "line 2: revokedhostkeys"), "%s", f.text);
	cr_expect_eq(sshconfig_settings(c, &db, &s, &f), 0);
	settings_release(&s);
	sshconfig_free(c);
}

Test(hosts_sshconfig, skipped_keywords_are_noted)
{
	struct fault f;
	struct sshconfig *c = config_of("ControlMaster auto\n", NULL, &f);

	cr_assert(c);
	cr_expect(strstr(sshconfig_notes(c), "line 1: controlmaster"));
	sshconfig_free(c);
}

Test(hosts_sshconfig, a_settings_text_lists_each_keyword)
{
	const struct host h = {.name = "web"};
	struct settings s = settings_of("SetEnv A=1 B=2\nSetEnv C=3\n"
					"UserKnownHostsFile none\n",
	    NULL, &h);
	struct buf text;

	buf_init(&text, 65536);
	settings_print(&text, &s);
	cr_expect(strstr(buf_str(&text), "\nsetenv A=1\nsetenv B=2\n"));
	cr_expect(strstr(buf_str(&text), "\nuserknownhostsfile none\n"));
	cr_expect_not(strstr(buf_str(&text), "C=3"));
	buf_release(&text);
	settings_release(&s);
}

enum { ASKERS = 8, QUESTIONS = 50 };

static void *
ask_often(void *arg)
{
	const struct sshconfig *c = arg;
	const struct host h = {.name = "web", .options = "ConnectTimeout=3"};
	struct settings s;
	struct fault f;
	int i;

	for (i = 0; i < QUESTIONS; i++) {
		if (sshconfig_settings(c, &h, &s, &f) || s.port != 9)
			return arg;
		settings_release(&s);
	}
	return NULL;
}

Test(hosts_sshconfig, many_threads_ask_at_once)
{
	struct fault f;
	struct sshconfig *c =
	    config_of("Host w*\nMatch final host web\nPort 9\n"
		      "UserKnownHostsFile ~/%n %d/%C\n",
		NULL, &f);
	pthread_t threads[ASKERS];
	void *failed;
	int i;

	cr_assert(c);
	for (i = 0; i < ASKERS; i++)
		pthread_create(&threads[i], NULL, ask_often, c);
	for (i = 0; i < ASKERS; i++) {
		pthread_join(threads[i], &failed);
		cr_expect_null(failed);
	}
	sshconfig_free(c);
}
