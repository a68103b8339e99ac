/* Python's operators on values. */
#ifndef SUTLER_JINJA_OPERATORS_H
#define SUTLER_JINJA_OPERATORS_H

#include "jinja/engine/evaluate.h"

/* New reference, NULL on failure. */
value *operate(struct jinja_evaluation *e, enum operator op, const value *a, const value *b);
/* The same for two numbers. */
value *number_operate(struct jinja_evaluation *e, enum operator op, const value *a, const value *b);
/* Sets the error that op does not go with these types; returns NULL. */
value *operator_unsupported(
	struct jinja_evaluation *e, enum operator op, const value *a, const value *b);
value *negate(struct jinja_evaluation *e, const value *v, gboolean positive);
/* -1 on failure, else the truth. */
int compare(struct jinja_evaluation *e, enum operator op, const value *a, const value *b);
/* a == b as Python sees it inside lists: a value is itself; else what is undefined cannot be
 * compared. -1 on failure. */
int same_value(struct jinja_evaluation *e, const value *a, const value *b);
/* a < b as sort needs it: sets *ret to negative, 0 or positive; FALSE when not ordered. */
gboolean order(struct jinja_evaluation *e, const value *a, const value *b, int *ret);
int contains(struct jinja_evaluation *e, const value *container, const value *item);
int truth(struct jinja_evaluation *e, const value *v);
/* s[a:b:c] of a string, list or tuple. */
value *slice_of(struct jinja_evaluation *e, const value *v, const value *from, const value *to,
	const value *by);
gboolean is_number(const value *v);
double number_of(const value *v); /* of a number */
/* TRUE for bool and int */
gboolean is_integer(const value *v, gint64 *ret);
/* v too deeply nested to be put into something */
gboolean check_depth(struct jinja_evaluation *e, const value *v);
gboolean check_size(struct jinja_evaluation *e, gsize bytes);
gboolean check_items(struct jinja_evaluation *e, gsize items);

#endif
