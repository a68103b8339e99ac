/* Finding filters, tests, lookups and globals by name, and binding their arguments. */
#include "template/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "template/frame.h"
#include "template/objects.h"
#include "template/operators.h"
#include "template/text.h"

struct family {
	const void *rows;
	const gsize *n;
};

static const struct family filter_families[] = {
	{ filters_ansible, &n_filters_ansible },
	{ filters_data, &n_filters_data },
	{ filters_hash, &n_filters_hash },
	{ filters_html, &n_filters_html },
	{ filters_list, &n_filters_list },
	{ filters_number, &n_filters_number },
	{ filters_path, &n_filters_path },
	{ filters_regex, &n_filters_regex },
	{ filters_select, &n_filters_select },
	{ filters_set, &n_filters_set },
	{ filters_string, &n_filters_string },
	{ filters_time, &n_filters_time },
};

static const struct family test_families[] = {
	{ tests_ansible, &n_tests_ansible },
	{ tests_basic, &n_tests_basic },
};

/* Every row starts with its name. */
static int compare_name(gconstpointer name, gconstpointer row)
{
	return strcmp(name, *(const char *const *)row);
}

static gconstpointer find(const struct family *families, gsize n, gsize size, const char *name)
{
	static const char *const prefixes[] = { "ansible.builtin.", "ansible.legacy." };
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		if (g_str_has_prefix(name, prefixes[i])) {
			name += strlen(prefixes[i]);
			break;
		}
	}
	for (gsize i = 0; i < n; i++) {
		gconstpointer row =
			bsearch(name, families[i].rows, *families[i].n, size, compare_name);
		if (row != NULL) {
			return row;
		}
	}
	return NULL;
}

/* Known elsewhere, and what to say about it. */
static const struct refusal {
	const char *name;
	const char *why;
} refusals[] = {
	{ "cidr_merge",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "community.general.json_query",
		"is not supported (JMESPath): use selectattr, map and the like" },
	{ "ipaddr",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipmath",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipsubnet",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipv4",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipv6",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipwrap",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "json_query", "is not supported (JMESPath): use selectattr, map and the like" },
	{ "win_basename", "is not supported: Windows hosts are not" },
	{ "win_dirname", "is not supported: Windows hosts are not" },
	{ "win_splitdrive", "is not supported: Windows hosts are not" },
};

static char *explain(
	const struct family *families, gsize n, gsize size, const char *what, const char *name)
{
	const struct refusal *refusal =
		bsearch(name, refusals, G_N_ELEMENTS(refusals), sizeof refusals[0], compare_name);
	if (refusal == NULL && g_str_has_prefix(name, "ansible.utils.ip")) {
		refusal = &refusals[2];
	}
	if (refusal != NULL) {
		return g_strdup_printf("%s '%s' %s", what, name, refusal->why);
	}
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	for (gsize i = 0; i < n; i++) {
		for (gsize k = 0; k < *families[i].n; k++) {
			const char *row = (const char *)families[i].rows + k * size;
			g_ptr_array_add(names, (gpointer) * (const char *const *)(const void *)row);
		}
	}
	g_autofree char *hint = suggest_phrase(name, (const char *const *)names->pdata, names->len);
	return g_strdup_printf("unknown %s '%s'%s", what, name, hint);
}

const struct filter *filter_find(const char *name, char **why)
{
	const struct filter *row =
		find(filter_families, G_N_ELEMENTS(filter_families), sizeof *row, name);
	if (row == NULL && why != NULL) {
		*why = explain(filter_families, G_N_ELEMENTS(filter_families), sizeof *row,
			"filter", name);
	}
	return row;
}

const struct test *test_find(const char *name, char **why)
{
	const struct test *row =
		find(test_families, G_N_ELEMENTS(test_families), sizeof *row, name);
	if (row == NULL && why != NULL) {
		*why = explain(
			test_families, G_N_ELEMENTS(test_families), sizeof *row, "test", name);
	}
	return row;
}

const struct global *lookup_find(const char *name, char **why)
{
	const struct family family = { lookups, &n_lookups };
	const struct global *row = find(&family, 1, sizeof *row, name);
	if (row == NULL && why != NULL) {
		*why = explain(&family, 1, sizeof *row, "lookup", name);
	}
	return row;
}

const struct global *global_find(const char *name)
{
	return bsearch(name, globals, n_globals, sizeof globals[0], compare_name);
}

void table_each(const char *kind,
	void (*each)(
		const char *name, const char *signature, const char *documentation, gpointer data),
	gpointer data)
{
	if (strcmp(kind, "filter") == 0) {
		for (gsize i = 0; i < G_N_ELEMENTS(filter_families); i++) {
			const struct filter *rows = filter_families[i].rows;
			for (gsize k = 0; k < *filter_families[i].n; k++) {
				each(rows[k].name, rows[k].signature, rows[k].documentation, data);
			}
		}
	} else if (strcmp(kind, "test") == 0) {
		for (gsize i = 0; i < G_N_ELEMENTS(test_families); i++) {
			const struct test *rows = test_families[i].rows;
			for (gsize k = 0; k < *test_families[i].n; k++) {
				each(rows[k].name, rows[k].signature, rows[k].documentation, data);
			}
		}
	} else {
		gboolean is_lookup = strcmp(kind, "lookup") == 0;
		const struct global *rows = is_lookup ? lookups : globals;
		for (gsize k = 0; k < (is_lookup ? n_lookups : n_globals); k++) {
			each(rows[k].name, rows[k].signature, rows[k].documentation, data);
		}
	}
}

/* --- arguments --- */

/* One word of a signature. */
struct parameter {
	const char *name;
	gsize length;
	gboolean required;
};

static const char *next_parameter(const char *signature, struct parameter *p)
{
	while (*signature == ' ') {
		signature++;
	}
	p->name = signature;
	p->length = strcspn(signature, " ");
	signature += p->length;
	p->required = p->length > 0 && p->name[p->length - 1] == '!';
	p->length -= p->required;
	return signature;
}

static gboolean is_star(const struct parameter *p, const char *star)
{
	return p->length == strlen(star) && strncmp(p->name, star, p->length) == 0;
}

/* Counts the named arguments that were used; the others must be taken by "**". */
static gboolean check_named(struct call *call, const char *what, const char *signature,
	value *named, guint used, gboolean takes)
{
	if (named == NULL || value_dict_length(named) == used) {
		return TRUE;
	}
	g_autoptr(value) rest = value_new_dict();
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct parameter p;
	for (const char *s = signature; *(s = next_parameter(s, &p), p.name) != '\0';) {
		if (is_star(&p, "/")) {
			g_ptr_array_set_size(names, 0);
			continue;
		}
		g_ptr_array_add(names, g_strndup(p.name, p.length));
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
			template_fail_usage(call->e, "%s '%s' has no argument '%s'%s", what,
				call->name, value_string(key), hint);
			return FALSE;
		}
		value_dict_set_value(rest, value_ref(key), value_ref(item));
	}
	/* The rest lives as long as the arguments do: it is kept inside them. */
	call->named = value_dict_length(rest) > 0 ? g_steal_pointer(&rest) : NULL;
	return TRUE;
}

gboolean arg_bind(struct call *call, const char *what, const char *signature,
	value *const *positional, guint n, value *named)
{
	guint taken = 0;
	guint used = 0;
	guint at = 0;
	gboolean takes_more = FALSE;
	gboolean takes_named = FALSE;
	const char *slash = strchr(signature, '/');
	struct parameter p;
	for (const char *s = signature; *(s = next_parameter(s, &p), p.name) != '\0';) {
		if (is_star(&p, "*")) {
			takes_more = TRUE;
			call->extra = positional + taken;
			call->n_extra = n - taken;
			continue;
		}
		if (is_star(&p, "**")) {
			takes_named = TRUE;
			continue;
		}
		if (is_star(&p, "/")) {
			continue;
		}
		value *v = taken < n && !takes_more ? positional[taken] : NULL;
		g_autofree char *name =
			named != NULL || v == NULL ? g_strndup(p.name, p.length) : NULL;
		value *by_name = named != NULL && (slash == NULL || p.name > slash)
					 ? value_dict_get(named, name)
					 : NULL;
		if (v != NULL && by_name != NULL) {
			template_fail_usage(
				call->e, "%s '%s' got argument '%s' twice", what, call->name, name);
			return FALSE;
		}
		used += by_name != NULL;
		taken += v != NULL;
		v = v != NULL ? v : by_name;
		if (v == NULL && p.required) {
			template_fail_usage(
				call->e, "%s '%s' needs the argument '%s'", what, call->name, name);
			return FALSE;
		}
		g_assert(at < CALL_ARGUMENTS);
		call->arguments[at++] = v;
	}
	if (taken < n && !takes_more) {
		template_fail_usage(call->e, "%s '%s' takes at most %u argument(s), got %u", what,
			call->name, taken, n);
		return FALSE;
	}
	return check_named(call, what, signature, named, used, takes_named);
}

static gboolean check_defined(struct call *call, value *const *positional, guint n, value *named)
{
	for (guint i = 0; i < n; i++) {
		if (undefined_of(positional[i]) != NULL) {
			template_fail_undefined(call->e, positional[i]);
			return FALSE;
		}
	}
	if (named != NULL) {
		value_dict_foreach (named, key, item) {
			(void)key;
			if (undefined_of(item) != NULL) {
				template_fail_undefined(call->e, item);
				return FALSE;
			}
		}
	}
	return TRUE;
}

/* What must survive of the arguments' flags. */
static guint argument_flags(value *const *positional, guint n, value *named)
{
	guint flags = 0;
	for (guint i = 0; i < n; i++) {
		flags |= flags_deep(positional[i]);
	}
	return flags | (named != NULL ? flags_deep(named) : 0);
}

/* Text made of flagged text is flagged too. */
static value *flag_result(
	value *result, const value *input, value *const *positional, guint n, value *named)
{
	guint flags = 0;
	if (value_is(result, VALUE_STRING)) {
		flags = argument_flags(positional, n, named) |
			(input != NULL ? flags_deep(input) : 0);
	} else if (value_is_sequence(result) || value_is(result, VALUE_DICT)) {
		flags = argument_flags(positional, n, named);
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

/* Whether v is just an item or key of the input. */
static gboolean is_part(const value *v, const value *input)
{
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

/* Ansible makes lists of the ranges that come out of filters. */
static value *unrolled(struct evaluation *e, value *result)
{
	if (value_object(result, &range_class) == NULL) {
		return result;
	}
	value *list =
		check_items(e, sequence_length(result)) ? value_list_copy_sequence(result) : NULL;
	value_unref(result);
	return list;
}

value *filter_run(struct evaluation *e, const struct filter *f, value *input,
	value *const *positional, guint n, value *named)
{
	struct call call = { .e = e, .name = f->name, .input = input };
	const struct undefined *u = undefined_of(input);
	g_autoptr(value) nothing = NULL;
	if (u != NULL && !f->undefined) {
		if (!u->lenient) {
			return template_fail_undefined(e, input);
		}
		call.input = nothing = value_new_string("");
	}
	if (!f->undefined && !check_defined(&call, positional, n, named)) {
		return NULL;
	}
	if (!arg_bind(&call, "filter", f->signature, positional, n, named)) {
		return NULL;
	}
	value *result = f->run(&call);
	value_unref(call.named);
	if (result == NULL) {
		return NULL;
	}
	/* No text is made of what is undefined, however deep inside. */
	const value *inside =
		f->undefined || !value_is(result, VALUE_STRING) || is_part(result, call.input)
			? NULL
			: undefined_inside(call.input);
	if (inside != NULL) {
		value_unref(result);
		return template_fail_undefined(e, inside);
	}
	result = flag_result(result, input, positional, n, named);
	if (f->text && value_is(result, VALUE_STRING)) {
		value *text = value_with_flags(result, VALUE_TEXT);
		value_unref(result);
		return text;
	}
	return unrolled(e, result);
}

int test_run(struct evaluation *e, const struct test *t, value *input, value *const *positional,
	guint n, value *named)
{
	struct call call = { .e = e, .name = t->name, .input = input };
	const struct undefined *u = undefined_of(input);
	g_autoptr(value) nothing = NULL;
	if (u != NULL && !t->undefined) {
		if (!u->lenient) {
			template_fail_undefined(e, input);
			return -1;
		}
		call.input = nothing = value_new_string("");
	}
	if (!t->undefined && !check_defined(&call, positional, n, named)) {
		return -1;
	}
	gboolean is = FALSE;
	if (!arg_bind(&call, "test", t->signature, positional, n, named) || !t->run(&call, &is)) {
		value_unref(call.named);
		return -1;
	}
	value_unref(call.named);
	return is;
}

value *global_run(struct evaluation *e, const struct global *g, value *const *positional, guint n,
	value *named)
{
	struct call call = { .e = e, .name = g->name };
	if (!arg_bind(&call, "function", g->signature, positional, n, named)) {
		return NULL;
	}
	value *result = g->run(&call);
	value_unref(call.named);
	return result;
}

value *arg_text(struct call *call)
{
	const value *inside = undefined_inside(call->input);
	return inside != NULL ? template_fail_undefined(call->e, inside) : text_of(call->input);
}

gboolean arg_int(struct call *call, guint i, gint64 otherwise, gint64 *ret)
{
	const value *v = call->arguments[i];
	if (v == NULL) {
		*ret = otherwise;
		return TRUE;
	}
	if (is_integer(v, ret)) {
		return TRUE;
	}
	template_fail_usage(
		call->e, "'%s' needs an integer, not %s", call->name, value_type_name(v));
	return FALSE;
}

gboolean arg_int_or_none(struct call *call, guint i, gint64 otherwise, gint64 *ret)
{
	if (value_is(call->arguments[i], VALUE_NULL)) {
		*ret = otherwise;
		return TRUE;
	}
	return arg_int(call, i, otherwise, ret);
}

gboolean arg_bool(struct call *call, guint i, gboolean otherwise)
{
	const value *v = call->arguments[i];
	return v == NULL ? otherwise : value_truth(v);
}

const char *arg_string(struct call *call, guint i, const char *otherwise)
{
	const value *v = call->arguments[i];
	if (v == NULL) {
		return otherwise;
	}
	if (value_is(v, VALUE_STRING)) {
		return value_string(v);
	}
	return template_fail_usage(
		call->e, "'%s' needs a string, not %s", call->name, value_type_name(v));
}

value *arg_list(struct call *call, const value *v)
{
	g_autoptr(value) items = iterate(call->e, v);
	if (items == NULL) {
		return template_fail_usage(call->e, "'%s': '%s' object is not iterable", call->name,
			value_type_name(v));
	}
	if (value_is_sequence(items)) {
		return g_steal_pointer(&items);
	}
	if (!check_items(call->e, sequence_length(items))) {
		return NULL;
	}
	value *list = value_new_list();
	for (gsize i = 0; i < sequence_length(items); i++) {
		value_list_append(list, sequence_get(items, i));
	}
	return list;
}
