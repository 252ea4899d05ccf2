/*
 * Output that is kept until a host, or the last of them, has ended: the
 * beginning of a text in memory, the rest in one unlinked file that all texts
 * share.
 */
#ifndef FLEET_SPILL_H
#define FLEET_SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/fault.h"

enum {
	/* Bytes of a text in memory, and of each piece of it in the file: a
	 * multiple of 3, so that pieces can be encoded one by one. */
	SPILL_PIECE = 48 * 1024
};

struct spill;

/* A text; it belongs to one thread at a time. */
struct spill_text {
	struct buf tail; /* what is not in the file */
	off_t *pieces; /* where its pieces are there */
	size_t n_pieces, max_pieces;
	uint64_t hash; /* of all pieces in the file */
};

struct spill *spill_new(void);
void spill_free(struct spill *s);

void spill_text_init(struct spill_text *t);

/* Appends n bytes.  0 or errno. */
int spill_append(
    struct spill *s, struct spill_text *t, const char *bytes, size_t n);

/* Hands all of it to take, piece by piece, each but the last of SPILL_PIECE
 * bytes, until that returns something else than 0.  Returns this, or errno. */
typedef int spill_take(void *arg, const char *bytes, size_t n);
int spill_read(
    struct spill *s, const struct spill_text *t, spill_take *take, void *arg);

/* Whether both are the same bytes. */
bool spill_same(
    struct spill *s, const struct spill_text *a, const struct spill_text *b);

/* A number that equal texts have alike. */
uint64_t spill_hash(const struct spill_text *t);

bool spill_empty(const struct spill_text *t);

/* Forgets it, and gives back its place in the file. */
void spill_drop(struct spill *s, struct spill_text *t);

#endif
