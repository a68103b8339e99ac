/*
 * Templates: Jinja2 as Ansible 2.14 uses it, and placeholders.
 *
 * The
 * variables come from a struct template_scope; whatever they refer to is evaluated lazily.
 *
 * Behaviour: Jinja2 3.1 template designer documentation; Ansible 2.14 "Templating (Jinja2)".
 */
#ifndef SUTLER_TEMPLATE_TEMPLATE_H
#define SUTLER_TEMPLATE_TEMPLATE_H

#include "value/value.h"

/* Where an evaluation finds its variables and its files. The pointers belong to the caller and
 * must live as long as the evaluation. */
struct template_scope {
	gpointer data;
	/* The raw (not yet templated) value of a variable; caller unrefs. NULL without an error:
	 * not defined. An error (SUTLER_ERROR_PENDING, SUTLER_ERROR_UNPREDICTED, ...) ends the
	 * evaluation as it is, also inside `is defined` and `default`. */
	value *(*lookup)(gpointer data, const char *name, GError **error);
	/* Adds the names of all variables to names (char *, as keys; static or owned by the scope).
	 * Used for suggestions and for `vars`. May be NULL. */
	void (*names)(gpointer data, GHashTable *names);
	/* Folders searched in order by include, import, extends: NULL-terminated. May be NULL. */
	const char *const *template_folders;
	/* Folders searched in order by the lookups that read files: NULL-terminated. May be NULL.
	 */
	const char *const *file_folders;
	/* Where the commands of lookups run: the playbook's folder. NULL: the current one. */
	const char *base_folder;
	/* Settings for templates that are files, as the "#jinja2:" line has them, which outweighs
	 * these: a dict, or NULL. */
	const value *syntax;
	/* lookup() and query() are refused: for text that is not the user's own. */
	gboolean no_lookups;
	/* Told of every variable whose value came of evaluating it. May be NULL. */
	void (*evaluated)(gpointer data, const char *name, const value *v);
};

/* The bytes of a template file or pipe, with a 0 behind them; *length does not count it. Caller
 * frees. Errors: SUTLER_ERROR_USAGE, SUTLER_ERROR_LIMIT. */
char *template_read_file(const char *path, gsize *length, GError **error);

/* Renders a template file as Ansible's template action does (trim_blocks, keep_trailing_newline,
 * "#jinja2:" header), after placeholders: the words named by the variable `placeholders` (default
 * [SITENAME]) in its literal text are replaced by the variables of these names. Caller frees;
 * *length gets the bytes. Warnings (a placeholder inside a longer identifier) are appended to
 * warnings (char *, owned) unless it is NULL. */
char *template_render_file(const char *path, const struct template_scope *scope, gsize *length,
	GPtrArray *warnings, GError **error);

/* Renders a text as such a file, without reading one. */
char *template_render_text(const char *text, gsize text_length, const char *name,
	const struct template_scope *scope, gsize *length, GPtrArray *warnings, GError **error);

/* Evaluates raw as Ansible evaluates task arguments and variables: every string in it that holds
 * template marks is rendered, and natively typed when it is a single expression (safe_eval rules of
 * Ansible 2.14). Values flagged VALUE_UNSAFE are returned as they are. Compiled forms are cached
 * across calls and threads. Caller unrefs. Error positions are raw's own where it has one. */
value *template_evaluate(const value *raw, const struct template_scope *scope, GError **error);

/* Evaluates a bare expression ("a.b is defined and c > 1"), as `when`, `until`, `failed_when` and
 * `var:` hold. expression is a string value (for its position), or a bool. Caller unrefs. */
value *template_expression(
	const value *expression, const struct template_scope *scope, GError **error);

/* The truth of a `when`-like condition: a bool, an expression, or a list of them (all must hold).
 */
gboolean template_condition(const value *condition, const struct template_scope *scope,
	gboolean *ret_truth, GError **error);

/* Checks at load time that every string in raw compiles; with bare, raw is itself an expression (or
 * a list of them). Does not evaluate. */
gboolean template_check(const value *raw, gboolean bare, GError **error);

/* Adds to names (char *, owned by the set) the free variables that raw's templates (with bare: the
 * expression) cannot be evaluated without: used outside `default`, `is defined` and branches that
 * depend on a condition. */
void template_required_names(const value *raw, gboolean bare, GHashTable *names);

/* Whether text holds template marks ({{, {% or {#). */
gboolean template_has_marks(const char *text);

#endif
