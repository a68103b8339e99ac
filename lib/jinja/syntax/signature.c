/* Which argument is which parameter, told when a template is compiled. */
#include "jinja/syntax/signature.h"

#include <string.h>

#include "jinja/jinja.h"

static gboolean is_constant(const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		if (nodes->items[i]->type != NODE_CONST) {
			return FALSE;
		}
	}
	return TRUE;
}

/* The parameters of signature, when it has no stars and no slash. */
static gboolean read_parameters(const char *signature, struct parameter *all, guint *n)
{
	struct parameter p;
	*n = 0;
	for (const char *s = signature; (s = parameter_next(s, &p)) != NULL;) {
		if (parameter_is_star(&p) || parameter_is_double_star(&p) ||
			parameter_is_slash(&p)) {
			return FALSE;
		}
		all[(*n)++] = p;
	}
	return TRUE;
}

static guint parameter_by_name(const struct parameter *all, guint n, const value *name)
{
	guint i = 0;
	while (i < n && (all[i].length != value_string_length(name) ||
				memcmp(all[i].name, value_string(name), all[i].length) != 0)) {
		i++;
	}
	return i;
}

void signature_prepare(struct jinja_template *t, struct arguments *a, const char *signature)
{
	struct parameter all[JINJA_ARGUMENTS];
	gboolean filled[JINJA_ARGUMENTS] = { FALSE };
	guint n = 0;
	guint given = a->positional.n + a->named.n;
	a->constant = is_constant(&a->positional) && is_constant(&a->named) && a->star == NULL &&
		      a->double_star == NULL;
	if (a->star != NULL || a->double_star != NULL || !read_parameters(signature, all, &n) ||
		given > n) {
		return;
	}
	guint8 *parameters = template_allocate(t, MAX(given, 1));
	for (guint i = 0; i < given; i++) {
		guint at = i < a->positional.n
				   ? i
				   : parameter_by_name(all, n, a->names[i - a->positional.n]);
		if (at >= n || filled[at]) {
			return;
		}
		filled[at] = TRUE;
		parameters[i] = (guint8)at;
	}
	for (guint i = 0; i < n; i++) {
		if (all[i].required && !filled[i]) {
			return;
		}
	}
	a->values = template_allocate(t, MAX(n, 1) * sizeof *a->values);
	for (guint i = 0; i < given && a->constant; i++) {
		guint k = i - a->positional.n;
		const struct node *node =
			i < a->positional.n ? a->positional.items[i] : a->named.items[k];
		a->values[parameters[i]] = node->value;
	}
	a->parameters = parameters;
	a->n_parameters = (guint8)n;
}
