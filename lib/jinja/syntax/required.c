/* The variables that a template cannot be evaluated without, found without evaluating it. */
#include "jinja/syntax/ast.h"

#include "jinja/syntax/environment.h"

struct walk {
	GHashTable *names;
	GHashTable *known; /* set by the template itself */
	const struct jinja_environment *environment;
};

static void walk(struct walk *w, const struct node *n);

static void walk_all(struct walk *w, const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		walk(w, nodes->items[i]);
	}
}

static void walk_arguments(struct walk *w, const struct arguments *a)
{
	walk_all(w, &a->positional);
	walk_all(w, &a->named);
	walk(w, a->star);
	walk(w, a->double_star);
}

static void set_known(struct walk *w, const struct node *target)
{
	if (target->type == NODE_NAME) {
		g_hash_table_add(w->known, (char *)target->name);
		return;
	}
	for (guint i = 0; i < target->items.n; i++) {
		set_known(w, target->items.items[i]);
	}
}

/* Filters and tests that take what is undefined: their input may be missing. */
static gboolean tolerates(const struct node *n)
{
	return n->type == NODE_FILTER ? n->filter->undefined && !n->filter->hands_on
				      : n->test->undefined;
}

static void walk(struct walk *w, const struct node *n)
{
	if (n == NULL) {
		return;
	}
	switch ((enum node_type)n->type) {
	case NODE_NAME:
		if (!g_hash_table_contains(w->known, n->name) &&
			global_find(w->environment, n->name) == NULL) {
			g_hash_table_add(w->names, g_strdup(n->name));
		}
		break;
	case NODE_AND:
	case NODE_OR:
	case NODE_CONDITIONAL:
	case NODE_IF:
		walk(w, n->a); /* the rest depends on it */
		break;
	case NODE_COMPARE:
		walk(w, n->a);
		if (n->items.n > 0) {
			walk(w, n->items.items[0]);
		}
		break;
	case NODE_FILTER:
	case NODE_TEST:
		if (!tolerates(n)) {
			walk(w, n->a);
			walk_arguments(w, n->arguments);
		}
		break;
	case NODE_CALL:
		walk(w, n->a);
		walk_arguments(w, n->arguments);
		break;
	case NODE_FOR:
		walk(w, n->b); /* the body may never run */
		break;
	case NODE_SET:
		walk(w, n->b);
		set_known(w, n->a);
		break;
	case NODE_SET_BLOCK:
		set_known(w, n->a);
		break;
	case NODE_MACRO:
		g_hash_table_add(w->known, (char *)n->name);
		break;
	case NODE_IMPORT:
		walk(w, n->a);
		set_known(w, n->b);
		break;
	case NODE_FROM:
		walk(w, n->a);
		for (guint i = 0; i < n->items.n; i++) {
			set_known(w, n->items.items[i]);
		}
		break;
	case NODE_WITH:
		walk(w, n->b);
		break;
	case NODE_CALL_BLOCK:
	case NODE_FILTER_BLOCK:
	case NODE_INCLUDE:
	case NODE_EXTENDS:
	case NODE_BLOCK:
	case NODE_DATA:
	case NODE_CONST:
		break;
	case NODE_AUTOESCAPE:
	case NODE_OUTPUT:
	case NODE_ONCE:
	case NODE_GETATTR:
		walk(w, n->a);
		break;
	default:
		walk(w, n->a);
		walk(w, n->b);
		walk(w, n->c);
		walk_all(w, &n->items);
		break;
	}
}

void jinja_required_names(const struct jinja_template *t, GHashTable *names)
{
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
	struct walk w = { names, known, t->environment };
	walk_all(&w, &t->body);
}
