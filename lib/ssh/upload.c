#include "ssh/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/quote.h"
#include "ssh/exec.h"

/* $1: the file's name, $2: the directory's mode, $3: the file's.  What only the
 * login user may enter is of no use to another.  A directory is good where a
 * script in it can be run. */
static const char upload_script[] =
    "n=$1 m=$2 e=$3; umask 077; if [ $m = 711 ]; then set -- /dev/shm /tmp; "
    "else set -- \"$XDG_RUNTIME_DIR\" /dev/shm /tmp \"$HOME\"; fi; "
    "for d in \"$@\"; do [ -n \"$d\" ] && [ -d \"$d\" ] || continue; "
    "t=$(mktemp -d \"$d/fab.XXXXXXXXXX\" 2>/dev/null) || continue; "
    "echo \"#!/bin/sh\" >\"$t/x\" && chmod 700 \"$t/x\" && "
    "\"$t/x\" 2>/dev/null && break; rm -rf -- \"$t\"; t=; done; "
    "[ -n \"$t\" ] || { echo none; exit 1; }; rm -f -- \"$t/x\"; "
    "if cat >\"$t/$n\" && chmod \"$e\" \"$t/$n\" && chmod \"$m\" \"$t\"; "
    "then echo $(wc -c <\"$t/$n\") \"$t\"; "
    "else rm -rf -- \"$t\"; exit 1; fi";

static int
put_command(struct buf *to, const char *name, bool shared)
{
	const char *const words[] = {"exec", "sh", "-c", upload_script, "sh",
	    name, shared ? "711" : "700", shared ? "755" : "700"};

	return quote_words(to, words, sizeof(words) / sizeof(words[0]));
}

static ssize_t
read_file(void *arg, char *bytes, size_t n)
{
	ssize_t got = fdio_read(*(int *)arg, bytes, n);

	return got < 0 ? 0 : got;
}

/* "SIZE DIRECTORY" */
static int
take_answer(struct buf *answer, off_t size, const char *name, char **directory,
    char **path)
{
	char *text = answer->data;
	size_t n = text ? strcspn(text, " ") : 0;
	uint64_t got;

	if (n == 0 || !text[n] || num_parse(text, n, INT64_MAX, &got) ||
	    (off_t)got != size)
		return -1;
	text += n + 1;
	*directory = mem_strndup(text, strcspn(text, "\n"));
	*path = mem_printf("%s/%s", *directory, name);
	return 0;
}

static int
send_file(struct connection *c, int fd, const char *file, bool shared,
    char **directory, char **path, struct fault *f)
{
	const char *slash = strrchr(file, '/');
	const char *name = slash ? slash + 1 : file;
	struct exec_io input = {.arg = &fd, .input = read_file, .input_fd = -1};
	struct buf command, answer;
	struct stat st;
	int status;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return fault_set(
		    f, FAULT_USAGE, 0, "-s %s: not a regular file", file);
	buf_init(&command, 65536);
	buf_init(&answer, 8192);
	put_command(&command, name, shared);
	status = exec_quiet(
	    c, buf_str(&command), &input, &answer, "copy of the program", f);
	if (status > 0 ||
	    (status == 0 &&
		take_answer(&answer, st.st_size, name, directory, path)))
		status = fault_set(f, FAULT_COPY, 0,
		    !strcmp(buf_str(&answer), "none\n")
			? "-s %s: no directory of the host lets programs run"
			: "-s %s: it could not be copied to the host",
		    file);
	buf_release(&command);
	buf_release(&answer);
	return status;
}

int
upload(struct connection *c, const char *file, bool shared, char **directory,
    char **path, struct fault *f)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int ret;

	if (fd < 0)
		return fault_set(f, FAULT_USAGE, errno, "-s %s", file);
	ret = send_file(c, fd, file, shared, directory, path, f);
	close(fd);
	return ret;
}
