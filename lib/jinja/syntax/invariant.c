/* Parts of a template that stay the same while it runs. */
#include "jinja/syntax/invariant.h"

#include <string.h>

#include "jinja/jinja.h"

enum { SLOTS_MAX = 60000 };

typedef void (*visitor)(struct node **child, gpointer data);

static void visit_all(const struct nodes *nodes, visitor visit, gpointer data)
{
	for (guint i = 0; i < nodes->n; i++) {
		visit(&nodes->items[i], data);
	}
}

static void visit_arguments(struct arguments *a, visitor visit, gpointer data)
{
	visit_all(&a->positional, visit, data);
	visit_all(&a->named, visit, data);
	if (a->star != NULL) {
		visit(&a->star, data);
	}
	if (a->double_star != NULL) {
		visit(&a->double_star, data);
	}
}

static gboolean has_arguments(const struct node *n)
{
	return n->type == NODE_CALL || n->type == NODE_FILTER || n->type == NODE_TEST;
}

/* Everything right below n but else branches and the defaults of macros, which are in other scopes.
 */
static void visit_children(struct node *n, visitor visit, gpointer data)
{
	if (node_is_leaf(n)) {
		return;
	}
	if (node_is_single(n)) {
		visit(&n->a, data);
		return;
	}
	struct node **parts[] = { &n->a, &n->b, &n->c };
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (*parts[i] != NULL) {
			visit(parts[i], data);
		}
	}
	visit_all(&n->items, visit, data);
	if (has_arguments(n)) {
		visit_arguments(n->arguments, visit, data);
	}
}

/* --- names --- */

struct names {
	GHashTable *read;
	GHashTable *set;
	gboolean repeats; /* there is a loop or a macro */
	guint outputs;
	gboolean autoescape; /* a statement that changes what filters give */
};

static void collect(struct node **child, gpointer data);

static void add_target(struct names *names, const struct node *target)
{
	/* What is set in a namespace changes what its name stands for. */
	const struct node *name = target->type == NODE_NAMESPACE ? target->a : target;
	if (name->type == NODE_NAME) {
		g_hash_table_add(names->set, (char *)name->name);
		return;
	}
	for (guint i = 0; i < target->items.n; i++) {
		add_target(names, target->items.items[i]);
	}
}

static void add_targets(struct names *names, const struct nodes *targets)
{
	for (guint i = 0; i < targets->n; i++) {
		add_target(names, targets->items[i]);
	}
}

/* What the statement n sets. */
static void collect_targets(struct names *names, const struct node *n)
{
	switch ((enum node_type)n->type) {
	case NODE_FOR:
	case NODE_SET:
	case NODE_SET_BLOCK:
		add_target(names, n->a);
		break;
	case NODE_MACRO:
		add_target(names, n->a);
		add_targets(names, &n->macro->parameters);
		break;
	case NODE_CALL_BLOCK:
		add_targets(names, &n->macro->parameters);
		break;
	case NODE_WITH:
		add_targets(names, &n->a->items);
		break;
	case NODE_IMPORT:
		add_target(names, n->b);
		break;
	case NODE_FROM:
		add_targets(names, &n->items);
		break;
	default:
		break;
	}
}

static void collect(struct node **child, gpointer data)
{
	struct names *names = data;
	struct node *n = *child;
	if (n->type == NODE_NAME) {
		g_hash_table_add(names->read, (char *)n->name);
	}
	if (n->type == NODE_DATA || n->type == NODE_BLOCK || n->type == NODE_NAME) {
		return;
	}
	names->outputs += n->type == NODE_OUTPUT;
	names->autoescape |= n->type == NODE_AUTOESCAPE;
	names->repeats |=
		n->type == NODE_FOR || n->type == NODE_MACRO || n->type == NODE_CALL_BLOCK;
	collect_targets(names, n);
	visit_children(n, collect, data);
	if (n->type == NODE_IF || n->type == NODE_FOR) {
		visit_all(n->otherwise, collect, data);
	} else if (n->type == NODE_MACRO || n->type == NODE_CALL_BLOCK) {
		visit_all(&n->macro->defaults, collect, data);
	}
}

static gboolean is_set(gpointer name, gpointer item, gpointer data)
{
	(void)item;
	return g_hash_table_contains(data, name);
}

GHashTable *invariant_names(const struct jinja_template *t)
{
	/* Names that loops, macros and blocks bring along. */
	static const char *const special[] = { "loop", "self", "super", "caller", "varargs",
		"kwargs" };
	if (t->mutates || t->bare || t->body.n < 2) {
		return NULL;
	}
	struct names names = { .read = g_hash_table_new(g_str_hash, g_str_equal),
		.set = g_hash_table_new(g_str_hash, g_str_equal) };
	for (gsize i = 0; i < G_N_ELEMENTS(special); i++) {
		g_hash_table_add(names.set, (char *)special[i]);
	}
	visit_all(&t->body, collect, &names);
	g_hash_table_foreach_remove(names.read, is_set, names.set);
	g_hash_table_unref(names.set);
	if (names.autoescape || (!names.repeats && names.outputs < 2)) {
		g_hash_table_unref(names.read);
		return NULL;
	}
	return names.read;
}

/* --- expressions --- */

struct marking {
	struct jinja_template *t;
	GHashTable *names;
	GHashTable *known; /* text of an expression -> struct known */
	guint level;       /* functions around, as in struct place */
	guint loops;       /* loops and macros around */
	gboolean counting; /* the first of two walks */
	gboolean stays;    /* of the expression being looked at */
	GString *text;     /* an expression, so that the same ones give the same */
};

struct known {
	guint times;
	gint slot; /* -1: none yet */
};

static void describe(struct node **child, gpointer data);

/* Whether all that n is made of stays, and gives the same each time. */
static void describe_node(struct marking *m, struct node *n)
{
	g_string_append_printf(m->text, "%u.%u", n->type, n->op);
	switch ((enum node_type)n->type) {
	case NODE_CONST:
		g_string_append_printf(m->text, "%s", value_type_name(n->value));
		value_append_repr(n->value, m->text);
		break;
	case NODE_NAME:
		m->stays &= g_hash_table_contains(m->names, n->name);
		g_string_append(m->text, n->name);
		break;
	case NODE_GETATTR:
		g_string_append(m->text, n->name);
		break;
	case NODE_FILTER:
		m->stays &= n->a != NULL && !n->filter->varies;
		g_string_append(m->text, n->filter->name);
		break;
	case NODE_TEST:
		m->stays &= !n->test->varies;
		g_string_append(m->text, n->test->name);
		break;
	case NODE_COMPARE:
		g_string_append_len(m->text, (const char *)n->ops, n->items.n);
		break;
	case NODE_CALL:
		m->stays = FALSE;
		break;
	default:
		break;
	}
	if (has_arguments(n)) {
		for (guint i = 0; i < n->arguments->named.n; i++) {
			g_string_append(m->text, value_string(n->arguments->names[i]));
		}
	}
}

static void describe(struct node **child, gpointer data)
{
	struct marking *m = data;
	const struct node *n = *child;
	if (!m->stays) {
		return;
	}
	describe_node(m, *child);
	g_string_append_c(m->text, '(');
	if (!node_is_leaf(n) && !node_is_single(n)) {
		/* A missing part of a slice or an inline if is not the one behind it. */
		g_string_append_printf(m->text, "%d%d%d", n->a != NULL, n->b != NULL, n->c != NULL);
	}
	visit_children(*child, describe, m);
	g_string_append_c(m->text, ')');
}

static gboolean is_operation(const struct node *n)
{
	switch ((enum node_type)n->type) {
	case NODE_CONDITIONAL:
	case NODE_AND:
	case NODE_OR:
	case NODE_NOT:
	case NODE_NEGATIVE:
	case NODE_POSITIVE:
	case NODE_BINARY:
	case NODE_CONCAT:
	case NODE_COMPARE:
	case NODE_GETATTR:
	case NODE_GETITEM:
	case NODE_FILTER:
	case NODE_TEST:
		return TRUE;
	default:
		return FALSE;
	}
}

static void wrap(struct marking *m, struct node **child, struct known *known)
{
	if (known->slot < 0 && m->t->slots >= SLOTS_MAX) {
		return;
	}
	if (known->slot < 0) {
		known->slot = (gint)m->t->slots++;
	}
	struct node *once = template_allocate(m->t, node_size(NODE_ONCE));
	once->type = NODE_ONCE;
	once->line = (*child)->line;
	once->column = (*child)->column;
	once->place = (struct place){ (guint16)m->level, (guint16)known->slot };
	once->a = *child;
	*child = once;
}

/* TRUE when *child stays: then nothing below it needs to be looked at. */
static gboolean mark_operation(struct marking *m, struct node **child)
{
	g_string_truncate(m->text, 0);
	m->stays = TRUE;
	describe(child, m);
	if (!m->stays) {
		return FALSE;
	}
	struct known *known = g_hash_table_lookup(m->known, m->text->str);
	if (known == NULL) {
		known = g_new(struct known, 1);
		*known = (struct known){ 0, -1 };
		g_hash_table_insert(m->known, g_strdup(m->text->str), known);
	}
	if (m->counting) {
		known->times += m->loops > 0 ? 2 : 1;
	} else if (known->times > 1) {
		wrap(m, child, known);
	}
	return TRUE;
}

static void mark(struct node **child, gpointer data);

/* The body of a statement in a function or loop of its own. */
static void mark_inside(
	struct marking *m, const struct nodes *nodes, gboolean function, gboolean repeated)
{
	m->level += function;
	m->loops += repeated;
	visit_all(nodes, mark, m);
	m->loops -= repeated;
	m->level -= function;
}

static void mark_for(struct marking *m, struct node *n)
{
	gboolean function = (n->flags & FLAG_RECURSIVE) != 0;
	struct node *filters[] = { n->c };
	const struct nodes filter = { filters, n->c != NULL };
	mark(&n->b, m);
	mark_inside(m, &filter, function, TRUE);
	n->c = filters[0];
	mark_inside(m, &n->items, function, TRUE);
	mark_inside(m, n->otherwise, function, FALSE);
}

static void mark(struct node **child, gpointer data)
{
	struct marking *m = data;
	struct node *n = *child;
	if (is_operation(n) && mark_operation(m, child)) {
		return;
	}
	switch ((enum node_type)n->type) {
	case NODE_DATA:
	case NODE_BLOCK:
	case NODE_NAME:
	case NODE_CONST:
		return;
	case NODE_FOR:
		mark_for(m, n);
		return;
	case NODE_CALL: /* the method of a.b() is not a value by itself */
		if (n->a->type == NODE_GETATTR) {
			mark(&n->a->a, m);
		} else {
			mark(&n->a, m);
		}
		visit_arguments(n->arguments, mark, m);
		return;
	case NODE_MACRO:
		mark_inside(m, &n->macro->defaults, TRUE, TRUE);
		mark_inside(m, &n->items, TRUE, TRUE);
		return;
	case NODE_CALL_BLOCK:
		mark(&n->a, m);
		mark_inside(m, &n->macro->defaults, TRUE, TRUE);
		mark_inside(m, &n->items, TRUE, TRUE);
		return;
	case NODE_IF:
		mark(&n->a, m);
		visit_all(&n->items, mark, m);
		visit_all(n->otherwise, mark, m);
		return;
	case NODE_SET:
		mark(&n->b, m);
		return;
	case NODE_SET_BLOCK:
		visit_all(&n->items, mark, m);
		return;
	default:
		visit_children(n, mark, m);
		return;
	}
}

void invariant_mark(struct jinja_template *t, GHashTable *names)
{
	struct marking m = { .t = t, .names = names, .counting = TRUE };
	m.known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	m.text = g_string_new(NULL);
	visit_all(&t->body, mark, &m);
	m.counting = FALSE;
	visit_all(&t->body, mark, &m);
	g_hash_table_unref(m.known);
	g_string_free(m.text, TRUE);
}
