/* template: a template, expanded with the host's variables, as a file on the host. */
#include "base/built_in.h"
#include "base/text.h"
#include "modules/copy.h"
#include "modules/mode.h"

#include <sys/stat.h>

/* `preserve` is the mode of the template; path is NULL for one of the built-in site. */
static void set_mode(call *c, const char *path)
{
	if (g_strcmp0(call_text(c, "mode"), "preserve") == 0) {
		g_autofree char *mode = path == NULL ? g_strdup("0644") : mode_of_file(path);
		call_set_shell(c, "mode", mode);
	}
}

#define TEMPLATE_MAX ((gsize)64 * 1024 * 1024)

/* What the task says about the template's own signs; takes nothing from c. Caller unrefs. */
static value *syntax_of(const call *c)
{
	static const char *const names[] = { "block_start_string", "block_end_string",
		"variable_start_string", "variable_end_string", "comment_start_string",
		"comment_end_string", "trim_blocks", "lstrip_blocks" };
	value *syntax = value_new_dict();
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const value *v = call_value(c, names[i]);
		if (v != NULL) {
			value_dict_set(syntax, names[i], value_ref(v));
		}
	}
	/* As in Ansible, also with the backslash written out. */
	const char *newline = call_text(c, "newline_sequence");
	g_autofree char *plain = g_strcompress(newline != NULL ? newline : "\n");
	value_dict_set(syntax, "newline_sequence", value_new_string(plain));
	return syntax;
}

/* The template named by src, expanded; what the project does not have comes from the built-in site.
 */
static char *render(call *c, gsize *size, GError **error)
{
	const char *name = call_text(c, "src");
	gsize length = 0;
	g_autoptr(GError) missing = NULL;
	g_autofree char *path = call_find_file(c, name, TRUE, &missing);
	g_autoptr(value) syntax = syntax_of(c);
	struct template_scope scope = *c->context.scope;
	scope.syntax = syntax;
	if (path != NULL) {
		g_autoptr(GError) problem = NULL;
		if (!text_is_file(path, TEMPLATE_MAX, &problem)) {
			call_error(c, error, "%s", problem->message);
			return NULL;
		}
		set_mode(c, path);
		return template_render_file(path, &scope, size, NULL, error);
	}
	const char *text = built_in_file(name, &length);
	if (text == NULL) {
		g_propagate_error(error, g_steal_pointer(&missing));
		return NULL;
	}
	set_mode(c, NULL);
	return template_render_text(text, length, name, &scope, size, NULL, error);
}

static gboolean prepare_one(call *c, GError **error)
{
	gsize size = 0;
	char *text = render(c, &size, error);
	if (text == NULL) {
		return FALSE;
	}
	g_autofree char *basename = g_path_get_basename(call_text(c, "src"));
	g_autofree char *count = g_strdup_printf("%zu", size);
	call_set_shell(c, "basename", basename);
	call_set_shell(c, "tree", "");
	call_set_shell(c, "remote_src", "");
	call_set_shell(c, "size", count);
	call_set_body(c, g_bytes_new_take(text, size));
	return TRUE;
}

/* Text, tree and output of a big template are in memory at once: of one host at a time. */
gboolean module_template_prepare(call *c, GError **error)
{
	static GMutex one;
	enum { BIG = 1024 * 1024 };
	struct stat st;
	g_autofree char *path = call_find_file(c, call_text(c, "src"), TRUE, NULL);
	gboolean big = path != NULL && stat(path, &st) == 0 && st.st_size > BIG;
	if (!big) {
		return prepare_one(c, error);
	}
	g_mutex_lock(&one);
	gboolean well = prepare_one(c, error);
	g_mutex_unlock(&one);
	return well;
}
