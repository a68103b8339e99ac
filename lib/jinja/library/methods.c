/* Methods of str, list, dict and numbers: the tables of all types. */
#include "jinja/library/library.h"

#include <stdlib.h>
#include <string.h>

extern const struct jinja_method methods_string[], methods_list[], methods_dict[], methods_tuple[],
	methods_mapping[], methods_int[], methods_float[];
extern const gsize n_methods_string, n_methods_list, n_methods_dict, n_methods_tuple,
	n_methods_mapping, n_methods_int, n_methods_float;

static int compare_name(gconstpointer name, gconstpointer row)
{
	return strcmp(name, ((const struct jinja_method *)row)->name);
}

const struct jinja_method *methods_find(enum value_type type, const char *name)
{
	const struct jinja_method *rows = NULL;
	gsize n = 0;
	switch (type) {
	case VALUE_STRING:
		rows = methods_string;
		n = n_methods_string;
		break;
	case VALUE_LIST:
		rows = methods_list;
		n = n_methods_list;
		break;
	case VALUE_TUPLE:
		rows = methods_tuple;
		n = n_methods_tuple;
		break;
	case VALUE_DICT:
		rows = methods_dict;
		n = n_methods_dict;
		break;
	case VALUE_INT:
	case VALUE_BOOL:
		rows = methods_int;
		n = n_methods_int;
		break;
	case VALUE_FLOAT:
		rows = methods_float;
		n = n_methods_float;
		break;
	case VALUE_OBJECT:
		rows = methods_mapping;
		n = n_methods_mapping;
		break;
	default:
		return NULL;
	}
	return bsearch(name, rows, n, sizeof *rows, compare_name);
}
