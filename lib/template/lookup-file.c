/* Lookups of files here: finding them, their text, globs and templates. */
#include "template/lookup.h"

#include <glob.h>
#include <string.h>

#include "base/text.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/loader.h"
#include "jinja/jinja.h"
#include "jinja/library/text.h"
#include "jinja/syntax/limits.h"
#include "template/header.h"
#include "template/run.h"

static char *find_in(const char *const *folders, const char *name)
{
	g_autofree char *expanded = NULL;
	if (g_str_has_prefix(name, "~/")) {
		expanded = g_build_filename(g_get_home_dir(), name + 2, NULL);
		name = expanded;
	}
	if (*name == '/') {
		return g_file_test(name, G_FILE_TEST_EXISTS) ? g_strdup(name) : NULL;
	}
	for (gsize i = 0; folders != NULL && folders[i] != NULL; i++) {
		g_autofree char *path = g_build_filename(folders[i], name, NULL);
		if (g_file_test(path, G_FILE_TEST_EXISTS)) {
			return g_canonicalize_filename(path, NULL);
		}
	}
	return NULL;
}

char *lookup_file_find(struct jinja_evaluation *e, const char *name)
{
	return find_in(run_of(e)->scope->file_folders, name);
}

/* A file that a playbook names, other than the template itself, is never a pipe. */
static gboolean read_file(struct jinja_evaluation *e, const char *path, char **text, gsize *length)
{
	g_autoptr(GError) problem = NULL;
	if (!text_is_file(path, LIMIT_BYTES, &problem)) {
		jinja_fail_usage(e, "%s", problem->message);
		return FALSE;
	}
	return loader_read(e, path, text, length);
}

char *lookup_read(struct jinja_call *c, const char *name, gsize *length)
{
	g_autofree char *path = lookup_file_find(c->e, name);
	char *text = NULL;
	if (path == NULL) {
		return jinja_fail_usage(c->e, "could not locate file in lookup: %s", name);
	}
	return read_file(c->e, path, &text, length) ? text : NULL;
}

static char *template_find(struct jinja_evaluation *e, const char *name)
{
	char *path = find_in(run_of(e)->scope->template_folders, name);
	return path != NULL ? path : lookup_file_find(e, name);
}

static gboolean glob_in(const char *folder, const char *pattern, value *out)
{
	g_autofree char *whole =
		folder != NULL ? g_build_filename(folder, pattern, NULL) : g_strdup(pattern);
	glob_t found;
	gboolean any = FALSE;
	if (glob(whole, 0, NULL, &found) == 0) {
		for (gsize i = 0; i < found.gl_pathc; i++) {
			if (g_file_test(found.gl_pathv[i], G_FILE_TEST_IS_REGULAR)) {
				value_list_append(out, value_new_string(found.gl_pathv[i]));
				any = TRUE;
			}
		}
	}
	globfree(&found);
	return any;
}

/* Appends the files that match to out. */
static gboolean add_files(struct jinja_evaluation *e, const char *pattern, value *out)
{
	const char *const *folders = run_of(e)->scope->file_folders;
	if (*pattern == '/') {
		(void)glob_in(NULL, pattern, out);
		return TRUE;
	}
	for (gsize i = 0; folders != NULL && folders[i] != NULL; i++) {
		/* As Ansible: what is found has its full name, wherever the folder was given from.
		 */
		g_autofree char *folder = g_canonicalize_filename(folders[i], NULL);
		if (glob_in(folder, pattern, out)) {
			break;
		}
	}
	return TRUE;
}

/* Runs t in a context that also has the variables of extra. */
static value *run(
	struct jinja_evaluation *e, struct jinja_template *t, const value *extra, gboolean convert)
{
	struct jinja_evaluation saved = *e;
	struct context *context = context_new(e, t);
	context->locals = name_table();
	if (value_is(extra, VALUE_DICT)) {
		value_dict_foreach (extra, key, item) {
			g_hash_table_insert(context->locals, value_to_string(key), value_ref(item));
		}
	}
	guint flags = 0;
	GString *before = capture_begin(e, &flags);
	gboolean (*print_data)(struct jinja_evaluation *, const struct node *) =
		e->shared->print_data;
	e->t = t;
	e->context = context;
	e->base = POSITION_NONE;
	e->convert = convert;
	e->shared->print_data = NULL;
	(void)render_template(e);
	value *v = capture_end(e, before, flags);
	e->shared->print_data = print_data;
	e->t = saved.t;
	e->context = saved.context;
	e->base = saved.base;
	e->convert = saved.convert;
	e->frame = saved.frame;
	return v;
}

static value *with_newlines(value *v, const char *text, gsize length)
{
	gsize want = 0;
	gsize have = 0;
	if (!value_is(v, VALUE_STRING)) {
		return v;
	}
	while (want < length && text[length - 1 - want] == '\n') {
		want++;
	}
	gsize n = value_string_length(v);
	while (have < n && value_string(v)[n - 1 - have] == '\n') {
		have++;
	}
	if (have >= want) {
		return v;
	}
	g_autoptr(GString) longer = g_string_new_len(value_string(v), (gssize)n);
	for (; have < want; have++) {
		g_string_append_c(longer, '\n');
	}
	value *copy = value_new_string_flags(longer->str, longer->len, value_flags(v));
	value_unref(v);
	return copy;
}

static void set_marks(struct jinja_syntax *syntax, const value *marks)
{
	const struct {
		const char *name;
		char **field;
	} fields[] = { { "variable_start_string", &syntax->variable_start },
		{ "variable_end_string", &syntax->variable_end },
		{ "comment_start_string", &syntax->comment_start },
		{ "comment_end_string", &syntax->comment_end } };
	for (gsize i = 0; marks != NULL && i < G_N_ELEMENTS(fields); i++) {
		const value *mark = value_dict_get(marks, fields[i].name);
		if (value_is(mark, VALUE_STRING) && value_string_length(mark) > 0) {
			g_free(*fields[i].field);
			*fields[i].field = g_strdup(value_string(mark));
		}
	}
}

/* Renders a template file with all variables and those of extra (a dict or NULL). marks may hold
 * other variable_start_string, comment_end_string ...; it is a dict or NULL. */
static value *template_render_found(struct jinja_evaluation *e, const char *path,
	const value *extra, const value *marks, gboolean convert)
{
	g_autofree char *text = NULL;
	gsize length = 0;
	gsize skipped = 0;
	GError *error = NULL;
	struct jinja_syntax syntax;
	if (!read_file(e, path, &text, &length) || !recursion_enter(e, "templates")) {
		return NULL;
	}
	header_defaults(&syntax);
	set_marks(&syntax, marks);
	struct jinja_template *t =
		header_read(text, length, path, &syntax, &skipped, &error)
			? jinja_compile(e->t->environment, text + skipped, length - skipped, path,
				  &syntax, JINJA_TEXT, &error)
			: NULL;
	jinja_syntax_finish(&syntax);
	if (t == NULL) {
		e->error = error;
		recursion_leave(e);
		return NULL;
	}
	/* Macros and contexts of the run may refer to it until the evaluation ends. */
	if (e->shared->templates == NULL) {
		e->shared->templates = g_hash_table_new_full(
			g_str_hash, g_str_equal, g_free, (GDestroyNotify)jinja_template_unref);
	}
	g_hash_table_insert(e->shared->templates,
		g_strdup_printf("%s#%u", path, g_hash_table_size(e->shared->templates)), t);
	value *v = run(e, t, extra, convert);
	recursion_leave(e);
	if (v == NULL) {
		return NULL;
	}
	v = with_newlines(v, text, length);
	if (!convert && value_is(v, VALUE_STRING)) {
		value *kept = value_with_flags(v, VALUE_TEXT);
		value_unref(v);
		return kept;
	}
	return v;
}

value *lookup_file(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *name = lookup_term(c, i);
		gsize length = 0;
		g_autofree char *text = name != NULL ? lookup_read(c, name, &length) : NULL;
		if (text == NULL) {
			return NULL;
		}
		const char *from = NULL;
		const char *to = NULL;
		text_strip(text, length, NULL, lookup_option_bool(c, "lstrip", FALSE),
			lookup_option_bool(c, "rstrip", TRUE), &from, &to);
		value_list_append(out, value_new_string_length(from, (gsize)(to - from)));
	}
	return g_steal_pointer(&out);
}

value *lookup_fileglob(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *pattern = lookup_term(c, i);
		if (pattern == NULL || !add_files(c->e, pattern, out)) {
			return NULL;
		}
	}
	return g_steal_pointer(&out);
}

value *lookup_template(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *name = lookup_term(c, i);
		g_autofree char *path = name != NULL ? template_find(c->e, name) : NULL;
		if (path == NULL) {
			return name == NULL ? NULL
					    : jinja_fail_usage(c->e,
						      "the template file %s could not be found for "
						      "the lookup",
						      name);
		}
		const value *extra = lookup_option(c, "template_vars");
		if (extra != NULL && !value_is(extra, VALUE_DICT) && !value_is(extra, VALUE_NULL)) {
			return jinja_fail_usage(c->e, "template_vars must be a dict, not %s",
				value_type_name(extra));
		}
		value *v = template_render_found(
			c->e, path, extra, c->named, lookup_option_bool(c, "convert_data", TRUE));
		if (v == NULL) {
			return NULL;
		}
		value_list_append(out, v);
	}
	return g_steal_pointer(&out);
}
