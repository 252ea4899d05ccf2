#include <criterion/criterion.h>
#include <pthread.h>

#include "ssh/startups.h"

/* A thread that takes one place more than there are. */
struct comer {
	struct startups *all;
	struct settings settings;
	const struct addrinfo *address; /* NULL: by its name */
	struct cancel cancel;
	struct wake wake;
	pthread_t thread;
	struct startup *place;
	struct fault fault;
};

static void *
comer_main(void *arg)
{
	struct comer *c = arg;
	struct wait w = {.cancel = &c->cancel, .wake = &c->wake};

	c->place =
	    startups_enter(c->all, &c->settings, c->address, &w, &c->fault);
	return NULL;
}

static void
comer_start(struct comer *c, struct startups *all, const char *name, int port)
{
	*c = (struct comer){.all = all};
	settings_init(&c->settings);
	c->settings.hostname = (char *)name;
	c->settings.port = port;
	cr_assert_eq(wake_open(&c->wake), 0);
	cr_assert_eq(pthread_create(&c->thread, NULL, comer_main, c), 0);
}

static struct startup *
comer_end(struct comer *c)
{
	pthread_join(c->thread, NULL);
	wake_close(&c->wake);
	return c->place;
}

static void
fill(struct startups *all, struct startup **places)
{
	struct comer c;
	int i;

	for (i = 0; i < STARTUPS_MAX; i++) {
		comer_start(&c, all, "web", 22);
		places[i] = comer_end(&c);
		cr_assert_not_null(places[i]);
	}
}

static void
leave_all(struct startup **places)
{
	int i;

	for (i = 0; i < STARTUPS_MAX; i++)
		startups_leave(places[i]);
}

Test(ssh_startups, place_of_one_that_leaves_is_the_next_ones)
{
	struct startups *all = startups_new();
	struct startup *places[STARTUPS_MAX];
	struct comer c;

	fill(all, places);
	comer_start(&c, all, "web", 22);
	startups_leave(places[0]);
	places[0] = comer_end(&c);
	cr_assert_not_null(places[0]);
	leave_all(places);
	startups_free(all);
}

Test(ssh_startups, other_ports_and_names_have_places_of_their_own)
{
	struct startups *all = startups_new();
	struct startup *places[STARTUPS_MAX];
	struct comer c;

	fill(all, places);
	comer_start(&c, all, "web", 2222);
	startups_leave(comer_end(&c));
	comer_start(&c, all, "web2", 22);
	startups_leave(comer_end(&c));
	leave_all(places);
	startups_free(all);
}

Test(ssh_startups, who_gives_up_takes_no_place)
{
	struct startups *all = startups_new();
	struct startup *places[STARTUPS_MAX];
	struct comer c, later;

	fill(all, places);
	comer_start(&c, all, "web", 22);
	atomic_store(&c.cancel.level, CANCEL_HARD);
	wake_notify(&c.wake);
	cr_assert_null(comer_end(&c));
	cr_assert_eq(c.fault.class, FAULT_CANCELLED);
	startups_leave(places[0]);
	comer_start(&later, all, "web", 22);
	places[0] = comer_end(&later);
	cr_assert_not_null(places[0]);
	leave_all(places);
	startups_free(all);
}
