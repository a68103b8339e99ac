/* The tokens inside a tag: names, strings and operators. */
#include "jinja/syntax/lexer-private.h"

#include "jinja/syntax/escape.h"
#include "jinja/syntax/limits.h"

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

static gboolean lex_string(struct lexer *l, gboolean raw, GError **error)
{
	char quote = *l->p;
	const char *p = l->p + 1;
	while (p < l->end && *p != quote) {
		p += *p == '\\' && !raw && p + 1 < l->end ? 2 : 1;
	}
	if (p >= l->end) {
		error_set_at(error, SUTLER_ERROR_USAGE, lexer_position(l, l->p),
			"string is never closed, add %c", quote);
		return FALSE;
	}
	g_autoptr(GString) source = lexer_text(l, l->p + 1, (gsize)(p - l->p - 1));
	gsize length = source->len;
	char *text = NULL;
	if (raw || memchr(source->str, '\\', length) == NULL) {
		text = g_string_free(g_steal_pointer(&source), FALSE);
	} else {
		g_autofree char *why = NULL;
		text = escape_decode(source->str, length, &length, &why);
		if (text == NULL) {
			error_set_at(error, SUTLER_ERROR_USAGE, lexer_position(l, l->p),
				"invalid escape in string: %s", why);
			return FALSE;
		}
	}
	lexer_add(l, TOKEN_STRING, l->p, text, length);
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

static gboolean check_balance(
	struct lexer *l, enum token_type type, const char *where, GError **error)
{
	char c = *where;
	if (type == TOKEN_LPAREN || type == TOKEN_LBRACKET || type == TOKEN_LBRACE) {
		if (l->open >= LIMIT_NESTING) {
			error_set_at(error, SUTLER_ERROR_LIMIT, lexer_position(l, where),
				"brackets are nested deeper than %d levels", LIMIT_NESTING);
			return FALSE;
		}
		l->balance[l->open++] = c == '(' ? ')' : c == '[' ? ']' : '}';
	} else if (type == TOKEN_RPAREN || type == TOKEN_RBRACKET || type == TOKEN_RBRACE) {
		if (l->open == 0) {
			error_set_at(error, SUTLER_ERROR_USAGE, lexer_position(l, where),
				"unexpected '%c'", c);
			return FALSE;
		}
		char due = l->balance[--l->open];
		if (due != c) {
			error_set_at(error, SUTLER_ERROR_USAGE, lexer_position(l, where),
				"unexpected '%c', expected '%c'", c, due);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean lex_operator(struct lexer *l, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(operators); i++) {
		if (lexer_at(l, l->p, operators[i].text)) {
			if (!check_balance(l, operators[i].type, l->p, error)) {
				return FALSE;
			}
			gsize n = strlen(operators[i].text);
			lexer_add(l, operators[i].type, l->p, NULL, 0);
			l->p += n;
			return TRUE;
		}
	}
	g_autofree char *c = g_strndup(l->p, (gsize)(g_utf8_next_char(l->p) - l->p));
	error_set_at(
		error, SUTLER_ERROR_USAGE, lexer_position(l, l->p), "unexpected character '%s'", c);
	return FALSE;
}

gboolean lexer_token(struct lexer *l, gboolean raw_strings, GError **error)
{
	if (lexer_number(l)) {
		return TRUE;
	}
	const char *end = name_end(l, l->p);
	if (end > l->p) {
		gsize length = (gsize)(end - l->p);
		lexer_add(l, TOKEN_NAME, l->p, g_strndup(l->p, length), length);
		l->p = end;
		return TRUE;
	}
	if (*l->p == '\'' || *l->p == '"') {
		return lex_string(l, raw_strings, error);
	}
	return lex_operator(l, error);
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
