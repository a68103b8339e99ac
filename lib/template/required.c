/* The variables that templates cannot be evaluated without, found without evaluating them. */
#include "jinja/jinja.h"
#include "template/defined.h"
#include "template/source.h"
#include "template/template.h"

static void walk_string(const value *raw, gboolean bare, GHashTable *names)
{
	gboolean marks = template_has_marks(value_string(raw));
	if ((!marks && !bare) || value_string_length(raw) == 0) {
		return;
	}
	g_autoptr(jinja_template) t =
		source_compile(raw, marks ? JINJA_TEXT : JINJA_CONDITION, NULL);
	if (t == NULL) {
		return;
	}
	g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	jinja_required_names(t, found);
	g_hash_table_remove(found, "vars"); /* always there */
	if (bare) {
		defined_remove_tested(value_string(raw), found);
	}
	GHashTableIter iter;
	gpointer name = NULL;
	g_hash_table_iter_init(&iter, found);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		g_hash_table_add(names, g_strdup(name));
	}
}

void template_required_names(const value *raw, gboolean bare, GHashTable *names)
{
	if (!source_is_code(raw)) {
		return;
	}
	if (value_is(raw, VALUE_STRING)) {
		walk_string(raw, bare, names);
	} else if (value_is_sequence(raw)) {
		value_list_foreach (raw, item) {
			template_required_names(item, bare, names);
		}
	} else if (value_is(raw, VALUE_DICT)) {
		value_dict_foreach (raw, key, item) {
			(void)key;
			template_required_names(item, bare, names);
		}
	}
}
