/* What the tools that answer a compare.py share: questions in, answers out. */
#ifndef SUTLER_CONFORMANCE_ANSWERS_H
#define SUTLER_CONFORMANCE_ANSWERS_H

#include <stdio.h>

#include "base/text.h"
#include "value/json.h"

/* The main of a tool: reads a JSON list of questions from stdin and prints a JSON list of what
 * answer() says to each, or "error: ..." with its message. */
static inline int answer_all(char *(*answer)(const value *question, GError **error))
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
		g_autofree char *text = answer(question, &fault);
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

#endif
