#include "ssh/copy_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nonce.h"
#include "base/num.h"
#include "base/sha1.h"

static const char temp_start[] = ".fab-";

void
copy_run_init(struct copy_run *r)
{
	char nonce[NONCE_LEN + 1];

	nonce_make(nonce);
	memcpy(r->text, nonce, COPY_RUN_LEN);
	r->text[COPY_RUN_LEN] = '\0';
}

static uint64_t
number_of(const uint8_t *digest, size_t n)
{
	uint64_t value = 0;

	while (n-- > 0)
		value = value << 8 | *digest++;
	return value;
}

uint64_t
copy_state(uint64_t size, int64_t seconds, long nanoseconds,
    const void *beginning, size_t n)
{
	uint8_t digest[SHA1_LEN];
	char text[128];
	uint64_t state;

	sha1(beginning, n, digest);
	snprintf(text, sizeof(text), "%" PRIu64 " %" PRId64 ".%ld %" PRIx64,
	    size, seconds, nanoseconds, number_of(digest, sizeof(state)));
	sha1(text, strlen(text), digest);
	state = number_of(digest, sizeof(state));
	return state ? state : 1;
}

uint64_t
copy_state_spread(uint64_t state)
{
	uint64_t spread = state ^ (uint64_t)1 << 63;

	return spread ? spread : 1;
}

uint32_t
copy_name_number(const char *name, size_t n)
{
	uint8_t digest[SHA1_LEN];

	sha1(name, n, digest);
	return (uint32_t)number_of(digest, sizeof(uint32_t));
}

void
copy_temp_name(char text[COPY_TEMP_LEN + 1], const char *name, uint64_t state,
    const struct copy_run *r)
{
	snprintf(text, COPY_TEMP_LEN + 1, "%s%08" PRIx32 "-%016" PRIx64 "-%s",
	    temp_start, copy_name_number(name, strlen(name)), state, r->text);
}

static bool
hex(const char **text, size_t n, char behind, uint64_t *value)
{
	*value = 0;
	while (n-- > 0) {
		int digit = num_hex_digit(*(*text)++);

		if (digit < 0)
			return false;
		*value = *value << 4 | (uint64_t)digit;
	}
	return !behind || *(*text)++ == behind;
}

bool
copy_temp_parse(const char *text, size_t n, uint32_t *number, uint64_t *state,
    struct copy_run *r)
{
	uint64_t value, run;

	if (n != strlen(temp_start) + 8 + 1 + 16 + 1 + COPY_RUN_LEN ||
	    memcmp(text, temp_start, strlen(temp_start)) != 0)
		return false;
	text += strlen(temp_start);
	if (!hex(&text, 8, '-', &value) || !hex(&text, 16, '-', state))
		return false;
	*number = (uint32_t)value;
	memcpy(r->text, text, COPY_RUN_LEN);
	r->text[COPY_RUN_LEN] = '\0';
	return hex(&text, COPY_RUN_LEN, '\0', &run);
}

char *
copy_join(const char *directory, const char *name)
{
	size_t n = strlen(directory);

	if (n == 0 || !*name)
		return mem_strdup(n ? directory : name);
	return mem_printf(
	    "%s%s%s", directory, directory[n - 1] == '/' ? "" : "/", name);
}

const char *
copy_last(const char *path, size_t *n)
{
	size_t end = strlen(path), start;

	while (end > 0 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/';)
		start--;
	*n = end - start;
	return path + start;
}

char *
copy_parent(const char *path)
{
	size_t n;
	const char *last = copy_last(path, &n);

	return mem_strndup(path, (size_t)(last - path));
}

char *
copy_own_name(const char *path)
{
	size_t n;
	const char *last = copy_last(path, &n);

	if ((n == 1 && last[0] == '.') || (n == 2 && !memcmp(last, "..", 2)))
		n = 0;
	return mem_strndup(last, n);
}

const char *
copy_home(const char *path)
{
	if (path[0] != '~' || (path[1] && path[1] != '/'))
		return path;
	path++;
	while (*path == '/')
		path++;
	return *path ? path : ".";
}

struct own {
	char *name;
	const char *path;
};

static int
compare_own(const void *a, const void *b)
{
	return strcmp(
	    ((const struct own *)a)->name, ((const struct own *)b)->name);
}

int
copy_check_names(const char *const *paths, size_t n, struct fault *f)
{
	struct own *all = mem_alloc(n + 1, sizeof(*all));
	size_t i;
	int ret = 0;

	for (i = 0; i < n; i++)
		all[i] = (struct own){
		    .name = copy_own_name(paths[i]), .path = paths[i]};
	qsort(all, n, sizeof(*all), compare_own);
	for (i = 1; i < n && !ret; i++) {
		if (*all[i].name && !strcmp(all[i].name, all[i - 1].name))
			ret = fault_set(f, FAULT_COPY, 0,
			    "%s and %s: both would be %s", all[i - 1].path,
			    all[i].path, all[i].name);
	}
	for (i = 0; i < n; i++)
		mem_free(all[i].name);
	mem_free(all);
	return ret;
}
