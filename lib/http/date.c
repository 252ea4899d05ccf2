#include "http/date.h"

#include <stdio.h>
#include <string.h>

static const char *const day_names[] = {"Sunday", "Monday", "Tuesday",
    "Wednesday", "Thursday", "Friday", "Saturday"};
static const char month_names[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Days since 1970 of a date, and back: years begin in March and are counted
 * in eras of 400 (H. Hinnant, chrono-compatible low-level date algorithms). */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t in_era = y - era * 400;
	int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day;

	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 +
	    in_year - 1 - 719468;
}

struct date
date_split(int64_t seconds)
{
	int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
	int64_t left = seconds - days * 86400, z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct date){
	    .year = yoe + era * 400 + (month <= 2),
	    .month = month,
	    .day = (int)(doy - (153 * mp + 2) / 5 + 1),
	    .hour = (int)(left / 3600),
	    .minute = (int)(left / 60 % 60),
	    .second = (int)(left % 60),
	    .weekday = (int)(((days + 4) % 7 + 7) % 7),
	};
}

static void
put_digits(char *to, int64_t value, int digits)
{
	while (digits-- > 0) {
		to[digits] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
date_format(int64_t seconds, char text[DATE_LEN + 1])
{
	const int64_t first = -62167219200, last = 253402300799;
	struct date d = date_split(seconds < first ? first
		: seconds > last		   ? last
						   : seconds);

	memcpy(text, "Sun, 00 Jan 0000 00:00:00 GMT", DATE_LEN + 1);
	memcpy(text, day_names[d.weekday], 3);
	put_digits(text + 5, d.day, 2);
	memcpy(text + 8, month_names[d.month - 1], 3);
	put_digits(text + 12, d.year, 4);
	put_digits(text + 17, d.hour, 2);
	put_digits(text + 20, d.minute, 2);
	put_digits(text + 23, d.second, 2);
}

/* The fields of a date by a pattern: d y h m s stand for a digit of day, year,
 * hour, minute, second; e for a digit of the day or a blank; b for a letter of
 * the month; all else for itself. */
struct parts {
	int64_t day, year, hour, minute, second;
	char month[3];
};

static int64_t *
part_of(struct parts *p, char kind)
{
	switch (kind) {
	case 'd':
	case 'e':
		return &p->day;
	case 'y':
		return &p->year;
	case 'h':
		return &p->hour;
	case 'm':
		return &p->minute;
	case 's':
		return &p->second;
	default:
		return NULL;
	}
}

static int
match(struct view v, const char *pattern, struct parts *parts)
{
	size_t i, month = 0;

	if (v.n != strlen(pattern))
		return -1;
	memset(parts, 0, sizeof(*parts));
	for (i = 0; i < v.n; i++) {
		int64_t *part = part_of(parts, pattern[i]);
		char c = v.p[i];

		if (part && c >= '0' && c <= '9')
			*part = *part * 10 + (c - '0');
		else if (part && (pattern[i] != 'e' || c != ' '))
			return -1;
		else if (pattern[i] == 'b')
			parts->month[month++] = c;
		else if (!part && c != pattern[i])
			return -1;
	}
	return 0;
}

static int
month_of(const char name[3])
{
	int i;

	for (i = 0; i < 12; i++)
		if (!memcmp(month_names[i], name, 3))
			return i + 1;
	return 0;
}

static int
seconds_of(const struct parts *p, int64_t *seconds)
{
	static const int days[] = {
	    31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int month = month_of(p->month);

	if (!month || p->day < 1 || p->day > days[month - 1] || p->hour > 23 ||
	    p->minute > 59 || p->second > 60)
		return -1;
	*seconds = days_of(p->year, month, (int)p->day) * 86400 +
	    p->hour * 3600 + p->minute * 60 + p->second;
	return 0;
}

/* Cuts the name of a day and what follows it off; -1 where there is none. */
static int
cut_day(struct view *v, size_t letters, const char *behind)
{
	size_t i, n = strlen(behind);

	for (i = 0; i < 7; i++) {
		size_t len = letters ? letters : strlen(day_names[i]);

		if (v->n < len + n || memcmp(v->p, day_names[i], len) ||
		    memcmp(v->p + len, behind, n))
			continue;
		v->p += len + n;
		v->n -= len + n;
		return 0;
	}
	return -1;
}

int
date_parse(struct view v, int64_t now, int64_t *seconds)
{
	struct parts parts;
	struct view rest = v;

	if (!cut_day(&rest, 3, ", ")) {
		if (match(rest, "dd bbb yyyy hh:mm:ss GMT", &parts))
			return -1;
		return seconds_of(&parts, seconds);
	}
	rest = v;
	if (!cut_day(&rest, 3, " ")) {
		if (match(rest, "bbb ed hh:mm:ss yyyy", &parts))
			return -1;
		return seconds_of(&parts, seconds);
	}
	rest = v;
	if (cut_day(&rest, 0, ", ") ||
	    match(rest, "dd-bbb-yy hh:mm:ss GMT", &parts))
		return -1;
	parts.year += date_split(now).year / 100 * 100;
	if (parts.year > date_split(now).year + 50)
		parts.year -= 100;
	return seconds_of(&parts, seconds);
}
