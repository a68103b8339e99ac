/* Python string literals: prefixes, escapes, triple quotes, strings that follow each other. */
#include "inventory/literal-parsing.h"

#include <string.h>

gboolean literal_at_string(const struct literal_parsing *parsing)
{
	gsize i = 0;
	while (i < 2 && literal_peek(parsing, i) != '\0' &&
		strchr("bBrRuU", literal_peek(parsing, i)) != NULL) {
		i++;
	}
	return literal_peek(parsing, i) == '"' || literal_peek(parsing, i) == '\'';
}

struct prefix {
	gboolean raw;
	gboolean bytes;
	gboolean unicode;
};

static gboolean take_prefix(struct literal_parsing *parsing, struct prefix *prefix)
{
	for (; literal_peek(parsing, 0) != '\'' && literal_peek(parsing, 0) != '"'; parsing->p++) {
		gboolean *flag = NULL;
		switch (g_ascii_tolower(literal_peek(parsing, 0))) {
		case 'r':
			flag = &prefix->raw;
			break;
		case 'b':
			flag = &prefix->bytes;
			break;
		default:
			flag = &prefix->unicode;
		}
		if (*flag) {
			return FALSE;
		}
		*flag = TRUE;
	}
	return !prefix->unicode || (!prefix->raw && !prefix->bytes);
}

/* n hexadecimal digits at p. */
static gboolean take_hex(struct literal_parsing *parsing, guint n, gunichar *ret_code)
{
	*ret_code = 0;
	for (guint i = 0; i < n; i++) {
		int digit = g_ascii_xdigit_value(literal_peek(parsing, 0));
		if (digit < 0) {
			return FALSE;
		}
		*ret_code = *ret_code << 4 | (gunichar)digit;
		parsing->p++;
	}
	return TRUE;
}

static gboolean append_code(GString *out, gunichar code, gboolean bytes)
{
	if (bytes) {
		g_string_append_c(out, (char)code);
		return TRUE;
	}
	if (code == 0 || !g_unichar_validate(code)) {
		return FALSE;
	}
	g_string_append_unichar(out, code);
	return TRUE;
}

static gboolean take_octal(
	struct literal_parsing *parsing, const struct prefix *prefix, GString *out)
{
	gunichar code = 0;
	for (guint i = 0; i < 3 && literal_is_digit(literal_peek(parsing, 0), 8); i++) {
		code = code << 3 | (gunichar)(*parsing->p++ - '0');
	}
	return append_code(out, prefix->bytes ? code & 0xff : code, prefix->bytes);
}

/* p is after the backslash. */
static gboolean take_escape(
	struct literal_parsing *parsing, const struct prefix *prefix, GString *out)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";
	char c = literal_peek(parsing, 0);
	const char *letter = c != '\0' ? strchr(letters, c) : NULL;
	if (letter != NULL) {
		parsing->p++;
		g_string_append_c(out, meanings[letter - letters]);
		return TRUE;
	}
	if (literal_is_digit(c, 8)) {
		return take_octal(parsing, prefix, out);
	}
	guint hex = c == 'x' ? 2 : prefix->bytes ? 0 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	if (hex > 0) {
		gunichar code = 0;
		parsing->p++;
		return take_hex(parsing, hex, &code) && append_code(out, code, prefix->bytes);
	}
	if (c == 'N' && !prefix->bytes) {
		return FALSE; /* names of characters are not known here */
	}
	g_string_append_c(out, '\\');
	return TRUE;
}

static gboolean take_text(
	struct literal_parsing *parsing, const struct prefix *prefix, GString *out)
{
	char quote = *parsing->p;
	gsize n = literal_peek(parsing, 1) == quote && literal_peek(parsing, 2) == quote ? 3 : 1;
	parsing->p += n;
	for (;;) {
		if (parsing->p >= parsing->end) {
			return FALSE;
		}
		char c = *parsing->p;
		if (c == quote && (n == 1 || (literal_peek(parsing, 1) == quote &&
						     literal_peek(parsing, 2) == quote))) {
			parsing->p += n;
			return TRUE;
		}
		parsing->p++;
		if (c == '\\' && prefix->raw) {
			g_string_append_c(out, c);
			if (parsing->p >= parsing->end) {
				return FALSE;
			}
			g_string_append_c(out, *parsing->p++);
		} else if (c == '\\') {
			if (!take_escape(parsing, prefix, out)) {
				return FALSE;
			}
		} else if (prefix->bytes && (guchar)c >= 0x80) {
			return FALSE;
		} else {
			g_string_append_c(out, c);
		}
	}
}

value *literal_parse_string(struct literal_parsing *parsing)
{
	g_autoptr(GString) text = g_string_new(NULL);
	gboolean bytes = FALSE;
	for (gboolean first = TRUE; first || literal_at_string(parsing); first = FALSE) {
		struct prefix prefix = { 0 };
		if (!take_prefix(parsing, &prefix) || (!first && prefix.bytes != bytes) ||
			!take_text(parsing, &prefix, text)) {
			return NULL;
		}
		bytes = prefix.bytes;
		literal_skip_blanks(parsing);
	}
	if (!g_utf8_validate(text->str, (gssize)text->len, NULL)) {
		return NULL;
	}
	return value_new_string_length(text->str, text->len);
}
