#include "http/file.h"

#include <unistd.h>

#include "base/mem.h"

struct file *
file_new(int fd)
{
	struct file *f = mem_alloc(1, sizeof(*f));

	*f = (struct file){.fd = fd, .users = 1};
	return f;
}

struct file *
file_hold(struct file *f)
{
	f->users++;
	return f;
}

void
file_drop(struct file *f)
{
	if (!f || --f->users)
		return;
	close(f->fd);
	mem_free(f);
}
