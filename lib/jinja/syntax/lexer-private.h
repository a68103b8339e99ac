/* What the files of the lexer share: lexer.c, and of it marks, tokens inside tags and numbers. */
#ifndef SUTLER_JINJA_LEXER_PRIVATE_H
#define SUTLER_JINJA_LEXER_PRIVATE_H

#include <string.h>

#include "jinja/syntax/lexer.h"

struct lexer {
	const struct jinja_syntax *syntax;
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

/* Where a place of the source is, for errors. */
struct position lexer_position(struct lexer *l, const char *where);
/* Adds a token; takes text. The token is valid until the next is added. */
/* Template text or a literal, with newlines as configured. */
GString *lexer_text(const struct lexer *l, const char *from, gsize length);
struct token *lexer_add(
	struct lexer *l, enum token_type type, const char *where, char *text, gsize length);

static inline gboolean lexer_at(const struct lexer *l, const char *p, const char *word)
{
	gsize n = strlen(word);
	return (gsize)(l->end - p) >= n && memcmp(p, word, n) == 0;
}

/* lexer-mark.c: where tags, comments and raw blocks begin and end, and the white space they take.
 */

const char *lexer_skip_space(const struct lexer *l, const char *p);
/* Behind the '-' or '+' at *p, if there is one; *ret_sign is it or 0. */
const char *lexer_sign(const struct lexer *l, const char *p, char *ret_sign);
/* The end of a tag that closes with word: "-word\s*", "+word" or "word" (with \n? when trimming).
 * NULL when p is not there. */
const char *lexer_tag_end(
	const struct lexer *l, const char *p, const char *word, gboolean plus, gboolean trim);
/* The end of a line statement: the rest of the line is empty. NULL when it is not. */
const char *lexer_line_end(const struct lexer *l, const char *p);
/* The next mark from l->p on; MARK_NONE: there is none. */
struct found lexer_find_mark(const struct lexer *l);
/* Where the text before a mark ends, after '-' or lstrip_blocks have taken their part. */
const char *lexer_text_end(const struct lexer *l, const char *from, const struct found *found);

/* lexer-token.c, lexer-number.c: what stands inside tags. */

/* One token at l->p, which is not white space. */
gboolean lexer_token(struct lexer *l, gboolean raw_strings, GError **error);
/* A number at l->p; FALSE: there is none. */
gboolean lexer_number(struct lexer *l);

#endif
