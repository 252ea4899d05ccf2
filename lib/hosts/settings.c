#include "hosts/settings.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/mem.h"
#include "hosts/keyword.h"

static bool
is_number(enum keyword_kind kind)
{
	return kind == KEYWORD_CHOICE || kind == KEYWORD_NUMBER ||
	    kind == KEYWORD_SECONDS || kind == KEYWORD_PORT ||
	    kind == KEYWORD_FORWARD_AGENT;
}

static bool
is_list(enum keyword_kind kind)
{
	return kind == KEYWORD_PATHS || kind == KEYWORD_FILE ||
	    kind == KEYWORD_SET_ENV || kind == KEYWORD_JUMP;
}

void
settings_init(struct settings *s)
{
	size_t count, i;
	const struct keyword *k = keyword_table(&count);

	*s = (struct settings){0};
	for (i = 0; i < count; i++)
		if (is_number(k[i].kind))
			*(int *)(void *)((char *)s + k[i].offset) =
			    SETTINGS_UNSET;
}

void
settings_release(struct settings *s)
{
	size_t count, i;
	const struct keyword *k = keyword_table(&count);

	for (i = 0; i < count; i++) {
		void *field = (char *)s + k[i].offset;

		if (is_list(k[i].kind))
			words_release(field);
		else if (!is_number(k[i].kind))
			mem_free(*(char **)field);
	}
	words_release(&s->identity_files);
	words_release(&s->certificate_files);
	words_release(&s->global_known_hosts);
	mem_free(s->host);
	mem_free(s->agent_path);
	mem_free(s->forward_agent_path);
	*s = (struct settings){0};
}

static void
print_number(struct buf *to, const struct keyword *k, int value)
{
	if (k->kind == KEYWORD_CHOICE)
		buf_printf(to, "%s %s\n", k->name,
		    keyword_choice_word(k->choices, value));
	else if (value == SETTINGS_UNSET)
		buf_printf(to, "%s none\n", k->name);
	else
		buf_printf(to, "%s %d\n", k->name,
		    k->kind == KEYWORD_SECONDS ? value / 1000 : value);
}

/* One line for all, or one for each. */
static void
print_list(struct buf *to, const struct keyword *k, const struct words *w)
{
	bool each = k->kind == KEYWORD_FILE || k->kind == KEYWORD_SET_ENV;
	size_t i;

	for (i = 0; i < w->count && each; i++)
		buf_printf(to, "%s %s\n", k->name, w->items[i]);
	if (each || (w->count == 0 && k->kind == KEYWORD_JUMP))
		return;
	buf_puts(to, k->name);
	for (i = 0; i < w->count; i++)
		buf_printf(to, "%c%s", i && k->kind == KEYWORD_JUMP ? ',' : ' ',
		    w->items[i]);
	buf_puts(to, w->count ? "\n" : " none\n");
}

static void
print_one(struct buf *to, const struct keyword *k, const struct settings *s)
{
	const void *field = (const char *)s + k->offset;
	const char *text;

	if (k->kind == KEYWORD_FORWARD_AGENT && s->forward_agent_path) {
		buf_printf(to, "%s %s\n", k->name, s->forward_agent_path);
	} else if (k->kind == KEYWORD_FORWARD_AGENT) {
		buf_printf(to, "%s %s\n", k->name,
		    keyword_choice_word(k->choices, s->forward_agent));
	} else if (is_number(k->kind)) {
		print_number(to, k, *(const int *)field);
	} else if (is_list(k->kind)) {
		print_list(to, k, field);
	} else {
		text = *(char *const *)field;
		if (text)
			buf_printf(to, "%s %s\n", k->name, text);
	}
}

void
settings_print(struct buf *to, const struct settings *s)
{
	size_t count, i;
	const struct keyword *k = keyword_table(&count);

	buf_printf(to, "host %s\n", s->host);
	for (i = 0; i < count; i++)
		print_one(to, &k[i], s);
}

char *
settings_proxy_command(const struct settings *s, struct fault *f)
{
	char port[12];
	const struct token tokens[] = {{'h', s->hostname},
	    {'k', s->host_key_alias ? s->host_key_alias : s->host},
	    {'n', s->host}, {'p', port}, {'r', s->user}, {0, NULL}};
	struct buf text;

	snprintf(port, sizeof(port), "%d", s->port);
	buf_init(&text, 65536);
	buf_puts(&text, "exec ");
	if (!token_expand(&text, s->proxy_command, tokens, NULL, f))
		return buf_steal(&text);
	fault_prefix(f, "proxycommand");
	buf_release(&text);
	return NULL;
}
