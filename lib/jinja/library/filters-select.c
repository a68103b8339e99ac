/* map, select, reject and their kin: filters that run other filters and tests. */
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/sort.h"

static value *map_attribute(struct jinja_call *c, value *items)
{
	value *attribute = value_dict_get(c->named, "attribute");
	value *fallback = value_dict_get(c->named, "default");
	gsize known = 1 + (fallback != NULL);
	if (value_dict_length(c->named) != known) {
		return jinja_fail_usage(c->e, "map takes 'attribute' and 'default' only");
	}
	if (fallback != NULL && value_is(fallback, VALUE_NULL)) {
		fallback = NULL;
	}
	return sort_attributes(c->e, items, attribute, fallback, FALSE);
}

/* Only what has a truth of false is passed over without looking at the arguments. */
static value *items_of(struct jinja_call *c)
{
	int is = truth(c->e, c->input);
	if (is < 0) {
		return NULL;
	}
	return is == 0 ? value_new_list() : jinja_arg_list(c, c->input);
}

static value *f_map(struct jinja_call *c)
{
	g_autoptr(value) items = items_of(c);
	if (items == NULL) {
		return NULL;
	}
	if (c->n_extra == 0 && c->named != NULL && value_dict_get(c->named, "attribute") != NULL) {
		return map_attribute(c, items);
	}
	if (value_list_length(items) == 0) {
		return g_steal_pointer(&items);
	}
	if (c->n_extra == 0) {
		return jinja_fail_usage(c->e, "map requires a filter argument");
	}
	if (!value_is(c->extra[0], VALUE_STRING)) {
		return jinja_fail_usage(c->e, "map needs the name of a filter");
	}
	g_autofree char *why = NULL;
	const struct jinja_filter *f =
		filter_find(c->e->t->environment, value_string(c->extra[0]), &why);
	if (f == NULL) {
		return jinja_fail_usage(c->e, "%s", why);
	}
	g_autoptr(value) out = value_new_list();
	value_list_foreach (items, item) {
		value *v = filter_run(c->e, f, item, c->extra + 1, c->n_extra - 1, c->named);
		if (v == NULL) {
			return NULL;
		}
		value_list_append(out, v);
	}
	return g_steal_pointer(&out);
}

static int holds(struct jinja_call *c, const struct jinja_test *test, value *v, guint offset)
{
	if (test == NULL) {
		return truth(c->e, v);
	}
	return test_run(c->e, test, v, c->extra + offset + 1, c->n_extra - offset - 1, c->named);
}

static value *choose(struct jinja_call *c, gboolean by_attribute, gboolean wanted)
{
	g_autoptr(value) items = items_of(c);
	const struct jinja_test *test = NULL;
	guint offset = by_attribute;
	if (items == NULL) {
		return NULL;
	}
	if (value_list_length(items) == 0) {
		return g_steal_pointer(&items);
	}
	if (c->n_extra < offset) {
		return jinja_fail_usage(c->e, "missing parameter for attribute name");
	}
	if (c->n_extra > offset) {
		g_autofree char *why = NULL;
		const value *name = c->extra[offset];
		test = value_is(name, VALUE_STRING)
			       ? test_find(c->e->t->environment, value_string(name), &why)
			       : NULL;
		if (test == NULL) {
			return jinja_fail_usage(
				c->e, "%s", why != NULL ? why : "name of a test must be a string");
		}
	}
	g_autoptr(value) out = value_new_list();
	value_list_foreach (items, item) {
		g_autoptr(value) v = by_attribute
					     ? sort_attribute(c->e, item, c->extra[0], NULL, FALSE)
					     : value_ref(item);
		int is = v != NULL ? holds(c, test, v, offset) : -1;
		if (is < 0) {
			return NULL;
		}
		if (is == wanted) {
			value_list_append(out, value_ref(item));
		}
	}
	return g_steal_pointer(&out);
}

static value *f_select(struct jinja_call *c)
{
	return choose(c, FALSE, TRUE);
}

static value *f_reject(struct jinja_call *c)
{
	return choose(c, FALSE, FALSE);
}

static value *f_selectattr(struct jinja_call *c)
{
	return choose(c, TRUE, TRUE);
}

static value *f_rejectattr(struct jinja_call *c)
{
	return choose(c, TRUE, FALSE);
}

const struct jinja_filter filters_select[] = {
	{ "map", "* **", f_map, "a filter applied to every item, or an attribute of each",
		.varies = TRUE, .lazy = JINJA_LAZY(0) },
	{ "reject", "* **", f_reject, "the items for which a test does not hold", .varies = TRUE,
		.lazy = JINJA_LAZY(0) },
	{ "rejectattr", "* **", f_rejectattr, "the items for whose attribute a test does not hold",
		.varies = TRUE, .lazy = JINJA_LAZY(0) },
	{ "select", "* **", f_select, "the items for which a test holds", .varies = TRUE,
		.lazy = JINJA_LAZY(0) },
	{ "selectattr", "* **", f_selectattr, "the items for whose attribute a test holds",
		.varies = TRUE, .lazy = JINJA_LAZY(0) },
};
const gsize n_filters_select = G_N_ELEMENTS(filters_select);
