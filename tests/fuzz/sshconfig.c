/*
 * ssh_config: a text and a host, which stands in the first line.
 */
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "hosts/list.h"
#include "hosts/sshconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *
variable(void *arg, const char *name)
{
	(void)arg;
	return name[0] == 'A' ? "value" : NULL;
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
	return strlen(command) % 2 == 0;
}

static const struct sshconfig_env env = {
    .token = {.variable = variable, .home = home},
    .local_user = "me",
    .local_host = "here.example.net",
    .exec = run};

static void
ask(const struct sshconfig *c, const char *name)
{
	struct host h = {.name = name, .options = NULL};
	struct settings s;
	struct fault f;
	struct buf text;
	char *command;

	if (sshconfig_settings(c, &h, &s, &f))
		return;
	buf_init(&text, 16 << 20);
	settings_print(&text, &s);
	if (s.proxy_command) {
		command = settings_proxy_command(&s, &f);
		mem_free(command);
	}
	buf_release(&text);
	settings_release(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = mem_strndup((const char *)data, n);
	char *rest = strchr(text, '\n');
	struct sshconfig_sources sources = {.text = ""};
	struct sshconfig *c;
	struct fault f;

	if (rest) {
		*rest = '\0';
		sources.text = rest + 1;
	}
	/* Include reaches beyond the text, but no file of it is read here */
	c = sshconfig_new(&sources, &env, &f);
	if (c) {
		ask(c, text);
		ask(c, "web");
	}
	sshconfig_free(c);
	mem_free(text);
	return 0;
}
