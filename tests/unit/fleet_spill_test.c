#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/spill.h"

enum { MAX = 64 << 20 };

static int
take(void *arg, const char *bytes, size_t n)
{
	return buf_append(arg, bytes, n);
}

/* A text of n bytes that differs by seed, appended in steps. */
static void
append(struct spill *s, struct spill_text *t, size_t n, size_t step, int seed)
{
	char *bytes = malloc(n ? n : 1);
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = (char)((i * 31 + (size_t)seed) % 251);
	for (i = 0; i < n; i += step)
		cr_assert_eq(
		    spill_append(s, t, bytes + i, n - i < step ? n - i : step),
		    0);
	free(bytes);
}

Test(fleet_spill, what_was_kept_comes_back)
{
	static const size_t sizes[] = {0, 1, SPILL_PIECE - 1, SPILL_PIECE,
	    SPILL_PIECE + 1, 3 * SPILL_PIECE, 1000000};
	struct spill *s = spill_new();
	size_t i, k;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct spill_text t;
		struct buf got;

		spill_text_init(&t);
		buf_init(&got, MAX);
		append(s, &t, sizes[i], 7777, 3);
		cr_expect_eq(spill_empty(&t), sizes[i] == 0);
		cr_expect_eq(spill_read(s, &t, take, &got), 0);
		cr_assert_eq(got.len, sizes[i]);
		for (k = 0; k < got.len; k++)
			cr_assert_eq(got.data[k], (char)((k * 31 + 3) % 251));
		spill_drop(s, &t);
		cr_expect(spill_empty(&t));
		buf_release(&got);
	}
	spill_free(s);
	spill_free(NULL);
}

Test(fleet_spill, equal_texts_are_the_same_however_they_came)
{
	struct spill *s = spill_new();
	struct spill_text a, b, c, d;

	spill_text_init(&a);
	spill_text_init(&b);
	spill_text_init(&c);
	spill_text_init(&d);
	append(s, &a, 200000, 1000, 1);
	append(s, &b, 200000, 77777, 1);
	append(s, &c, 200000, 1000, 2);
	append(s, &d, 199999, 1000, 1);
	cr_expect(spill_same(s, &a, &b));
	cr_expect_eq(spill_hash(&a), spill_hash(&b));
	cr_expect(!spill_same(s, &a, &c));
	cr_expect(!spill_same(s, &a, &d));
	cr_expect_neq(spill_hash(&a), spill_hash(&c));
	spill_drop(s, &a);
	spill_drop(s, &b);
	spill_drop(s, &c);
	spill_drop(s, &d);
	spill_free(s);
}

Test(fleet_spill, no_room_is_told)
{
	struct spill *s = spill_new();
	struct spill_text t;
	char bytes[SPILL_PIECE] = {0};

	setenv("TMPDIR", "/nonexistent", 1);
	spill_text_init(&t);
	cr_expect_eq(spill_append(s, &t, bytes, sizeof(bytes)), 0);
	cr_expect_eq(spill_append(s, &t, bytes, 1), ENOENT);
	spill_drop(s, &t);
	spill_free(s);
}
