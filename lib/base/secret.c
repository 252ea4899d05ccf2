#include "base/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fdio.h"
#include "base/mem.h"

struct secret {
	size_t len;
	char bytes[SECRET_MAX + 1];
};

static const size_t secret_map_size = 4096;

struct secret *
secret_new(void)
{
	void *p = mmap(NULL, secret_map_size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		mem_exhausted();
	/* A low RLIMIT_MEMLOCK is no reason to refuse to work. */
	(void)mlock(p, secret_map_size);
	(void)madvise(p, secret_map_size, MADV_DONTDUMP);
	return p;
}

void
secret_free(struct secret *s)
{
	if (!s)
		return;
	secret_clear(s);
	munmap(s, secret_map_size);
}

int
secret_append(struct secret *s, char byte)
{
	if (s->len == SECRET_MAX)
		return -1;
	s->bytes[s->len++] = byte;
	return 0;
}

void
secret_backspace(struct secret *s)
{
	if (s->len > 0)
		s->bytes[--s->len] = '\0';
}

void
secret_clear(struct secret *s)
{
	secret_wipe(s->bytes, sizeof(s->bytes));
	s->len = 0;
}

const char *
secret_bytes(const struct secret *s)
{
	return s->bytes;
}

size_t
secret_len(const struct secret *s)
{
	return s->len;
}

int
secret_read_line(struct secret *s, int fd)
{
	ssize_t got;
	char c;

	/* byte by byte: what stands behind the line is not ours */
	while ((got = fdio_read(fd, &c, 1)) == 1 && c != '\n') {
		if (secret_append(s, c)) {
			secret_clear(s);
			errno = EFBIG;
			return -1;
		}
	}
	secret_wipe(&c, 1);
	return got < 0 ? -1 : 0;
}

void
secret_wipe(void *bytes, size_t n)
{
	explicit_bzero(bytes, n);
}
