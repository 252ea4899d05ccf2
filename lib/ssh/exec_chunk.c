/*
 * Where output stands while a thread passes it on.  Hundreds of hosts would
 * each keep what one of them needs for a moment.
 */
#include <pthread.h>

#include "base/mem.h"
#include "ssh/exec_internal.h"

union chunk {
	union chunk *next; /* while nobody has it */
	char bytes[EXEC_CHUNK];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static union chunk *idle;

char *
exec_chunk_take(void)
{
	union chunk *k;

	pthread_mutex_lock(&lock);
	k = idle;
	if (k)
		idle = k->next;
	pthread_mutex_unlock(&lock);
	/* not cleared: it is read where it was written */
	return k ? k->bytes : mem_realloc(NULL, sizeof(*k));
}

void
exec_chunk_give(char *chunk)
{
	union chunk *k = (union chunk *)(void *)chunk;

	pthread_mutex_lock(&lock);
	k->next = idle;
	idle = k;
	pthread_mutex_unlock(&lock);
}
