#include "http/condition.h"

#include "http/date.h"

/* An entity tag at the head of a list: W/"…" or "…"; commas may stand in it.
 * false where the list ends or is malformed. */
static bool
next_etag(struct view *list, struct view *etag, bool *weak)
{
	size_t i = 0, start;

	while (i < list->n &&
	    (list->p[i] == ' ' || list->p[i] == '\t' || list->p[i] == ','))
		i++;
	*weak = list->n - i > 2 && list->p[i] == 'W' && list->p[i + 1] == '/';
	if (*weak)
		i += 2;
	start = i;
	if (i >= list->n || list->p[i] != '"')
		return false;
	for (i++; i < list->n && list->p[i] != '"'; i++)
		continue;
	if (i >= list->n)
		return false;
	i++;
	*etag = (struct view){list->p + start, i - start};
	list->p += i;
	list->n -= i;
	return true;
}

static bool
same(struct view a, struct view b)
{
	size_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i])
			return false;
	return true;
}

/* Whether the list holds ours; a weak one counts only in a weak comparison,
 * for ours is strong (8.8.3.2). */
static bool
list_holds(struct view list, struct view ours, bool weak_comparison)
{
	struct view etag;
	bool weak;

	if (view_is(list, "*"))
		return true;
	while (next_etag(&list, &etag, &weak))
		if (same(etag, ours) && (weak_comparison || !weak))
			return true;
	return false;
}

enum condition
condition_check(const struct request *r, const struct validators *v)
{
	struct view match = r->field[FIELD_IF_MATCH];
	struct view none_match = r->field[FIELD_IF_NONE_MATCH];
	struct view unmodified = r->field[FIELD_IF_UNMODIFIED_SINCE];
	struct view modified = r->field[FIELD_IF_MODIFIED_SINCE];
	int64_t date;

	if (match.p) {
		if (!list_holds(match, v->etag, false))
			return CONDITION_FAILED;
	} else if (unmodified.p) {
		if (!date_parse(unmodified, v->now, &date) &&
		    v->modified > date)
			return CONDITION_FAILED;
	}
	if (none_match.p)
		return list_holds(none_match, v->etag, true)
		    ? CONDITION_NOT_MODIFIED
		    : CONDITION_PROCEED;
	if (modified.p && !date_parse(modified, v->now, &date) &&
	    date == v->modified)
		return CONDITION_NOT_MODIFIED;
	return CONDITION_PROCEED;
}

bool
condition_range_applies(const struct request *r, const struct validators *v)
{
	struct view field = r->field[FIELD_IF_RANGE];
	struct view etag;
	int64_t date;
	bool weak;

	if (!field.p)
		return true;
	if (next_etag(&field, &etag, &weak))
		return !weak && !field.n && same(etag, v->etag);
	return !date_parse(field, v->now, &date) && date == v->modified &&
	    date < v->now;
}
