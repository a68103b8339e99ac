/* Numbers in template expressions: 1_000, 0x1F, 1.5e-3. */
#include "jinja/syntax/lexer-private.h"

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
	lexer_add(l, type, l->p, g_string_free(text, FALSE), length);
	l->p = end;
}

gboolean lexer_number(struct lexer *l)
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
	return FALSE;
}
