/* Tokens to a tree of nodes: statements. */
#include "template/parser.h"

#include <string.h>

#include "base/suggest.h"
#include "template/limits.h"
#include "template/scope.h"
#include "template/template.h"

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

static gboolean expect_name(struct parser *p, const char *name)
{
	if (parser_skip_name(p, name)) {
		return TRUE;
	}
	struct token *token = parser_peek(p);
	parser_fail(p, token, "expected '%s', got '%s'", name, token_describe(token));
	return FALSE;
}

struct node *parser_node(struct parser *p, enum node_type type, const struct token *where)
{
	struct node *n = template_allocate(p->t, sizeof *n);
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

static struct node *statement(struct parser *p, gboolean *ret_nothing);

static struct node *data(struct parser *p)
{
	struct token *token = parser_next(p);
	/* Most of a template is text: its nodes are short, and the text stands right behind them.
	 */
	struct node *n = template_allocate(p->t, NODE_DATA_SIZE + token->length + 1);
	n->type = NODE_DATA;
	n->line = token->line;
	n->column = token->column;
	n->length = token->length;
	n->flags = token->raw ? FLAG_RAW : 0;
	memcpy(node_text(n), token->text, token->length);
	return n;
}

static struct node *output(struct parser *p)
{
	struct node *n = parser_node(p, NODE_OUTPUT, parser_next(p));
	n->a = parse_tuple(p, TRUE, NULL, FALSE);
	return n->a != NULL && parser_expect(p, TOKEN_VARIABLE_END) ? n : NULL;
}

static gboolean ends_here(const struct parser *p, const char *const *ends)
{
	struct token *token = parser_look(p);
	return ends != NULL && token->type == TOKEN_NAME && g_strv_contains(ends, token->text);
}

static void fail_unclosed(struct parser *p, const char *const *ends, const struct token *opened)
{
	g_autofree char *wanted = g_strjoinv("' or '", (char **)ends);
	parser_fail(p, parser_peek(p), "unexpected end of template: '%s' of line %u needs '%s'",
		opened != NULL ? token_describe(opened) : "block",
		opened != NULL ? opened->line : 0, wanted);
}

/* Everything up to one of ends, whose name is then the current token. */
static gboolean body(struct parser *p, const char *const *ends, const struct token *opened,
	struct nodes *ret_nodes)
{
	GPtrArray *items = g_ptr_array_new();
	gboolean ok = parser_enter(p);
	while (ok && !parser_is(p, TOKEN_EOF)) {
		struct node *n = NULL;
		if (parser_is(p, TOKEN_DATA)) {
			n = data(p);
		} else if (parser_is(p, TOKEN_VARIABLE_BEGIN)) {
			n = output(p);
		} else if (ends_here(p, ends)) {
			break;
		} else {
			gboolean nothing = FALSE;
			parser_next(p);
			n = statement(p, &nothing);
			ok = n != NULL && parser_expect(p, TOKEN_BLOCK_END);
		}
		ok = ok && n != NULL;
		if (ok) {
			g_ptr_array_add(items, n);
		}
	}
	parser_leave(p);
	*ret_nodes = parser_list(p, items);
	if (!ok || *p->error != NULL) {
		return FALSE;
	}
	if (ends != NULL && parser_is(p, TOKEN_EOF)) {
		fail_unclosed(p, ends, opened);
		return FALSE;
	}
	if (ends != NULL) {
		parser_next(p);
	}
	return TRUE;
}

/* The body of a tag: from the end of its head to one of ends. */
static gboolean tag_body(struct parser *p, const char *const *ends, const struct token *opened,
	struct nodes *ret_nodes)
{
	parser_skip_if(p, TOKEN_COLON);
	return parser_expect(p, TOKEN_BLOCK_END) && body(p, ends, opened, ret_nodes);
}

static struct nodes *new_nodes(struct parser *p)
{
	return template_allocate(p->t, sizeof(struct nodes));
}

static struct node *parse_if(struct parser *p, const struct token *tag)
{
	static const char *const ends[] = { "elif", "else", "endif", NULL };
	static const char *const end[] = { "endif", NULL };
	struct node *first = NULL;
	struct node *previous = NULL;
	const struct token *where = tag;
	for (;;) {
		struct node *n = parser_node(p, NODE_IF, where);
		n->a = parse_tuple(p, FALSE, NULL, FALSE);
		if (n->a == NULL || !tag_body(p, ends, tag, &n->items)) {
			return NULL;
		}
		if (previous != NULL) {
			GPtrArray *only = g_ptr_array_new();
			g_ptr_array_add(only, n);
			*previous->otherwise = parser_list(p, only);
		} else {
			first = n;
		}
		n->otherwise = new_nodes(p);
		where = parser_next(p);
		if (strcmp(where->text, "elif") == 0) {
			previous = n;
			/* A long row of elif is a chain that is evaluated in a loop. */
			continue;
		}
		if (strcmp(where->text, "else") == 0) {
			if (!tag_body(p, end, tag, n->otherwise)) {
				return NULL;
			}
			parser_next(p);
		}
		return first;
	}
}

static struct node *parse_for(struct parser *p, const struct token *tag)
{
	static const char *const ends[] = { "else", "endfor", NULL };
	static const char *const end[] = { "endfor", NULL };
	struct node *n = parser_node(p, NODE_FOR, tag);
	n->a = parse_target(p, TRUE, "in", FALSE);
	if (n->a == NULL || !expect_name(p, "in")) {
		return NULL;
	}
	n->b = parse_tuple(p, FALSE, "recursive", FALSE);
	if (n->b == NULL) {
		return NULL;
	}
	if (parser_skip_name(p, "if")) {
		n->c = parse_expression(p, TRUE);
		if (n->c == NULL) {
			return NULL;
		}
	}
	n->flags = parser_skip_name(p, "recursive") ? FLAG_RECURSIVE : 0;
	p->loops++;
	gboolean ok = tag_body(p, ends, tag, &n->items);
	p->loops--;
	if (!ok) {
		return NULL;
	}
	n->otherwise = new_nodes(p);
	if (strcmp(parser_next(p)->text, "else") == 0) {
		if (!tag_body(p, end, tag, n->otherwise)) {
			return NULL;
		}
		parser_next(p);
	}
	return n;
}

static struct node *parse_set(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endset", NULL };
	struct node *n = parser_node(p, NODE_SET, tag);
	n->a = parse_target(p, TRUE, NULL, TRUE);
	if (n->a == NULL) {
		return NULL;
	}
	if (parser_skip_if(p, TOKEN_ASSIGN)) {
		n->b = parse_tuple(p, TRUE, NULL, FALSE);
		return n->b != NULL ? n : NULL;
	}
	n->type = NODE_SET_BLOCK;
	if (parser_is(p, TOKEN_PIPE)) {
		n->b = parse_filters(p, NULL, FALSE);
		if (n->b == NULL) {
			return NULL;
		}
	}
	if (!tag_body(p, end, tag, &n->items)) {
		return NULL;
	}
	parser_next(p);
	return n;
}

/* (a, b=1): names and their defaults. */
static gboolean signature(struct parser *p, struct macro_shape *shape)
{
	GPtrArray *parameters = g_ptr_array_new();
	GPtrArray *defaults = g_ptr_array_new();
	gboolean ok = parser_expect(p, TOKEN_LPAREN);
	while (ok && !parser_is(p, TOKEN_RPAREN)) {
		if (parameters->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		struct token *where = parser_peek(p);
		struct node *name = parse_target(p, FALSE, NULL, FALSE);
		if (name == NULL) {
			break;
		}
		g_ptr_array_add(parameters, name);
		if (parser_skip_if(p, TOKEN_ASSIGN)) {
			struct node *n = parse_expression(p, TRUE);
			g_ptr_array_add(defaults, n);
			ok = n != NULL;
		} else if (defaults->len > 0) {
			parser_fail(
				p, where, "parameter without a default follows one with a default");
			ok = FALSE;
		}
	}
	shape->parameters = parser_list(p, parameters);
	shape->defaults = parser_list(p, defaults);
	return ok && *p->error == NULL && parser_expect(p, TOKEN_RPAREN);
}

/* The body of a macro or call and its end tag: no loop around it reaches inside. */
static gboolean macro_body(
	struct parser *p, const char *const *end, const struct token *tag, struct node *n)
{
	guint loops = p->loops;
	p->loops = 0;
	gboolean ok = tag_body(p, end, tag, &n->items);
	p->loops = loops;
	if (ok) {
		parser_next(p);
	}
	return ok;
}

static struct node *parse_macro(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endmacro", NULL };
	struct node *n = parser_node(p, NODE_MACRO, tag);
	n->a = parse_target(p, FALSE, NULL, FALSE);
	if (n->a == NULL) {
		return NULL;
	}
	n->name = n->a->name;
	n->macro = template_allocate(p->t, sizeof *n->macro);
	return signature(p, n->macro) && macro_body(p, end, tag, n) ? n : NULL;
}

static struct node *parse_call_tag(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endcall", NULL };
	struct node *n = parser_node(p, NODE_CALL_BLOCK, tag);
	n->name = "caller";
	n->macro = template_allocate(p->t, sizeof *n->macro);
	if (parser_is(p, TOKEN_LPAREN) && !signature(p, n->macro)) {
		return NULL;
	}
	struct token *where = parser_peek(p);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL) {
		return NULL;
	}
	if (n->a->type != NODE_CALL) {
		return parser_fail(p, where, "expected a call of a macro");
	}
	return macro_body(p, end, tag, n) ? n : NULL;
}

static struct node *parse_filter_tag(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endfilter", NULL };
	struct node *n = parser_node(p, NODE_FILTER_BLOCK, tag);
	n->a = parse_filters(p, NULL, TRUE);
	if (n->a == NULL || !tag_body(p, end, tag, &n->items)) {
		return NULL;
	}
	parser_next(p);
	return n;
}

static struct node *parse_with(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endwith", NULL };
	struct node *n = parser_node(p, NODE_WITH, tag);
	GPtrArray *values = g_ptr_array_new();
	GPtrArray *targets = g_ptr_array_new();
	while (!parser_is(p, TOKEN_BLOCK_END)) {
		if (targets->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		struct node *target = parse_target(p, TRUE, NULL, FALSE);
		if (target == NULL || !parser_expect(p, TOKEN_ASSIGN)) {
			break;
		}
		struct node *item = parse_expression(p, TRUE);
		if (item == NULL) {
			break;
		}
		g_ptr_array_add(targets, target);
		g_ptr_array_add(values, item);
	}
	/* a: holds the targets, b: the values */
	n->a = parser_node(p, NODE_TUPLE, tag);
	n->b = parser_node(p, NODE_TUPLE, tag);
	n->a->items = parser_list(p, targets);
	n->b->items = parser_list(p, values);
	if (*p->error != NULL || !tag_body(p, end, tag, &n->items)) {
		return NULL;
	}
	parser_next(p);
	return n;
}

static struct node *parse_autoescape(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endautoescape", NULL };
	struct node *n = parser_node(p, NODE_SCOPE, tag);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL || !tag_body(p, end, tag, &n->items)) {
		return NULL;
	}
	parser_next(p);
	return n;
}

static gboolean only_space(const struct nodes *nodes)
{
	for (guint i = 0; i < nodes->n; i++) {
		const struct node *n = nodes->items[i];
		if (n->type != NODE_DATA) {
			return FALSE;
		}
		for (const char *s = node_text(n); *s != '\0'; s = g_utf8_next_char(s)) {
			if (!g_unichar_isspace(g_utf8_get_char(s))) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

static struct node *parse_block(struct parser *p, const struct token *tag)
{
	static const char *const end[] = { "endblock", NULL };
	struct node *n = parser_node(p, NODE_BLOCK, tag);
	struct token *name = parser_peek(p);
	if (!parser_expect(p, TOKEN_NAME)) {
		return NULL;
	}
	n->name = template_intern(p->t, name->text);
	n->flags |= parser_skip_name(p, "scoped") ? FLAG_SCOPED : 0;
	n->flags |= parser_skip_name(p, "required") ? FLAG_REQUIRED : 0;
	if (parser_is(p, TOKEN_SUB)) {
		return parser_fail(p, name, "block names hold no hyphens, use an underscore");
	}
	guint loops = p->loops;
	p->loops = 0;
	gboolean ok = tag_body(p, end, tag, &n->items);
	p->loops = loops;
	if (!ok) {
		return NULL;
	}
	if ((n->flags & FLAG_REQUIRED) && !only_space(&n->items)) {
		return parser_fail(p, tag, "a required block holds only comments and white space");
	}
	parser_next(p);
	parser_skip_name(p, n->name);
	if (g_hash_table_contains(p->t->blocks, n->name)) {
		return parser_fail(p, name, "block '%s' is defined twice", n->name);
	}
	g_hash_table_insert(p->t->blocks, (char *)n->name, n);
	return n;
}

static struct node *parse_extends(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_EXTENDS, tag);
	n->a = parse_expression(p, TRUE);
	return n->a != NULL ? n : NULL;
}

/* with context, without context; TRUE when there was one */
static gboolean import_context(struct parser *p, struct node *n, gboolean is_default)
{
	struct token *look = parser_look(p);
	if ((parser_is_name(p, "with") || parser_is_name(p, "without")) &&
		look->type == TOKEN_NAME && strcmp(look->text, "context") == 0) {
		is_default = parser_is_name(p, "with");
		parser_next(p);
		parser_next(p);
		n->flags |= is_default ? FLAG_WITH_CONTEXT : 0;
		return TRUE;
	}
	n->flags |= is_default ? FLAG_WITH_CONTEXT : 0;
	return FALSE;
}

static struct node *parse_include(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_INCLUDE, tag);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL) {
		return NULL;
	}
	struct token *look = parser_look(p);
	if (parser_is_name(p, "ignore") && look->type == TOKEN_NAME &&
		strcmp(look->text, "missing") == 0) {
		parser_next(p);
		parser_next(p);
		n->flags |= FLAG_IGNORE_MISSING;
	}
	import_context(p, n, TRUE);
	return n;
}

static struct node *parse_import(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_IMPORT, tag);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL || !expect_name(p, "as")) {
		return NULL;
	}
	n->b = parse_target(p, FALSE, NULL, FALSE);
	import_context(p, n, FALSE);
	return n->b != NULL ? n : NULL;
}

/* One name of `from x import`; the target it is stored in goes to targets. */
static gboolean imported_name(struct parser *p, GPtrArray *targets, GPtrArray *names)
{
	struct token *where = parser_peek(p);
	struct node *target = parse_target(p, FALSE, NULL, FALSE);
	if (target == NULL) {
		return FALSE;
	}
	if (*target->name == '_') {
		parser_fail(p, where, "names starting with an underscore cannot be imported");
		return FALSE;
	}
	g_ptr_array_add(names, (char *)target->name);
	if (parser_skip_name(p, "as")) {
		target = parse_target(p, FALSE, NULL, FALSE);
	}
	g_ptr_array_add(targets, target);
	return target != NULL;
}

static struct node *parse_from(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_FROM, tag);
	n->a = parse_expression(p, TRUE);
	if (n->a == NULL || !expect_name(p, "import")) {
		return NULL;
	}
	GPtrArray *targets = g_ptr_array_new();
	GPtrArray *names = g_ptr_array_new();
	gboolean with = FALSE;
	for (;;) {
		if (targets->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		if (!parser_is(p, TOKEN_NAME)) {
			parser_expect(p, TOKEN_NAME);
			break;
		}
		with = import_context(p, n, FALSE);
		if (with || !imported_name(p, targets, names)) {
			break;
		}
		with = import_context(p, n, FALSE);
		if (with || !parser_is(p, TOKEN_COMMA)) {
			break;
		}
	}
	n->items = parser_list(p, targets);
	struct nodes list = parser_list(p, names);
	n->aliases = (const char **)list.items;
	return *p->error == NULL ? n : NULL;
}

static struct node *parse_do(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_DO, tag);
	n->a = parse_tuple(p, TRUE, NULL, FALSE);
	return n->a != NULL ? n : NULL;
}

static struct node *loop_control(struct parser *p, const struct token *tag)
{
	gboolean is_break = strcmp(tag->text, "break") == 0;
	if (p->loops == 0) {
		return parser_fail(p, tag, "'%s' outside of a loop", tag->text);
	}
	return parser_node(p, is_break ? NODE_BREAK : NODE_CONTINUE, tag);
}

static struct node *parse_print(struct parser *p, const struct token *tag)
{
	struct node *n = parser_node(p, NODE_SCOPE, tag);
	GPtrArray *items = g_ptr_array_new();
	n->op = 1; /* no scope of its own */
	while (!parser_is(p, TOKEN_BLOCK_END)) {
		if (items->len > 0 && !parser_expect(p, TOKEN_COMMA)) {
			break;
		}
		struct node *printed = parser_node(p, NODE_OUTPUT, parser_peek(p));
		printed->a = parse_expression(p, TRUE);
		if (printed->a == NULL) {
			break;
		}
		g_ptr_array_add(items, printed);
	}
	n->items = parser_list(p, items);
	return *p->error == NULL ? n : NULL;
}

static const struct tag {
	const char *name;
	struct node *(*parse)(struct parser *p, const struct token *tag);
} tags[] = {
	{ "autoescape", parse_autoescape },
	{ "block", parse_block },
	{ "break", loop_control },
	{ "call", parse_call_tag },
	{ "continue", loop_control },
	{ "do", parse_do },
	{ "extends", parse_extends },
	{ "filter", parse_filter_tag },
	{ "for", parse_for },
	{ "from", parse_from },
	{ "if", parse_if },
	{ "import", parse_import },
	{ "include", parse_include },
	{ "macro", parse_macro },
	{ "print", parse_print },
	{ "set", parse_set },
	{ "with", parse_with },
};

static struct node *statement(struct parser *p, gboolean *ret_nothing)
{
	*ret_nothing = FALSE;
	struct token *token = parser_peek(p);
	if (!parser_expect(p, TOKEN_NAME)) {
		return NULL;
	}
	const char *names[G_N_ELEMENTS(tags)];
	for (gsize i = 0; i < G_N_ELEMENTS(tags); i++) {
		if (strcmp(tags[i].name, token->text) == 0) {
			return tags[i].parse(p, token);
		}
		names[i] = tags[i].name;
	}
	if (g_str_has_prefix(token->text, "end") || strcmp(token->text, "else") == 0 ||
		strcmp(token->text, "elif") == 0) {
		return parser_fail(p, token, "'%s' closes nothing that is open here", token->text);
	}
	g_autofree char *hint = suggest_phrase(token->text, names, G_N_ELEMENTS(names));
	return parser_fail(p, token, "unknown tag '%s'%s", token->text, hint);
}

static gboolean parse_bare(struct parser *p, enum bare_mode bare)
{
	parser_next(p);
	struct node *n = parser_node(p, NODE_OUTPUT, parser_peek(p));
	n->a = parse_tuple(p, bare == BARE_EXPRESSION, NULL, FALSE);
	if (n->a == NULL || !parser_expect(p, TOKEN_VARIABLE_END)) {
		return FALSE;
	}
	GPtrArray *only = g_ptr_array_new();
	g_ptr_array_add(only, n);
	p->t->body = parser_list(p, only);
	return TRUE;
}

static struct template *template_new(const char *name, struct syntax *syntax)
{
	struct template *t = g_new0(struct template, 1);
	t->references = 1;
	t->name = g_intern_string(name != NULL ? name : "<template>");
	t->syntax = *syntax;
	*syntax = (struct syntax){ 0 };
	t->blocks = g_hash_table_new(g_str_hash, g_str_equal);
	t->chunks = g_ptr_array_new_with_free_func(g_free);
	t->values = g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
	return t;
}

struct template *template_compile(const char *source, gsize length, const char *name,
	struct syntax *syntax, enum bare_mode bare, GError **error)
{
	g_autoptr(template) t = template_new(name, syntax);
	g_autoptr(GArray) tokens =
		lexer_run(source, length, t->name, &t->syntax, bare != BARE_NO, error);
	if (tokens == NULL) {
		return NULL;
	}
	GError *failed = NULL;
	struct parser p = {
		.t = t, .tokens = (struct token *)(void *)tokens->data, .error = &failed
	};
	t->bare = bare != BARE_NO;
	gboolean ok = t->bare ? parse_bare(&p, bare) : body(&p, NULL, NULL, &t->body);
	ok = ok && scope_resolve(t, &failed);
	if (!ok) {
		g_propagate_error(error, failed);
		return NULL;
	}
	t->single = t->body.n == 1 && t->body.items[0]->type == NODE_OUTPUT && !t->has_self;
	return g_steal_pointer(&t);
}

gpointer template_allocate(struct template *t, gsize size)
{
	size = (size + 15) & ~(gsize)15;
	if (t->chunks->len == 0 || t->used + size > t->chunk_size) {
		/* Small templates (most strings of a playbook) take little. */
		gsize next = t->chunks->len == 0 ? 512 : 8192;
		t->chunk_size = MAX(next, size);
		g_ptr_array_add(t->chunks, g_malloc0(t->chunk_size));
		t->used = 0;
	}
	char *memory = (char *)t->chunks->pdata[t->chunks->len - 1] + t->used;
	t->used += size;
	return memory;
}

const char *template_intern(struct template *t, const char *text)
{
	gsize size = strlen(text) + 1;
	char *copy = template_allocate(t, size);
	memcpy(copy, text, size);
	return copy;
}

value *template_keep(struct template *t, value *v)
{
	g_ptr_array_add(t->values, v);
	return v;
}

struct template *template_ref(struct template *t)
{
	g_atomic_int_inc(&t->references);
	return t;
}

void template_unref(struct template *t)
{
	if (t != NULL && g_atomic_int_dec_and_test(&t->references)) {
		syntax_finish(&t->syntax);
		g_hash_table_unref(t->blocks);
		g_ptr_array_unref(t->chunks);
		g_ptr_array_unref(t->values);
		g_free(t);
	}
}
