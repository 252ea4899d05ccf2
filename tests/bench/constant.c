/*
 * The ceiling of a benchmark: answers whatever is read with one constant send.
 *
 *	constant PORT BYTES
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char response[1 << 20];

static int
open_listener(int port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	in.sin_port = htons((unsigned short)port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) || listen(fd, 1024)) {
		perror("constant");
		exit(1);
	}
	return fd;
}

static void
add(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int
main(int argc, char **argv)
{
	int port = argc > 1 ? atoi(argv[1]) : 8080;
	int bytes = argc > 2 ? atoi(argv[2]) : 1024;
	int listener = open_listener(port), epoll = epoll_create1(0);
	struct epoll_event events[64];
	static char request[65536];
	size_t size;

	size = (size_t)snprintf(response, sizeof(response),
	    "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", bytes);
	size += (size_t)bytes;
	add(epoll, listener);
	for (;;) {
		int i, n = epoll_wait(epoll, events, 64, -1);

		for (i = 0; i < n; i++) {
			int fd = events[i].data.fd;

			if (fd == listener)
				add(epoll, accept(fd, NULL, NULL));
			else if (recv(fd, request, sizeof(request), 0) <= 0 ||
			    send(fd, response, size, MSG_NOSIGNAL) < 0)
				close(fd);
		}
	}
}
