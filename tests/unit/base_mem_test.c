#include <criterion/criterion.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

enum { DEEP = 100000, STACK = 256 * 1024, PAGES = STACK / 4096, TOP = 4 };

TestSuite(base_mem, .timeout = 30);

Test(base_mem, pages_are_zeroed_and_can_be_written)
{
	size_t n = 100000, i;
	char *p = mem_pages(n);

	for (i = 0; i < n; i++)
		cr_assert_eq(p[i], 0);
	memset(p, 'x', n);
	mem_pages_free(p, n);
	mem_pages_free(NULL, n);
}

static int __attribute__((noinline)) go_deep(void)
{
	volatile char deep[DEEP];
	int sum = 0;
	size_t i;

	for (i = 0; i < DEEP; i += 1024)
		deep[i] = (char)i;
	for (i = 0; i < DEEP; i += 1024)
		sum += deep[i];
	return sum;
}

/* How many pages of the stack are there. */
static int
resident(void)
{
	unsigned char there[PAGES];
	pthread_attr_t attr;
	void *lowest;
	size_t size;
	int n = 0, i;

	if (pthread_getattr_np(pthread_self(), &attr) ||
	    pthread_attr_getstack(&attr, &lowest, &size) ||
	    mincore(lowest, STACK, there))
		return -1;
	pthread_attr_destroy(&attr);
	for (i = 0; i < PAGES; i++)
		n += there[i] & 1;
	return n;
}

static void *
trim(void *arg)
{
	int *pages = arg;
	char kept[3000];

	memset(kept, 'k', sizeof(kept));
	pages[2] = go_deep();
	pages[0] = resident();
	mem_trim_stack();
	pages[1] = resident();
	pages[2] = memchr(kept, 0, sizeof(kept)) != NULL;
	return NULL;
}

Test(base_mem, a_stack_gives_back_what_it_has_grown_by)
{
	int pages[3];
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	cr_assert_eq(pthread_create(&thread, &attr, trim, pages), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	cr_expect_geq(pages[0], DEEP / 4096);
	cr_expect_leq(pages[1], TOP);
	cr_expect_eq(pages[2], 0, "what is in use stays");
}

/* Its stack has no end that is known beforehand. */
Test(base_mem, the_main_thread_keeps_its_stack)
{
	(void)go_deep();
	mem_trim_stack();
}
