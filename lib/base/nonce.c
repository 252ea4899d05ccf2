#include "base/nonce.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fdio.h"

/* Kernels before 3.17 have no getrandom(2). */
static int
read_urandom(uint8_t *p, size_t n)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : fdio_read(fd, p, n);

	fdio_close(fd);
	return got == (ssize_t)n ? 0 : -1;
}

void
nonce_bytes(void *bytes, size_t n)
{
	uint8_t *p = bytes;

	while (n > 0) {
		size_t step = n < 256 ? n : 256;

		if (syscall(SYS_getrandom, p, step, 0) != (long)step &&
		    read_urandom(p, step))
			abort();
		p += step;
		n -= step;
	}
}

void
nonce_make(char text[NONCE_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t raw[NONCE_LEN / 2];
	size_t i;

	nonce_bytes(raw, sizeof(raw));
	for (i = 0; i < sizeof(raw); i++) {
		text[2 * i] = digits[raw[i] >> 4];
		text[2 * i + 1] = digits[raw[i] & 15];
	}
	text[NONCE_LEN] = '\0';
}
