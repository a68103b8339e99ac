/* Python's pprint.pformat(): 80 columns, dicts sorted by key. */
#include "template/pprint.h"

#include <string.h>

#include "template/text.h"

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

/* A long string becomes several, one a line. */
static void long_string(const value *v, gsize indent, gsize allowance, gsize level, GString *out)
{
	g_autoptr(GPtrArray) chunks = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(value) lines = text_splitlines(v, TRUE);
	gsize width = WIDTH - indent - (level == 1 ? 1 : 0);
	gsize n = value_list_length(lines);
	for (gsize i = 0; i < n; i++) {
		g_autofree char *whole = value_to_repr(value_list_get(lines, i));
		gsize most = width - (i + 1 == n ? allowance : 0);
		if (text_points(whole, strlen(whole)) <= most) {
			g_ptr_array_add(chunks, g_steal_pointer(&whole));
			continue;
		}
		g_autoptr(GRegex) words = g_regex_new("\\S*\\s*", 0, 0, NULL);
		g_autoptr(GMatchInfo) match = NULL;
		g_autoptr(GString) line = g_string_new(NULL);
		g_regex_match(words, value_string(value_list_get(lines, i)), 0, &match);
		for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
			g_autofree char *word = g_match_info_fetch(match, 0);
			g_autofree char *both = g_strconcat(line->str, word, NULL);
			g_autoptr(value) candidate = value_new_string(both);
			g_autofree char *shown = value_to_repr(candidate);
			if (text_points(shown, strlen(shown)) > most && line->len > 0) {
				g_autoptr(value) part = value_new_string(line->str);
				g_ptr_array_add(chunks, value_to_repr(part));
				g_string_assign(line, word);
			} else {
				g_string_assign(line, both);
			}
		}
		if (line->len > 0) {
			g_autoptr(value) part = value_new_string(line->str);
			g_ptr_array_add(chunks, value_to_repr(part));
		}
	}
	g_string_append(out, level == 1 && chunks->len > 1 ? "(" : "");
	for (guint i = 0; i < chunks->len; i++) {
		if (i > 0) {
			g_string_append_c(out, '\n');
			spaces(out, indent + (level == 1));
		}
		g_string_append(out, chunks->pdata[i]);
	}
	g_string_append(out, level == 1 && chunks->len > 1 ? ")" : "");
}

static void pretty(const value *v, gsize indent, gsize allowance, gsize level, GString *out);

static void next_line(gsize i, gsize indent, GString *out)
{
	if (i > 0) {
		g_string_append(out, ",\n");
		spaces(out, indent + 1);
	}
}

static void pretty_sequence(
	const value *v, gsize indent, gsize allowance, gsize level, GString *out)
{
	gboolean tuple = value_is(v, VALUE_TUPLE);
	gsize n = value_list_length(v);
	const char *end = tuple && n == 1 ? ",)" : tuple ? ")" : "]";
	g_string_append_c(out, tuple ? '(' : '[');
	for (gsize i = 0; i < n; i++) {
		next_line(i, indent, out);
		pretty(value_list_get(v, i), indent + 1, i + 1 == n ? allowance + strlen(end) : 1,
			level, out);
	}
	g_string_append(out, end);
}

static void pretty_dict(const value *v, gsize indent, gsize allowance, gsize level, GString *out)
{
	g_autoptr(GPtrArray) keys = sorted_keys(v);
	g_string_append_c(out, '{');
	for (guint i = 0; i < keys->len; i++) {
		g_autoptr(GString) key = g_string_new(NULL);
		flat(keys->pdata[i], key);
		next_line(i, indent, out);
		g_string_append_printf(out, "%s: ", key->str);
		gsize at = indent + 1 + text_points(key->str, key->len) + 2;
		pretty(value_dict_get_value(v, keys->pdata[i]), at,
			i + 1 == keys->len ? allowance + 1 : 1, level, out);
	}
	g_string_append_c(out, '}');
}

static void pretty(const value *v, gsize indent, gsize allowance, gsize level, GString *out)
{
	g_autoptr(GString) one = g_string_new(NULL);
	flat(v, one);
	gboolean whole =
		text_points(one->str, one->len) + indent + allowance <= WIDTH || indent >= WIDTH;
	level++;
	if (!whole && value_is_sequence(v)) {
		pretty_sequence(v, indent, allowance, level, out);
	} else if (!whole && value_is(v, VALUE_DICT)) {
		pretty_dict(v, indent, allowance, level, out);
	} else if (!whole && value_is(v, VALUE_STRING) && value_string_length(v) > 0) {
		long_string(v, indent, allowance, level, out);
	} else {
		g_string_append_len(out, one->str, (gssize)one->len);
	}
}

void pprint_append(const value *v, GString *out)
{
	pretty(v, 0, 0, 0, out);
}
