/* One use of a module on one host: arguments converted, and what the host needs for it. */
#include "modules/parameters.h"

#include "base/digest.h"
#include "base/quote.h"
#include "base/shared.h"

#include <limits.h>
#include <string.h>

/* Free-form modules take their own table's names beside the text. */
static gboolean takes(const struct module *m, const char *name)
{
	return parameter_find(m, name) != NULL || (m->flags & MODULE_ANY_PARAMETER) ||
	       ((m->flags & MODULE_FREE_FORM) && g_str_equal(name, "_raw_params"));
}

static gboolean check_one(const struct module *m, const value *key, const value *item,
	struct position at, GError **error)
{
	g_autofree char *name = value_to_string(key);
	struct position where = value_position(key).file != NULL ? value_position(key) : at;
	if (!takes(m, name)) {
		parameter_set_unknown(error, m, name, where);
		return FALSE;
	}
	const struct parameter *row = parameter_find(m, name);
	if (row == NULL || value_is(item, VALUE_NULL) || parameter_has_template(item)) {
		return TRUE;
	}
	g_autoptr(value) converted = parameter_convert(m, row, item, where, error);
	return converted != NULL;
}

static gboolean check_required(
	const struct module *m, const value *arguments, struct position at, GError **error)
{
	for (const struct parameter *row = m->parameters; row != NULL && row->name != NULL; row++) {
		if ((row->flags & PARAMETER_REQUIRED) && parameter_given(arguments, row) == NULL) {
			error_set_at(error, SUTLER_ERROR_USAGE, at,
				"module '%s' needs the parameter '%s': %s", m->name, row->name,
				row->summary);
			return FALSE;
		}
	}
	return TRUE;
}

gboolean module_check(
	const struct module *m, const value *arguments, struct position at, GError **error)
{
	if (!value_is(arguments, VALUE_DICT)) {
		return TRUE; /* one template that gives the mapping: known only when it runs */
	}
	value_dict_foreach (arguments, key, item) {
		if (!check_one(m, key, item, at, error)) {
			return FALSE;
		}
	}
	return check_required(m, arguments, at, error) && rules_hold(m, arguments, at, error);
}

/* What a command, a path or a shell cannot hold is refused before anything is cut from it. */
static gboolean check_bytes(const call *c, const struct parameter *row, const char *name,
	const value *item, GError **error)
{
	const char *why = NULL;
	gboolean any = row == NULL ? (c->module->flags & MODULE_ANY_PARAMETER) != 0
				   : row->type == PARAMETER_ANY;
	if (!any && parameter_holds_nul(item)) {
		why = "holds a NUL byte";
	} else if (row != NULL && row->type == PARAMETER_PATH && value_is(item, VALUE_STRING) &&
		   value_string_length(item) >= PATH_MAX) {
		why = "is longer than a path can be";
	}
	if (why != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, c->context.at,
			"module '%s': parameter '%s' %s", c->module->name, name, why);
	}
	return why == NULL;
}

/* `omit` removes the parameter: the run drops such values before. Nulls count as not given. */
static gboolean convert_all(call *c, const value *arguments, GError **error)
{
	struct position at = c->context.at;
	value_dict_foreach (arguments, key, item) {
		g_autofree char *name = value_to_string(key);
		const struct parameter *row = parameter_find(c->module, name);
		if (row == NULL && !takes(c->module, name)) {
			parameter_set_unknown(error, c->module, name, at);
			return FALSE;
		}
		if (!check_bytes(c, row, name, item, error)) {
			return FALSE;
		}
		if (row == NULL) {
			value_dict_set(c->arguments, name, value_ref(item));
			continue;
		}
		if (value_is(item, VALUE_NULL)) {
			continue;
		}
		value *converted = parameter_convert(c->module, row, item, at, error);
		if (converted == NULL) {
			return FALSE;
		}
		value_dict_set(c->arguments, row->name, converted);
	}
	return check_required(c->module, arguments, at, error) &&
	       rules_hold(c->module, arguments, at, error);
}

static void fill_default(const struct parameter *row, gpointer data)
{
	call *c = data;
	if (row->fallback != NULL && value_dict_get(c->arguments, row->name) == NULL) {
		g_autoptr(value) text = value_new_string(row->fallback);
		value *converted = parameter_convert(c->module, row, text, c->context.at, NULL);
		value_dict_set(c->arguments, row->name, converted);
	}
}

/* The host knows the defaults. */
static void append_variable(const struct parameter *row, gpointer data)
{
	call *c = data;
	const value *v = value_dict_get(c->arguments, row->name);
	if (v != NULL) {
		parameter_append_shell(c->variables, row, v);
	}
}

static void append_home(const struct parameter *row, gpointer data)
{
	call *c = data;
	const char *path = row->type == PARAMETER_PATH ? call_text(c, row->name) : NULL;
	if (path != NULL && *path == '~' && !(row->flags & PARAMETER_HERE)) {
		g_string_append_printf(c->variables, "p_%s ", row->name);
	}
}

/* Tells the host which paths begin in a home folder there. */
static void append_homes(call *c)
{
	gsize before = c->variables->len;
	g_string_append(c->variables, " t_homes='");
	gsize begin = c->variables->len;
	parameter_visit(c->module, append_home, c);
	if (c->variables->len == begin) {
		g_string_truncate(c->variables, before);
	} else {
		g_string_append_c(c->variables, '\'');
	}
}

/* Where SELinux runs, a file must not silently keep the context it has. */
static void set_context(call *c)
{
	static const char *const names[] = { "seuser", "serole", "setype", "selevel" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *text = call_text(c, names[i]);
		if ((c->module->flags & MODULE_ATTRIBUTES) && text != NULL && *text != '\0') {
			call_set_shell(c, "selinux", names[i]);
		}
	}
}

call *module_call_new(const struct module *m, const value *arguments,
	const struct call_context *context, GError **error)
{
	g_autoptr(call) c = g_new0(call, 1);
	c->module = m;
	c->context = *context;
	c->arguments = value_new_dict();
	c->variables = g_string_new(NULL);
	if (!value_is(arguments, VALUE_DICT)) {
		call_error(c, error, "arguments must be a mapping");
		return NULL;
	}
	if (!convert_all(c, arguments, error)) {
		return NULL;
	}
	if (m->script != NULL) {
		parameter_visit(m, append_variable, c);
		append_homes(c);
		set_context(c);
	}
	parameter_visit(m, fill_default, c);
	if (!validate_prepare(c, error) || (m->prepare != NULL && !m->prepare(c, error))) {
		return NULL;
	}
	return g_steal_pointer(&c);
}

void module_call_free(call *c)
{
	if (c == NULL) {
		return;
	}
	if (c->data_free != NULL) {
		c->data_free(c->data);
	}
	g_clear_pointer(&c->body, g_bytes_unref);
	payload_unref(c->files);
	g_free(c->body_sha256);
	value_unref(c->arguments);
	g_string_free(c->variables, TRUE);
	g_free(c);
}

const value *call_value(const call *c, const char *name)
{
	return value_dict_get(c->arguments, name);
}

gboolean call_has(const call *c, const char *name)
{
	return call_value(c, name) != NULL;
}

const char *call_text(const call *c, const char *name)
{
	const value *v = call_value(c, name);
	return value_is(v, VALUE_STRING) ? value_string(v) : NULL;
}

gboolean call_flag(const call *c, const char *name)
{
	const value *v = call_value(c, name);
	return value_is(v, VALUE_BOOL) && value_bool(v);
}

gint64 call_int(const call *c, const char *name, gint64 fallback)
{
	const value *v = call_value(c, name);
	return value_is(v, VALUE_INT) ? value_int(v) : fallback;
}

void call_set_shell(call *c, const char *name, const char *text)
{
	g_string_append_printf(c->variables, " p_%s=", name);
	shell_append_quoted(c->variables, text);
}

void call_set_keyword(call *c, const char *name, const char *text)
{
	g_string_append_printf(c->variables, " t_%s=", name);
	shell_append_quoted(c->variables, text);
}

void call_set_body(call *c, GBytes *body)
{
	gsize size = 0;
	const char *bytes = g_bytes_get_data(body, &size);
	enum { BIG = 64 * 1024 };
	g_clear_pointer(&c->body, g_bytes_unref);
	g_free(c->body_sha256);
	c->body_sha256 = digest_sha256(body);
	c->body = size < BIG ? body : shared_bytes_take(c->body_sha256, body);
	bytes = g_bytes_get_data(c->body, &size);
	call_set_shell(c, "sha256", c->body_sha256);
	call_set_shell(c, "text", size == 0 || memchr(bytes, '\0', size) == NULL ? "1" : "");
}

gboolean call_set_file(call *c, const char *path, GError **error)
{
	enum { BIG = 1024 * 1024 };
	g_autoptr(GError) problem = NULL;
	const struct payload_file *file = payload_file_look(path, &problem);
	char *bytes = NULL;
	gsize size = 0;
	if (file == NULL) {
		call_error(c, error, "%s", problem->message);
		return FALSE;
	}
	if (file->size <= BIG) {
		if (!g_file_get_contents(path, &bytes, &size, &problem)) {
			call_error(c, error, "%s", problem->message);
			return FALSE;
		}
		call_set_body(c, g_bytes_new_take(bytes, size));
		return TRUE;
	}
	g_clear_pointer(&c->body, g_bytes_unref);
	payload_unref(c->files);
	c->files = payload_new();
	payload_add_file(c->files, file);
	g_free(c->body_sha256);
	c->body_sha256 = g_strdup(file->sha256);
	call_set_shell(c, "sha256", file->sha256);
	/* Not kept as a text by a dry run. */
	call_set_shell(c, "text", "");
	return TRUE;
}

char *call_find_file(const call *c, const char *name, gboolean templates, GError **error)
{
	const char *const *folders =
		templates ? c->context.scope->template_folders : c->context.scope->file_folders;
	if (g_path_is_absolute(name)) {
		if (g_file_test(name, G_FILE_TEST_EXISTS)) {
			return g_strdup(name);
		}
		folders = NULL;
	}
	GString *tried = g_string_new(NULL);
	for (; folders != NULL && *folders != NULL; folders++) {
		g_autofree char *path = g_build_filename(*folders, name, NULL);
		if (g_file_test(path, G_FILE_TEST_EXISTS)) {
			g_string_free(tried, TRUE);
			return g_steal_pointer(&path);
		}
		g_string_append_printf(
			tried, "%s%s", tried->len > 0 ? ", " : "; looked in ", *folders);
	}
	call_error(c, error, "no file '%s' here%s", name, tried->str);
	g_string_free(tried, TRUE);
	return NULL;
}

void call_error(const call *c, GError **error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	error_set_at(error, SUTLER_ERROR_USAGE, c->context.at, "module '%s': %s", c->module->name,
		message);
}
