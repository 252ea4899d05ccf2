#include <criterion/criterion.h>
#include <string.h>

#include "base/nonce.h"

Test(base_nonce, is_lower_case_hexadecimal_and_never_the_same)
{
	char texts[100][NONCE_LEN + 1];
	size_t i, j;

	for (i = 0; i < 100; i++) {
		nonce_make(texts[i]);
		cr_assert_eq(strlen(texts[i]), NONCE_LEN);
		cr_expect_eq(strspn(texts[i], "0123456789abcdef"), NONCE_LEN);
		for (j = 0; j < i; j++)
			cr_expect_str_neq(texts[i], texts[j]);
	}
}

Test(base_nonce, fills_all_bytes_and_no_more)
{
	enum { N = 1000 };
	unsigned char bytes[N + 2] = {0}, seen[N] = {0};
	size_t i, zero = 0;
	int round;

	for (round = 0; round < 4; round++) {
		nonce_bytes(bytes + 1, N);
		for (i = 0; i < N; i++)
			seen[i] |= bytes[i + 1];
	}
	cr_expect_eq(bytes[0] | bytes[N + 1], 0);
	for (i = 0; i < N; i++)
		zero += !seen[i];
	cr_expect_eq(zero, 0);
}
