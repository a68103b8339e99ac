/* Methods of str, list, dict and numbers: finding and running them. */
#include "jinja/library/methods.h"

#include <stdlib.h>
#include <string.h>

#include "jinja/engine/objects.h"

extern const struct method methods_string[], methods_list[], methods_dict[], methods_tuple[],
	methods_mapping[], methods_int[], methods_float[];
extern const gsize n_methods_string, n_methods_list, n_methods_dict, n_methods_tuple,
	n_methods_mapping, n_methods_int, n_methods_float;

static int compare_name(gconstpointer name, gconstpointer row)
{
	return strcmp(name, ((const struct method *)row)->name);
}

gboolean method_of_dict(const char *name)
{
	return bsearch(name, methods_dict, n_methods_dict, sizeof *methods_dict, compare_name) !=
	       NULL;
}

const struct method *method_find(const value *v, const char *name)
{
	const struct method *rows = NULL;
	gsize n = 0;
	switch (value_type(v)) {
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
		if (!value_object_class(v)->mapping) {
			return NULL;
		}
		rows = methods_mapping;
		n = n_methods_mapping;
		break;
	default:
		return NULL;
	}
	return bsearch(name, rows, n, sizeof *rows, compare_name);
}

static gboolean all_defined(struct evaluation *e, value *const *positional, guint n)
{
	for (guint i = 0; i < n; i++) {
		if (undefined_of(positional[i]) != NULL) {
			template_fail_undefined(e, positional[i]);
			return FALSE;
		}
	}
	return TRUE;
}

value *method_run(struct evaluation *e, const struct method *method, value *self,
	value *const *positional, guint n, value *named)
{
	g_autoptr(value) valid = value_valid(self);
	struct call call;
	call_start(&call, e, method->name, valid);
	/* a format need not use all it is given */
	gboolean lenient = value_is(self, VALUE_DICT) || value_is(self, VALUE_LIST) ||
			   g_str_has_prefix(method->name, "format") ||
			   value_object(self, &loop_class) != NULL;
	if ((!lenient && !all_defined(e, positional, n)) ||
		!arg_bind(&call, "method", method->signature, positional, n, named)) {
		return NULL;
	}
	value *result = method->run(&call);
	value_unref(call.named);
	if (result != NULL && value_is(self, VALUE_STRING) &&
		(value_flags(self) & FLAGS_KEPT) != 0) {
		value *flagged = value_with_flags(result, value_flags(self) & FLAGS_KEPT);
		value_unref(result);
		return flagged;
	}
	return result;
}
