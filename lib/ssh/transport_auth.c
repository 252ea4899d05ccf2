/*
 * What depends on the version of the library, and what the server says to a
 * login.
 */
#include <stdio.h>
#include <string.h>

#include "ssh/transport_internal.h"

/* The library's number for 1.11.0, from which on it knows RSA with SHA-2. */
static const int version_rsa_sha2 = 0x010b00;

const char *
transport_library(void)
{
	const char *version = libssh2_version(0);

	return version ? version : "unknown";
}

bool
transport_needs_key_swap(void)
{
	return libssh2_version(version_rsa_sha2) == NULL;
}

const char *
transport_library_lacks(void)
{
	if (transport_needs_key_swap())
		return "RSA host keys with SHA-2, chacha20-poly1305, aes-gcm, "
		       "-etm MACs, agent forwarding, signals";
	return "";
}

struct transport_auth *
transport_auth(struct transport *t)
{
	return &t->auth;
}

void
transport_auth_expect(struct transport *t)
{
	t->auth.answered = t->auth.partial = false;
}

void
transport_auth_methods(struct transport *t, const char *methods)
{
	snprintf(t->auth.methods, sizeof(t->auth.methods), "%s", methods);
	t->auth.seen = t->auth.answered = true;
}

void
transport_mute(struct transport *t)
{
	t->dead = true;
}

bool
transport_lacks_rsa_sha2(const struct transport *t)
{
	static const char openssh[] = "OpenSSH_";
	const char *version =
	    t->server.banner ? strstr(t->server.banner, openssh) : NULL;
	unsigned major = 0, minor = 0;

	/* since OpenSSH 7.2 */
	return version &&
	    sscanf(version + strlen(openssh), "%u.%u", &major, &minor) == 2 &&
	    (major < 7 || (major == 7 && minor < 2));
}

bool
transport_is_dropbear(const struct transport *t)
{
	return t->server.banner && strstr(t->server.banner, "dropbear");
}

LIBSSH2_CHANNEL *
transport_take_agent(struct transport *t)
{
	return t->n_agents ? t->agents[--t->n_agents] : NULL;
}

#if LIBSSH2_VERSION_NUM >= 0x010b00

static void
agent_opened(LIBSSH2_SESSION *session, LIBSSH2_CHANNEL *raw, void **abstract)
{
	struct transport *t = *abstract;

	(void)session;
	if (t->n_agents < TRANSPORT_AGENTS)
		t->agents[t->n_agents++] = raw;
	else
		(void)libssh2_channel_close(raw);
}

void
transport_accept_agents(struct transport *t)
{
	libssh2_session_callback_set2(t->session, LIBSSH2_CALLBACK_AUTHAGENT,
	    (libssh2_cb_generic *)agent_opened);
}

bool
transport_can_forward_agent(void)
{
	return libssh2_version(0x010b00) != NULL;
}

int
transport_request_agent(LIBSSH2_CHANNEL *raw)
{
	return libssh2_channel_request_auth_agent(raw);
}

#else

void
transport_accept_agents(struct transport *t)
{
	(void)t;
}

bool
transport_can_forward_agent(void)
{
	return false;
}

int
transport_request_agent(LIBSSH2_CHANNEL *raw)
{
	(void)raw;
	return LIBSSH2_ERROR_METHOD_NOT_SUPPORTED;
}

#endif
