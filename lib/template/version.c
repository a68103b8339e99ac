/* Comparing versions: loose, strict, semantic and PEP 440. */
#include "template/version.h"

#include <string.h>

/* Digits compared as numbers of any size. */
static int compare_digits(const char *a, gsize n, const char *b, gsize m)
{
	while (n > 1 && *a == '0') {
		a++;
		n--;
	}
	while (m > 1 && *b == '0') {
		b++;
		m--;
	}
	if (n != m) {
		return n < m ? -1 : 1;
	}
	return memcmp(a, b, n);
}

static gboolean is_digits(const char *s, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		if (!g_ascii_isdigit(s[i])) {
			return FALSE;
		}
	}
	return n > 0;
}

/* The next part of a loose version: digits, lower-case letters, or anything else up to a dot. */
static const char *loose_part(const char *p, const char **part, gsize *length)
{
	while (*p == '.') {
		p++;
	}
	*part = p;
	if (g_ascii_isdigit(*p)) {
		while (g_ascii_isdigit(*p)) {
			p++;
		}
	} else if (*p >= 'a' && *p <= 'z') {
		while (*p >= 'a' && *p <= 'z') {
			p++;
		}
	} else {
		while (*p != '\0' && *p != '.' && !g_ascii_isdigit(*p) &&
			!(*p >= 'a' && *p <= 'z')) {
			p++;
		}
	}
	*length = (gsize)(p - *part);
	return p;
}

static gboolean loose(const char *a, const char *b, int *ret, char **why)
{
	for (;;) {
		const char *x = NULL;
		const char *y = NULL;
		gsize n = 0;
		gsize m = 0;
		a = loose_part(a, &x, &n);
		b = loose_part(b, &y, &m);
		if (n == 0 || m == 0) {
			*ret = n != 0 ? 1 : m != 0 ? -1 : 0;
			return TRUE;
		}
		gboolean number = is_digits(x, n);
		if (number != is_digits(y, m)) {
			*why = g_strdup("'<' not supported between instances of 'str' and 'int'");
			return FALSE;
		}
		int is = number ? compare_digits(x, n, y, m) : strncmp(x, y, MIN(n, m));
		if (is == 0 && !number && n != m) {
			is = n < m ? -1 : 1;
		}
		if (is != 0) {
			*ret = is;
			return TRUE;
		}
	}
}

/* What a regular expression says about a version. */
static GMatchInfo *match(const char *pattern, const char *text)
{
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_CASELESS, 0, NULL);
	GMatchInfo *info = NULL;
	g_regex_match(regex, text, 0, &info);
	return info;
}

static int compare_numbers(const GMatchInfo *a, const GMatchInfo *b, int group)
{
	g_autofree char *x = g_match_info_fetch(a, group);
	g_autofree char *y = g_match_info_fetch(b, group);
	const char *p = x != NULL && *x != '\0' ? x : "0";
	const char *q = y != NULL && *y != '\0' ? y : "0";
	return compare_digits(p, strlen(p), q, strlen(q));
}

/* By the three numbers that both forms begin with. */
static int compare_releases(const GMatchInfo *a, const GMatchInfo *b)
{
	int is = 0;
	for (int group = 1; group <= 3 && is == 0; group++) {
		is = compare_numbers(a, b, group);
	}
	return is;
}

static gboolean strict(const char *a, const char *b, int *ret, char **why)
{
	static const char pattern[] = "^(\\d+)\\.(\\d+)(?:\\.(\\d+))?(?:([ab])(\\d+))?$";
	g_autoptr(GMatchInfo) x = match(pattern, a);
	g_autoptr(GMatchInfo) y = match(pattern, b);
	if (!g_match_info_matches(x) || !g_match_info_matches(y)) {
		*why = g_strdup_printf(
			"invalid version number '%s'", g_match_info_matches(x) ? b : a);
		return FALSE;
	}
	*ret = compare_releases(x, y);
	if (*ret != 0) {
		return TRUE;
	}
	g_autofree char *p = g_match_info_fetch(x, 4);
	g_autofree char *q = g_match_info_fetch(y, 4);
	gboolean has_p = p != NULL && *p != '\0';
	gboolean has_q = q != NULL && *q != '\0';
	if (!has_p || !has_q) {
		*ret = has_q - has_p;
		return TRUE;
	}
	*ret = strcmp(p, q);
	*ret = *ret != 0 ? *ret : compare_numbers(x, y, 5);
	return TRUE;
}

/* 1.2.3-alpha.1: identifiers between dots; numbers are lower than words. */
static int compare_identifiers(const char *a, const char *b)
{
	g_auto(GStrv) x = g_strsplit(a, ".", -1);
	g_auto(GStrv) y = g_strsplit(b, ".", -1);
	for (gsize i = 0; x[i] != NULL || y[i] != NULL; i++) {
		if (x[i] == NULL || y[i] == NULL) {
			return x[i] == NULL ? -1 : 1;
		}
		gboolean p = is_digits(x[i], strlen(x[i]));
		gboolean q = is_digits(y[i], strlen(y[i]));
		int is = p && q   ? compare_digits(x[i], strlen(x[i]), y[i], strlen(y[i]))
			 : p != q ? (p ? -1 : 1)
				  : strcmp(x[i], y[i]);
		if (is != 0) {
			return is;
		}
	}
	return 0;
}

static gboolean semantic(const char *a, const char *b, int *ret, char **why)
{
	static const char pattern[] =
		"^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
		"(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-]"
		"[0-9a-zA-Z-]*))*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?$";
	g_autoptr(GMatchInfo) x = match(pattern, a);
	g_autoptr(GMatchInfo) y = match(pattern, b);
	if (!g_match_info_matches(x) || !g_match_info_matches(y)) {
		*why = g_strdup_printf(
			"invalid semantic version '%s'", g_match_info_matches(x) ? b : a);
		return FALSE;
	}
	*ret = compare_releases(x, y);
	if (*ret != 0) {
		return TRUE;
	}
	g_autofree char *p = g_match_info_fetch(x, 4);
	g_autofree char *q = g_match_info_fetch(y, 4);
	gboolean has_p = p != NULL && *p != '\0';
	gboolean has_q = q != NULL && *q != '\0';
	*ret = has_p && has_q ? compare_identifiers(p, q) : has_q - has_p;
	return TRUE;
}

/* --- PEP 440 --- */

static const char pep440_pattern[] =
	"^\\s*v?(?:(\\d+)!)?(\\d+(?:\\.\\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\\d+"
	")?)?"
	"((?:-(\\d+))|(?:[-_.]?(?:post|rev|r)[-_.]?(\\d+)?))?([-_.]?dev[-_.]?(\\d+)?)?"
	"(?:\\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?\\s*$";

static int compare_release(const char *a, const char *b)
{
	g_auto(GStrv) x = g_strsplit(a, ".", -1);
	g_auto(GStrv) y = g_strsplit(b, ".", -1);
	gsize n = g_strv_length(x);
	gsize m = g_strv_length(y);
	for (gsize i = 0; i < MAX(n, m); i++) {
		const char *p = i < n ? x[i] : "0";
		const char *q = i < m ? y[i] : "0";
		int is = compare_digits(p, strlen(p), q, strlen(q));
		if (is != 0) {
			return is;
		}
	}
	return 0;
}

/* Before a release come dev versions, then a, b, rc. */
static int pre_rank(const GMatchInfo *m)
{
	g_autofree char *pre = g_match_info_fetch(m, 3);
	g_autofree char *post = g_match_info_fetch(m, 5);
	g_autofree char *dev = g_match_info_fetch(m, 8);
	if (pre != NULL && *pre != '\0') {
		char c = g_ascii_tolower(*pre);
		return c == 'a' ? 1 : c == 'b' ? 2 : 3;
	}
	gboolean only_dev = dev != NULL && *dev != '\0' && (post == NULL || *post == '\0');
	return only_dev ? 0 : 4;
}

static gboolean has_group(const GMatchInfo *m, int group)
{
	g_autofree char *text = g_match_info_fetch(m, group);
	return text != NULL && *text != '\0';
}

static gboolean pep440(const char *a, const char *b, int *ret, char **why)
{
	g_autoptr(GMatchInfo) x = match(pep440_pattern, a);
	g_autoptr(GMatchInfo) y = match(pep440_pattern, b);
	if (!g_match_info_matches(x) || !g_match_info_matches(y)) {
		*why = g_strdup_printf("invalid version: '%s'", g_match_info_matches(x) ? b : a);
		return FALSE;
	}
	g_autofree char *p = g_match_info_fetch(x, 2);
	g_autofree char *q = g_match_info_fetch(y, 2);
	*ret = compare_numbers(x, y, 1);
	*ret = *ret != 0 ? *ret : compare_release(p, q);
	*ret = *ret != 0 ? *ret : pre_rank(x) - pre_rank(y);
	*ret = *ret != 0 ? *ret : compare_numbers(x, y, 4);
	*ret = *ret != 0 ? *ret : has_group(x, 5) - has_group(y, 5);
	*ret = *ret != 0 ? *ret : compare_numbers(x, y, 6);
	*ret = *ret != 0 ? *ret : compare_numbers(x, y, 7);
	*ret = *ret != 0 ? *ret : has_group(y, 8) - has_group(x, 8);
	*ret = *ret != 0 ? *ret : compare_numbers(x, y, 9);
	if (*ret == 0 && (has_group(x, 10) || has_group(y, 10))) {
		g_autofree char *local_a = g_match_info_fetch(x, 10);
		g_autofree char *local_b = g_match_info_fetch(y, 10);
		*ret = !has_group(x, 10)   ? -1
		       : !has_group(y, 10) ? 1
					   : compare_identifiers(local_a, local_b);
	}
	return TRUE;
}

gboolean version_compare(const char *a, const char *b, const char *kind, int *ret, char **why)
{
	static const struct {
		const char *kind;
		gboolean (*compare)(const char *a, const char *b, int *ret, char **why);
	} kinds[] = { { "loose", loose }, { "strict", strict }, { "semver", semantic },
		{ "semantic", semantic }, { "pep440", pep440 } };
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strcmp(kind, kinds[i].kind) == 0) {
			return kinds[i].compare(a, b, ret, why);
		}
	}
	*why = g_strdup_printf(
		"invalid version type (%s), use loose, strict, semver or pep440", kind);
	return FALSE;
}
