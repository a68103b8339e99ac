/*
 * Renders the cases of the comparison with Ansible's Templar.
 *
 * One JSON object a line on stdin: {"template", "variables", "mode": "file", "evaluate",
 * "condition" or "expression", "folders": [...]}; one JSON object a line on stdout: {"output":
 * {"type", "text"}} or {"error"}.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template/template.h"
#include "value/json.h"

static value *lookup(gpointer data, const char *name, GError **error)
{
	(void)error;
	value *v = value_dict_get(data, name);
	return v != NULL ? value_ref(v) : NULL;
}

static void names(gpointer data, GHashTable *table)
{
	value_dict_foreach ((value *)data, key, item) {
		(void)item;
		g_hash_table_add(table, (char *)value_string(key));
	}
}

/* Types and text of a result, so that 1 and "1", [1] and (1,) can be told apart. */
static value *described(const value *v)
{
	value *out = value_new_list();
	value_list_append(out, value_new_string(value_type_name(v)));
	g_autofree char *text = value_to_repr(v);
	value_list_append(out, value_new_string(text));
	return out;
}

static value *run(const value *request, GError **error)
{
	const value *mode_value = value_dict_get(request, "mode");
	const value *text = value_dict_get(request, "template");
	value *variables = value_dict_get(request, "variables");
	const value *folder_list = value_dict_get(request, "folders");
	const char *mode = value_is(mode_value, VALUE_STRING) ? value_string(mode_value) : "file";
	g_autoptr(GPtrArray) folders = g_ptr_array_new();
	for (gsize i = 0; folder_list != NULL && i < value_list_length(folder_list); i++) {
		g_ptr_array_add(folders, (char *)value_string(value_list_get(folder_list, i)));
	}
	g_ptr_array_add(folders, NULL);
	struct template_scope scope = { .data = variables,
		.lookup = lookup,
		.names = names,
		.template_folders = (const char *const *)folders->pdata,
		.file_folders = (const char *const *)folders->pdata };
	if (strcmp(mode, "file") == 0) {
		gsize length = 0;
		g_autofree char *out = template_render_text(value_string(text),
			value_string_length(text), "case", &scope, &length, NULL, error);
		if (out == NULL) {
			return NULL;
		}
		g_autoptr(value) v = value_new_string_length(out, length);
		return described(v);
	}
	if (strcmp(mode, "condition") == 0) {
		gboolean truth = FALSE;
		if (!template_condition(text, &scope, &truth, error)) {
			return NULL;
		}
		g_autoptr(value) v = value_new_bool(truth);
		return described(v);
	}
	g_autoptr(value) v = strcmp(mode, "expression") == 0
				     ? template_expression(text, &scope, error)
				     : template_evaluate(text, &scope, error);
	return v != NULL ? described(v) : NULL;
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length = 0;
	while ((length = getline(&line, &size, stdin)) > 0) {
		g_autoptr(GError) error = NULL;
		g_autoptr(value) request = json_parse(line, (gsize)length, "stdin", &error);
		g_autoptr(value) answer = value_new_dict();
		value *output = request != NULL ? run(request, &error) : NULL;
		if (output != NULL) {
			value_dict_set(answer, "output", output);
		} else {
			value_dict_set(answer, "error",
				value_new_string(error != NULL ? error->message : "no error set"));
		}
		struct json_style style = { 0 };
		g_autofree char *text = json_write(answer, &style, NULL);
		puts(text);
		fflush(stdout);
	}
	free(line);
	return 0;
}
