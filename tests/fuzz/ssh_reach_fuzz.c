/* Heads of answers, and the environment of an httpd-scope: lines without our
 * number are never ours; servers that were read have a port and a number. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "ssh/reach.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char id[] = "0123456789abcdef0123456789abcdef";
static const char *url, *outer;

static const char *
lookup(const char *name)
{
	if (!strcmp(name, "HTTPD_SCOPE_URL"))
		return url;
	if (!strcmp(name, "HTTPD_SCOPE_OUTER"))
		return outer;
	return strcmp(name, "HTTPD_SCOPE_ID") ? NULL : id;
}

static void
read_env(void)
{
	struct reach_env env;
	struct fault f = {0};
	size_t i;

	if (reach_env_read(&env, lookup, &f)) {
		assert(f.class == FAULT_USAGE);
		return;
	}
	assert(env.n >= 1 && env.n <= REACH_SERVERS);
	for (i = 0; i < env.n; i++) {
		assert(env.servers[i].port > 0 && env.servers[i].port < 65536);
		assert(strlen(env.servers[i].id) == NONCE_LEN);
		assert(!strncmp(env.servers[i].url, "http://", 7));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	bool ours = reach_is_ours((const char *)data, size, id);

	if (size)
		assert(!ours || memmem(data, size, id, sizeof(id) - 1));
	url = text;
	outer = NULL;
	read_env();
	url = "http://127.0.0.1:8888/";
	outer = text;
	read_env();
	mem_free(text);
	return 0;
}
