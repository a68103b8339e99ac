/* Binding arguments to the parameters of a signature, and running what they were bound for. */
#include <string.h>

#include "base/suggest.h"
#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/syntax/signature.h"

/* Counts the named arguments that were used; the others must be taken by "**". */
static gboolean check_named(struct jinja_call *call, const char *what, const char *signature,
	value *named, guint used, gboolean takes)
{
	if (named == NULL || value_dict_length(named) == used) {
		return TRUE;
	}
	g_autoptr(value) rest = value_new_dict();
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct parameter p;
	for (const char *s = signature; (s = parameter_next(s, &p)) != NULL;) {
		if (parameter_is_slash(&p)) {
			g_ptr_array_set_size(names, 0);
		} else {
			g_ptr_array_add(names, g_strndup(p.name, p.length));
		}
	}
	value_dict_foreach (named, key, item) {
		gboolean known = FALSE;
		for (guint i = 0; i < names->len && !known; i++) {
			known = strcmp(names->pdata[i], value_string(key)) == 0;
		}
		if (known) {
			continue;
		}
		if (!takes) {
			g_autofree char *hint = suggest_phrase(
				value_string(key), (const char *const *)names->pdata, names->len);
			jinja_fail_usage(call->e, "%s '%s' has no argument '%s'%s", what,
				call->name, value_string(key), hint);
			return FALSE;
		}
		value_dict_set_value(rest, value_ref(key), value_ref(item));
	}
	/* The rest lives as long as the arguments do: it is kept inside them. */
	call->named = value_dict_length(rest) > 0 ? g_steal_pointer(&rest) : NULL;
	return TRUE;
}

gboolean arg_bind(struct jinja_call *call, const char *what, const char *signature,
	value *const *positional, guint n, value *named)
{
	guint taken = 0;
	guint used = 0;
	gboolean takes_more = FALSE;
	gboolean takes_named = FALSE;
	const char *slash = strchr(signature, '/');
	struct parameter p;
	call->n = 0;
	for (const char *s = signature; (s = parameter_next(s, &p)) != NULL;) {
		if (parameter_is_star(&p)) {
			takes_more = TRUE;
			call->extra = positional + taken;
			call->n_extra = n - taken;
			continue;
		}
		if (parameter_is_double_star(&p)) {
			takes_named = TRUE;
			continue;
		}
		if (parameter_is_slash(&p)) {
			continue;
		}
		value *v = taken < n && !takes_more ? positional[taken] : NULL;
		value *by_name = named != NULL && (slash == NULL || p.name > slash)
					 ? value_dict_get_length(named, p.name, p.length)
					 : NULL;
		if (v != NULL && by_name != NULL) {
			jinja_fail_usage(call->e, "%s '%s' got argument '%.*s' twice", what,
				call->name, (int)p.length, p.name);
			return FALSE;
		}
		used += by_name != NULL;
		taken += v != NULL;
		v = v != NULL ? v : by_name;
		if (v == NULL && p.required) {
			jinja_fail_usage(call->e, "%s '%s' needs the argument '%.*s'", what,
				call->name, (int)p.length, p.name);
			return FALSE;
		}
		g_assert(call->n < JINJA_ARGUMENTS);
		call->arguments[call->n++] = v;
	}
	if (taken < n && !takes_more) {
		jinja_fail_usage(call->e, "%s '%s' accepts at most %u argument(s), got %u", what,
			call->name, taken, n);
		return FALSE;
	}
	return check_named(call, what, signature, named, used, takes_named);
}

/* --- running --- */

static inline gboolean has_arguments(const struct jinja_call *call)
{
	return !call->constant && (call->n > 0 || call->n_extra > 0 || call->named != NULL);
}

/* The first argument that is undefined, except for those of lazy (see struct jinja_filter). */
static const value *undefined_argument(const struct jinja_call *call, guint lazy)
{
	for (guint i = 0; i < call->n; i++) {
		if (!(lazy & JINJA_LAZY(i)) && undefined_of(call->arguments[i]) != NULL) {
			return call->arguments[i];
		}
	}
	for (guint i = 0; lazy == 0 && i < call->n_extra; i++) {
		if (undefined_of(call->extra[i]) != NULL) {
			return call->extra[i];
		}
	}
	gsize n = lazy == 0 && call->named != NULL ? value_dict_length(call->named) : 0;
	for (gsize i = 0; i < n; i++) {
		if (undefined_of(value_dict_item_at(call->named, i)) != NULL) {
			return value_dict_item_at(call->named, i);
		}
	}
	return NULL;
}

static gboolean check_defined(const struct jinja_call *call, guint lazy)
{
	const value *undefined = undefined_argument(call, lazy);
	if (undefined != NULL) {
		jinja_fail_undefined(call->e, undefined);
	}
	return undefined == NULL;
}

/* What must survive of the arguments' flags. */
static guint argument_flags(const struct jinja_call *call)
{
	guint flags = 0;
	for (guint i = 0; i < call->n; i++) {
		flags |= call->arguments[i] != NULL ? flags_deep(call->arguments[i]) : 0;
	}
	for (guint i = 0; i < call->n_extra; i++) {
		flags |= flags_deep(call->extra[i]);
	}
	return flags | (call->named != NULL ? flags_deep(call->named) : 0);
}

/* Text made of flagged text is flagged too. */
static value *flag_result(value *result, const value *input, const struct jinja_call *call)
{
	guint flags = 0;
	if (value_is(result, VALUE_STRING)) {
		flags = (has_arguments(call) ? argument_flags(call) : 0) | flags_deep(input);
	} else if (value_is_sequence(result) || value_is(result, VALUE_DICT)) {
		flags = argument_flags(call);
		flags |= value_is(input, VALUE_STRING) ? value_flags(input) & FLAGS_KEPT : 0;
	}
	if (flags == 0 ||
		(value_is(result, VALUE_STRING) && (value_flags(result) & flags) == flags)) {
		return result;
	}
	value *flagged = value_with_flags(result, flags);
	value_unref(result);
	return flagged;
}

/* Whether v is just an argument, or an item or key of the input. */
static gboolean is_part(const value *v, const struct jinja_call *call)
{
	const value *input = call->input;
	for (guint i = 0; i < call->n; i++) {
		if (call->arguments[i] == v) {
			return TRUE;
		}
	}
	if (value_is_sequence(input)) {
		value_list_foreach (input, item) {
			if (item == v) {
				return TRUE;
			}
		}
	} else if (value_is(input, VALUE_DICT)) {
		value_dict_foreach (input, key, item) {
			if (key == v || item == v) {
				return TRUE;
			}
		}
	}
	return FALSE;
}

/* What comes out of filters is a list where it was a range. */
static value *unrolled_range(struct jinja_evaluation *e, value *result)
{
	if (value_object(result, &range_class) == NULL) {
		return result;
	}
	value *list =
		check_items(e, sequence_length(result)) ? value_list_copy_sequence(result) : NULL;
	value_unref(result);
	return list;
}

static inline value *unrolled(struct jinja_evaluation *e, value *result)
{
	return G_LIKELY(!value_is(result, VALUE_OBJECT)) ? result : unrolled_range(e, result);
}

/* What is undefined deep inside the input of a filter that made text of it. */
static const value *undefined_in_text(
	const struct jinja_filter *f, const value *result, const struct jinja_call *call)
{
	if (f->undefined || !value_is(result, VALUE_STRING) ||
		(f->keys && value_is(call->input, VALUE_DICT)) ||
		value_is(call->input, VALUE_STRING) || value_is_clean(call->input) ||
		is_part(result, call)) {
		return NULL;
	}
	return undefined_inside(call->input);
}

/* Gives a call whose input may not be undefined its input, or fails. *empty is to be unref'd. */
static gboolean defined_input(struct jinja_call *call, gboolean strict, value **empty)
{
	const struct undefined *u = undefined_of(call->input);
	if (u == NULL) {
		return TRUE;
	}
	if (!u->lenient || strict) {
		jinja_fail_undefined(call->e, call->input);
		return FALSE;
	}
	call->input = *empty = value_new_string("");
	return TRUE;
}

/* Nothing in v needs to be kept track of in what is made of it. */
static inline gboolean is_harmless(const value *v)
{
	gboolean simple = !value_is_sequence(v) && !value_is(v, VALUE_DICT);
	return simple ? (value_flags(v) & FLAGS_KEPT) == 0 : value_is_clean(v);
}

value *filter_apply(const struct jinja_filter *f, struct jinja_call *call)
{
	g_autoptr(value) empty = NULL;
	g_autoptr(value) valid = NULL;
	const value *input = call->input;
	if (G_UNLIKELY(value_flags(input) & VALUE_BYTES) && !f->bytes) {
		if (f->utf8) {
			return jinja_fail_usage(
				call->e, "'%s' needs text, the input is not valid UTF-8", f->name);
		}
		valid = value_valid(input);
		call->input = valid;
	}
	if (!f->undefined && (!defined_input(call, f->strict, &empty) ||
				     (has_arguments(call) && !check_defined(call, f->lazy)))) {
		return NULL;
	}
	value *result = f->run(call);
	if (result == NULL) {
		return NULL;
	}
	if (call->constant && !f->text && is_harmless(input)) {
		return unrolled(call->e, result);
	}
	/* No text is made of what is undefined, however deep inside. */
	const value *inside = undefined_in_text(f, result, call);
	if (inside != NULL) {
		value_unref(result);
		return jinja_fail_undefined(call->e, inside);
	}
	result = flag_result(result, input, call);
	if (f->text && value_is(result, VALUE_STRING)) {
		guint flags = (value_flags(result) & ~(guint)VALUE_MARKUP) | VALUE_TEXT;
		value *text = value_new_string_flags(
			value_string(result), value_string_length(result), flags);
		value_unref(result);
		return text;
	}
	return unrolled(call->e, result);
}

value *filter_run(struct jinja_evaluation *e, const struct jinja_filter *f, value *input,
	value *const *positional, guint n, value *named)
{
	struct jinja_call call;
	call_start(&call, e, f->name, input);
	value *result = arg_bind(&call, "filter", f->signature, positional, n, named)
				? filter_apply(f, &call)
				: NULL;
	value_unref(call.named);
	return result;
}

int test_apply(const struct jinja_test *t, struct jinja_call *call)
{
	g_autoptr(value) empty = NULL;
	g_autoptr(value) valid = NULL;
	gboolean is = FALSE;
	if (G_UNLIKELY(value_flags(call->input) & VALUE_BYTES)) {
		valid = value_valid(call->input);
		call->input = valid;
	}
	if (!t->undefined && (!defined_input(call, t->strict, &empty) ||
				     (has_arguments(call) && !check_defined(call, 0)))) {
		return -1;
	}
	return t->run(call, &is) ? is : -1;
}

int test_run(struct jinja_evaluation *e, const struct jinja_test *t, value *input,
	value *const *positional, guint n, value *named)
{
	struct jinja_call call;
	call_start(&call, e, t->name, input);
	int is = arg_bind(&call, "test", t->signature, positional, n, named) ? test_apply(t, &call)
									     : -1;
	value_unref(call.named);
	return is;
}

value *global_run(struct jinja_evaluation *e, const struct jinja_global *g,
	value *const *positional, guint n, value *named)
{
	struct jinja_call call;
	call_start(&call, e, g->name, NULL);
	value *result = arg_bind(&call, "function", g->signature, positional, n, named)
				? g->run(&call)
				: NULL;
	value_unref(call.named);
	return result;
}

static gboolean all_defined(struct jinja_evaluation *e, value *const *positional, guint n)
{
	for (guint i = 0; i < n; i++) {
		if (undefined_of(positional[i]) != NULL) {
			jinja_fail_undefined(e, positional[i]);
			return FALSE;
		}
	}
	return TRUE;
}

value *method_run(struct jinja_evaluation *e, const struct jinja_method *method, value *self,
	value *const *positional, guint n, value *named)
{
	g_autoptr(value) valid = value_valid(self);
	struct jinja_call call;
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

/* --- arguments as C types --- */

value *jinja_arg_text(struct jinja_call *call)
{
	const value *inside = undefined_inside(call->input);
	return inside != NULL ? jinja_fail_undefined(call->e, inside) : text_of(call->input);
}

gboolean jinja_arg_int(struct jinja_call *call, guint i, gint64 otherwise, gint64 *ret)
{
	const value *v = call->arguments[i];
	if (v == NULL) {
		*ret = otherwise;
		return TRUE;
	}
	if (is_integer(v, ret)) {
		return TRUE;
	}
	jinja_fail_usage(call->e, "'%s' needs an integer, not %s", call->name, value_type_name(v));
	return FALSE;
}

gboolean jinja_arg_int_or_none(struct jinja_call *call, guint i, gint64 otherwise, gint64 *ret)
{
	if (value_is(call->arguments[i], VALUE_NULL)) {
		*ret = otherwise;
		return TRUE;
	}
	return jinja_arg_int(call, i, otherwise, ret);
}

gboolean jinja_arg_bool(struct jinja_call *call, guint i, gboolean otherwise)
{
	const value *v = call->arguments[i];
	return v == NULL ? otherwise : value_truth(v);
}

const char *jinja_arg_string(struct jinja_call *call, guint i, const char *otherwise)
{
	const value *v = call->arguments[i];
	if (v == NULL) {
		return otherwise;
	}
	if (value_is(v, VALUE_STRING)) {
		return value_string(v);
	}
	return jinja_fail_usage(
		call->e, "'%s' needs a string, not %s", call->name, value_type_name(v));
}

value *jinja_arg_list(struct jinja_call *call, const value *v)
{
	g_autoptr(value) items = iterate(call->e, v);
	if (items == NULL) {
		return jinja_fail_usage(call->e, "'%s': '%s' object is not iterable", call->name,
			value_type_name(v));
	}
	if (value_is_sequence(items)) {
		return g_steal_pointer(&items);
	}
	return check_items(call->e, sequence_length(items)) ? value_list_copy_sequence(items)
							    : NULL;
}
