/*
 * What tests do with TCP ports.
 *
 *     port free                a port free on 127.0.0.1 and ::1, printed
 *     port open ADDRESS PORT   0: something accepts there, 1: refused
 *     port hold ADDRESS PORT   a stranger's web server, until killed; its
 *                              answer is the line "stranger"
 *     port closes PID ADDRESS PORT
 *                              kill -9 PID, print the milliseconds until the
 *                              port refuses (1000 at most)
 */
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>

struct place {
	struct sockaddr_storage address;
	socklen_t size;
};

static void
die(const char *what)
{
	fprintf(stderr, "port: %s: %s\n", what, strerror(errno));
	exit(125);
}

static struct place
place_parse(const char *address, const char *port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	    .ai_socktype = SOCK_STREAM};
	struct addrinfo *found;
	struct place place = {0};

	if (getaddrinfo(address, port, &hints, &found) != 0) {
		fprintf(stderr, "port: %s %s: no address\n", address, port);
		exit(125);
	}
	memcpy(&place.address, found->ai_addr, found->ai_addrlen);
	place.size = found->ai_addrlen;
	freeaddrinfo(found);
	return place;
}

/* A bound socket, or -1. */
static int
bound(const char *address, const char *port)
{
	struct place place = place_parse(address, port);
	int on = 1;
	int fd = socket(place.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (place.address.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&place.address, place.size) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Below the ports that the system hands out, so that none is handed out
 * between our answer and its use. */
static int
print_free(void)
{
	for (int tries = 0; tries < 1000; tries++) {
		char port[16];
		unsigned noise;
		int four, six;

		if (getrandom(&noise, sizeof(noise), 0) < 0)
			die("free");
		snprintf(port, sizeof(port), "%u", 10000 + noise % 20000);
		four = bound("127.0.0.1", port);
		if (four < 0)
			continue;
		errno = 0;
		six = bound("::1", port);
		close(four);
		if (six < 0 && errno == EADDRINUSE)
			continue;
		if (six >= 0)
			close(six);
		puts(port);
		return 0;
	}
	die("free");
	return 125;
}

static bool
accepts(const struct place *place)
{
	int fd =
	    socket(place->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes;

	if (fd < 0)
		return false;
	yes = connect(fd, (const struct sockaddr *)&place->address,
		  place->size) == 0;
	close(fd);
	return yes;
}

static _Noreturn void
hold(const char *address, const char *port)
{
	static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
				    "Connection: close\r\n\r\nstranger\n";
	char request[4096];
	int listener = bound(address, port);

	if (listener < 0 || listen(listener, 16) < 0)
		die("hold");
	printf("holding\n");
	fflush(stdout);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (read(fd, request, sizeof(request)) > 0)
			(void)!write(fd, reply, sizeof(reply) - 1);
		close(fd);
	}
}

static long
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
kill_and_time(const char *pid, const struct place *place)
{
	long start = milliseconds(), spent = 0;

	if (kill((pid_t)strtol(pid, NULL, 10), SIGKILL) < 0)
		die(pid);
	while (spent < 1000 && accepts(place))
		spent = milliseconds() - start;
	printf("%ld\n", spent);
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "free") == 0)
		return print_free();
	if (argc == 4 && strcmp(argv[1], "open") == 0) {
		struct place place = place_parse(argv[2], argv[3]);

		return accepts(&place) ? 0 : 1;
	}
	if (argc == 4 && strcmp(argv[1], "hold") == 0)
		hold(argv[2], argv[3]);
	if (argc == 5 && strcmp(argv[1], "closes") == 0) {
		struct place place = place_parse(argv[3], argv[4]);

		return kill_and_time(argv[2], &place);
	}
	fprintf(stderr,
	    "usage: port free | open ADDRESS PORT | "
	    "hold ADDRESS PORT | closes PID ADDRESS PORT\n");
	return 125;
}
