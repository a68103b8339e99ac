/* Texts and values as booleans, numbers, lists. */
#include "value/convert.h"

#include <math.h>
#include <string.h>

static const struct {
	const char *word;
	gboolean truth;
	guint readers;
} words[] = {
	{ "yes", TRUE, TRUTH_ANSIBLE | TRUTH_YAML | TRUTH_FILTER | TRUTH_FACT | TRUTH_SSH },
	{ "no", FALSE, TRUTH_ANSIBLE | TRUTH_YAML | TRUTH_FILTER | TRUTH_FACT | TRUTH_SSH },
	{ "true", TRUE, TRUTH_ANSIBLE | TRUTH_YAML | TRUTH_FILTER | TRUTH_FACT | TRUTH_SSH },
	{ "false", FALSE, TRUTH_ANSIBLE | TRUTH_YAML | TRUTH_FILTER | TRUTH_FACT | TRUTH_SSH },
	{ "on", TRUE, TRUTH_ANSIBLE | TRUTH_YAML | TRUTH_FILTER },
	{ "off", FALSE, TRUTH_ANSIBLE | TRUTH_YAML | TRUTH_FILTER },
	{ "1", TRUE, TRUTH_ANSIBLE | TRUTH_FILTER },
	{ "0", FALSE, TRUTH_ANSIBLE | TRUTH_FILTER },
	{ "y", TRUE, TRUTH_ANSIBLE },
	{ "n", FALSE, TRUTH_ANSIBLE },
	{ "t", TRUE, TRUTH_ANSIBLE },
	{ "f", FALSE, TRUTH_ANSIBLE },
};

int convert_word(const char *text, enum truth_reader reader)
{
	g_autofree char *word = g_strdup(text);

	if (reader == TRUTH_ANSIBLE) {
		g_strstrip(word);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if ((words[i].readers & reader) != 0 &&
			g_ascii_strcasecmp(word, words[i].word) == 0) {
			return words[i].truth;
		}
	}
	return -1;
}

int convert_truth(const value *v)
{
	if (value_is(v, VALUE_BOOL)) {
		return value_bool(v);
	}
	if (value_is(v, VALUE_INT)) {
		gint64 i = value_int(v);
		return i == 0 || i == 1 ? (int)i : -1;
	}
	if (value_is(v, VALUE_FLOAT)) {
		return value_float(v) == 1 ? 1 : value_float(v) == 0 ? 0 : -1;
	}
	return value_is(v, VALUE_STRING) ? convert_word(value_string(v), TRUTH_ANSIBLE) : -1;
}

gboolean convert_whole(const char *text, gint64 min, gint64 max, gint64 *ret_number)
{
	g_autofree char *stripped = g_strstrip(g_strdup(text));
	return g_ascii_string_to_signed(stripped, 10, min, max, ret_number, NULL);
}

gboolean convert_number(const char *text, double *ret_number)
{
	g_autofree char *stripped = g_strstrip(g_strdup(text));
	char *end = NULL;

	if (*stripped == '\0' || strspn(stripped, G_CSET_DIGITS "+-.eE") != strlen(stripped)) {
		return FALSE;
	}
	double number = g_ascii_strtod(stripped, &end);
	if (*end != '\0' || !isfinite(number)) {
		return FALSE;
	}
	*ret_number = number;
	return TRUE;
}

static value *to_bool(const value *v)
{
	int truth = convert_truth(v);
	return truth < 0 ? NULL : value_new_bool(truth != 0);
}

static value *to_int(const value *v)
{
	gint64 i = 0;

	if (value_is(v, VALUE_INT)) {
		return value_ref(v);
	}
	if (value_is(v, VALUE_FLOAT) && fabs(value_float(v)) < 0x1p63 &&
		value_float(v) == floor(value_float(v))) {
		return value_new_int((gint64)value_float(v));
	}
	return value_is(v, VALUE_STRING) &&
			       convert_whole(value_string(v), G_MININT64, G_MAXINT64, &i)
		       ? value_new_int(i)
		       : NULL;
}

static value *to_float(const value *v)
{
	double d = 0;

	if (value_is(v, VALUE_FLOAT)) {
		return value_ref(v);
	}
	if (value_is(v, VALUE_INT)) {
		return value_new_float((double)value_int(v));
	}
	return value_is(v, VALUE_STRING) && convert_number(value_string(v), &d) ? value_new_float(d)
										: NULL;
}

static value *to_text(const value *v)
{
	if (value_is(v, VALUE_STRING)) {
		return value_ref(v);
	}
	if (value_is(v, VALUE_NULL)) {
		return value_new_string("");
	}
	char *text = value_to_string(v);
	return value_new_string_take(text, strlen(text));
}

static value *to_list(const value *v)
{
	g_autoptr(value) list = value_new_list();

	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			if (value_is(item, VALUE_LIST) || value_is(item, VALUE_DICT)) {
				return NULL;
			}
			value_list_append(list, to_text(item));
		}
	} else if (value_is(v, VALUE_STRING)) {
		g_auto(GStrv) parts = g_strsplit(value_string(v), ",", -1);
		for (char **part = parts; *part != NULL; part++) {
			value_list_append(list, value_new_string(g_strstrip(*part)));
		}
	} else if (value_is(v, VALUE_DICT)) {
		return NULL;
	} else {
		value_list_append(list, to_text(v));
	}
	return g_steal_pointer(&list);
}

value *convert_value(enum kind kind, const value *v)
{
	switch (kind) {
	case KIND_BOOL:
		return to_bool(v);
	case KIND_INT:
		return to_int(v);
	case KIND_FLOAT:
		return to_float(v);
	case KIND_LIST:
		return to_list(v);
	case KIND_DICT:
		return value_is(v, VALUE_DICT) ? value_ref(v) : NULL;
	case KIND_TEXT:
	case KIND_PATH:
		return value_is(v, VALUE_LIST) || value_is(v, VALUE_DICT) ? NULL : to_text(v);
	case KIND_ANY:
		break;
	}
	return value_ref(v);
}

const char *convert_wanted(enum kind kind)
{
	static const char *const wanted[] = {
		[KIND_TEXT] = "a text",
		[KIND_PATH] = "a text",
		[KIND_BOOL] = "a boolean (true or false)",
		[KIND_INT] = "an integer",
		[KIND_FLOAT] = "a number",
		[KIND_LIST] = "a list of texts",
		[KIND_DICT] = "a mapping",
		[KIND_ANY] = "a value",
	};
	return wanted[kind];
}
