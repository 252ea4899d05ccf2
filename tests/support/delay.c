/*
 * A long way to a server: accepts connections on a free port of 127.0.0.1,
 * connects each to PORT there, and passes bytes on so many milliseconds after
 * they came, as many at a time as come.
 *
 *     delay MS PORT
 *
 * Writes its own port to standard output, and ends with its parent.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>

enum { PAIRS = 256, CHUNK = 256 * 1024, HELD_MAX = 64 << 20 };

/* Bytes under way, in the order of coming. */
struct parcel {
	struct parcel *next;
	double due;
	size_t at, n; /* n 0: the end of the stream */
	char bytes[];
};

struct way {
	int from, to;
	struct parcel *first, *last;
	size_t held;
	bool ended; /* the end was read */
	bool done; /* and passed on */
};

struct pair {
	int fds[2];
	struct way ways[2];
	bool used;
};

static struct pair pairs[PAIRS];
static double delay;

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void
die(const char *what)
{
	fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
take(struct way *w)
{
	static char chunk[CHUNK];
	ssize_t n = recv(w->from, chunk, sizeof(chunk), 0);
	struct parcel *p;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		n = 0;
	p = calloc(1, sizeof(*p) + (size_t)n);
	if (!p)
		die("memory");
	memcpy(p->bytes, chunk, (size_t)n);
	p->n = (size_t)n;
	p->due = now() + delay;
	if (w->last)
		w->last->next = p;
	else
		w->first = p;
	w->last = p;
	w->held += p->n;
	w->ended = n == 0;
}

/* Passes on what is due; true while its socket takes no more. */
static bool
give(struct way *w)
{
	while (w->first && w->first->due <= now()) {
		struct parcel *p = w->first;
		ssize_t n = 0;

		if (p->n) {
			n = send(w->to, p->bytes + p->at, p->n - p->at,
			    MSG_NOSIGNAL);
			if (n < 0 && errno == EAGAIN)
				return true;
			if (n < 0)
				n = (ssize_t)(p->n - p->at);
			p->at += (size_t)n;
			w->held -= (size_t)n;
		} else {
			shutdown(w->to, SHUT_WR);
			w->done = true;
		}
		if (p->at < p->n)
			continue;
		w->first = p->next;
		if (!w->first)
			w->last = NULL;
		free(p);
	}
	return false;
}

static void
set_up(int fd)
{
	static const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

static void
accept_one(int listener, const struct sockaddr_in *target)
{
	struct pair *p = pairs;
	int a = accept4(listener, NULL, NULL, SOCK_CLOEXEC), b;

	if (a < 0)
		return;
	while (p < pairs + PAIRS && p->used)
		p++;
	b = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p == pairs + PAIRS || b < 0 ||
	    connect(b, (const struct sockaddr *)target, sizeof(*target))) {
		close(a);
		close(b);
		return;
	}
	set_up(a);
	set_up(b);
	*p = (struct pair){.fds = {a, b},
	    .ways = {{.from = a, .to = b}, {.from = b, .to = a}},
	    .used = true};
}

/* Milliseconds until the next parcel is due, at most; it is rounded up. */
static int
until(const struct way *w, int most)
{
	double left;

	if (!w->first)
		return most;
	left = w->first->due - now();
	if (left <= 0)
		return 0;
	return left + 1 < most ? (int)left + 1 : most;
}

static void
run(int listener, const struct sockaddr_in *target)
{
	static struct pollfd fds[1 + 2 * PAIRS];
	int i, j, wait = 1000;

	fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (i = 0; i < 2 * PAIRS; i++)
		fds[1 + i].fd = -1;
	for (i = 0; i < PAIRS; i++) {
		struct pair *p = &pairs[i];

		for (j = 0; p->used && j < 2; j++) {
			struct pollfd *in = &fds[1 + 2 * i + j];
			struct pollfd *out = &fds[1 + 2 * i + !j];
			struct way *w = &p->ways[j];

			in->fd = p->fds[j];
			out->fd = p->fds[!j];
			if (j == 0)
				in->events = out->events = 0;
			if (!w->ended && w->held < HELD_MAX)
				in->events |= POLLIN;
			if (give(w))
				out->events |= POLLOUT;
			else
				wait = until(w, wait);
		}
		if (p->used && p->ways[0].done && p->ways[1].done) {
			close(p->fds[0]);
			close(p->fds[1]);
			p->used = false;
			fds[1 + 2 * i].fd = fds[2 + 2 * i].fd = -1;
		}
	}
	for (i = 0; i < 2 * PAIRS; i++)
		if (!fds[1 + i].events)
			fds[1 + i].fd = -1;
	poll(fds, 1 + 2 * PAIRS, wait);
	if (fds[0].revents)
		accept_one(listener, target);
	for (i = 0; i < PAIRS; i++)
		for (j = 0; j < 2; j++)
			if (pairs[i].used && fds[1 + 2 * i + j].fd >= 0 &&
			    (fds[1 + 2 * i + j].events & POLLIN) &&
			    fds[1 + 2 * i + j].revents)
				take(&pairs[i].ways[j]);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in here = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in target = here;
	socklen_t n = sizeof(here);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc != 3) {
		fprintf(stderr, "usage: delay MS PORT\n");
		return 1;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	delay = atof(argv[1]);
	target.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
	if (listener < 0 || bind(listener, (struct sockaddr *)&here, n) ||
	    listen(listener, 128) ||
	    getsockname(listener, (struct sockaddr *)&here, &n))
		die("listen");
	printf("%u\n", ntohs(here.sin_port));
	fflush(stdout);
	for (;;)
		run(listener, &target);
}
