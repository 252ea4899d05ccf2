/*
 * Why something went wrong, for messages: what the server said, what it did,
 * what became of the connection, and last what the library has for it.
 */
#include <string.h>

#include "ssh/transport_internal.h"

static const char damaged[] = "what the server sent is damaged, or no SSH";

/* Words of the library's that say nothing, or too little, in its own order. */
static const char *
say_more(const char *text)
{
	static const struct {
		const char *text, *more;
	} known[] = {
	    {"", damaged},
	    {"Unexpected error", damaged},
	    {"Failed waiting for channel success", damaged},
	    {"Failed to get response to ssh-userauth request", damaged},
	    {"Unable to exchange encryption keys",
		"the server's part in it is wrong, or not signed by its "
		"host key"},
	    {"Unable to complete request for channel-process-startup",
		"it refuses"},
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(text, known[i].text))
			return known[i].more;
	}
	return text;
}

const char *
transport_farewell(const struct transport *t)
{
	return t->farewell.len
	    ? buf_str(&t->farewell) + strlen(transport_parting)
	    : "";
}

const char *
transport_why(const struct transport *t)
{
	if (t->farewell.len)
		return buf_str(&t->farewell);
	if (t->breach)
		return t->breach;
	if (t->ended > 0)
		return strerror(t->ended);
	return t->ended ? "the server closed the connection" : damaged;
}

const char *
transport_error(struct transport *t)
{
	char *text = NULL;

	if (t->farewell.len || t->breach)
		return transport_why(t);
	libssh2_session_last_error(t->session, &text, NULL, 0);
	return say_more(text ? text : "");
}

void
transport_blame(struct transport *t, const char *breach)
{
	t->breach = breach;
}

bool
transport_breach(const struct transport *t)
{
	return t->breach != NULL;
}
