/* Shell patterns over code points, as Python's fnmatch.fnmatchcase(). */
#include "inventory/glob.h"

#include <string.h>

gboolean glob_has_marks(const char *pattern)
{
	return strpbrk(pattern, "*?[") != NULL;
}

/* The ']' that ends the set whose '[' is at p; NULL: it is a plain '['. */
static const char *set_end(const char *p)
{
	const char *q = p + 1;
	if (*q == '!') {
		q++;
	}
	if (*q == ']') {
		q++;
	}
	return strchr(q, ']');
}

/* Whether c is in the set between p, after '[', and end, its ']'. */
static gboolean in_set(const char *p, const char *end, gunichar c)
{
	gboolean negated = *p == '!';
	p += negated;
	while (p < end) {
		gunichar first = g_utf8_get_char(p);
		gunichar last = first;
		p = g_utf8_next_char(p);
		if (*p == '-' && p + 1 < end) {
			last = g_utf8_get_char(p + 1);
			p = g_utf8_next_char(p + 1);
		}
		if (c >= first && c <= last) {
			return !negated;
		}
	}
	return negated;
}

/* Whether one element of the pattern at *p matches c; moves *p past it. */
static gboolean match_one(const char **p, gunichar c)
{
	const char *end = **p == '[' ? set_end(*p) : NULL;
	if (end != NULL) {
		const char *start = *p + 1;
		*p = end + 1;
		return in_set(start, end, c);
	}
	gunichar expected = g_utf8_get_char(*p);
	*p = g_utf8_next_char(*p);
	return expected == '?' || expected == c;
}

gboolean glob_matches(const char *pattern, const char *text)
{
	const char *star = NULL; /* after the last '*' met */
	const char *star_text = NULL;
	for (;;) {
		if (*pattern == '*') {
			star = ++pattern;
			star_text = text;
			continue;
		}
		if (*text == '\0' && *pattern == '\0') {
			return TRUE;
		}
		if (*text != '\0' && *pattern != '\0' &&
			match_one(&pattern, g_utf8_get_char(text))) {
			text = g_utf8_next_char(text);
			continue;
		}
		if (star == NULL || *star_text == '\0') {
			return FALSE;
		}
		star_text = g_utf8_next_char(star_text);
		text = star_text;
		pattern = star;
	}
}
