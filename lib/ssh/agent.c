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
	AGENT_MESSAGE_MAX = 256 * 1024
};

static int
agent_connect(const char *path, struct fault *f)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path))
		return fault_set(
		    f, FAULT_AUTH, ENAMETOOLONG, "ssh-agent %s", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fault_set(f, FAULT_SYSTEM, errno, "socket");
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    fdio_set_nonblock(fd, 1)) {
		fault_set(f, FAULT_AUTH, errno, "ssh-agent %s", path);
		return fdio_close(fd);
	}
	return fd;
}

/* Waits for fd and reads until answer holds want bytes. */
static int
agent_read(int fd, size_t want, const struct wait *w, const struct deadline *d,
    struct buf *answer, struct fault *f)
{
	while (answer->len < want) {
		struct pollfd pfd = {.fd = fd, .events = POLLIN};
		char *to = buf_room(answer, want - answer->len);
		ssize_t got;

		if (!to)
			return fault_set(
			    f, FAULT_AUTH, 0, "ssh-agent: too long an answer");
		got = fdio_read(fd, to, want - answer->len);
		if (got > 0)
			buf_grow(answer, (size_t)got);
		else if (got == 0)
			return fault_set(f, FAULT_AUTH, 0,
			    "ssh-agent closed the connection");
		else if (errno != EAGAIN)
			return fault_set(f, FAULT_AUTH, errno, "ssh-agent");
		else if (wait_poll(w, &pfd, 1, d, f))
			return -1;
	}
	return 0;
}

/* One request and its answer: uint32 length, byte type, contents. */
static int
agent_ask(const char *path, const struct wait *w, const struct deadline *d,
    const struct buf *request, struct buf *answer, struct fault *f)
{
	struct buf message;
	struct blob head;
	uint32_t n;
	int fd, ret = -1;

	fd = agent_connect(path, f);
	if (fd < 0)
		return -1;
	buf_init(&message, AGENT_MESSAGE_MAX);
	if (blob_put_string(&message, request->data, request->len) ||
	    fdio_write_all(fd, message.data, message.len))
		fault_set(f, FAULT_AUTH, errno, "ssh-agent");
	else if (!agent_read(fd, 4, w, d, answer, f)) {
		head = (struct blob){(const uint8_t *)answer->data, 4};
		(void)blob_get_u32(&head, &n);
		ret = agent_read(fd, 4 + (size_t)n, w, d, answer, f);
	}
	close(fd);
	buf_release(&message);
	buf_consume(answer, 4);
	return ret;
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
	struct deadline d = deadline_in(10000, "answer of ssh-agent", NULL);
	struct buf request, answer;
	struct blob b;
	int ret;

	buf_init(&request, AGENT_MESSAGE_MAX);
	buf_init(&answer, AGENT_MESSAGE_MAX);
	blob_put_u8(&request, SSH_AGENTC_REQUEST_IDENTITIES);
	ret = agent_ask(path, w, &d, &request, &answer, f);
	b = (struct blob){(const uint8_t *)buf_str(&answer), answer.len};
	if (!ret && list_keys(&b, found, arg))
		ret = fault_set(
		    f, FAULT_AUTH, 0, "ssh-agent does not list its keys");
	buf_release(&request);
	buf_release(&answer);
	return ret;
}

static uint32_t
sign_flags(const struct blob *algorithm)
{
	if (blob_is(algorithm, "rsa-sha2-256"))
		return SSH_AGENT_RSA_SHA2_256;
	return blob_is(algorithm, "rsa-sha2-512") ? SSH_AGENT_RSA_SHA2_512 : 0;
}

/* string (string algorithm, string signature) */
static int
take_signature(const struct buf *answer, struct buf *signature)
{
	struct blob b = {(const uint8_t *)buf_str(answer), answer->len};
	struct blob whole, algorithm, raw;
	uint8_t type;

	if (blob_get_u8(&b, &type) || type != SSH_AGENT_SIGN_RESPONSE ||
	    blob_get_string(&b, &whole) ||
	    blob_get_string(&whole, &algorithm) ||
	    blob_get_string(&whole, &raw))
		return -1;
	return buf_append(signature, raw.p, raw.n);
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
	ret = agent_ask(r->path, r->wait, r->deadline, &request, &answer, f);
	if (!ret && take_signature(&answer, signature))
		ret = fault_set(f, FAULT_AUTH, 0, "ssh-agent does not sign");
	buf_release(&request);
	buf_release(&answer);
	return ret;
}
