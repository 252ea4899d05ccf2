#include "ssh/agent.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fdio.h"

enum {
	SSH_AGENTC_REQUEST_IDENTITIES = 11,
	SSH_AGENT_IDENTITIES_ANSWER = 12,
	SSH_AGENTC_SIGN_REQUEST = 13,
	SSH_AGENT_SIGN_RESPONSE = 14,
	SSH_AGENT_RSA_SHA2_256 = 2,
	SSH_AGENT_RSA_SHA2_512 = 4,
	AGENT_MESSAGE_MAX = 256 * 1024,
	AGENT_LIST_MS = 10000,
	AGENT_AGAIN_MS = 50
};

/* Where its queue of connections is full, there is nothing to poll for. */
static int
connect_to(int fd, const struct sockaddr_un *addr,
    const struct agent_request *r, struct fault *f)
{
	while (connect(fd, (const struct sockaddr *)addr, sizeof(*addr))) {
		struct deadline again = deadline_in(AGENT_AGAIN_MS, NULL, NULL);

		if (errno != EAGAIN && errno != EINTR)
			return fault_set(
			    f, FAULT_AUTH, errno, "cannot connect");
		if (deadline_left(r->deadline) == 0)
			return wait_poll(r->wait, NULL, 0, r->deadline, f);
		if (wait_poll(r->wait, NULL, 0, &again, f))
			return -1;
	}
	return 0;
}

static int
agent_connect(const struct agent_request *r, struct fault *f)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(r->path) >= sizeof(addr.sun_path))
		return fault_set(f, FAULT_AUTH, ENAMETOOLONG, "cannot connect");
	memcpy(addr.sun_path, r->path, strlen(r->path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fault_set(f, FAULT_AUTH, errno, "socket");
	if (connect_to(fd, &addr, r, f))
		return fdio_close(fd);
	return fd;
}

/* Waits for fd and reads until answer holds want bytes. */
static int
agent_read(int fd, size_t want, const struct agent_request *r,
    struct buf *answer, struct fault *f)
{
	while (answer->len < want) {
		struct pollfd pfd = {.fd = fd, .events = POLLIN};
		char *to = buf_room(answer, want - answer->len);
		ssize_t got;

		if (!to)
			return fault_set(
			    f, FAULT_AUTH, 0, "too long an answer");
		got = fdio_read(fd, to, want - answer->len);
		if (got > 0)
			buf_grow(answer, (size_t)got);
		else if (got == 0)
			return fault_set(
			    f, FAULT_AUTH, 0, "it closed the connection");
		else if (errno != EAGAIN)
			return fault_set(f, FAULT_AUTH, errno, "read");
		else if (wait_poll(r->wait, &pfd, 1, r->deadline, f))
			return -1;
	}
	return 0;
}

/* The first while of the wait, after which it is called slow. */
static int
await_answer(int fd, const struct agent_request *r, struct fault *f)
{
	struct deadline soon = deadline_in(AGENT_SLOW_MS, NULL, NULL);
	struct pollfd pfd = {.fd = fd, .events = POLLIN};

	while (r->slow && deadline_left(&soon) > 0) {
		if (wait_poll(r->wait, &pfd, 1, &soon, f))
			return -1;
		if (pfd.revents)
			return 0;
	}
	if (r->slow)
		r->slow(r->arg);
	return 0;
}

static int
converse(int fd, const struct agent_request *r, const struct buf *message,
    struct buf *answer, struct fault *f)
{
	struct blob head;
	uint32_t n;

	if (fdio_write_all(fd, message->data, message->len))
		return fault_set(f, FAULT_AUTH, errno, "write");
	if (await_answer(fd, r, f) || agent_read(fd, 4, r, answer, f))
		return -1;
	head = (struct blob){(const uint8_t *)answer->data, 4};
	(void)blob_get_u32(&head, &n);
	if (agent_read(fd, 4 + (size_t)n, r, answer, f))
		return -1;
	buf_consume(answer, 4);
	return 0;
}

/* One request and its answer: uint32 length, byte type, contents. */
static int
agent_ask(const struct agent_request *r, const struct buf *request,
    struct buf *answer, struct fault *f)
{
	struct buf message;
	int fd, ret = -1;

	buf_init(&message, AGENT_MESSAGE_MAX);
	fd = agent_connect(r, f);
	if (fd >= 0) {
		blob_put_string(&message, request->data, request->len);
		ret = converse(fd, r, &message, answer, f);
		close(fd);
	}
	buf_release(&message);
	return ret;
}

/* A deadline that has passed is the agent's, not the host's. */
static int
fail(const struct agent_request *r, struct fault *f)
{
	if (f->class == FAULT_CANCELLED)
		return -1;
	f->class = FAULT_AUTH;
	return fault_prefix(f, "ssh-agent %s", r->path);
}

static int
list_keys(struct blob *b, agent_found *found, void *arg)
{
	uint32_t count;
	uint8_t type;

	if (blob_get_u8(b, &type) || type != SSH_AGENT_IDENTITIES_ANSWER ||
	    blob_get_u32(b, &count))
		return -1;
	for (; count > 0; count--) {
		struct blob key, comment;

		if (blob_get_string(b, &key) || blob_get_string(b, &comment))
			return -1;
		found(arg, &key, &comment);
	}
	return 0;
}

int
agent_list(const char *path, const struct wait *w, agent_found *found,
    void *arg, struct fault *f)
{
	struct deadline d = deadline_in(AGENT_LIST_MS, "answer", NULL);
	struct agent_request r = {.path = path, .wait = w, .deadline = &d};
	struct buf request, answer;
	struct blob b;
	int ret;

	buf_init(&request, AGENT_MESSAGE_MAX);
	buf_init(&answer, AGENT_MESSAGE_MAX);
	blob_put_u8(&request, SSH_AGENTC_REQUEST_IDENTITIES);
	ret = agent_ask(&r, &request, &answer, f);
	b = (struct blob){(const uint8_t *)buf_str(&answer), answer.len};
	if (!ret && list_keys(&b, found, arg))
		ret = fault_set(f, FAULT_AUTH, 0, "it does not list its keys");
	buf_release(&request);
	buf_release(&answer);
	return ret ? fail(&r, f) : 0;
}

static uint32_t
sign_flags(const struct blob *algorithm)
{
	if (blob_is(algorithm, "rsa-sha2-256"))
		return SSH_AGENT_RSA_SHA2_256;
	return blob_is(algorithm, "rsa-sha2-512") ? SSH_AGENT_RSA_SHA2_512 : 0;
}

/* string signature, which begins with string algorithm */
static int
take_signature(const struct agent_request *r, const struct buf *answer,
    struct buf *signature, struct fault *f)
{
	struct blob b = {(const uint8_t *)buf_str(answer), answer->len};
	struct blob whole, algorithm;
	uint8_t type;

	if (blob_get_u8(&b, &type) || type != SSH_AGENT_SIGN_RESPONSE ||
	    blob_get_string(&b, &whole))
		return fault_set(f, FAULT_AUTH, 0, "it does not sign");
	algorithm = blob_type(whole);
	if (!blob_same(&algorithm, &r->algorithm))
		return fault_set(f, FAULT_AUTH, 0, "it does not sign with %.*s",
		    (int)r->algorithm.n, (const char *)r->algorithm.p);
	return buf_append(signature, whole.p, whole.n)
	    ? fault_set(f, FAULT_AUTH, 0, "too long a signature")
	    : 0;
}

int
agent_sign(
    const struct agent_request *r, struct buf *signature, struct fault *f)
{
	struct buf request, answer;
	int ret;

	buf_init(&request, AGENT_MESSAGE_MAX);
	buf_init(&answer, AGENT_MESSAGE_MAX);
	blob_put_u8(&request, SSH_AGENTC_SIGN_REQUEST);
	blob_put_string(&request, r->key.p, r->key.n);
	blob_put_string(&request, r->data.p, r->data.n);
	blob_put_u32(&request, sign_flags(&r->algorithm));
	ret = agent_ask(r, &request, &answer, f);
	if (!ret)
		ret = take_signature(r, &answer, signature, f);
	buf_release(&request);
	buf_release(&answer);
	return ret ? fail(r, f) : 0;
}
