/* Python's pprint.pformat(): 80 columns, dicts sorted by key. */
#include "jinja/library/pprint.h"

#include <string.h>

#include "jinja/library/text.h"

enum { WIDTH = 80 };

static int compare_keys(gconstpointer a, gconstpointer b)
{
	const value *x = *(value *const *)a;
	const value *y = *(value *const *)b;
	if (value_is(x, VALUE_STRING) && value_is(y, VALUE_STRING)) {
		return strcmp(value_string(x), value_string(y));
	}
	if (value_is(x, VALUE_INT) && value_is(y, VALUE_INT)) {
		return value_int(x) < value_int(y) ? -1 : value_int(x) > value_int(y);
	}
	return strcmp(value_type_name(x), value_type_name(y));
}

static GPtrArray *sorted_keys(const value *dict)
{
	GPtrArray *keys = g_ptr_array_new();
	for (gsize i = 0; i < value_dict_length(dict); i++) {
		g_ptr_array_add(keys, value_dict_key_at(dict, i));
	}
	g_ptr_array_sort(keys, compare_keys);
	return keys;
}

/* repr() with sorted dicts. */
static void flat(const value *v, GString *out)
{
	if (value_is_sequence(v)) {
		gboolean tuple = value_is(v, VALUE_TUPLE);
		g_string_append_c(out, tuple ? '(' : '[');
		for (gsize i = 0; i < value_list_length(v); i++) {
			g_string_append(out, i > 0 ? ", " : "");
			flat(value_list_get(v, i), out);
		}
		g_string_append(out, tuple && value_list_length(v) == 1 ? ",)" : tuple ? ")" : "]");
	} else if (value_is(v, VALUE_DICT)) {
		g_autoptr(GPtrArray) keys = sorted_keys(v);
		g_string_append_c(out, '{');
		for (guint i = 0; i < keys->len; i++) {
			g_string_append(out, i > 0 ? ", " : "");
			flat(keys->pdata[i], out);
			g_string_append(out, ": ");
			flat(value_dict_get_value(v, keys->pdata[i]), out);
		}
		g_string_append_c(out, '}');
	} else {
		value_append_repr(v, out);
	}
}

static void spaces(GString *out, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		g_string_append_c(out, ' ');
	}
}

/* How long the repr() of text is, in parts that can be added up: how a quote is shown depends on
 * which kinds of quotes the whole has. */
struct measure {
	glong plain; /* without the quotes around it, no quote escaped */
	glong singles, doubles;
};

static struct measure measure(const char *text)
{
	g_autoptr(value) v = value_new_string(text);
	g_autofree char *shown = value_to_repr(v);
	struct measure m = { .plain = g_utf8_strlen(shown, -1) - 2 };
	for (const char *p = text; *p != '\0'; p++) {
		m.singles += *p == '\'';
		m.doubles += *p == '"';
	}
	m.plain -= m.singles > 0 && m.doubles > 0 ? m.singles : 0;
	return m;
}

static struct measure together(struct measure a, struct measure b)
{
	return (struct measure){ a.plain + b.plain, a.singles + b.singles, a.doubles + b.doubles };
}

static glong repr_points(struct measure m)
{
	return m.plain + 2 + (m.singles > 0 && m.doubles > 0 ? m.singles : 0);
}

static void add_chunk(GPtrArray *chunks, const char *text)
{
	g_autoptr(value) v = value_new_string(text);
	g_ptr_array_add(chunks, value_to_repr(v));
}

/* A line that is too long, by its words; the last one leaves room for allowance. */
static void add_words(GPtrArray *chunks, const char *line, glong width, glong allowance)
{
	g_autoptr(GRegex) words = g_regex_new("\\S*\\s*", G_REGEX_OPTIMIZE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	g_autoptr(GString) current = g_string_new(NULL);
	struct measure of_current = { 0 };
	const char *end = line + strlen(line);
	int from = 0;
	int to = 0;
	g_regex_match(words, line, 0, &match);
	for (; g_match_info_fetch_pos(match, 0, &from, &to) && to > from;
		g_match_info_next(match, NULL)) {
		g_autofree char *word = g_strndup(line + from, (gsize)(to - from));
		struct measure of_word = measure(word);
		struct measure both = together(of_current, of_word);
		glong most = line + to == end ? width - allowance : width;
		gboolean fits = repr_points(both) <= most;
		if (!fits && current->len > 0) {
			add_chunk(chunks, current->str);
		}
		if (!fits) {
			g_string_truncate(current, 0);
		}
		g_string_append(current, word);
		of_current = fits ? both : of_word;
	}
	if (current->len > 0) {
		add_chunk(chunks, current->str);
	}
}

/* A long string becomes several, one a line. */
static void long_string(const value *v, gsize indent, gsize allowance, gsize level, GString *out)
{
	g_autoptr(GPtrArray) chunks = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(value) lines = text_splitlines(v, TRUE);
	gsize n = value_list_length(lines);
	indent += level == 1;
	allowance += level == 1;
	glong width = WIDTH - (glong)indent;
	for (gsize i = 0; i < n; i++) {
		const char *line = value_string(value_list_get(lines, i));
		glong room = i + 1 == n ? (glong)allowance : 0;
		if (repr_points(measure(line)) <= width - room) {
			add_chunk(chunks, line);
		} else {
			add_words(chunks, line, width, room);
		}
	}
	gboolean brackets = level == 1 && chunks->len > 1;
	g_string_append(out, brackets ? "(" : "");
	for (guint i = 0; i < chunks->len; i++) {
		if (i > 0) {
			g_string_append_c(out, '\n');
			spaces(out, indent);
		}
		g_string_append(out, chunks->pdata[i]);
	}
	g_string_append(out, brackets ? ")" : "");
}

static void pretty(const value *v, gsize indent, gsize allowance, gsize level, GString *out)
{
	g_autoptr(GString) one = g_string_new(NULL);
	flat(v, one);
	gboolean fits = text_points(one->str, one->len) + indent + allowance <= WIDTH;
	level++;
	gboolean parts = value_is_sequence(v) || value_is(v, VALUE_DICT) ||
			 (value_is(v, VALUE_STRING) && value_string_length(v) > 0);
	if (fits || !parts) {
		g_string_append_len(out, one->str, (gssize)one->len);
	} else if (value_is_sequence(v)) {
		gboolean tuple = value_is(v, VALUE_TUPLE);
		gsize n = value_list_length(v);
		const char *end = tuple && n == 1 ? ",)" : tuple ? ")" : "]";
		g_string_append_c(out, tuple ? '(' : '[');
		for (gsize i = 0; i < n; i++) {
			if (i > 0) {
				g_string_append(out, ",\n");
				spaces(out, indent + 1);
			}
			pretty(value_list_get(v, i), indent + 1,
				i + 1 == n ? allowance + strlen(end) : 1, level, out);
		}
		g_string_append(out, end);
	} else if (value_is(v, VALUE_DICT)) {
		g_autoptr(GPtrArray) keys = sorted_keys(v);
		g_string_append_c(out, '{');
		for (guint i = 0; i < keys->len; i++) {
			g_autoptr(GString) key = g_string_new(NULL);
			flat(keys->pdata[i], key);
			if (i > 0) {
				g_string_append(out, ",\n");
				spaces(out, indent + 1);
			}
			g_string_append_printf(out, "%s: ", key->str);
			gsize at = indent + 1 + text_points(key->str, key->len) + 2;
			pretty(value_dict_get_value(v, keys->pdata[i]), at,
				i + 1 == keys->len ? allowance + 1 : 1, level, out);
		}
		g_string_append_c(out, '}');
	} else {
		long_string(v, indent, allowance, level, out);
	}
}

void pprint_append(const value *v, GString *out)
{
	pretty(v, 0, 0, 0, out);
}
