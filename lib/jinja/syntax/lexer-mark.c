/* Where the tags, comments and raw blocks of a template begin and end, and the white space around
 * them that they take. */
#include "jinja/syntax/lexer-private.h"

/* Python's \s as far as templates hold it: ASCII and Unicode spaces. */
const char *lexer_skip_space(const struct lexer *l, const char *p)
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

const char *lexer_sign(const struct lexer *l, const char *p, char *ret_sign)
{
	*ret_sign = p < l->end && (*p == '-' || *p == '+') ? *p++ : '\0';
	return p;
}

const char *lexer_tag_end(
	const struct lexer *l, const char *p, const char *word, gboolean plus, gboolean trim)
{
	gsize n = strlen(word);
	if (*p == '-' && p < l->end && lexer_at(l, p + 1, word)) {
		return lexer_skip_space(l, p + 1 + n);
	}
	if (plus && *p == '+' && lexer_at(l, p + 1, word)) {
		return p + 1 + n;
	}
	if (lexer_at(l, p, word)) {
		p += n;
		return trim && l->syntax->trim_blocks && p < l->end && *p == '\n' ? p + 1 : p;
	}
	return NULL;
}

const char *lexer_line_end(const struct lexer *l, const char *p)
{
	const char *q = lexer_skip_space(l, p);
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

static gboolean raw_begins(const struct lexer *l, const char *p, struct found *found)
{
	if (!lexer_at(l, p, l->syntax->block_start)) {
		return FALSE;
	}
	const char *q = p + strlen(l->syntax->block_start);
	char sign = '\0';
	q = lexer_skip_space(l, lexer_sign(l, q, &sign));
	if (!lexer_at(l, q, "raw")) {
		return FALSE;
	}
	q = lexer_skip_space(l, q + 3);
	const char *after = lexer_tag_end(l, q, l->syntax->block_end, FALSE, FALSE);
	if (after == NULL) {
		return FALSE;
	}
	*found = (struct found){ MARK_RAW, p, after, sign };
	return TRUE;
}

static gboolean line_mark(const struct lexer *l, const char *p, struct found *found)
{
	const struct jinja_syntax *s = l->syntax;
	gboolean at_line = p == l->start || p[-1] == '\n';
	const char *q = p;
	while (q < l->end && (*q == ' ' || *q == '\t' || *q == '\v')) {
		q++;
	}
	/* A longer prefix wins: "##" comments beside "#" statements. */
	gsize comment = s->line_comment != NULL ? strlen(s->line_comment) : 0;
	gsize statement = s->line_statement != NULL ? strlen(s->line_statement) : 0;
	gboolean is_comment = comment > 0 && lexer_at(l, q, s->line_comment) &&
			      (at_line || (p > l->start && !g_ascii_isspace(p[-1])));
	gboolean is_statement = statement > 0 && at_line && lexer_at(l, q, s->line_statement);
	if (is_comment && (!is_statement || comment >= statement)) {
		*found = (struct found){ MARK_LINE_COMMENT, p, q + comment, '\0' };
		return TRUE;
	}
	if (is_statement) {
		char sign = '\0';
		const char *after = lexer_sign(l, q + statement, &sign);
		*found = (struct found){ MARK_LINE, p, after, sign };
		return TRUE;
	}
	return FALSE;
}

/* Whether a mark begins at p. Of marks that share a beginning the longest wins. */
static gboolean mark_at(const struct lexer *l, const char *p, struct found *found)
{
	const struct jinja_syntax *s = l->syntax;
	if (raw_begins(l, p, found)) {
		return TRUE;
	}
	const char *words[] = { s->variable_start, s->comment_start, s->block_start };
	static const enum mark marks[] = { MARK_VARIABLE, MARK_COMMENT, MARK_BLOCK };
	gsize best = 0;
	for (guint i = 0; i < 3; i++) {
		gsize n = strlen(words[i]);
		if (n > best && lexer_at(l, p, words[i])) {
			best = n;
			char sign = '\0';
			const char *after = lexer_sign(l, p + n, &sign);
			*found = (struct found){ marks[i], p, after, sign };
		}
	}
	if (best > 0) {
		return TRUE;
	}
	return (s->line_statement != NULL || s->line_comment != NULL) && line_mark(l, p, found);
}

struct found lexer_find_mark(const struct lexer *l)
{
	const struct jinja_syntax *s = l->syntax;
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

const char *lexer_text_end(const struct lexer *l, const char *from, const struct found *found)
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
