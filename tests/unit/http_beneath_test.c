#include <criterion/criterion.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/beneath.h"

static char dir[64];

static void
put(const char *name, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	cr_assert(file);
	fputs(text, file);
	fclose(file);
}

static void
point(const char *name, const char *target)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cr_assert_eq(symlink(target, path), 0);
}

static void
make(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cr_assert_eq(mkdir(path, 0755), 0);
}

static void
setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/beneath.XXXXXX");
	cr_assert(mkdtemp(dir));
	make("root");
	make("root/a");
	make("root/a/b");
	put("secret", "secret");
	put("root/file", "file");
	put("root/a/b/deep", "deep");
	point("root/in", "a/b/deep");
	point("root/a/up", "../file");
	point("root/a/b/upup", "../../a/../file");
	point("root/chain", "a/up");
	point("root/dirlink", "a/b");
	point("root/out", "../secret");
	point("root/a/far", "../../secret");
	point("root/absolute", "/etc/passwd");
	point("root/outdir", "..");
	point("root/loop", "loop");
	point("root/nowhere", "missing");
	point("root/magic", "/proc/self/root");
}

static void
teardown(void)
{
	char command[128];
	int ret;

	snprintf(command, sizeof(command), "rm -rf %s", dir);
	ret = system(command);
	(void)ret;
}

static void
open_root(struct beneath *b, enum beneath_way way)
{
	char root[80];

	snprintf(root, sizeof(root), "%s/root", dir);
	cr_assert_eq(beneath_init(b, root, false), 0);
	if (way == BENEATH_KERNEL && b->way != BENEATH_KERNEL)
		cr_skip("this kernel has no openat2");
	b->way = way;
}

static void
check(enum beneath_way way)
{
	static const struct {
		const char *path;
		const char *text; /* NULL: error */
		int error;
	} rows[] = {
	    {"file", "file", 0},
	    {"a/b/deep", "deep", 0},
	    {"in", "deep", 0},
	    {"a/up", "file", 0},
	    {"a/b/upup", "file", 0},
	    {"chain", "file", 0},
	    {"dirlink/deep", "deep", 0},
	    {"dirlink/upup", "file", 0},
	    {"out", NULL, EXDEV},
	    {"a/far", NULL, EXDEV},
	    {"absolute", NULL, EXDEV},
	    {"outdir/secret", NULL, EXDEV},
	    {"magic/etc/passwd", NULL, EXDEV},
	    {"loop", NULL, ELOOP},
	    {"nowhere", NULL, ENOENT},
	    {"missing", NULL, ENOENT},
	    {"file/x", NULL, ENOTDIR},
	};
	struct beneath b;
	struct stat st;
	char text[16];
	size_t i;
	ssize_t n;
	int fd;

	open_root(&b, way);
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		errno = 0;
		fd = beneath_stat(&b, rows[i].path, &st);
		cr_expect(rows[i].text ? fd == 0 && S_ISREG(st.st_mode) &&
			    st.st_size == (off_t)strlen(rows[i].text)
				       : fd < 0 && errno == rows[i].error,
		    "%s: stat: %s", rows[i].path, strerror(errno));
		fd = beneath_open(&b, rows[i].path);
		if (!rows[i].text) {
			cr_expect(fd < 0 && errno == rows[i].error, "%s: %s",
			    rows[i].path, strerror(errno));
			continue;
		}
		cr_expect_geq(fd, 0, "%s: %s", rows[i].path, strerror(errno));
		n = read(fd, text, sizeof(text));
		cr_expect(n == (ssize_t)strlen(rows[i].text) &&
			!memcmp(text, rows[i].text, (size_t)n),
		    "%s", rows[i].path);
		close(fd);
	}
	fd = beneath_open(&b, "");
	cr_expect_geq(fd, 0);
	close(fd);
	beneath_release(&b);
}

Test(beneath, the_kernel_keeps_paths_beneath_the_root, .init = setup,
    .fini = teardown)
{
	check(BENEATH_KERNEL);
}

Test(beneath, the_walk_keeps_paths_beneath_the_root, .init = setup,
    .fini = teardown)
{
	check(BENEATH_WALK);
}

Test(beneath, a_fifo_is_opened_without_waiting, .init = setup, .fini = teardown)
{
	char path[80];
	struct beneath b;
	int fd;

	snprintf(path, sizeof(path), "%s/root/fifo", dir);
	cr_assert_eq(mkfifo(path, 0644), 0);
	open_root(&b, BENEATH_WALK);
	fd = beneath_open(&b, "fifo");
	cr_assert_geq(fd, 0);
	close(fd);
	beneath_release(&b);
}

static atomic_int stop;

/* Swaps a directory and a link that leaves the root, over and over. */
static void *
swap(void *arg)
{
	char real[80], link[80], name[80];

	(void)arg;
	snprintf(real, sizeof(real), "%s/root/real", dir);
	snprintf(link, sizeof(link), "%s/root/link", dir);
	snprintf(name, sizeof(name), "%s/root/name", dir);
	while (!atomic_load(&stop)) {
		rename(name, real);
		rename(link, name);
		rename(name, link);
		rename(real, name);
	}
	return NULL;
}

static void
race(enum beneath_way way)
{
	struct beneath b;
	pthread_t thread;
	char text[8];
	int i, fd;

	make("root/real");
	put("root/real/secret", "public");
	point("root/link", "..");
	atomic_store(&stop, 0);
	open_root(&b, way);
	pthread_create(&thread, NULL, swap, NULL);
	for (i = 0; i < 20000; i++) {
		fd = beneath_open(&b, "name/secret");
		if (fd < 0)
			continue;
		if (read(fd, text, 6) == 6)
			cr_assert_arr_eq(text, "public", 6);
		close(fd);
	}
	atomic_store(&stop, 1);
	pthread_join(thread, NULL);
	beneath_release(&b);
}

Test(beneath, renames_open_no_way_out_for_the_kernel, .init = setup,
    .fini = teardown)
{
	race(BENEATH_KERNEL);
}

Test(beneath, renames_open_no_way_out_for_the_walk, .init = setup,
    .fini = teardown)
{
	race(BENEATH_WALK);
}
