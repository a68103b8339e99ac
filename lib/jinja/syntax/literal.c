/* Python literals in text, as ast.literal_eval reads them. */
#include "jinja/syntax/literal.h"

#include <string.h>

#include "jinja/syntax/escape.h"
#include "jinja/syntax/limits.h"

struct reader {
	const char *p, *end;
	guint depth;
	gboolean json_names;
	guint flags;
};

static value *read_value(struct reader *r);

static void skip(struct reader *r)
{
	while (r->p < r->end) {
		if (*r->p == '#' && r->depth > 0) {
			while (r->p < r->end && *r->p != '\n') {
				r->p++;
			}
		} else if (*r->p == '\\' && r->p + 1 < r->end && r->p[1] == '\n') {
			r->p += 2;
		} else if (*r->p == ' ' || *r->p == '\t' || *r->p == '\f' ||
			   (r->depth > 0 && (*r->p == '\n' || *r->p == '\r'))) {
			r->p++;
		} else {
			return;
		}
	}
}

static gboolean take(struct reader *r, char c)
{
	skip(r);
	if (r->p < r->end && *r->p == c) {
		r->p++;
		return TRUE;
	}
	return FALSE;
}

/* One string literal; its text is appended to out. */
static gboolean read_string(struct reader *r, GString *out)
{
	gboolean raw = FALSE;
	if (*r->p == 'r' || *r->p == 'R') {
		raw = TRUE;
		r->p++;
	} else if (*r->p == 'u' || *r->p == 'U') {
		r->p++;
	}
	char quote = *r->p;
	gboolean triple = r->end - r->p >= 3 && r->p[1] == quote && r->p[2] == quote;
	gsize n = triple ? 3 : 1;
	const char *start = r->p + n;
	const char *p = start;
	for (; p < r->end; p++) {
		if (*p == '\\' && p + 1 < r->end) {
			p++;
		} else if (*p == '\n' && !triple) {
			return FALSE;
		} else if (*p == quote &&
			   (!triple || (r->end - p >= 3 && p[1] == quote && p[2] == quote))) {
			break;
		}
	}
	if (p >= r->end) {
		return FALSE;
	}
	gsize length = (gsize)(p - start);
	if (raw || memchr(start, '\\', length) == NULL) {
		g_string_append_len(out, start, (gssize)length);
	} else {
		g_autofree char *why = NULL;
		g_autofree char *text = escape_decode(start, length, &length, &why);
		if (text == NULL) {
			return FALSE;
		}
		g_string_append_len(out, text, (gssize)length);
	}
	r->p = p + n;
	return TRUE;
}

static gboolean is_string_start(const struct reader *r)
{
	if (r->p >= r->end) {
		return FALSE;
	}
	if (*r->p == '\'' || *r->p == '"') {
		return TRUE;
	}
	return strchr("rRuU", *r->p) != NULL && r->p + 1 < r->end &&
	       (r->p[1] == '\'' || r->p[1] == '"');
}

static value *read_strings(struct reader *r)
{
	g_autoptr(GString) text = g_string_new(NULL);
	while (is_string_start(r)) {
		if (!read_string(r, text)) {
			return NULL;
		}
		skip(r);
	}
	return value_new_string_flags(text->str, text->len, r->flags);
}

static gboolean is_digit(char c)
{
	return g_ascii_isdigit(c);
}

/* Digits with single underscores between; appended to out without them. */
static gboolean read_digits(struct reader *r, GString *out)
{
	gsize before = out->len;
	while (r->p < r->end) {
		if (is_digit(*r->p)) {
			g_string_append_c(out, *r->p++);
		} else if (*r->p == '_' && out->len > before && r->p + 1 < r->end &&
			   is_digit(r->p[1])) {
			r->p++;
		} else {
			break;
		}
	}
	return out->len > before;
}

static value *read_based(struct reader *r, guint base)
{
	g_autoptr(GString) digits = g_string_new(NULL);
	for (r->p += 2; r->p < r->end && (g_ascii_isxdigit(*r->p) || *r->p == '_'); r->p++) {
		if (*r->p != '_') {
			g_string_append_c(digits, *r->p);
		}
	}
	guint64 u = 0;
	return g_ascii_string_to_unsigned(digits->str, base, 0, G_MAXINT64, &u, NULL)
		       ? value_new_int((gint64)u)
		       : NULL;
}

static value *read_number(struct reader *r, gboolean negative)
{
	static const struct {
		char letter;
		guint base;
	} bases[] = { { 'x', 16 }, { 'o', 8 }, { 'b', 2 } };
	for (gsize i = 0; i < G_N_ELEMENTS(bases); i++) {
		if (r->end - r->p > 2 && *r->p == '0' &&
			g_ascii_tolower(r->p[1]) == bases[i].letter) {
			g_autoptr(value) v = read_based(r, bases[i].base);
			return v != NULL && negative ? value_new_int(-value_int(v))
						     : g_steal_pointer(&v);
		}
	}
	g_autoptr(GString) text = g_string_new(negative ? "-" : "");
	gboolean real = FALSE;
	gboolean whole = read_digits(r, text);
	gsize whole_digits = text->len - negative;
	if (r->p < r->end && *r->p == '.') {
		real = TRUE;
		g_string_append_c(text, *r->p++);
		if (!read_digits(r, text) && !whole) {
			return NULL;
		}
	}
	if (r->p < r->end && (*r->p == 'e' || *r->p == 'E') && (whole || real)) {
		real = TRUE;
		g_string_append_c(text, *r->p++);
		if (r->p < r->end && (*r->p == '+' || *r->p == '-')) {
			g_string_append_c(text, *r->p++);
		}
		if (!read_digits(r, text)) {
			return NULL;
		}
	}
	if (r->p < r->end && (g_ascii_isalnum(*r->p) || *r->p == '_')) {
		return NULL;
	}
	if (real) {
		return value_new_float(g_ascii_strtod(text->str, NULL));
	}
	const char *digits = text->str + negative;
	if (!whole || (whole_digits > 1 && *digits == '0' && strspn(digits, "0") != whole_digits)) {
		return NULL;
	}
	return value_new_big_int(text->str);
}

static value *read_name(struct reader *r)
{
	static const struct {
		const char *name;
		gboolean json;
		int is;
	} names[] = { { "True", FALSE, 1 }, { "False", FALSE, 0 }, { "None", FALSE, -1 },
		{ "true", TRUE, 1 }, { "false", TRUE, 0 }, { "null", TRUE, -1 } };
	const char *start = r->p;
	while (r->p < r->end && (g_ascii_isalnum(*r->p) || *r->p == '_')) {
		r->p++;
	}
	gsize length = (gsize)(r->p - start);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strlen(names[i].name) == length && memcmp(start, names[i].name, length) == 0 &&
			(r->json_names || !names[i].json)) {
			return names[i].is < 0 ? value_new_null() : value_new_bool(names[i].is);
		}
	}
	return NULL;
}

/* Items up to close. tuple: may turn out to be an expression in parentheses. */
static value *read_sequence(struct reader *r, char close)
{
	g_autoptr(value) list = close == ']' ? value_new_list() : value_new_tuple();
	gboolean comma = FALSE;
	while (!take(r, close)) {
		if (value_list_length(list) > 0 && !comma) {
			return NULL;
		}
		value *item = read_value(r);
		if (item == NULL) {
			return NULL;
		}
		value_list_append(list, item);
		comma = take(r, ',');
	}
	if (close == ')' && value_list_length(list) == 1 && !comma) {
		return value_ref(value_list_get(list, 0));
	}
	return g_steal_pointer(&list);
}

static value *read_dict(struct reader *r)
{
	g_autoptr(value) dict = value_new_dict();
	gboolean comma = TRUE;
	while (!take(r, '}')) {
		if (!comma) {
			return NULL;
		}
		g_autoptr(value) key = read_value(r);
		if (key == NULL || !value_is_hashable(key) || !take(r, ':')) {
			return NULL;
		}
		value *item = read_value(r);
		if (item == NULL) {
			return NULL;
		}
		value_dict_set_value(dict, g_steal_pointer(&key), item);
		comma = take(r, ',');
	}
	return g_steal_pointer(&dict);
}

static value *read_value(struct reader *r)
{
	skip(r);
	if (r->p >= r->end || r->depth >= LIMIT_NESTING) {
		return NULL;
	}
	char c = *r->p;
	if (c == '[' || c == '(' || c == '{') {
		r->p++;
		r->depth++;
		value *v = c == '{' ? read_dict(r) : read_sequence(r, c == '[' ? ']' : ')');
		r->depth--;
		return v;
	}
	if (is_string_start(r)) {
		return read_strings(r);
	}
	gboolean negative = FALSE;
	if (c == '-' || c == '+') {
		negative = c == '-';
		r->p++;
		skip(r);
		if (r->p >= r->end) {
			return NULL;
		}
	}
	if (is_digit(*r->p) || *r->p == '.') {
		return read_number(r, negative);
	}
	return c == '-' || c == '+' ? NULL : read_name(r);
}

/* Behind the value may come comments and blank lines, but a last line of spaces only is, to
 * Python, an indented nothing. */
static gboolean ends_well(const struct reader *r)
{
	const char *p = r->p;
	for (gboolean first = TRUE;; first = FALSE) {
		const char *line = p;
		while (p < r->end && (*p == ' ' || *p == '\t' || *p == '\f')) {
			p++;
		}
		gboolean blank = p > line;
		if (p < r->end && *p == '#') {
			blank = FALSE;
			while (p < r->end && *p != '\n') {
				p++;
			}
		}
		if (p == r->end) {
			return first || !blank;
		}
		if (*p == '\r' && p + 1 < r->end && p[1] == '\n') {
			p++;
		}
		if (*p++ != '\n') {
			return FALSE;
		}
	}
}

static gboolean skip_comma(struct reader *r)
{
	const char *p = r->p;
	while (p < r->end && (*p == ' ' || *p == '\t')) {
		p++;
	}
	if (p == r->end || *p != ',') {
		return FALSE;
	}
	r->p = p + 1;
	return TRUE;
}

/* A tuple without parentheses, of which first is read. NULL when it is none. */
static value *further_items(struct reader *r, const value *first)
{
	g_autoptr(value) tuple = value_new_tuple();
	value_list_append(tuple, value_ref(first));
	while (skip_comma(r)) {
		if (ends_well(r)) {
			return g_steal_pointer(&tuple);
		}
		/* a line break would end the expression */
		const char *p = r->p;
		while (p < r->end && (*p == ' ' || *p == '\t')) {
			p++;
		}
		value *v = p < r->end && *p != '\n' && *p != '#' ? read_value(r) : NULL;
		if (v == NULL) {
			return NULL;
		}
		value_list_append(tuple, v);
		if (ends_well(r)) {
			return g_steal_pointer(&tuple);
		}
	}
	return NULL;
}

value *literal_read(const char *text, gsize length, gboolean json_names, guint flags)
{
	struct reader r = { text, text + length, 0, json_names, flags };
	g_autoptr(value) v = read_value(&r);
	if (v == NULL) {
		return NULL;
	}
	if (ends_well(&r)) {
		return g_steal_pointer(&v);
	}
	return further_items(&r, v);
}

value *convert_text(const char *text, gsize length, guint flags)
{
	if (length > 0 &&
		(*text == '{' || *text == '[' || (length == 4 && memcmp(text, "True", 4) == 0) ||
			(length == 5 && memcmp(text, "False", 5) == 0))) {
		value *v = literal_read(text, length, TRUE, flags);
		if (v != NULL) {
			return v;
		}
	}
	return value_new_string_flags(text, length, flags);
}
