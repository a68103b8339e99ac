/* Template text to tokens, as jinja2.lexer does: text, tags, comments and raw blocks. */
#include "jinja/syntax/lexer-private.h"

#include "jinja/syntax/limits.h"

void jinja_syntax_init(struct jinja_syntax *syntax)
{
	*syntax = (struct jinja_syntax){
		.block_start = g_strdup("{%"),
		.block_end = g_strdup("%}"),
		.variable_start = g_strdup("{{"),
		.variable_end = g_strdup("}}"),
		.comment_start = g_strdup("{#"),
		.comment_end = g_strdup("#}"),
		.newline = g_strdup("\n"),
	};
}

void jinja_syntax_finish(struct jinja_syntax *syntax)
{
	g_free(syntax->block_start);
	g_free(syntax->block_end);
	g_free(syntax->variable_start);
	g_free(syntax->variable_end);
	g_free(syntax->comment_start);
	g_free(syntax->comment_end);
	g_free(syntax->line_statement);
	g_free(syntax->line_comment);
	g_free(syntax->newline);
}

static void clear_token(gpointer data)
{
	struct token *token = data;
	g_free(token->text);
}

/* Moves the position on to where. */
static void count_to(struct lexer *l, const char *where)
{
	for (; l->counted < where; l->counted++) {
		if (*l->counted == '\n') {
			l->line++;
			l->column = 1;
		} else if (((guchar)*l->counted & 0xC0) != 0x80) {
			l->column++;
		}
	}
}

struct position lexer_position(struct lexer *l, const char *where)
{
	if (where < l->counted) {
		l->counted = l->start;
		l->line = 1;
		l->column = 1;
	}
	count_to(l, where);
	return (struct position){ l->name, l->line, l->column };
}

struct token *lexer_add(
	struct lexer *l, enum token_type type, const char *where, char *text, gsize length)
{
	count_to(l, where);
	struct token token = { type, FALSE, l->line, l->column, (guint32)length, text };
	g_array_append_val(l->tokens, token);
	return &g_array_index(l->tokens, struct token, l->tokens->len - 1);
}

GString *lexer_text(const struct lexer *l, const char *from, gsize length)
{
	GString *text = g_string_new_len(from, (gssize)length);
	if (strcmp(l->syntax->newline, "\n") != 0) {
		g_string_replace(text, "\n", l->syntax->newline, 0);
	}
	return text;
}

/* Adds template text. */
static void add_data(struct lexer *l, const char *from, const char *to, gboolean raw)
{
	if (from >= to) {
		return;
	}
	GString *text = lexer_text(l, from, (gsize)(to - from));
	gsize length = text->len;
	lexer_add(l, TOKEN_DATA, from, g_string_free(text, FALSE), length)->raw = raw;
}

static gboolean lex_comment(struct lexer *l, const struct found *found, GError **error)
{
	for (const char *p = found->after; p < l->end; p++) {
		const char *after = lexer_tag_end(l, p, l->syntax->comment_end, TRUE, TRUE);
		if (after != NULL) {
			l->p = after;
			return TRUE;
		}
	}
	l->p = l->end;
	if (found->after == l->end) {
		return TRUE; /* Jinja2 looks for the end only when something follows */
	}
	error_set_at(error, SUTLER_ERROR_USAGE, lexer_position(l, found->from),
		"comment is never closed, add '%s'", l->syntax->comment_end);
	return FALSE;
}

static gboolean lex_raw(struct lexer *l, const struct found *found, GError **error)
{
	const struct jinja_syntax *s = l->syntax;
	for (const char *p = found->after; p < l->end; p++) {
		if (!lexer_at(l, p, s->block_start)) {
			continue;
		}
		const char *q = p + strlen(s->block_start);
		char sign = '\0';
		q = lexer_skip_space(l, lexer_sign(l, q, &sign));
		if (!lexer_at(l, q, "endraw")) {
			continue;
		}
		q = lexer_skip_space(l, q + 6);
		const char *after = lexer_tag_end(l, q, s->block_end, TRUE, TRUE);
		if (after == NULL) {
			continue;
		}
		struct found end = { MARK_BLOCK, p, after, sign };
		l->line_starting = found->after > l->start && found->after[-1] == '\n';
		add_data(l, found->after, lexer_text_end(l, found->after, &end), TRUE);
		l->p = after;
		return TRUE;
	}
	l->p = l->end;
	if (found->after == l->end) {
		return TRUE;
	}
	error_set_at(error, SUTLER_ERROR_USAGE, lexer_position(l, found->from),
		"raw block is never closed, add '{%% endraw %%}'");
	return FALSE;
}

/* Where the tag that is being read goes on when it ends here, or NULL. */
static const char *tag_ends(const struct lexer *l, const struct found *found)
{
	const struct jinja_syntax *s = l->syntax;
	if (l->open > 0) {
		return NULL;
	}
	if (found->mark == MARK_LINE) {
		return lexer_line_end(l, l->p);
	}
	if (l->p >= l->end) {
		return NULL;
	}
	return found->mark == MARK_VARIABLE ? lexer_tag_end(l, l->p, s->variable_end, FALSE, FALSE)
					    : lexer_tag_end(l, l->p, s->block_end, TRUE, TRUE);
}

static gboolean lex_tag(struct lexer *l, const struct found *found, GError **error)
{
	const struct jinja_syntax *s = l->syntax;
	gboolean variable = found->mark == MARK_VARIABLE;
	lexer_add(l, variable ? TOKEN_VARIABLE_BEGIN : TOKEN_BLOCK_BEGIN, found->from, NULL, 0);
	l->p = found->after;
	l->open = 0;
	for (;;) {
		const char *after = tag_ends(l, found);
		if (after != NULL) {
			lexer_add(
				l, variable ? TOKEN_VARIABLE_END : TOKEN_BLOCK_END, l->p, NULL, 0);
			l->p = after;
			return TRUE;
		}
		const char *token = lexer_skip_space(l, l->p);
		if (token > l->p) {
			l->p = token;
			continue;
		}
		if (l->p >= l->end) {
			error_set_at(error, SUTLER_ERROR_USAGE, lexer_position(l, found->from),
				"tag is never closed, add '%s'",
				variable ? s->variable_end : s->block_end);
			return FALSE;
		}
		if (!lexer_token(l, variable && s->raw_strings, error)) {
			return FALSE;
		}
	}
}

static gboolean lex_root(struct lexer *l, GError **error)
{
	l->line_starting = TRUE;
	while (l->p < l->end) {
		struct found found = lexer_find_mark(l);
		add_data(l, l->p,
			found.mark == MARK_NONE ? l->end : lexer_text_end(l, l->p, &found), FALSE);
		gboolean ok = TRUE;
		switch (found.mark) {
		case MARK_NONE:
			l->p = l->end;
			break;
		case MARK_RAW:
			ok = lex_raw(l, &found, error);
			break;
		case MARK_COMMENT:
			ok = lex_comment(l, &found, error);
			break;
		case MARK_LINE_COMMENT:
			l->p = memchr(found.after, '\n', (gsize)(l->end - found.after));
			l->p = l->p == NULL ? l->end : l->p;
			break;
		case MARK_BLOCK:
		case MARK_VARIABLE:
		case MARK_LINE:
			ok = lex_tag(l, &found, error);
			break;
		}
		if (!ok) {
			return FALSE;
		}
		l->line_starting = l->p > l->start && l->p[-1] == '\n';
	}
	return TRUE;
}

static gboolean lex_bare(struct lexer *l, GError **error)
{
	lexer_add(l, TOKEN_VARIABLE_BEGIN, l->p, NULL, 0);
	while ((l->p = lexer_skip_space(l, l->p)) < l->end) {
		if (!lexer_token(l, l->syntax->raw_strings, error)) {
			return FALSE;
		}
	}
	if (l->open > 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, lexer_position(l, l->p),
			"expression ends before its '%c'", l->balance[l->open - 1]);
		return FALSE;
	}
	lexer_add(l, TOKEN_VARIABLE_END, l->p, NULL, 0);
	return TRUE;
}

/* \r\n and \r become \n, the last newline goes. */
static char *normalize(const char *source, gsize *length, const struct jinja_syntax *syntax)
{
	GString *out = g_string_sized_new(*length + 1);
	for (gsize i = 0; i < *length; i++) {
		if (source[i] == '\r') {
			g_string_append_c(out, '\n');
			i += i + 1 < *length && source[i + 1] == '\n';
		} else {
			g_string_append_c(out, source[i]);
		}
	}
	/* Where backslashes are kept, the source counts as taken apart once before. */
	gboolean twice = syntax->raw_strings && strchr(out->str, '\\') != NULL &&
			 strstr(out->str, syntax->variable_start) != NULL;
	for (int n = 0; n <= twice && !syntax->keep_trailing_newline; n++) {
		if (out->len > 0 && out->str[out->len - 1] == '\n') {
			g_string_truncate(out, out->len - 1);
		}
	}
	*length = out->len;
	return g_string_free(out, FALSE);
}

static gboolean check_source(const char *source, gsize length, const char *name, GError **error)
{
	struct position top = { name, 1, 0 };
	if (length > LIMIT_BYTES) {
		error_set_at(error, SUTLER_ERROR_LIMIT, top, "template is larger than %d MiB",
			LIMIT_BYTES >> 20);
		return FALSE;
	}
	const char *bad = NULL;
	if (!g_utf8_validate_len(source, length, &bad)) {
		guint line = 1;
		for (const char *p = source; p < bad; p++) {
			line += *p == '\n';
		}
		top.line = line;
		error_set_at(error, SUTLER_ERROR_USAGE, top, "template is not UTF-8 text%s",
			*bad == '\0' ? ": it holds a NUL byte" : "");
		return FALSE;
	}
	return TRUE;
}

GArray *lexer_run(const char *source, gsize length, const char *name,
	const struct jinja_syntax *syntax, gboolean bare, GError **error)
{
	if (!check_source(source, length, name, error)) {
		return NULL;
	}
	g_autofree char *text = normalize(source, &length, syntax);
	char balance[LIMIT_NESTING];
	struct lexer l = { .syntax = syntax,
		.name = name,
		.start = text,
		.end = text + length,
		.p = text,
		.counted = text,
		.line = 1,
		.column = 1,
		.balance = balance };
	l.tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
	g_array_set_clear_func(l.tokens, clear_token);
	if (!(bare ? lex_bare(&l, error) : lex_root(&l, error))) {
		g_array_unref(l.tokens);
		return NULL;
	}
	lexer_add(&l, TOKEN_EOF, l.end, NULL, 0);
	return l.tokens;
}
