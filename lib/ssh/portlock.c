/*
 * The lock is a listening socket with an abstract name (unix(7)): the name is
 * a hash, so that it tells nothing.  Who comes second connects to it, and is
 * hung up on when the first one goes.
 */
#include "ssh/portlock.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fdio.h"

enum { PORTLOCK_RETRY_MS = 50, PORTLOCK_WAIT_MS = 1000 };

static socklen_t
lock_name(struct sockaddr_un *addr, const struct portlock *l)
{
	static const char prefix[] = "\0httpd-scope-port-";
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned int n = 0, i;
	size_t at = sizeof(prefix) - 1;
	struct buf text;

	buf_init(&text, 65536);
	buf_printf(&text, "%s %d ", l->id, l->port);
	buf_append(&text, l->hostkey.p, l->hostkey.n);
	EVP_Digest(text.data, text.len, hash, &n, EVP_sha256(), NULL);
	buf_release(&text);
	*addr = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(addr->sun_path, prefix, at);
	for (i = 0; i < n; i++, at += 2)
		snprintf(addr->sun_path + at, 3, "%02x", hash[i]);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + at);
}

/* 1: taken; 0: somebody has it. */
static int
try_take(int fd, const struct sockaddr_un *addr, socklen_t n, struct fault *f)
{
	if (!bind(fd, (const struct sockaddr *)addr, n) && !listen(fd, 128))
		return 1;
	if (errno == EADDRINUSE)
		return 0;
	return fault_set(f, FAULT_SYSTEM, errno, "lock of the host's port");
}

/* Returns when the holder has gone, or after a while. */
static int
wait_for_holder(const struct sockaddr_un *addr, socklen_t n,
    const struct wait *w, struct fault *f)
{
	struct deadline d = deadline_in(PORTLOCK_RETRY_MS, NULL, NULL);
	struct pollfd p = {.events = POLLIN};
	int ret;

	p.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p.fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "socket");
	if (connect(p.fd, (const struct sockaddr *)addr, n))
		ret = wait_poll(w, NULL, 0, &d, f);
	else {
		d = deadline_in(PORTLOCK_WAIT_MS, NULL, NULL);
		ret = wait_poll(w, &p, 1, &d, f);
	}
	close(p.fd);
	return ret;
}

int
portlock_take(const struct portlock *l, const struct wait *w,
    void (*waiting)(void *arg), void *arg, struct fault *f)
{
	struct sockaddr_un addr;
	socklen_t n = lock_name(&addr, l);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret, told = 0;

	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "socket");
	while ((ret = try_take(fd, &addr, n, f)) == 0) {
		if (!told++)
			waiting(arg);
		if (wait_for_holder(&addr, n, w, f))
			return fdio_close(fd);
	}
	return ret > 0 ? fd : fdio_close(fd);
}
