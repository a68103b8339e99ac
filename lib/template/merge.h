/* Merging dicts, as Ansible's merge_hash() does. */
#ifndef SUTLER_TEMPLATE_MERGE_H
#define SUTLER_TEMPLATE_MERGE_H

#include "value/value.h"

enum merge_lists {
	MERGE_REPLACE,
	MERGE_KEEP,
	MERGE_APPEND,
	MERGE_PREPEND,
	MERGE_APPEND_RP,
	MERGE_PREPEND_RP,
};

struct merge_style {
	gboolean recursive;
	enum merge_lists lists;
};

gboolean merge_list_style(const char *name, enum merge_lists *ret);
/* A new dict; what is in y wins. Caller unrefs. */
value *merge_dicts(const value *x, const value *y, const struct merge_style *style);

#endif
