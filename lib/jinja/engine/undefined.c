/* Values that are not defined: they remember why, and fail where they are used. */
#include "jinja/engine/objects.h"

#include "jinja/engine/frame.h"

static void undefined_free(gpointer data)
{
	struct undefined *u = data;
	g_free(u->name);
	g_free(u->message);
	value_unref(u->of);
	g_free(u);
}

static char *empty_text(gpointer data)
{
	(void)data;
	return g_strdup("");
}

static char *lenient_text(gpointer data)
{
	(void)data;
	return g_strdup("Undefined");
}

const struct object_class undefined_class = {
	.type_name = "Undefined", .finalize = undefined_free, .to_string = empty_text
};
const struct object_class undefined_lenient_class = {
	.type_name = "Undefined", .finalize = undefined_free, .to_string = lenient_text
};

value *undefined_new(const char *name, const char *message, const value *of)
{
	struct undefined *u = g_new0(struct undefined, 1);
	u->name = g_strdup(name);
	u->message = g_strdup(message);
	u->of = of != NULL ? value_ref(of) : NULL;
	return value_new_object(&undefined_class, u);
}

value *undefined_new_lenient(void)
{
	struct undefined *u = g_new0(struct undefined, 1);
	u->lenient = TRUE;
	u->message = g_strdup("the inline if-expression evaluated to false and has no else");
	return value_new_object(&undefined_lenient_class, u);
}

struct undefined *undefined_of(const value *v)
{
	if (!value_is(v, VALUE_OBJECT)) {
		return NULL;
	}
	struct undefined *u = value_object(v, &undefined_class);
	return u != NULL ? u : value_object(v, &undefined_lenient_class);
}

const value *undefined_inside(const value *v)
{
	if (undefined_of(v) != NULL) {
		return undefined_of(v)->lenient ? NULL : v;
	}
	const value *found = NULL;
	if (value_is_clean(v)) {
		return NULL;
	}
	if (value_is_sequence(v)) {
		for (gsize i = 0; i < value_list_length(v) && found == NULL; i++) {
			found = undefined_inside(value_list_get(v, i));
		}
	} else if (value_is(v, VALUE_DICT)) {
		for (gsize i = 0; i < value_dict_length(v) && found == NULL; i++) {
			found = undefined_inside(value_dict_item_at(v, i));
		}
	}
	return found;
}

gboolean undefined_is_missing(const value *v, const char *name)
{
	const struct undefined *u = undefined_of(v);
	return u != NULL && u->of == NULL && u->message == NULL && g_strcmp0(u->name, name) == 0;
}

value *undefined_kept(value *v)
{
	const struct undefined *u = undefined_of(v);
	if (u == NULL || !u->unset) {
		return v;
	}
	value *kept = undefined_new(u->name, NULL, NULL);
	value_unref(v);
	return kept;
}
