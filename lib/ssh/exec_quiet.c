/*
 * Short commands of our own, beside the user's.
 */
#include "base/diag.h"
#include "base/quote.h"
#include "ssh/exec.h"

enum { QUIET_ROOM = 32 * 1024 };

struct quiet {
	struct buf *output;
	const struct exec_io *input;
};

static size_t
quiet_room(void *arg, enum channel_stream stream)
{
	(void)arg;
	(void)stream;
	return QUIET_ROOM;
}

static void
quiet_output(void *arg, enum channel_stream stream, const char *bytes, size_t n)
{
	struct quiet *q = arg;

	if (stream == CHANNEL_STDOUT)
		(void)buf_append(q->output, bytes, n);
	else
		diag_verbose(1, "%.*s", (int)n, bytes);
}

static ssize_t
quiet_input(void *arg, char *bytes, size_t n)
{
	struct quiet *q = arg;

	return q->input ? q->input->input(q->input->arg, bytes, n) : 0;
}

int
exec_quiet(struct connection *c, const char *command,
    const struct exec_io *input, struct buf *output_to, const char *what,
    struct fault *f)
{
	struct quiet q = {.output = output_to, .input = input};
	struct exec_io io = {.arg = &q,
	    .room = quiet_room,
	    .output = quiet_output,
	    .input = quiet_input,
	    .input_fd = -1};
	struct exec e = {.command = command, .io = &io, .ours = true};
	struct exec_result result = {0};

	if (exec_run(c, &e, &result, f))
		return fault_prefix(f, "%s", what);
	return result.end == CHANNEL_EXITED ? result.status : 128;
}

void
exec_remove(struct connection *c, const char *directory)
{
	const char *const words[] = {"rm", "-rf", "--", directory};
	struct buf command, output;
	struct quiet q = {.output = &output};
	struct exec_io io = {.arg = &q,
	    .room = quiet_room,
	    .output = quiet_output,
	    .input = quiet_input,
	    .input_fd = -1};
	struct exec e = {.io = &io, .ours = true, .stubborn = true};
	struct exec_result result = {0};
	struct fault f = {0};

	buf_init(&command, 65536);
	buf_init(&output, 4096);
	quote_words(&command, words, sizeof(words) / sizeof(words[0]));
	e.command = buf_str(&command);
	if (exec_run(c, &e, &result, &f))
		diag_verbose(1, "%s stays on the host: %s", directory, f.text);
	buf_release(&command);
	buf_release(&output);
}
