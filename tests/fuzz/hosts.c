/*
 * Host expressions: whatever is accepted prints, folds and expands to itself.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hosts/fold.h"
#include "hosts/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum {
	HOSTS_MAX = 300, /* more is slow, not different */
	DIGITS_MAX = 2 /* in a row, in most inputs: likewise */
};

static void
require(int good)
{
	if (!good)
		abort();
}

/* Every host's text names just this host. */
static void
check_texts(const struct host_list *l)
{
	size_t i;

	for (i = 0; i < host_list_count(l); i++) {
		const struct host *h = host_list_get(l, i);
		struct host_list *one = host_list_new();
		struct fault f;
		struct buf text;

		buf_init(&text, 4096);
		host_print(&text, h);
		require(host_list_is_plain(buf_str(&text)));
		require(!host_list_add(one, buf_str(&text), &f));
		require(host_list_count(one) == 1);
		require(host_equal(host_list_get(one, 0), h));
		buf_release(&text);
		host_list_free(one);
	}
}

static void
check_labels(const struct host_list *l)
{
	struct host_list *labels = host_list_new();
	size_t i;

	for (i = 0; i < host_list_count(l); i++) {
		struct host label = host_list_label(l, i);

		require(!host_list_has(labels, &label));
		require(!host_list_put(labels, &label));
	}
	host_list_free(labels);
}

static void
check_fold(const struct host_list *l)
{
	struct fold *fold = fold_new();
	struct host_list *again = host_list_new();
	struct fault f;
	struct buf text;
	size_t i, count = host_list_count(l);

	for (i = 0; i < count; i++)
		fold_add(fold, host_list_get(l, i));
	buf_init(&text, 64 << 20);
	fold_print(fold, &text);
	require(count == 0 || !host_list_add(again, buf_str(&text), &f));
	require(host_list_count(again) == count);
	for (i = 0; i < count; i++)
		require(host_list_has(again, host_list_get(l, i)));
	fold_free(fold);
	host_list_free(again);
	buf_release(&text);
}

/* Whether ranges may be long. */
static int
has_long_numbers(const char *text)
{
	for (; *text; text++) {
		size_t n = strspn(text, "0123456789");

		if (n > DIGITS_MAX)
			return 1;
		text += n > 0 ? n - 1 : 0;
	}
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct host_list *l = host_list_new();
	struct fault f = {0};
	char *text;

	n = n > 4096 ? 4096 : n;
	text = mem_strndup((const char *)data, n);
	host_list_is_plain(text);
	if (strchr(text, '[') && has_long_numbers(text) && n % 32)
		text[0] = '\0';
	/* groups reach beyond the text */
	if (!strstr(text, ",@") && text[0] != '@' && !strstr(text, "!@") &&
	    !host_list_add(l, text, &f) && host_list_count(l) <= HOSTS_MAX) {
		check_texts(l);
		check_labels(l);
		check_fold(l);
	} else {
		require(strlen(f.text) < sizeof(f.text));
	}
	mem_free(text);
	host_list_free(l);
	return 0;
}
