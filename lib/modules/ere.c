/* Python's regular expressions, as far as grep -E on a host means the same. */
#include "modules/ere.h"

#include <string.h>

/* GNU grep takes the square of it: ten seconds for 64 KiB. */
enum { PATTERN_MAX = 4096 };

static void append_literal(GString *out, char c)
{
	if (strchr(".[\\*^$+?{}()|", c) != NULL) {
		g_string_append_c(out, '\\');
	}
	g_string_append_c(out, c);
}

/* The escape after a backslash; FALSE when POSIX has nothing like it. */
static gboolean append_escape(GString *out, char c)
{
	switch (c) {
	case 's':
		g_string_append(out, "[[:space:]]");
		return TRUE;
	case 'S':
		g_string_append(out, "[^[:space:]]");
		return TRUE;
	case 'd':
		g_string_append(out, "[0-9]");
		return TRUE;
	case 'D':
		g_string_append(out, "[^0-9]");
		return TRUE;
	case 'w':
		g_string_append(out, "[A-Za-z0-9_]");
		return TRUE;
	case 'W':
		g_string_append(out, "[^A-Za-z0-9_]");
		return TRUE;
	case 't':
		g_string_append_c(out, '\t');
		return TRUE;
	default:
		if (g_ascii_isalnum(c) || c == '\0') {
			return FALSE;
		}
		append_literal(out, c);
		return TRUE;
	}
}

/* A bracket expression without escapes, classes or other surprises; *p stands at its [. */
static gboolean append_bracket(GString *out, const char **p)
{
	const char *start = *p, *at = *p + 1;
	if (*at == '^') {
		at++;
	}
	if (*at == ']') {
		return FALSE;
	}
	for (; *at != ']'; at++) {
		if (*at == '\0' || *at == '\\' || *at == '[' || *at == '\n' || *at == '-') {
			gboolean range =
				*at == '-' && g_ascii_isalnum(at[-1]) && g_ascii_isalnum(at[1]);
			gboolean edge = *at == '-' && (at[1] == ']' || at[-1] == '[');
			if (!range && !edge) {
				return FALSE;
			}
		}
	}
	g_string_append_len(out, start, at - start + 1);
	*p = at;
	return TRUE;
}

/* After an item: at most one of * + ?, not doubled (lazy and possessive forms mean other things).
 */
static gboolean append_repeat(GString *out, const char **p)
{
	if ((*p)[1] != '\0' && strchr("*+?", (*p)[1]) != NULL) {
		(*p)++;
		g_string_append_c(out, **p);
		return (*p)[1] == '\0' || strchr("*+?{", (*p)[1]) == NULL;
	}
	return (*p)[1] != '{';
}

/* Whether the item at p can match a newline. */
static gboolean takes_newline(const char *p)
{
	return (*p == '\\' && p[1] != '\0' && strchr("sWD", p[1]) != NULL) ||
	       (*p == '[' && p[1] == '^');
}

char *ere_from_python(const char *pattern, gboolean *ret_newline)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint depth = 0;
	gboolean newline = FALSE, alternatives = FALSE;
	if (strlen(pattern) > PATTERN_MAX) {
		return NULL;
	}
	for (const char *p = pattern; *p != '\0'; p++) {
		gboolean item = TRUE;
		gboolean risk = takes_newline(p);
		if ((guchar)*p >= 0x80 || *p == '\n') {
			return NULL;
		}
		switch (*p) {
		case '\\':
			if (!append_escape(out, *++p)) {
				return NULL;
			}
			break;
		case '[':
			if (!append_bracket(out, &p)) {
				return NULL;
			}
			break;
		case '(':
			if (p[1] == '?' || p[1] == ')' || p[1] == '|' ||
				(p[1] != '\0' && strchr("*+", p[1]))) {
				return NULL;
			}
			depth++;
			g_string_append_c(out, '(');
			item = FALSE;
			break;
		case ')':
			if (depth-- == 0) {
				return NULL;
			}
			g_string_append_c(out, ')');
			break;
		case '|':
			if (p == pattern || p[1] == '\0' || p[1] == '|' || p[1] == ')') {
				return NULL;
			}
			g_string_append_c(out, '|');
			alternatives = TRUE;
			item = FALSE;
			break;
		case '^':
			if (p != pattern && p[-1] != '(' && p[-1] != '|') {
				return NULL;
			}
			g_string_append_c(out, '^');
			item = FALSE;
			break;
		case '$':
			if (p[1] != '\0' && p[1] != ')' && p[1] != '|') {
				return NULL;
			}
			g_string_append_c(out, '$');
			item = FALSE;
			break;
		case '.':
			g_string_append_c(out, '.');
			break;
		case '*':
		case '+':
		case '?':
		case '{':
			return NULL;
		default:
			append_literal(out, *p);
		}
		if (item && !append_repeat(out, &p)) {
			return NULL;
		}
		gboolean optional = *p == '*' || *p == '?';
		if (risk && !optional) {
			newline = TRUE;
		} else if (item && !risk && !optional && depth == 0 && *p != ')') {
			/* Something must follow within the line: the newline was not needed. */
			newline = newline && alternatives;
		}
		if (!item && p[1] != '\0' && strchr("*+?{", p[1]) != NULL && *p != '(') {
			return NULL;
		}
	}
	if (ret_newline != NULL) {
		*ret_newline = newline;
	}
	return depth == 0 && out->len > 0 ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}
