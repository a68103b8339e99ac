/* Answers compare.py: reads a JSON list of [verb, text] from stdin, prints a JSON list of answers.
 */
#include <string.h>

#include "../answers.h"
#include "value/yaml.h"

/* Python's repr() of what text means, or "error: ...". */
static char *answer(const value *question, GError **error)
{
	const char *verb = value_string(value_list_get(question, 0));
	const char *text = value_string(value_list_get(question, 1));
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
	return answer_all(answer);
}
