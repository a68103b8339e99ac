/* Template text to a compiled template, and the cursor on its tokens. */
#include "jinja/syntax/parser-private.h"

#include <string.h>

#include "jinja/syntax/limits.h"
#include "jinja/syntax/scope.h"

struct token *parser_peek(const struct parser *p)
{
	return &p->tokens[p->at];
}

struct token *parser_look(const struct parser *p)
{
	return p->tokens[p->at].type == TOKEN_EOF ? &p->tokens[p->at] : &p->tokens[p->at + 1];
}

struct token *parser_next(struct parser *p)
{
	struct token *token = &p->tokens[p->at];
	if (token->type != TOKEN_EOF) {
		p->at++;
	}
	return token;
}

gboolean parser_is(const struct parser *p, enum token_type type)
{
	return p->tokens[p->at].type == type;
}

gboolean parser_is_name(const struct parser *p, const char *name)
{
	const struct token *token = &p->tokens[p->at];
	return token->type == TOKEN_NAME && strcmp(token->text, name) == 0;
}

gboolean parser_skip_if(struct parser *p, enum token_type type)
{
	if (!parser_is(p, type)) {
		return FALSE;
	}
	parser_next(p);
	return TRUE;
}

gboolean parser_skip_name(struct parser *p, const char *name)
{
	if (!parser_is_name(p, name)) {
		return FALSE;
	}
	parser_next(p);
	return TRUE;
}

gpointer parser_fail(struct parser *p, const struct token *where, const char *format, ...)
{
	if (*p->error != NULL) {
		return NULL;
	}
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	struct position at = { p->t->name, where->line, where->column };
	error_set_at(p->error, SUTLER_ERROR_USAGE, at, "%s", message);
	return NULL;
}

gboolean parser_expect(struct parser *p, enum token_type type)
{
	if (parser_skip_if(p, type)) {
		return TRUE;
	}
	struct token *token = parser_peek(p);
	parser_fail(p, token, "expected '%s', got '%s'", token_type_describe(type),
		token_describe(token));
	return FALSE;
}

gboolean parser_expect_name(struct parser *p, const char *name)
{
	if (parser_skip_name(p, name)) {
		return TRUE;
	}
	struct token *token = parser_peek(p);
	parser_fail(p, token, "expected '%s', got '%s'", name, token_describe(token));
	return FALSE;
}

value *parser_name(struct parser *p, const char *text)
{
	if (p->names == NULL) {
		p->names = g_hash_table_new(g_str_hash, g_str_equal);
	}
	value *name = g_hash_table_lookup(p->names, text);
	if (name == NULL) {
		name = template_keep(p->t, value_new_string(text));
		g_hash_table_insert(p->names, (char *)value_string(name), name);
	}
	return name;
}

struct node *parser_node(struct parser *p, enum node_type type, const struct token *where)
{
	struct node *n = template_allocate(p->t, node_size(type));
	n->type = (guint8)type;
	n->line = where->line;
	n->column = where->column;
	return n;
}

gboolean parser_enter(struct parser *p)
{
	if (*p->error != NULL) {
		return FALSE;
	}
	if (++p->depth <= LIMIT_NESTING) {
		return TRUE;
	}
	struct token *token = parser_peek(p);
	struct position at = { p->t->name, token->line, token->column };
	error_set_at(
		p->error, SUTLER_ERROR_LIMIT, at, "nested deeper than %d levels", LIMIT_NESTING);
	return FALSE;
}

void parser_leave(struct parser *p)
{
	p->depth--;
}

gboolean parser_chain(struct parser *p, guint *links)
{
	if (++*links <= LIMIT_CHAIN) {
		return TRUE;
	}
	struct token *token = parser_peek(p);
	struct position at = { p->t->name, token->line, token->column };
	error_set_at(p->error, SUTLER_ERROR_LIMIT, at, "expression is longer than %d operations",
		LIMIT_CHAIN);
	return FALSE;
}

struct nodes parser_list(struct parser *p, GPtrArray *items)
{
	struct nodes list = { NULL, items->len };
	if (items->len > 0) {
		list.items = template_allocate(p->t, items->len * sizeof(gpointer));
		memcpy(list.items, items->pdata, items->len * sizeof(gpointer));
	}
	g_ptr_array_unref(items);
	return list;
}

static gboolean parse_bare(struct parser *p, enum jinja_mode bare)
{
	parser_next(p);
	struct node *n = parser_node(p, NODE_OUTPUT, parser_peek(p));
	n->a = parse_tuple(p, bare == JINJA_EXPRESSION, NULL, FALSE);
	if (n->a == NULL || !parser_expect(p, TOKEN_VARIABLE_END)) {
		return FALSE;
	}
	GPtrArray *only = g_ptr_array_new();
	g_ptr_array_add(only, n);
	p->t->body = parser_list(p, only);
	return TRUE;
}

static struct jinja_template *template_new(
	const struct jinja_environment *environment, const char *name, struct jinja_syntax *syntax)
{
	struct jinja_template *t = g_new0(struct jinja_template, 1);
	t->references = 1;
	t->name = g_intern_string(name != NULL ? name : "<template>");
	t->environment = environment;
	t->syntax = *syntax;
	*syntax = (struct jinja_syntax){ 0 };
	t->chunks = g_ptr_array_new_with_free_func(g_free);
	t->values = g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
	return t;
}

struct jinja_template *jinja_compile(const struct jinja_environment *environment,
	const char *source, gsize length, const char *name, struct jinja_syntax *syntax,
	enum jinja_mode bare, GError **error)
{
	g_autoptr(jinja_template) t = template_new(environment, name, syntax);
	g_autoptr(GArray) tokens =
		lexer_run(source, length, t->name, &t->syntax, bare != JINJA_TEXT, error);
	if (tokens == NULL) {
		return NULL;
	}
	GError *failed = NULL;
	struct parser p = {
		.t = t, .tokens = (struct token *)(void *)tokens->data, .error = &failed
	};
	t->bare = bare != JINJA_TEXT;
	gboolean ok = t->bare ? parse_bare(&p, bare) : parse_body(&p, NULL, NULL, &t->body);
	g_clear_pointer(&p.names, g_hash_table_unref);
	ok = ok && scope_resolve(t, &failed);
	if (!ok) {
		g_propagate_error(error, failed);
		return NULL;
	}
	t->single = t->body.n == 1 && t->body.items[0]->type == NODE_OUTPUT &&
		    (t->bare || !t->has_self);
	return g_steal_pointer(&t);
}
