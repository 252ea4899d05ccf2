#include "base/num.h"

#include <string.h>

int
num_parse(const char *text, size_t n, uint64_t max, uint64_t *value)
{
	uint64_t v = 0;
	size_t i;

	if (n == 0)
		return -1;
	for (i = 0; i < n; i++) {
		uint64_t digit = (uint64_t)(text[i] - '0');

		if (text[i] < '0' || text[i] > '9')
			return -1;
		if (v > max / 10 || digit > max - v * 10)
			return -1;
		v = v * 10 + digit;
	}
	*value = v;
	return 0;
}

int
num_parse_str(const char *text, uint64_t max, uint64_t *value)
{
	return num_parse(text, strlen(text), max, value);
}

int
num_parse_seconds(const char *text, int64_t *ms)
{
	const char *dot = strchr(text, '.');
	size_t whole = dot ? (size_t)(dot - text) : strlen(text);
	uint64_t seconds, part = 0;
	size_t decimals = dot ? strlen(dot + 1) : 0;

	if (num_parse(text, whole, 1000000000, &seconds))
		return -1;
	if (dot && (decimals > 3 || num_parse(dot + 1, decimals, 999, &part)))
		return -1;
	for (; decimals && decimals < 3; decimals++)
		part *= 10;
	*ms = (int64_t)(seconds * 1000 + part);
	return 0;
}

int
num_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}
