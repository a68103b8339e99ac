/* The functions lookup and query. */
#include <string.h>

#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "template/environment.h"
#include "template/run.h"

/* Takes a named argument out. */
static value *take(value *named, const char *name)
{
	value *v = named != NULL ? value_dict_get(named, name) : NULL;
	if (v != NULL) {
		g_autoptr(value) key = value_new_string(name);
		value_ref(v);
		value_dict_remove(named, key);
	}
	return v;
}

static gboolean is_row(const value *v)
{
	return value_is_sequence(v) || value_object(v, &range_class) != NULL;
}

/* Whether v holds a tuple or range: mostly none does, and nothing is to be copied. */
static gboolean has_rows(const value *v)
{
	if (value_is(v, VALUE_LIST)) {
		value_list_foreach (v, item) {
			if (has_rows(item)) {
				return TRUE;
			}
		}
	} else if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			(void)key;
			if (has_rows(item)) {
				return TRUE;
			}
		}
	}
	return is_row(v) && !value_is(v, VALUE_LIST);
}

/* v with lists in place of tuples and ranges, at any depth: Ansible evaluates terms like variables.
 * Caller unrefs. */
static value *as_lists(struct jinja_evaluation *e, const value *v)
{
	gboolean row = is_row(v);
	if (!row && !value_is(v, VALUE_DICT)) {
		return value_ref(v);
	}
	g_autoptr(value) copy = row ? value_new_list() : value_new_dict();
	gsize n = row ? sequence_length(v) : value_dict_length(v);
	if (!check_items(e, n)) {
		return NULL;
	}
	for (gsize i = 0; i < n; i++) {
		g_autoptr(value) item =
			row ? sequence_get(v, i) : value_ref(value_dict_item_at(v, i));
		value *changed = as_lists(e, item);
		if (changed == NULL) {
			return NULL;
		}
		if (row) {
			value_list_append(copy, changed);
		} else {
			value_dict_set_value(copy, value_ref(value_dict_key_at(v, i)), changed);
		}
	}
	return g_steal_pointer(&copy);
}

/* Terms that hold templates are evaluated, as Ansible does. */
static value *terms_of(struct jinja_call *c)
{
	g_autoptr(value) terms = value_new_list();
	for (guint i = 1; i < c->n_extra; i++) {
		const value *undefined = undefined_inside(c->extra[i]);
		if (undefined != NULL) {
			return jinja_fail_undefined(c->e, undefined);
		}
		GError *error = NULL;
		value *given = c->extra[i];
		g_autoptr(value) raw = has_rows(given) ? as_lists(c->e, given) : value_ref(given);
		value *term = raw != NULL ? evaluate_raw(run_of(c->e), raw, &error) : NULL;
		if (error != NULL) {
			c->e->error = error;
		}
		if (term == NULL) {
			return NULL;
		}
		value_list_append(terms, term);
	}
	return g_steal_pointer(&terms);
}

/* One value of a list: texts joined by commas, anything else alone or as a list. */
static value *joined(const value *list)
{
	GString *text = g_string_new(NULL);
	value_list_foreach (list, item) {
		if (!value_is(item, VALUE_STRING)) {
			g_string_free(text, TRUE);
			return value_list_length(list) == 1 ? value_ref(item) : value_ref(list);
		}
		g_string_append(text, item_i > 0 ? "," : "");
		g_string_append_len(text, value_string(item), (gssize)value_string_length(item));
	}
	guint flags = flags_deep(list);
	if (value_list_length(list) == 1) {
		flags |= value_flags(value_list_get(list, 0)) & VALUE_TEXT;
	}
	return text_take(text, flags);
}

static value *run_lookup(
	struct jinja_call *c, const struct jinja_global *row, value *terms, value *options)
{
	struct jinja_call inner = {
		.e = c->e, .name = row->name, .input = terms, .named = options
	};
	inner.n_extra = (guint)value_list_length(terms);
	g_autofree value **items = g_new(value *, inner.n_extra + 1);
	for (guint i = 0; i < inner.n_extra; i++) {
		items[i] = value_list_get(terms, i);
	}
	inner.extra = items;
	return row->run(&inner);
}

static value *look_up(struct jinja_call *c, gboolean as_list)
{
	g_autofree char *why = NULL;
	if (run_of(c->e)->scope->no_lookups) {
		return jinja_fail_usage(c->e, "lookups are not allowed here");
	}
	if (c->n_extra < 1 || !value_is(c->extra[0], VALUE_STRING)) {
		return jinja_fail_usage(c->e, "%s needs the name of a lookup", c->name);
	}
	const struct jinja_global *row = lookup_find(value_string(c->extra[0]), &why);
	if (row == NULL) {
		return jinja_fail_usage(c->e, "%s", why);
	}
	g_autoptr(value) terms = terms_of(c);
	g_autoptr(value) options = value_new_dict();
	if (c->named != NULL) {
		value_dict_update(options, c->named);
	}
	g_autoptr(value) wantlist = take(options, "wantlist");
	g_autoptr(value) errors = take(options, "errors");
	g_autoptr(value) allow_unsafe = take(options, "allow_unsafe");
	as_list = as_list || (wantlist != NULL && value_truth(wantlist));
	gboolean ignore = value_is(errors, VALUE_STRING) &&
			  (strcmp(value_string(errors), "ignore") == 0 ||
				  strcmp(value_string(errors), "warn") == 0);
	g_autoptr(value) result = terms != NULL ? run_lookup(c, row, terms, options) : NULL;
	if (result == NULL) {
		gboolean soft = ignore && terms != NULL &&
				g_error_matches(c->e->error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
		if (!soft) {
			return NULL;
		}
		g_clear_error(&c->e->error);
		return as_list ? value_new_list() : value_new_null();
	}
	if (value_list_length(result) == 0) {
		return g_steal_pointer(&result);
	}
	if (allow_unsafe != NULL && value_truth(allow_unsafe)) {
		return g_steal_pointer(&result); /* never joined, as in Ansible */
	}
	value *flagged = value_with_flags(result, VALUE_UNSAFE);
	value_unref(result);
	result = flagged;
	return as_list ? g_steal_pointer(&result) : joined(result);
}

static value *lookup_one(struct jinja_call *c)
{
	return look_up(c, FALSE);
}

static value *lookup_query(struct jinja_call *c)
{
	return look_up(c, TRUE);
}

const struct jinja_global globals_lookup[] = {
	{ "lookup", "* **", lookup_one, "data from elsewhere, as text" },
	{ "q", "* **", lookup_query, "query" },
	{ "query", "* **", lookup_query, "data from elsewhere, as a list" },
};
const gsize n_globals_lookup = G_N_ELEMENTS(globals_lookup);
