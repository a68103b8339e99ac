/* Stands in for templates, which no test here uses. */
#include "template/template.h"

gboolean template_has_marks(const char *text)
{
	(void)text;
	return FALSE;
}

gboolean template_condition(const value *condition, const struct template_scope *scope,
	gboolean *ret_truth, GError **error)
{
	(void)condition;
	(void)scope;
	(void)error;
	*ret_truth = TRUE;
	return TRUE;
}

value *template_expression(const value *expression, const struct template_scope *scope, GError **error)
{
	(void)scope;
	(void)error;
	return value_ref(expression);
}

char *template_render_file(const char *path, const struct template_scope *scope, gsize *length,
	GPtrArray *warnings, GError **error)
{
	(void)scope;
	(void)warnings;
	char *text = NULL;
	return g_file_get_contents(path, &text, length, error) ? text : NULL;
}

char *template_render_text(const char *text, gsize text_length, const char *name,
	const struct template_scope *scope, gsize *length, GPtrArray *warnings, GError **error)
{
	(void)name;
	(void)scope;
	(void)warnings;
	(void)error;
	*length = text_length;
	return g_strndup(text, text_length);
}
