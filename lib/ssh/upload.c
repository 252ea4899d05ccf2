#include "ssh/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fdio.h"
#include "base/mem.h"
#include "base/quote.h"
#include "ssh/exec.h"

/* $1: the file's name, $2: the directory's mode, $3: the file's, $4: its size:
 * a copy that was cut short is removed, as is one that was stopped.  What only the
 * login user may enter is of no use to another.  A directory is good where a
 * script in it can be run. */
static const char upload_script[] =
    "n=$1 m=$2 e=$3 s=$4; umask 077; "
    "q() { rm -rf -- \"$t\"; exit 1; }; trap q HUP INT TERM; "
    "if [ $m = 711 ]; then set -- /dev/shm /tmp; "
    "else set -- \"$XDG_RUNTIME_DIR\" /dev/shm /tmp \"$HOME\"; fi; "
    "for d in \"$@\"; do [ -n \"$d\" ] && [ -d \"$d\" ] || continue; "
    "t=$(mktemp -d \"$d/fab.XXXXXXXXXX\" 2>/dev/null) || continue; "
    "echo \"#!/bin/sh\" >\"$t/x\" && chmod 700 \"$t/x\" && "
    "\"$t/x\" 2>/dev/null && break; rm -rf -- \"$t\"; t=; done; "
    "[ -n \"$t\" ] || { echo none; exit 1; }; rm -f -- \"$t/x\"; "
    "cat >\"$t/$n\" && [ $(wc -c <\"$t/$n\") -eq $s ] && "
    "chmod \"$e\" \"$t/$n\" && chmod \"$m\" \"$t\" && echo \"$t\" || q";

/* A file on its way. */
    struct sending {
	const char *file, *name;
	int fd;
	off_t size;
	bool shared;
	char *directory, *path; /* on the host */
};

static int
put_command(struct buf *to, const struct sending *s)
{
	char *size = mem_printf("%lld", (long long)s->size);
	const char *const words[] = {"exec", "sh", "-c", upload_script, "sh",
	    s->name, s->shared ? "711" : "700", s->shared ? "755" : "700",
	    size};
	int ret = quote_words(to, words, sizeof(words) / sizeof(words[0]));

	mem_free(size);
	return ret;
}

static ssize_t
read_file(void *arg, char *bytes, size_t n)
{
	ssize_t got = fdio_read(*(int *)arg, bytes, n);

	return got < 0 ? 0 : got;
}

/* The directory, on a line. */
static int
take_answer(const struct buf *answer, struct sending *s)
{
	const char *text = buf_str(answer);
	size_t n = strcspn(text, "\n");

	if (text[0] != '/' || !text[n])
		return -1;
	s->directory = mem_strndup(text, n);
	s->path = mem_printf("%s/%s", s->directory, s->name);
	return 0;
}

static int
send_file(struct connection *c, struct sending *s, struct fault *f)
{
	struct exec_io input = {
	    .arg = &s->fd, .input = read_file, .input_fd = -1};
	struct buf command, answer;
	int status;

	buf_init(&command, 65536);
	buf_init(&answer, 8192);
	put_command(&command, s);
	status = exec_quiet(
	    c, buf_str(&command), &input, &answer, "copy of the program", f);
	if (status > 0 || (status == 0 && take_answer(&answer, s)))
		status = fault_set(f, FAULT_COPY, 0,
		    !strcmp(buf_str(&answer), "none\n")
			? "-s %s: no directory of the host lets programs run"
			: "-s %s: it could not be copied to the host",
		    s->file);
	buf_release(&command);
	buf_release(&answer);
	return status;
}

static int
open_file(struct sending *s, struct fault *f)
{
	struct stat st;

	s->fd = open(s->file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (s->fd < 0)
		return fault_set(f, FAULT_USAGE, errno, "-s %s", s->file);
	if (fstat(s->fd, &st) || !S_ISREG(st.st_mode)) {
		close(s->fd);
		return fault_set(
		    f, FAULT_USAGE, 0, "-s %s: not a regular file", s->file);
	}
	s->size = st.st_size;
	return 0;
}

int
upload(struct connection *c, const char *file, bool shared, char **directory,
    char **path, struct fault *f)
{
	const char *slash = strrchr(file, '/');
	struct sending s = {
	    .file = file, .name = slash ? slash + 1 : file, .shared = shared};
	int ret;

	if (open_file(&s, f))
		return -1;
	ret = send_file(c, &s, f);
	close(s.fd);
	*directory = s.directory;
	*path = s.path;
	return ret;
}
