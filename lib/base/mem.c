#include "base/mem.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MEM_STACK_MARGIN = 4096 }; /* for the frames below the caller's */

_Noreturn void
mem_exhausted(void)
{
	static const char text[] = "out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)ignored;
	_exit(125);
}

void *
mem_alloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

void *
mem_realloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		mem_exhausted();
	return p;
}

char *
mem_strdup(const char *text)
{
	return mem_strndup(text, strlen(text));
}

char *
mem_strndup(const char *text, size_t n)
{
	char *copy;

	n = strnlen(text, n);
	copy = mem_alloc(n + 1, 1);
	memcpy(copy, text, n);
	return copy;
}

char *
mem_printf(const char *format, ...)
{
	va_list ap;
	char *text = NULL;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n < 0)
		mem_exhausted();
	return text;
}

void
mem_free(void *p)
{
	free(p);
}

void *
mem_pages(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		mem_exhausted();
	return p;
}

void
mem_pages_free(void *p, size_t size)
{
	if (p)
		(void)munmap(p, size);
}

void
mem_trim_stack(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);
	pthread_attr_t attr;
	void *lowest;
	size_t size;

	if (getpid() == gettid() || pthread_getattr_np(pthread_self(), &attr))
		return;
	if (pthread_attr_getstack(&attr, &lowest, &size) == 0 &&
	    here - (uintptr_t)lowest < size) {
		uintptr_t end = (here - MEM_STACK_MARGIN) & ~(page - 1);

		if (end > (uintptr_t)lowest)
			(void)madvise(
			    lowest, end - (uintptr_t)lowest, MADV_DONTNEED);
	}
	pthread_attr_destroy(&attr);
}
