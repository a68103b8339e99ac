/* Fuzzes the lexer and parser of templates: files, strings of playbooks and conditions. */
#include "jinja/jinja.h"
#include "template/template.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	struct jinja_syntax syntax;
	jinja_syntax_init(&syntax);
	g_autoptr(jinja_template) t = jinja_compile(
		&jinja_standard, (const char *)data, size, "input", &syntax, JINJA_TEXT, NULL);
	jinja_syntax_finish(&syntax);
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(value) raw = value_new_string(text);

	(void)t;
	(void)template_check(raw, FALSE, NULL);
	(void)template_check(raw, TRUE, NULL);
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	template_required_names(raw, TRUE, names);
	return 0;
}
