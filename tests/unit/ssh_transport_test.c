#include <criterion/criterion.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ssh/transport_internal.h"

Test(ssh_transport, a_server_that_fills_the_memory_is_no_lack_of_ours)
{
	struct cancel cancel = {0};
	struct wake wake;
	struct wait wait = {.cancel = &cancel, .wake = &wake};
	struct transport *t;
	int ends[2];
	void *abstract, *ours;
	size_t before;

	cr_assert_eq(wake_open(&wake), 0);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	abstract = t = transport_new(ends[0], &wait);
	before = t->memory;
	t->memory = TRANSPORT_MEMORY;
	cr_assert_null(hook_alloc(100, &abstract));
	/* an answer of ours */
	ours = transport_alloc(t, 100);
	cr_assert_not_null(ours);
	hook_free(ours, &abstract);
	t->memory = before;
	transport_free(t);
	close(ends[1]);
	wake_close(&wake);
}
