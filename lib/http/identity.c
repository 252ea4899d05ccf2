#include "http/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "http/capability.h"

enum {
	NOBODY = 65534 /* where there is no list of users */
};

struct account {
	const char *name;
	uid_t uid;
	gid_t gid;
	bool known; /* has a name, and so groups */
};

static int
find_account(struct account *a, const char *user, struct fault *f)
{
	const struct passwd *pw = getpwnam(user);
	uint64_t number;

	a->name = user;
	a->known = pw != NULL;
	if (pw) {
		a->uid = pw->pw_uid;
		a->gid = pw->pw_gid;
	} else if (!num_parse_str(user, UINT32_MAX - 1, &number)) {
		a->uid = (uid_t)number;
		a->gid = (gid_t)number;
	} else if (!strcmp(user, "nobody")) {
		a->uid = NOBODY;
		a->gid = NOBODY;
	} else {
		return fault_set(
		    f, FAULT_SYSTEM, 0, "-u %s: there is no such user", user);
	}
	return 0;
}

static int
become(const struct account *a, bool own_groups)
{
	int groups;

	if (own_groups && a->known)
		groups = initgroups(a->name, a->gid);
	else
		groups = setgroups(1, &a->gid);
	/* without this, signals may not reach the command; that is no reason to
	 * stay root */
	capability_keep();
	if (groups || setresgid(a->gid, a->gid, a->gid) ||
	    setresuid(a->uid, a->uid, a->uid))
		return -1;
	return 0;
}

/* Nobody must be able to become root again. */
static int
verify(const struct account *a, struct fault *f)
{
	if (capability_only(CAPABILITY_KILL))
		return fault_set(f, FAULT_SYSTEM, errno, "capabilities");
	if (getuid() != a->uid || geteuid() != a->uid || getgid() != a->gid ||
	    getegid() != a->gid)
		return fault_set(f, FAULT_SYSTEM, 0,
		    "user %s: the change did not take place", a->name);
	if (a->uid != 0 && setuid(0) == 0)
		return fault_set(f, FAULT_SYSTEM, 0,
		    "user %s: the change could be undone", a->name);
	return 0;
}

static void
set_name(struct identity *id, const char *name)
{
	snprintf(id->user, sizeof(id->user), "%s", name);
}

static void
name_ourselves(struct identity *id)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (pw)
		set_name(id, pw->pw_name);
	else
		snprintf(id->user, sizeof(id->user), "%lu",
		    (unsigned long)geteuid());
}

/* Without another user to become: what root has besides reading goes. */
static int
stay(struct identity *id)
{
	/* a failure leaves us what our user has, which we are to keep */
	capability_only(CAPABILITY_KILL | CAPABILITY_READ);
	if (!id->user[0])
		name_ourselves(id);
	return 0;
}

int
identity_drop(struct identity *id, const char *user, struct fault *f)
{
	struct account a = {.uid = 0};
	const uid_t before = geteuid();

	*id = (struct identity){.changed = false};
	if (!user && before != 0)
		return stay(id);
	if (find_account(&a, user ? user : "nobody", f))
		return -1;
	/* "-u root" is explicit */
	if (a.uid == before) {
		set_name(id, a.name);
		return stay(id);
	}
	if (!become(&a, user != NULL)) {
		set_name(id, a.name);
		id->changed = true;
		return verify(&a, f);
	}
	if (user || geteuid() != before)
		return fault_set(
		    f, FAULT_SYSTEM, errno, "cannot become user %s", a.name);
	return stay(id);
}
