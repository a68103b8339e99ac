/* The public face: running a template. */
#include "jinja/jinja.h"

#include "jinja/engine/evaluate.h"
#include "jinja/engine/frame.h"

char *jinja_render(
	jinja_template *t, const struct jinja_scope *scope, gsize *length, GError **error)
{
	struct shared shared;
	shared_init(&shared, scope);
	struct jinja_evaluation e = { .shared = &shared, .t = t };
	evaluation_begin(&e);
	char *out = NULL;
	if (render_template(&e)) {
		g_atomic_int_set(&t->expected, (gint)e.out->len);
		*length = e.out->len;
		out = g_string_free(g_steal_pointer(&e.out), FALSE);
	} else {
		g_propagate_error(error, e.error);
	}
	evaluation_end(&e);
	shared_finish(&shared);
	return out;
}

value *jinja_evaluate(jinja_template *t, const struct jinja_scope *scope, GError **error)
{
	struct shared shared;
	shared_init(&shared, scope);
	struct jinja_evaluation e = { .shared = &shared, .t = t };
	evaluation_begin(&e);
	value *v = evaluate(&e, t->body.items[0]->a);
	const value *undefined = v != NULL ? undefined_inside(v) : NULL;
	if (undefined != NULL) {
		jinja_fail_undefined(&e, undefined);
	}
	if (e.error != NULL) {
		value_clear(&v);
		g_propagate_error(error, e.error);
	}
	evaluation_end(&e);
	shared_finish(&shared);
	return v;
}
