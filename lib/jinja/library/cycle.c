/* Objects that are called or asked again and again: cycler and joiner. */
#include "jinja/library/cycle.h"

#include <string.h>

#include "jinja/engine/objects.h"

struct cycler {
	value *items;
	gsize at;
};

static void cycler_free(gpointer data)
{
	struct cycler *c = data;
	value_unref(c->items);
	g_free(c);
}

static value *cycler_next(struct jinja_call *call)
{
	struct cycler *c = value_object_data(call->input);
	value *v = value_ref(value_list_get(c->items, c->at));
	c->at = (c->at + 1) % value_list_length(c->items);
	return v;
}

static value *cycler_reset(struct jinja_call *call)
{
	((struct cycler *)value_object_data(call->input))->at = 0;
	return value_new_null();
}

static const struct jinja_method cycler_methods[] = {
	{ "next", "", cycler_next },
	{ "reset", "", cycler_reset },
};

static value *cycler_get(struct jinja_evaluation *e, const value *v, const char *name)
{
	(void)e;
	const struct cycler *c = value_object_data(v);
	if (strcmp(name, "current") == 0) {
		return value_ref(value_list_get(c->items, c->at));
	}
	for (gsize i = 0; i < G_N_ELEMENTS(cycler_methods); i++) {
		if (strcmp(name, cycler_methods[i].name) == 0) {
			return bound_new(v, &cycler_methods[i]);
		}
	}
	return NULL;
}

static const struct object_verbs cycler_verbs = { .attribute = cycler_get };
static const struct object_class cycler_class = {
	.type_name = "Cycler", .finalize = cycler_free, .verbs = &cycler_verbs
};

value *global_cycler(struct jinja_call *c)
{
	if (c->n_extra == 0) {
		return jinja_fail_usage(c->e, "at least one item has to be provided");
	}
	struct cycler *cycler = g_new0(struct cycler, 1);
	cycler->items = value_new_tuple();
	for (guint i = 0; i < c->n_extra; i++) {
		value_list_append(cycler->items, value_ref(c->extra[i]));
	}
	return value_new_object(&cycler_class, cycler);
}

struct joiner {
	char *separator;
	gboolean used;
};

static void joiner_free(gpointer data)
{
	g_free(((struct joiner *)data)->separator);
	g_free(data);
}

static value *joiner_call(
	struct jinja_evaluation *e, value *callee, value *const *positional, guint n, value *named)
{
	(void)e;
	(void)positional;
	(void)n;
	(void)named;
	struct joiner *j = value_object_data(callee);
	if (!j->used) {
		j->used = TRUE;
		return value_new_string("");
	}
	return value_new_string(j->separator);
}

static const struct object_verbs joiner_verbs = { .call = joiner_call };
static const struct object_class joiner_class = {
	.type_name = "Joiner", .finalize = joiner_free, .verbs = &joiner_verbs
};

value *global_joiner(struct jinja_call *c)
{
	const char *separator = jinja_arg_string(c, 0, ", ");
	if (separator == NULL) {
		return NULL;
	}
	struct joiner *joiner = g_new0(struct joiner, 1);
	joiner->separator = g_strdup(separator);
	return value_new_object(&joiner_class, joiner);
}
