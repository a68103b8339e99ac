/* Answers compare.py: reads a JSON list of [verb, text] from stdin, prints a JSON list of answers.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "value/json.h"
#include "value/yaml.h"

/* Python's repr() of what text means, or "error: ...". */
static char *answer(const char *verb, const char *text, GError **error)
{
	static const struct json_style json_styles[] = {
		{ 0 },
		{ .indent = 4, .sort_keys = TRUE },
		{ .compact = TRUE, .utf8 = TRUE },
	};
	static const struct yaml_style yaml_styles[] = {
		{ .sort_keys = TRUE },
		{ .indent = 4, .block = TRUE, .sort_keys = TRUE },
		{ .indent = 2, .width = 40, .block = TRUE, .start_mark = TRUE },
	};
	g_autoptr(value) v = g_str_has_prefix(verb, "json")
				     ? json_parse(text, strlen(text), "text", error)
				     : yaml_parse(text, strlen(text), "text", error);
	if (v == NULL) {
		return NULL;
	}
	guint style = (guint)(verb[strlen(verb) - 1] - '0');
	if (strstr(verb, "-to-json") != NULL) {
		return json_write(v, &json_styles[style], error);
	}
	return strstr(verb, "-to-yaml") != NULL ? yaml_write(v, &yaml_styles[style], error)
						: value_to_repr(v);
}

int main(void)
{
	gsize length = 0;
	g_autoptr(GError) error = NULL;
	g_autofree char *input =
		text_read("/dev/stdin", TEXT_LIMIT, TEXT_KEEP_CRLF, &length, &error);
	g_autoptr(value) questions =
		input != NULL ? json_parse(input, length, "stdin", &error) : NULL;
	if (questions == NULL) {
		g_printerr("%s\n", error->message);
		return 2;
	}
	g_autoptr(value) answers = value_new_list();
	value_list_foreach (questions, question) {
		g_autoptr(GError) fault = NULL;
		g_autofree char *text = answer(value_string(value_list_get(question, 0)),
			value_string(value_list_get(question, 1)), &fault);
		g_autofree char *shown = text != NULL
						 ? g_steal_pointer(&text)
						 : g_strconcat("error: ", fault->message, NULL);
		value_list_append(answers, value_new_string(shown));
	}
	const struct json_style style = { 0 };
	g_autofree char *out = json_write(answers, &style, &error);
	puts(out);
	return 0;
}
