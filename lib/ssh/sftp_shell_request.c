/*
 * Requests of SFTP as lines for a shell.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "ssh/sftp_shell_internal.h"

enum { SHELL_MODE = 07777 };

/* -- Places -- */

static size_t
free_file(const struct sftp_shell *s)
{
	size_t i = 0;

	while (i < SHELL_FDS && s->files[i].used)
		i++;
	return i;
}

static size_t
take_dir(struct sftp_shell *s)
{
	size_t i = 0;

	while (i < s->n_dirs && s->dirs[i].used)
		i++;
	if (i == s->n_dirs)
		s->dirs = mem_realloc(s->dirs, ++s->n_dirs * sizeof(*s->dirs));
	s->dirs[i] = (struct shell_dir){.used = true};
	buf_init(&s->dirs[i].names, SHELL_LISTING_MAX);
	return i;
}

void
shell_dir_free(struct sftp_shell *s, size_t place)
{
	buf_release(&s->dirs[place].names);
	s->dirs[place].used = false;
}

/* What a handle stands for: its kind and its place.  0, or -1 for one that is
 * none. */
static int
get_handle(const struct sftp_shell *s, struct blob *b, char kind, size_t *place)
{
	struct blob handle;
	uint8_t k;
	uint32_t i;

	if (blob_get_string(b, &handle) || blob_get_u8(&handle, &k) ||
	    blob_get_u32(&handle, &i) || (char)k != kind)
		return -1;
	*place = i;
	if (kind == 'd')
		return i < s->n_dirs && s->dirs[i].used ? 0 : -1;
	return i < SHELL_FDS && s->files[i].used ? 0 : -1;
}

/* -- Requests; each returns -1 for one that cannot be made -- */

static int
make_open(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	struct blob path;
	uint32_t flags;
	const char *how = "o";

	if (blob_get_string(&b, &path) || blob_get_u32(&b, &flags))
		return -1;
	if (flags & SFTP_OPEN_WRITE)
		how = flags & SFTP_OPEN_CREATE ? "c" : "w";
	r->place = free_file(s);
	s->files[r->place] = (struct shell_file){.used = true};
	buf_printf(&s->lines, "%s %zu", how, SHELL_FD + r->place);
	shell_put_path(&s->lines, path);
	return 0;
}

static int
make_read(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	struct shell_file *file;

	if (get_handle(s, &b, 'f', &r->place) || sftp_get_u64(&b, &r->at) ||
	    blob_get_u32(&b, &r->n))
		return -1;
	if (r->n > SHELL_BYTES)
		r->n = SHELL_BYTES;
	file = &s->files[r->place];
	buf_printf(&s->lines, "g %zu %u %s %" PRIu64, SHELL_FD + r->place, r->n,
	    r->at < file->at ? "x" : "''",
	    r->at < file->at ? r->at : r->at - file->at);
	file->at = r->at + r->n;
	return 0;
}

static int
make_write(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	struct shell_file *file;
	struct blob data;
	uint64_t at;

	if (get_handle(s, &b, 'f', &r->place) || sftp_get_u64(&b, &at) ||
	    blob_get_string(&b, &data) || at < s->files[r->place].at)
		return -1;
	file = &s->files[r->place];
	buf_printf(&s->lines, "p %zu %zu %" PRIu64 "\n", SHELL_FD + r->place,
	    data.n, at - file->at);
	(void)buf_append(&s->lines, data.p, data.n);
	file->at = at + data.n;
	return 0;
}

static int
make_close(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	struct blob handle = b;

	if (!get_handle(s, &handle, 'd', &r->place)) {
		shell_dir_free(s, r->place);
		buf_puts(&s->lines, "a 0 ''");
		return 0;
	}
	if (get_handle(s, &b, 'f', &r->place))
		return -1;
	buf_printf(&s->lines, "k %zu", SHELL_FD + r->place);
	s->files[r->place].used = false;
	return 0;
}

static int
make_stat(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	struct blob path;

	if (r->type == SFTP_FSTAT) {
		if (get_handle(s, &b, 'f', &r->place))
			return -1;
		buf_printf(&s->lines, "y %zu stat -L -c \"$F\" /dev/fd/0",
		    SHELL_FD + r->place);
		return 0;
	}
	if (blob_get_string(&b, &path))
		return -1;
	buf_printf(
	    &s->lines, "x stat %s -c \"$F\"", r->type == SFTP_STAT ? "-L" : "");
	shell_put_path(&s->lines, path);
	return 0;
}

static int
make_setstat(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	struct sftp_attrs attrs;
	struct blob path;
	bool open = r->type == SFTP_FSETSTAT;

	if (open ? get_handle(s, &b, 'f', &r->place)
		 : blob_get_string(&b, &path))
		return -1;
	if (sftp_get_attrs(&b, &attrs))
		return -1;
	if (open)
		buf_printf(&s->lines, "y %zu s", SHELL_FD + r->place);
	else
		buf_puts(&s->lines, "x s");
	shell_put_attrs(&s->lines, &attrs);
	if (open)
		buf_puts(&s->lines, " /dev/fd/0");
	else
		shell_put_path(&s->lines, path);
	return 0;
}

/* A function, or a command in it, and one path or two. */
static int
make_call(struct sftp_shell *s, struct blob b, const char *call, int paths)
{
	struct blob path[2];
	int i;

	for (i = 0; i < paths; i++) {
		if (blob_get_string(&b, &path[i]))
			return -1;
	}
	buf_puts(&s->lines, call);
	for (i = 0; i < paths; i++)
		shell_put_path(&s->lines, path[i]);
	return 0;
}

static int
make_mkdir(struct sftp_shell *s, struct blob b)
{
	struct sftp_attrs attrs;
	struct blob path;

	if (blob_get_string(&b, &path) || sftp_get_attrs(&b, &attrs))
		return -1;
	buf_printf(&s->lines, "x mkdir -m %o",
	    attrs.flags & SFTP_ATTR_MODE ? attrs.mode & SHELL_MODE : 0755);
	shell_put_path(&s->lines, path);
	return 0;
}

/* What a link says is no path of ours, and stays as it is. */
static int
make_link(struct sftp_shell *s, struct blob b)
{
	struct blob says, path;

	if (blob_get_string(&b, &says) || blob_get_string(&b, &path))
		return -1;
	buf_puts(&s->lines, "x ln -s -- '");
	shell_put_bytes(&s->lines, says);
	buf_putc(&s->lines, '\'');
	shell_put_path(&s->lines, path);
	return 0;
}

/* ~USER, of which the shell is given no more than a name. */
static int
make_home(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	struct blob path;
	size_t i;

	if (blob_get_string(&b, &path) || path.n < 2 || path.p[0] != '~')
		return -1;
	for (i = 1; i < path.n; i++) {
		if (!isalnum(path.p[i]) && !strchr("._-", path.p[i]))
			return -1;
	}
	buf_printf(&s->lines, "h %.*s", (int)path.n - 1, path.p + 1);
	r->type = SFTP_READLINK;
	return 0;
}

static int
make_extended(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	struct blob name;

	if (blob_get_string(&b, &name))
		return -1;
	if (blob_is(&name, "posix-rename@openssh.com"))
		return make_call(s, b, "x m", 2);
	if (blob_is(&name, "expand-path@openssh.com"))
		return make_home(s, b, r);
	if (!blob_is(&name, "fsync@openssh.com") ||
	    get_handle(s, &b, 'f', &r->place))
		return -1;
	buf_printf(&s->lines, "f %zu", SHELL_FD + r->place);
	return 0;
}

static int
make_opendir(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	if (make_call(s, b, "d", 1))
		return -1;
	r->place = take_dir(s);
	return 0;
}

/* Its names have come with OPENDIR's answer. */
static int
make_readdir(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	if (get_handle(s, &b, 'd', &r->place))
		return -1;
	buf_puts(&s->lines, "a 0 ''");
	return 0;
}

static int
make(struct sftp_shell *s, struct blob b, struct shell_request *r)
{
	switch (r->type) {
	case SFTP_OPEN:
		return make_open(s, b, r);
	case SFTP_CLOSE:
		return make_close(s, b, r);
	case SFTP_READ:
		return make_read(s, b, r);
	case SFTP_WRITE:
		return make_write(s, b, r);
	case SFTP_LSTAT:
	case SFTP_STAT:
	case SFTP_FSTAT:
		return make_stat(s, b, r);
	case SFTP_SETSTAT:
	case SFTP_FSETSTAT:
		return make_setstat(s, b, r);
	case SFTP_OPENDIR:
		return make_opendir(s, b, r);
	case SFTP_READDIR:
		return make_readdir(s, b, r);
	case SFTP_REMOVE:
		return make_call(s, b, "x rm -f", 1);
	case SFTP_MKDIR:
		return make_mkdir(s, b);
	case SFTP_RENAME:
		return make_call(s, b, "x m", 2);
	case SFTP_READLINK:
		return make_call(s, b, "l", 1);
	case SFTP_SYMLINK:
		return make_link(s, b);
	case SFTP_EXTENDED:
		return make_extended(s, b, r);
	default:
		return -1;
	}
}

static void
request(struct sftp_shell *s, struct blob packet)
{
	struct shell_request *r;

	r = &s->requests[(s->first + s->n++) % SFTP_CLIENT_MAX];
	*r = (struct shell_request){0};
	(void)blob_get_u8(&packet, &r->type);
	(void)blob_get_u32(&packet, &r->id);
	buf_puts(&s->lines, s->mark);
	r->refused = make(s, packet, r) != 0;
	if (r->refused)
		buf_puts(&s->lines, "a 1 ''");
	/* a write's data end its line */
	if (r->refused || r->type != SFTP_WRITE)
		buf_putc(&s->lines, '\n');
}

/* Lines are done in order: a descriptor is free as soon as its close is
 * written. */
void
shell_make_held(struct sftp_shell *s)
{
	struct blob packet;
	ssize_t n;

	while (s->held.len && free_file(s) < SHELL_FDS &&
	    (n = sftp_frame(s->held.data, s->held.len, &packet)) > 0) {
		request(s, packet);
		buf_consume(&s->held, (size_t)n);
	}
}

void
sftp_shell_request(struct sftp_shell *s, struct blob frame)
{
	struct blob packet = {
	    .p = frame.p + sizeof(uint32_t), .n = frame.n - sizeof(uint32_t)};

	if (packet.p[0] == SFTP_OPEN && free_file(s) == SHELL_FDS) {
		(void)buf_append(&s->held, frame.p, frame.n);
		return;
	}
	request(s, packet);
	shell_make_held(s);
}
