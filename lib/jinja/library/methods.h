/* Methods of str, list, dict and numbers. */
#ifndef SUTLER_JINJA_METHODS_H
#define SUTLER_JINJA_METHODS_H

#include "jinja/engine/table.h"

struct method {
	const char *name;
	const char *signature;
	call_function run;
};

/* The method of v's type, or NULL. */
const struct method *method_find(const value *v, const char *name);
gboolean method_of_dict(const char *name);
value *method_run(struct evaluation *e, const struct method *method, value *self,
	value *const *positional, guint n, value *named);

/* A call's input that is an object with the methods of a mapping, as a dict; with an error of its
 * evaluation, what was known before. Caller unrefs. */
value *mapping_copy(struct call *c);

#endif
