/* The public face: rendering a template. */
#include "jinja/jinja.h"

#include "jinja/engine/evaluate.h"

char *template_render(template *t, const struct jinja_scope *scope, gsize *length, GError **error)
{
	struct shared shared;
	shared_init(&shared, scope);
	struct evaluation e = { .shared = &shared, .t = t };
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
