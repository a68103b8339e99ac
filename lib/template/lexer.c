/* Template text to tokens, as jinja2.lexer does. */
#include "template/lexer.h"

#include <string.h>

#include "template/escape.h"
#include "template/limits.h"

struct lexer {
	const struct syntax *syntax;
	const char *name;
	const char *start, *end; /* newlines are \n already */
	const char *p;
	const char *counted; /* line and column are those of this place */
	guint32 line, column;
	gboolean line_starting;
	char *balance; /* closing brackets that are due */
	gsize open;
	GArray *tokens;
};

void syntax_init(struct syntax *syntax)
{
	*syntax = (struct syntax){
		.block_start = g_strdup("{%"),
		.block_end = g_strdup("%}"),
		.variable_start = g_strdup("{{"),
		.variable_end = g_strdup("}}"),
		.comment_start = g_strdup("{#"),
		.comment_end = g_strdup("#}"),
		.newline = g_strdup("\n"),
		.trim_blocks = TRUE,
	};
}

void syntax_finish(struct syntax *syntax)
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

static struct position position_at(struct lexer *l, const char *where)
{
	if (where < l->counted) {
		l->counted = l->start;
		l->line = 1;
		l->column = 1;
	}
	count_to(l, where);
	return (struct position){ l->name, l->line, l->column };
}

static struct token *add(
	struct lexer *l, enum token_type type, const char *where, char *text, gsize length)
{
	count_to(l, where);
	struct token token = { type, FALSE, l->line, l->column, (guint32)length, text };
	g_array_append_val(l->tokens, token);
	return &g_array_index(l->tokens, struct token, l->tokens->len - 1);
}

static gboolean at(const struct lexer *l, const char *p, const char *word)
{
	gsize n = strlen(word);
	return (gsize)(l->end - p) >= n && memcmp(p, word, n) == 0;
}

/* Python's \s as far as templates hold it: ASCII and Unicode spaces. */
static const char *skip_space(const struct lexer *l, const char *p)
{
	while (p < l->end) {
		if ((guchar)*p < 0x80) {
			if (!(*p == ' ' || (*p >= '\t' && *p <= '\r') ||
				    (*p >= 0x1C && *p <= 0x1F))) {
				break;
			}
			p++;
		} else if (g_unichar_isspace(g_utf8_get_char(p))) {
			p = g_utf8_next_char(p);
		} else {
			break;
		}
	}
	return p;
}

static const char *strip_end(const char *start, const char *end)
{
	while (end > start) {
		const char *previous = end - 1;
		while (previous > start && ((guchar)*previous & 0xC0) == 0x80) {
			previous--;
		}
		gunichar c = g_utf8_get_char(previous);
		if (!(g_unichar_isspace(c) || (c >= 0x1C && c <= 0x1F) || c == 0x0B || c == 0x85)) {
			break;
		}
		end = previous;
	}
	return end;
}

/* The end of a tag that closes with word: "-word\s*", "+word" or "word" (with \n? when trimming).
 * NULL when p is not there. */
static const char *tag_end(
	const struct lexer *l, const char *p, const char *word, gboolean plus, gboolean trim)
{
	gsize n = strlen(word);
	if (*p == '-' && p < l->end && at(l, p + 1, word)) {
		return skip_space(l, p + 1 + n);
	}
	if (plus && *p == '+' && at(l, p + 1, word)) {
		return p + 1 + n;
	}
	if (at(l, p, word)) {
		p += n;
		return trim && l->syntax->trim_blocks && p < l->end && *p == '\n' ? p + 1 : p;
	}
	return NULL;
}

enum mark {
	MARK_NONE,
	MARK_RAW,
	MARK_COMMENT,
	MARK_BLOCK,
	MARK_VARIABLE,
	MARK_LINE,
	MARK_LINE_COMMENT
};

struct found {
	enum mark mark;
	const char *from;  /* where the mark begins */
	const char *after; /* behind the mark and its sign */
	char sign;         /* '-', '+' or 0 */
};

static gboolean raw_begins(const struct lexer *l, const char *p, struct found *found)
{
	if (!at(l, p, l->syntax->block_start)) {
		return FALSE;
	}
	const char *q = p + strlen(l->syntax->block_start);
	char sign = q < l->end && (*q == '-' || *q == '+') ? *q++ : '\0';
	q = skip_space(l, q);
	if (!at(l, q, "raw")) {
		return FALSE;
	}
	q = skip_space(l, q + 3);
	const char *after = tag_end(l, q, l->syntax->block_end, FALSE, FALSE);
	if (after == NULL) {
		return FALSE;
	}
	*found = (struct found){ MARK_RAW, p, after, sign };
	return TRUE;
}

static gboolean line_mark(const struct lexer *l, const char *p, struct found *found)
{
	const struct syntax *s = l->syntax;
	gboolean at_line = p == l->start || p[-1] == '\n';
	const char *q = p;
	while (q < l->end && (*q == ' ' || *q == '\t' || *q == '\v')) {
		q++;
	}
	/* A longer prefix wins: "##" comments beside "#" statements. */
	gsize comment = s->line_comment != NULL ? strlen(s->line_comment) : 0;
	gsize statement = s->line_statement != NULL ? strlen(s->line_statement) : 0;
	gboolean is_comment = comment > 0 && at(l, q, s->line_comment) &&
			      (at_line || (p > l->start && !g_ascii_isspace(p[-1])));
	gboolean is_statement = statement > 0 && at_line && at(l, q, s->line_statement);
	if (is_comment && (!is_statement || comment >= statement)) {
		*found = (struct found){ MARK_LINE_COMMENT, p, q + comment, '\0' };
		return TRUE;
	}
	if (is_statement) {
		const char *after = q + statement;
		char sign = after < l->end && (*after == '-' || *after == '+') ? *after++ : '\0';
		*found = (struct found){ MARK_LINE, p, after, sign };
		return TRUE;
	}
	return FALSE;
}

/* Whether a mark begins at p. Of marks that share a beginning the longest wins. */
static gboolean mark_at(const struct lexer *l, const char *p, struct found *found)
{
	const struct syntax *s = l->syntax;
	if (raw_begins(l, p, found)) {
		return TRUE;
	}
	const char *words[] = { s->variable_start, s->comment_start, s->block_start };
	static const enum mark marks[] = { MARK_VARIABLE, MARK_COMMENT, MARK_BLOCK };
	gsize best = 0;
	for (guint i = 0; i < 3; i++) {
		gsize n = strlen(words[i]);
		if (n > best && at(l, p, words[i])) {
			best = n;
			const char *after = p + n;
			char sign = after < l->end && (*after == '-' || *after == '+') ? *after++
										       : '\0';
			*found = (struct found){ marks[i], p, after, sign };
		}
	}
	if (best > 0) {
		return TRUE;
	}
	return (s->line_statement != NULL || s->line_comment != NULL) && line_mark(l, p, found);
}

static struct found find_mark(const struct lexer *l)
{
	const struct syntax *s = l->syntax;
	gboolean plain = s->line_statement == NULL && s->line_comment == NULL &&
			 *s->block_start == *s->variable_start &&
			 *s->block_start == *s->comment_start;
	struct found found = { MARK_NONE, l->end, l->end, '\0' };
	for (const char *p = l->p; p < l->end; p++) {
		if (plain) {
			p = memchr(p, *s->block_start, (gsize)(l->end - p));
			if (p == NULL) {
				break;
			}
		}
		if (mark_at(l, p, &found)) {
			return found;
		}
	}
	return found;
}

/* Adds template text, with newlines as configured. */
static void add_data(struct lexer *l, const char *from, const char *to, gboolean raw)
{
	if (from >= to) {
		return;
	}
	GString *text = g_string_new_len(from, to - from);
	if (strcmp(l->syntax->newline, "\n") != 0) {
		g_string_replace(text, "\n", l->syntax->newline, 0);
	}
	gsize length = text->len;
	add(l, TOKEN_DATA, from, g_string_free(text, FALSE), length)->raw = raw;
}

/* Where the text before a mark ends, after '-' or lstrip_blocks have taken their part. */
static const char *text_end(const struct lexer *l, const char *from, const struct found *found)
{
	if (found->sign == '-') {
		return strip_end(from, found->from);
	}
	if (found->sign == '+' || !l->syntax->lstrip_blocks || found->mark == MARK_VARIABLE) {
		return found->from;
	}
	const char *line = found->from;
	while (line > from && line[-1] != '\n') {
		line--;
	}
	if (line == from && !l->line_starting) {
		return found->from;
	}
	return strip_end(line, found->from) == line ? line : found->from;
}

static gboolean lex_comment(struct lexer *l, const struct found *found, GError **error)
{
	for (const char *p = found->after; p < l->end; p++) {
		const char *after = tag_end(l, p, l->syntax->comment_end, TRUE, TRUE);
		if (after != NULL) {
			l->p = after;
			return TRUE;
		}
	}
	l->p = l->end;
	if (found->after == l->end) {
		return TRUE; /* Jinja2 looks for the end only when something follows */
	}
	error_set_at(error, SUTLER_ERROR_USAGE, position_at(l, found->from),
		"comment is never closed, add '%s'", l->syntax->comment_end);
	return FALSE;
}

static gboolean lex_raw(struct lexer *l, const struct found *found, GError **error)
{
	const struct syntax *s = l->syntax;
	for (const char *p = found->after; p < l->end; p++) {
		if (!at(l, p, s->block_start)) {
			continue;
		}
		const char *q = p + strlen(s->block_start);
		char sign = q < l->end && (*q == '-' || *q == '+') ? *q++ : '\0';
		q = skip_space(l, q);
		if (!at(l, q, "endraw")) {
			continue;
		}
		q = skip_space(l, q + 6);
		const char *after = tag_end(l, q, s->block_end, TRUE, TRUE);
		if (after == NULL) {
			continue;
		}
		struct found end = { MARK_BLOCK, p, after, sign };
		l->line_starting = found->after > l->start && found->after[-1] == '\n';
		add_data(l, found->after, text_end(l, found->after, &end), TRUE);
		l->p = after;
		return TRUE;
	}
	l->p = l->end;
	if (found->after == l->end) {
		return TRUE;
	}
	error_set_at(error, SUTLER_ERROR_USAGE, position_at(l, found->from),
		"raw block is never closed, add '{%% endraw %%}'");
	return FALSE;
}

/* digits with single underscores between them; returns the end, or p when there is none */
static const char *digits(const struct lexer *l, const char *p, gboolean (*is)(char c))
{
	const char *end = p;
	while (p < l->end) {
		if (is(*p)) {
			end = ++p;
		} else if (*p == '_' && p + 1 < l->end && is(p[1])) {
			p++;
		} else {
			break;
		}
	}
	return end;
}

static gboolean is_decimal(char c)
{
	return g_ascii_isdigit(c);
}

static gboolean is_hex(char c)
{
	return g_ascii_isxdigit(c);
}

static gboolean is_octal(char c)
{
	return c >= '0' && c <= '7';
}

static gboolean is_binary(char c)
{
	return c == '0' || c == '1';
}

static gboolean is_zero(char c)
{
	return c == '0';
}

/* The end of the exponent at p, or p. */
static const char *exponent(const struct lexer *l, const char *p)
{
	if (p >= l->end || (*p != 'e' && *p != 'E')) {
		return p;
	}
	const char *q = p + 1;
	if (q < l->end && (*q == '+' || *q == '-')) {
		q++;
	}
	if (q >= l->end || !is_decimal(*q)) {
		return p;
	}
	return digits(l, q, is_decimal);
}

static const char *float_end(const struct lexer *l, const char *p)
{
	if ((p > l->start && p[-1] == '.') || !is_decimal(*p)) {
		return p;
	}
	const char *whole = digits(l, p, is_decimal);
	const char *q = whole;
	if (q + 1 < l->end && *q == '.' && is_decimal(q[1])) {
		q = digits(l, q + 1, is_decimal);
		return exponent(l, q);
	}
	const char *e = exponent(l, q);
	return e > q ? e : p;
}

static const char *integer_end(const struct lexer *l, const char *p)
{
	static const struct {
		char letter;
		gboolean (*is)(char c);
	} bases[] = { { 'b', is_binary }, { 'o', is_octal }, { 'x', is_hex } };
	for (gsize i = 0; *p == '0' && i < G_N_ELEMENTS(bases); i++) {
		if (p + 2 < l->end && g_ascii_tolower(p[1]) == bases[i].letter) {
			const char *from = p + 2 + (p[2] == '_');
			const char *q = from < l->end && bases[i].is(*from)
						? digits(l, from, bases[i].is)
						: from;
			if (q > from) {
				return q;
			}
		}
	}
	return *p == '0' ? digits(l, p, is_zero) : digits(l, p, is_decimal);
}

static void add_number(struct lexer *l, enum token_type type, const char *end)
{
	GString *text = g_string_new(NULL);
	for (const char *p = l->p; p < end; p++) {
		if (*p != '_') {
			g_string_append_c(text, *p);
		}
	}
	gsize length = text->len;
	add(l, type, l->p, g_string_free(text, FALSE), length);
	l->p = end;
}

static gboolean lex_string(struct lexer *l, gboolean raw, GError **error)
{
	char quote = *l->p;
	const char *p = l->p + 1;
	while (p < l->end && *p != quote) {
		p += *p == '\\' && !raw && p + 1 < l->end ? 2 : 1;
	}
	if (p >= l->end) {
		error_set_at(error, SUTLER_ERROR_USAGE, position_at(l, l->p),
			"string is never closed, add %c", quote);
		return FALSE;
	}
	gsize length = (gsize)(p - l->p - 1);
	char *text = NULL;
	if (raw || memchr(l->p + 1, '\\', length) == NULL) {
		text = g_strndup(l->p + 1, length);
	} else {
		g_autofree char *why = NULL;
		text = escape_decode(l->p + 1, length, &length, &why);
		if (text == NULL) {
			error_set_at(error, SUTLER_ERROR_USAGE, position_at(l, l->p),
				"invalid escape in string: %s", why);
			return FALSE;
		}
	}
	add(l, TOKEN_STRING, l->p, text, length);
	l->p = p + 1;
	return TRUE;
}

static gboolean is_name_start(gunichar c)
{
	return c == '_' || g_unichar_isalpha(c) || g_unichar_type(c) == G_UNICODE_LETTER_NUMBER;
}

static const char *name_end(const struct lexer *l, const char *p)
{
	const char *q = p;
	while (q < l->end) {
		gunichar c = g_utf8_get_char(q);
		if (!(c == '_' || g_unichar_isalnum(c) || (q > p && g_unichar_ismark(c)))) {
			break;
		}
		q = g_utf8_next_char(q);
	}
	return q > p && is_name_start(g_utf8_get_char(p)) ? q : p;
}

static const struct {
	const char *text;
	enum token_type type;
} operators[] = {
	{ "//", TOKEN_FLOORDIV },
	{ "**", TOKEN_POW },
	{ "==", TOKEN_EQ },
	{ "!=", TOKEN_NE },
	{ ">=", TOKEN_GTEQ },
	{ "<=", TOKEN_LTEQ },
	{ "+", TOKEN_ADD },
	{ "-", TOKEN_SUB },
	{ "/", TOKEN_DIV },
	{ "*", TOKEN_MUL },
	{ "%", TOKEN_MOD },
	{ "~", TOKEN_TILDE },
	{ "[", TOKEN_LBRACKET },
	{ "]", TOKEN_RBRACKET },
	{ "(", TOKEN_LPAREN },
	{ ")", TOKEN_RPAREN },
	{ "{", TOKEN_LBRACE },
	{ "}", TOKEN_RBRACE },
	{ ">", TOKEN_GT },
	{ "<", TOKEN_LT },
	{ "=", TOKEN_ASSIGN },
	{ ".", TOKEN_DOT },
	{ ":", TOKEN_COLON },
	{ "|", TOKEN_PIPE },
	{ ",", TOKEN_COMMA },
	{ ";", TOKEN_SEMICOLON },
};

static gboolean check_balance(
	struct lexer *l, enum token_type type, const char *where, GError **error)
{
	char c = *where;
	if (type == TOKEN_LPAREN || type == TOKEN_LBRACKET || type == TOKEN_LBRACE) {
		if (l->open >= LIMIT_NESTING) {
			error_set_at(error, SUTLER_ERROR_LIMIT, position_at(l, where),
				"brackets are nested deeper than %d levels", LIMIT_NESTING);
			return FALSE;
		}
		l->balance[l->open++] = c == '(' ? ')' : c == '[' ? ']' : '}';
	} else if (type == TOKEN_RPAREN || type == TOKEN_RBRACKET || type == TOKEN_RBRACE) {
		if (l->open == 0) {
			error_set_at(error, SUTLER_ERROR_USAGE, position_at(l, where),
				"unexpected '%c'", c);
			return FALSE;
		}
		char due = l->balance[--l->open];
		if (due != c) {
			error_set_at(error, SUTLER_ERROR_USAGE, position_at(l, where),
				"unexpected '%c', expected '%c'", c, due);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean lex_operator(struct lexer *l, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(operators); i++) {
		if (at(l, l->p, operators[i].text)) {
			if (!check_balance(l, operators[i].type, l->p, error)) {
				return FALSE;
			}
			gsize n = strlen(operators[i].text);
			add(l, operators[i].type, l->p, NULL, 0);
			l->p += n;
			return TRUE;
		}
	}
	g_autofree char *c = g_strndup(l->p, (gsize)(g_utf8_next_char(l->p) - l->p));
	error_set_at(
		error, SUTLER_ERROR_USAGE, position_at(l, l->p), "unexpected character '%s'", c);
	return FALSE;
}

/* One token inside a tag. */
static gboolean lex_inner(struct lexer *l, gboolean raw_strings, GError **error)
{
	const char *end = float_end(l, l->p);
	if (end > l->p) {
		add_number(l, TOKEN_FLOAT, end);
		return TRUE;
	}
	if (is_decimal(*l->p)) {
		add_number(l, TOKEN_INTEGER, integer_end(l, l->p));
		return TRUE;
	}
	end = name_end(l, l->p);
	if (end > l->p) {
		gsize length = (gsize)(end - l->p);
		add(l, TOKEN_NAME, l->p, g_strndup(l->p, length), length);
		l->p = end;
		return TRUE;
	}
	if (*l->p == '\'' || *l->p == '"') {
		return lex_string(l, raw_strings, error);
	}
	return lex_operator(l, error);
}

/* The end of a line statement: the rest of the line is empty. */
static const char *line_end(const struct lexer *l, const char *p)
{
	const char *q = skip_space(l, p);
	if (q >= l->end) {
		return q;
	}
	for (const char *r = q; r > p; r--) {
		if (r[-1] == '\n') {
			return r;
		}
	}
	return NULL;
}

static gboolean lex_tag(struct lexer *l, const struct found *found, GError **error)
{
	const struct syntax *s = l->syntax;
	gboolean variable = found->mark == MARK_VARIABLE;
	add(l, variable ? TOKEN_VARIABLE_BEGIN : TOKEN_BLOCK_BEGIN, found->from, NULL, 0);
	l->p = found->after;
	l->open = 0;
	for (;;) {
		const char *after = NULL;
		if (l->open == 0) {
			after = found->mark == MARK_LINE ? line_end(l, l->p)
				: variable      ? (l->p < l->end ? tag_end(l, l->p, s->variable_end,
									   FALSE, FALSE)
								 : NULL)
				: l->p < l->end ? tag_end(l, l->p, s->block_end, TRUE, TRUE)
						: NULL;
		}
		if (after != NULL) {
			add(l, variable ? TOKEN_VARIABLE_END : TOKEN_BLOCK_END, l->p, NULL, 0);
			l->p = after;
			return TRUE;
		}
		const char *token = skip_space(l, l->p);
		if (token > l->p) {
			l->p = token;
			continue;
		}
		if (l->p >= l->end) {
			error_set_at(error, SUTLER_ERROR_USAGE, position_at(l, found->from),
				"tag is never closed, add '%s'",
				variable ? s->variable_end : s->block_end);
			return FALSE;
		}
		if (!lex_inner(l, variable && s->raw_strings, error)) {
			return FALSE;
		}
	}
}

static gboolean lex_root(struct lexer *l, GError **error)
{
	l->line_starting = TRUE;
	while (l->p < l->end) {
		struct found found = find_mark(l);
		add_data(l, l->p, found.mark == MARK_NONE ? l->end : text_end(l, l->p, &found),
			FALSE);
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
	add(l, TOKEN_VARIABLE_BEGIN, l->p, NULL, 0);
	while ((l->p = skip_space(l, l->p)) < l->end) {
		if (!lex_inner(l, l->syntax->raw_strings, error)) {
			return FALSE;
		}
	}
	if (l->open > 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, position_at(l, l->p),
			"expression ends before its '%c'", l->balance[l->open - 1]);
		return FALSE;
	}
	add(l, TOKEN_VARIABLE_END, l->p, NULL, 0);
	return TRUE;
}

/* \r\n and \r become \n, the last newline goes. */
static char *normalize(const char *source, gsize *length, const struct syntax *syntax)
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
	/* Where Ansible doubles backslashes, it takes the source apart once more before. */
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

GArray *lexer_run(const char *source, gsize length, const char *name, const struct syntax *syntax,
	gboolean bare, GError **error)
{
	struct position top = { name, 1, 0 };
	if (length > LIMIT_BYTES) {
		error_set_at(error, SUTLER_ERROR_LIMIT, top, "template is larger than %d MiB",
			LIMIT_BYTES >> 20);
		return NULL;
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
	add(&l, TOKEN_EOF, l.end, NULL, 0);
	return l.tokens;
}

const char *token_type_describe(enum token_type type)
{
	switch (type) {
	case TOKEN_EOF:
		return "end of template";
	case TOKEN_DATA:
		return "template text";
	case TOKEN_VARIABLE_BEGIN:
		return "begin of print statement";
	case TOKEN_VARIABLE_END:
		return "end of print statement";
	case TOKEN_BLOCK_BEGIN:
		return "begin of statement block";
	case TOKEN_BLOCK_END:
		return "end of statement block";
	case TOKEN_NAME:
		return "name";
	case TOKEN_STRING:
		return "string";
	case TOKEN_INTEGER:
		return "integer";
	case TOKEN_FLOAT:
		return "float";
	default:
		break;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(operators); i++) {
		if (operators[i].type == type) {
			return operators[i].text;
		}
	}
	return "token";
}

const char *token_describe(const struct token *token)
{
	return token->type == TOKEN_NAME ? token->text : token_type_describe(token->type);
}
