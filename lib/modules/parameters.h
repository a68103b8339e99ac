/* Parameter tables: finding, checking and converting arguments. Used by call.c only. */
#ifndef SUTLER_MODULES_PARAMETERS_H
#define SUTLER_MODULES_PARAMETERS_H

#include "modules/module.h"

/* The row for a name or alias, also of the attributes every file module takes; NULL: none. */
const struct parameter *parameter_find(const struct module *m, const char *name);

/* Calls visit for every row of a module, attributes included. */
typedef void (*parameter_visitor)(const struct parameter *row, gpointer data);
void parameter_visit(const struct module *m, parameter_visitor visit, gpointer data);

/* The error for a name that is not in the table. */
void parameter_set_unknown(
	GError **error, const struct module *m, const char *name, struct position at);

/* v as the row's type; caller unrefs. Errors: SUTLER_ERROR_USAGE, located at v or at. */
value *parameter_convert(const struct module *m, const struct parameter *row, const value *v,
	struct position at, GError **error);

/* Whether arguments, evaluated or not, keep the rules of m. Errors: SUTLER_ERROR_USAGE, at. */
gboolean rules_hold(
	const struct module *m, const value *arguments, struct position at, GError **error);

/* What arguments give for a row, by its name or an alias; NULL: nothing, or null. Borrowed. */
const value *parameter_given(const value *arguments, const struct parameter *row);

/* Whether a template stands in v or in what it holds. */
gboolean parameter_has_template(const value *v);

/* Splits `validate` into words, as Ansible does: it is run without a shell, and the path of the new
 * file stays one word wherever %s stands. Errors: no %s in it, quotes that are not closed. */
gboolean validate_prepare(call *c, GError **error);

/* Whether a text that goes to a shell or to functions of C holds a NUL, which would end it. */
gboolean parameter_holds_nul(const value *v);

/* Appends " p_NAME=..." for a converted value. */
void parameter_append_shell(GString *out, const struct parameter *row, const value *v);

#endif
