/* Template text to tokens, as jinja2.lexer does. */
#ifndef SUTLER_JINJA_LEXER_H
#define SUTLER_JINJA_LEXER_H

#include "jinja/jinja.h"

enum token_type {
	TOKEN_EOF,
	TOKEN_DATA,
	TOKEN_VARIABLE_BEGIN,
	TOKEN_VARIABLE_END,
	TOKEN_BLOCK_BEGIN,
	TOKEN_BLOCK_END,
	TOKEN_NAME,
	TOKEN_STRING,
	TOKEN_INTEGER,
	TOKEN_FLOAT,
	/* operators */
	TOKEN_ADD,
	TOKEN_SUB,
	TOKEN_DIV,
	TOKEN_FLOORDIV,
	TOKEN_MUL,
	TOKEN_MOD,
	TOKEN_POW,
	TOKEN_TILDE,
	TOKEN_LBRACKET,
	TOKEN_RBRACKET,
	TOKEN_LPAREN,
	TOKEN_RPAREN,
	TOKEN_LBRACE,
	TOKEN_RBRACE,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_GT,
	TOKEN_GTEQ,
	TOKEN_LT,
	TOKEN_LTEQ,
	TOKEN_ASSIGN,
	TOKEN_DOT,
	TOKEN_COLON,
	TOKEN_PIPE,
	TOKEN_COMMA,
	TOKEN_SEMICOLON,
};

struct token {
	enum token_type type;
	gboolean raw; /* data from a raw block: placeholders are not replaced in it */
	guint32 line;
	guint32 column;
	guint32 length;
	char *text; /* of data, names, strings (unescaped) and numbers */
};

/* Tokens (struct token, the array owns the texts) ending with TOKEN_EOF. bare: source is an
 * expression without marks, returned between TOKEN_VARIABLE_BEGIN and TOKEN_VARIABLE_END. */
GArray *lexer_run(const char *source, gsize length, const char *name,
	const struct jinja_syntax *syntax, gboolean bare, GError **error);

/* What errors call a token. */
const char *token_describe(const struct token *token);
const char *token_type_describe(enum token_type type);

#endif
