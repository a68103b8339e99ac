/* JSON in through jansson, and out as Python's json.dumps writes it. */
#include "value/json.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/secret-reading.h"
#include "value/order.h"

enum { INPUT_MAX = 64 * 1024 * 1024, INT64_DIGITS = 18 };

/* Reading. jansson has no integers past 64 bit, no reals past the largest, and none of NaN and
 * Infinity, which Python reads and writes: they are handed to it as strings that begin with a
 * random mark, so that no text of the document can be taken for one. */

static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++) {
		if (*p == '\\') {
			p++;
		}
	}
	return MIN(p + 1, end);
}

static const char *skip_number(const char *p, const char *end, gboolean *ret_integer)
{
	*ret_integer = TRUE;
	for (p++; p < end && (g_ascii_isalnum(*p) || strchr("+-.", *p) != NULL); p++) {
		*ret_integer = *ret_integer && g_ascii_isdigit(*p);
	}
	return p;
}

static gboolean is_word(const char *p, const char *next, const char *word)
{
	return (gsize)(next - p) == strlen(word) && strncmp(p, word, strlen(word)) == 0;
}

/* Whether a number, or a word in its place, is one that jansson cannot read and Python can. */
static gboolean is_beyond(const char *p, const char *next, gboolean integer)
{
	if (is_word(p, next, "NaN") || is_word(p, next, "Infinity") ||
		is_word(p, next, "-Infinity")) {
		return TRUE;
	}
	if (*p != '-' && !g_ascii_isdigit(*p)) {
		return FALSE;
	}
	if (integer) {
		return *p != '0' && next - p > INT64_DIGITS;
	}
	char *end = NULL;
	g_autofree char *number = g_strndup(p, (gsize)(next - p));
	gboolean plain = strspn(number, "0123456789+-.eE") == strlen(number);
	return plain && isinf(g_ascii_strtod(number, &end)) && *end == '\0' && end[-1] != '.';
}

/* The text with these numbers quoted and marked; NULL when it has none. */
static GString *mark_numbers(const char *text, gsize length, const char *mark)
{
	GString *out = NULL;
	const char *end = text + length;
	const char *copied = text;
	for (const char *p = text; p < end;) {
		gboolean integer = FALSE;
		const char *next = p + 1;
		if (*p == '"') {
			next = skip_string(p, end);
		} else if (*p == '-' || g_ascii_isalnum(*p)) {
			next = skip_number(p, end, &integer);
		}
		if (next > p + 1 && *p != '"' && is_beyond(p, next, integer)) {
			out = out != NULL ? out : g_string_sized_new(length + 64);
			g_string_append_len(out, copied, p - copied);
			g_string_append_printf(out, "\"%s%.*s\"", mark, (int)(next - p), p);
			copied = next;
		}
		p = next;
	}
	if (out != NULL) {
		g_string_append_len(out, copied, end - copied);
	}
	return out;
}

struct reading {
	const char *mark; /* of long integers; NULL: there are none */
	GHashTable *keys; /* text -> value: the dicts of a list share their keys */
};

/* Of a secret text every string is a secret. */
static value *make_string(const char *text, gsize length)
{
	return value_new_string_flags(text, length, secret_reading() ? VALUE_SECRET : 0);
}

static value *from_number(const char *text)
{
	if (strspn(text, "-0123456789") == strlen(text)) {
		return value_new_big_int(text);
	}
	return value_new_float(*text == 'N' ? NAN : *text == '-' ? -INFINITY : INFINITY);
}

static value *from_string(const struct reading *r, const json_t *json)
{
	const char *text = json_string_value(json);
	if (r->mark != NULL && g_str_has_prefix(text, r->mark)) {
		return from_number(text + strlen(r->mark));
	}
	return make_string(text, json_string_length(json));
}

static value *key_of(const struct reading *r, const char *text)
{
	value *key = g_hash_table_lookup(r->keys, text);
	if (key == NULL) {
		key = make_string(text, strlen(text));
		g_hash_table_insert(r->keys, (char *)value_string(key), key);
	}
	return value_ref(key);
}

static value *from_jansson(const struct reading *r, json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT: {
		value *dict = value_new_dict();
		const char *key = NULL;
		json_t *item = NULL;
		json_object_foreach(json, key, item)
		{
			value_dict_set_value(dict, key_of(r, key), from_jansson(r, item));
		}
		return dict;
	}
	case JSON_ARRAY: {
		value *list = value_new_list();
		for (gsize i = 0; i < json_array_size(json); i++) {
			value_list_append(list, from_jansson(r, json_array_get(json, i)));
		}
		return list;
	}
	case JSON_STRING:
		return from_string(r, json);
	case JSON_INTEGER:
		return value_new_int(json_integer_value(json));
	case JSON_REAL:
		return value_new_float(json_real_value(json));
	case JSON_TRUE:
	case JSON_FALSE:
		return value_new_bool(json_is_true(json));
	case JSON_NULL:
		break;
	}
	return value_new_null();
}

static value *convert(json_t *json, const char *mark)
{
	struct reading r = { .mark = mark };
	r.keys = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)value_unref);
	value *v = from_jansson(&r, json);
	g_hash_table_unref(r.keys);
	return v;
}

/* jansson quotes what stands there. */
static const char *problem_of(json_error_t *fault)
{
	char *quote = strstr(fault->text, " near '");
	if (secret_reading() && quote != NULL) {
		*quote = '\0';
	}
	return secret_reading() && strchr(fault->text, '\'') != NULL &&
			       json_error_code(fault) == json_error_duplicate_key
		       ? "duplicate object key"
		       : fault->text;
}

value *json_parse(const char *text, gsize length, const char *name, GError **error)
{
	struct position at = { g_intern_string(name), 0, 0 };
	if (length > INPUT_MAX) {
		error_set_at(error, SUTLER_ERROR_LIMIT, at, "JSON text larger than %d MiB",
			INPUT_MAX / 1024 / 1024);
		return NULL;
	}
	g_autofree char *nonce = g_uuid_string_random();
	g_autofree char *mark = g_strconcat(nonce, ":", NULL);
	GString *marked = mark_numbers(text, length, mark);
	json_error_t fault;
	json_t *json = json_loadb(marked != NULL ? marked->str : text,
		marked != NULL ? marked->len : length, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES,
		&fault);
	if (json == NULL) {
		at.line = fault.line > 0 ? (guint32)fault.line : 0;
		at.column = fault.line > 0 && fault.column > 0 ? (guint32)fault.column : 0;
		error_set_at(error, SUTLER_ERROR_USAGE, at, "invalid JSON: %s", problem_of(&fault));
	}
	explicit_bzero(&fault, sizeof fault);
	value *v = json != NULL ? convert(json, marked != NULL ? mark : NULL) : NULL;
	json_decref(json);
	if (marked != NULL) {
		g_string_free(marked, TRUE);
	}
	return v;
}

/* Writing. */

struct writer {
	const struct json_style *style;
	GString *out;
	guint level;
};

static void append_code_unit(GString *out, guint unit)
{
	g_string_append_printf(out, "\\u%04x", unit);
}

/* Appends the escape of c; FALSE when it stands for itself. */
static gboolean append_escape(GString *out, gunichar c, gboolean ascii)
{
	static const char letters[] = "\"\"\\\\\nn\rr\tt\bb\ff";
	for (const char *p = letters; *p != '\0'; p += 2) {
		if (c == (guchar)*p) {
			g_string_append_printf(out, "\\%c", p[1]);
			return TRUE;
		}
	}
	if (c < 0x20 || (ascii && c >= 0x7F && c < 0x10000)) {
		append_code_unit(out, c);
		return TRUE;
	}
	if (ascii && c >= 0x10000) {
		append_code_unit(out, 0xD800 + ((c - 0x10000) >> 10));
		append_code_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
		return TRUE;
	}
	return FALSE;
}

static void append_string(GString *out, const char *text, gsize length, gboolean ascii)
{
	g_string_append_c(out, '"');
	const char *end = text + length;
	for (const char *p = text; p < end;) {
		gunichar c = (guchar)*p;
		gsize size = 1;
		if (c >= 0x80) {
			c = g_utf8_get_char_validated(p, end - p);
			gboolean valid = c != (gunichar)-1 && c != (gunichar)-2;
			size = valid ? (gsize)g_unichar_to_utf8(c, NULL) : 1;
			c = valid ? c : 0xFFFD;
		}
		if (!append_escape(out, c, ascii)) {
			g_string_append_unichar(out, c);
		}
		p += size;
	}
	g_string_append_c(out, '"');
}

void json_append_string(GString *out, const char *text, gsize length)
{
	append_string(out, text, length, FALSE);
}

static void append_float(GString *out, double d)
{
	if (isnan(d) || isinf(d)) {
		g_string_append(out, isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
	} else {
		value_append_float(d, out);
	}
}

static void newline(const struct writer *w)
{
	if (w->style->indent_text != NULL) {
		g_string_append_c(w->out, '\n');
		for (guint i = 0; i < w->level; i++) {
			g_string_append(w->out, w->style->indent_text);
		}
	} else if (w->style->indent > 0) {
		g_string_append_printf(w->out, "\n%*s", (int)(w->level * w->style->indent), "");
	}
}

/* What goes between two items. */
static void separate(const struct writer *w)
{
	const struct json_style *s = w->style;
	gboolean tight = s->compact || s->indent > 0 || s->indent_text != NULL;
	g_string_append(w->out, s->item_separator != NULL ? s->item_separator : tight ? "," : ", ");
	newline(w);
}

static gboolean write_value(struct writer *w, const value *v, GError **error);

static gboolean write_list(struct writer *w, const value *v, GError **error)
{
	gsize length = value_list_length(v);
	g_string_append_c(w->out, '[');
	w->level++;
	for (gsize i = 0; i < length; i++) {
		if (i > 0) {
			separate(w);
		} else {
			newline(w);
		}
		if (!write_value(w, value_list_get(v, i), error)) {
			return FALSE;
		}
	}
	w->level--;
	if (length > 0) {
		newline(w);
	}
	g_string_append_c(w->out, ']');
	return TRUE;
}

static gboolean write_scalar(GString *out, const value *v, gboolean ascii)
{
	switch (value_type(v)) {
	case VALUE_NULL:
		g_string_append(out, "null");
		return TRUE;
	case VALUE_BOOL:
		g_string_append(out, value_bool(v) ? "true" : "false");
		return TRUE;
	case VALUE_INT:
	case VALUE_BIG_INT:
		value_append_string(v, out);
		return TRUE;
	case VALUE_FLOAT:
		append_float(out, value_float(v));
		return TRUE;
	case VALUE_STRING:
		append_string(out, value_string(v), value_string_length(v), ascii);
		return TRUE;
	default:
		return FALSE;
	}
}

/* A key that is no string is written as the string its value would be. */
static gboolean write_key(const struct writer *w, const value *key, GError **error)
{
	if (value_is(key, VALUE_STRING)) {
		return write_scalar(w->out, key, !w->style->utf8);
	}
	g_string_append_c(w->out, '"');
	if (!write_scalar(w->out, key, TRUE)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(key),
			"keys must be str, int, float, bool or None, not %s", value_type_name(key));
		return FALSE;
	}
	g_string_append_c(w->out, '"');
	return TRUE;
}

static gboolean write_dict(struct writer *w, const value *v, GError **error)
{
	g_autofree guint *order = value_dict_order(v, w->style->sort_keys, error);
	if (order == NULL) {
		return FALSE;
	}
	gsize length = value_dict_length(v);
	gboolean first = TRUE;
	g_string_append_c(w->out, '{');
	w->level++;
	if (length > 0) {
		newline(w); /* even when all its keys are skipped, as Python has it */
	}
	for (gsize i = 0; i < length; i++) {
		const value *key = value_dict_key_at(v, order[i]);
		if (w->style->skip_keys &&
			(value_is_sequence(key) || value_is(key, VALUE_OBJECT))) {
			continue;
		}
		if (!first) {
			separate(w);
		}
		first = FALSE;
		if (!write_key(w, key, error)) {
			return FALSE;
		}
		g_string_append(w->out, w->style->key_separator != NULL ? w->style->key_separator
					: w->style->compact             ? ":"
									: ": ");
		if (!write_value(w, value_dict_item_at(v, order[i]), error)) {
			return FALSE;
		}
	}
	w->level--;
	if (length > 0) {
		newline(w);
	}
	g_string_append_c(w->out, '}');
	return TRUE;
}

static gboolean write_value(struct writer *w, const value *v, GError **error)
{
	if (value_is_sequence(v)) {
		return write_list(w, v, error);
	}
	if (value_is(v, VALUE_DICT)) {
		return write_dict(w, v, error);
	}
	if (w->style->no_nan && value_is(v, VALUE_FLOAT) && !isfinite(value_float(v))) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(v),
			"out of range float values are not JSON compliant");
		return FALSE;
	}
	if (!write_scalar(w->out, v, !w->style->utf8)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(v),
			"object of type %s is not JSON serializable", value_type_name(v));
		return FALSE;
	}
	return TRUE;
}

char *json_write(const value *v, const struct json_style *style, GError **error)
{
	static const struct json_style plain = { 0 };
	struct writer w = { style != NULL ? style : &plain, g_string_new(NULL), 0 };
	gboolean done = write_value(&w, v, error);
	return g_string_free(w.out, !done);
}
