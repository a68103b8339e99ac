/* The order in which a dict's entries are written: its own, or Python's sorted(). */
#ifndef SUTLER_VALUE_ORDER_H
#define SUTLER_VALUE_ORDER_H

#include "value/value.h"

/* The positions of dict's entries in the order to write them (value_dict_length() of them). With
 * sort they are sorted by key; keys Python cannot compare (a string with a number) are
 * SUTLER_ERROR_USAGE. Caller frees; never NULL without an error. */
guint *value_dict_order(const value *dict, gboolean sort, GError **error);

#endif
