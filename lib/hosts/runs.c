#include "hosts/runs.h"

#include <stdbool.h>

/* A run of numbers at equal distance, as it is found from left to right. */
struct run {
	size_t start, last;
	uint64_t step; /* 0: it has one number so far */
	bool padded; /* numbers of that many digits may go on with it */
	uint32_t digits;
};

static void
print_run(struct buf *to, const struct index *set, size_t start, size_t last,
    bool as_range)
{
	size_t i;

	for (i = start; i <= last; i++) {
		if (i)
			buf_putc(to, ',');
		index_print(to, &set[i]);
		if (!as_range || start == last)
			continue;
		buf_putc(to, '-');
		index_print(to, &set[last]);
		break;
	}
}

static void
start_run(struct run *r, const struct index *set, size_t i)
{
	*r = (struct run){.start = i,
	    .last = i,
	    .padded = index_is_padded(&set[i]),
	    .digits = set[i].digits};
}

/* Takes number i into the run, after printing what it ends.  ClusterShell
 * looks for runs with any step and prints those of step 1 as ranges; hence
 * 01,98-99,100: what follows 01 keeps its width until it ends. */
static void
take_number(struct buf *to, struct run *r, const struct index *set, size_t i)
{
	uint64_t step = set[i].value - set[r->last].value;
	bool fits =
	    r->padded ? set[i].digits == r->digits : !index_is_padded(&set[i]);

	if (fits && r->step && r->step != step && r->step != 1) {
		print_run(to, set, r->start, r->last - 1, false);
		r->start = r->last;
	} else if (!fits || (r->step && r->step != step)) {
		print_run(to, set, r->start, r->last, r->step <= 1);
		start_run(r, set, i);
		r->step = fits ? step : 0;
		return;
	}
	r->step = step;
	r->last = i;
}

void
runs_print(struct buf *to, const struct index *set, size_t count)
{
	struct run r;
	size_t i;

	if (count > 1)
		buf_putc(to, '[');
	start_run(&r, set, 0);
	for (i = 1; i < count; i++)
		take_number(to, &r, set, i);
	print_run(to, set, r.start, r.last, r.step <= 1);
	if (count > 1)
		buf_putc(to, ']');
}
