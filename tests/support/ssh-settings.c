/*
 * Prints the settings of a host as `ssh -G` does, for sshconfig.t:
 *
 *	ssh-settings [-F CONFIG] [-o KEY=VALUE]... HOST
 */
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "hosts/list.h"
#include "hosts/sshconfig.h"

static void
print(const struct settings *s)
{
	struct fault f;
	struct buf text;
	size_t i;

	buf_init(&text, 1 << 20);
	settings_print(&text, s);
	for (i = 0; i < s->identity_files.count; i++)
		buf_printf(&text, "-path %s\n", s->identity_files.items[i]);
	if (s->proxy_command) {
		char *command = settings_proxy_command(s, &f);

		buf_printf(&text, "-command %s\n", command ? command : f.text);
		mem_free(command);
	}
	fputs(buf_str(&text), stdout);
	buf_release(&text);
}

int
main(int argc, char **argv)
{
	const char *options[64], *name = "";
	struct sshconfig_sources sources = {.options = options};
	struct host_list *list = host_list_new();
	struct sshconfig *config;
	struct settings settings;
	struct fault f;
	int i, ret = 0;

	diag_init(argv[0]);
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-F") && i + 1 < argc)
			sources.file = argv[++i];
		else if (!strcmp(argv[i], "-o") && i + 1 < argc &&
		    sources.option_count < 64)
			options[sources.option_count++] = argv[++i];
		else
			name = argv[i];
	}
	config = sshconfig_new(&sources, sshconfig_env_system(), &f);
	if (!config || host_list_add(list, name, &f))
		ret = 255;
	if (!ret &&
	    sshconfig_settings(config, host_list_get(list, 0), &settings, &f))
		ret = 255;
	if (ret) {
		diag_fault(&f);
	} else {
		print(&settings);
		settings_release(&settings);
	}
	sshconfig_free(config);
	host_list_free(list);
	return ret;
}
