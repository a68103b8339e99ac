/* Fuzzes the evaluation of templates with variables of every type; lookups are off. */
#include "template/template.h"

#include <string.h>

#include "value/json.h"

static const char variables[] =
	"{\"name\": \"bob\", \"one\": 1, \"two\": 2, \"half\": 0.5, \"yes_\": true, \"none_\": "
	"null,"
	" \"empty\": \"\", \"numbers\": [3, 1, 2], \"words\": [\"b\", \"A\"], \"dict\": {\"b\": 2, "
	"\"a\": 1},"
	" \"users\": [{\"name\": \"x\", \"age\": 3, \"groups\": [\"g\"]}], \"unicode\": "
	"\"Gr\\u00fc\\u00dfe\","
	" \"lazy\": \"{{ name }} {{ one }}\", \"loop_a\": \"{{ loop_b }}\", \"loop_b\": \"{{ "
	"loop_a }}\","
	" \"deep\": {\"a\": {\"b\": [1, {\"c\": 2}]}}, \"text\": \" x y \"}";

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

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static value *shared;
	if (shared == NULL) {
		shared = json_parse(variables, strlen(variables), "variables", NULL);
	}
	struct template_scope scope = {
		.data = shared, .lookup = lookup, .names = names, .no_lookups = TRUE
	};
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(value) raw = value_new_string(text);
	gsize length = 0;
	gboolean truth = FALSE;

	g_autofree char *out = template_render_text(
		(const char *)data, size, "input", &scope, &length, NULL, NULL);
	g_autoptr(value) evaluated = template_evaluate(raw, &scope, NULL);
	(void)out;
	(void)evaluated;
	(void)template_condition(raw, &scope, &truth, NULL);
	return 0;
}
