/* Python literals, as ast.literal_eval() reads them. */
#include "inventory/literal.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 200, DECIMAL_DIGITS_MAX = 4300 };

struct parsing {
	const char *p;
	const char *end;
	guint depth;
	const char *problem; /* it is a literal, but not one that can be held */
};

static const char set_problem[] = "a set cannot be held, write a list in brackets";

static value *parse_item(struct parsing *parsing);
static value *parse_string(struct parsing *parsing);

static void skip_blanks(struct parsing *parsing)
{
	while (parsing->p < parsing->end &&
		(*parsing->p == ' ' || *parsing->p == '\t' || *parsing->p == '\f')) {
		parsing->p++;
	}
}

static gboolean take(struct parsing *parsing, char c)
{
	skip_blanks(parsing);
	if (parsing->p < parsing->end && *parsing->p == c) {
		parsing->p++;
		return TRUE;
	}
	return FALSE;
}

static char peek(const struct parsing *parsing, gsize offset)
{
	return (gsize)(parsing->end - parsing->p) > offset ? parsing->p[offset] : '\0';
}

static gboolean is_digit_of(char c, guint base)
{
	int digit = g_ascii_xdigit_value(c);
	return digit >= 0 && digit < (int)base;
}

/* Appends the digits at p, "_" between two of them allowed; FALSE: none, or a stray "_". */
static gboolean take_digits(struct parsing *parsing, guint base, GString *digits)
{
	if (!is_digit_of(peek(parsing, 0), base)) {
		return FALSE;
	}
	for (;;) {
		char c = peek(parsing, 0);
		if (is_digit_of(c, base)) {
			g_string_append_c(digits, c);
		} else if (c != '_' || !is_digit_of(peek(parsing, 1), base)) {
			return c != '_';
		}
		parsing->p++;
	}
}

/* Any base to decimal digits, by long multiplication over limbs of nine digits. */
static char *to_decimal(const char *digits, guint base)
{
	g_autoptr(GArray) limbs = g_array_new(FALSE, FALSE, sizeof(guint32));
	for (; *digits != '\0'; digits++) {
		guint64 carry = (guint64)g_ascii_xdigit_value(*digits);
		for (guint i = 0; i < limbs->len; i++) {
			guint32 *limb = &g_array_index(limbs, guint32, i);
			carry += (guint64)*limb * base;
			*limb = (guint32)(carry % 1000000000);
			carry /= 1000000000;
		}
		if (carry > 0) {
			guint32 limb = (guint32)carry;
			g_array_append_val(limbs, limb);
		}
	}
	GString *out = g_string_new(NULL);
	for (guint i = limbs->len; i > 0; i--) {
		g_string_append_printf(
			out, out->len == 0 ? "%u" : "%09u", g_array_index(limbs, guint32, i - 1));
	}
	return g_string_free(out->len > 0 ? out : g_string_append_c(out, '0'), FALSE);
}

static value *parse_based(struct parsing *parsing, guint base)
{
	g_autoptr(GString) digits = g_string_new(NULL);
	parsing->p += 2;
	if (peek(parsing, 0) == '_') {
		parsing->p++;
	}
	if (!take_digits(parsing, base, digits)) {
		return NULL;
	}
	g_autofree char *decimal = to_decimal(digits->str, base);
	return value_new_big_int(decimal);
}

static gboolean take_exponent(struct parsing *parsing, GString *text)
{
	char c = peek(parsing, 0);
	if (c != 'e' && c != 'E') {
		return TRUE;
	}
	gsize sign = peek(parsing, 1) == '+' || peek(parsing, 1) == '-';
	if (!g_ascii_isdigit(peek(parsing, 1 + sign))) {
		return FALSE;
	}
	g_string_append_len(text, parsing->p, (gssize)(1 + sign));
	parsing->p += 1 + sign;
	return take_digits(parsing, 10, text);
}

static gboolean all_zeros(const char *digits)
{
	return strspn(digits, "0") == strlen(digits);
}

static value *parse_decimal(struct parsing *parsing)
{
	g_autoptr(GString) text = g_string_new(NULL);
	if (peek(parsing, 0) != '.' && !take_digits(parsing, 10, text)) {
		return NULL;
	}
	gsize whole = text->len;
	if (peek(parsing, 0) == '.') {
		g_string_append_c(text, '.');
		parsing->p++;
		if (g_ascii_isdigit(peek(parsing, 0)) && !take_digits(parsing, 10, text)) {
			return NULL;
		}
		if (text->len == 1) {
			return NULL;
		}
	}
	if (!take_exponent(parsing, text)) {
		return NULL;
	}
	if (text->len > whole) {
		return value_new_float(g_ascii_strtod(text->str, NULL));
	}
	gboolean octal_look = text->str[0] == '0' && !all_zeros(text->str);
	if (octal_look || text->len > DECIMAL_DIGITS_MAX) {
		return NULL;
	}
	return value_new_big_int(text->str);
}

static gboolean is_name_char(char c)
{
	return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

static value *parse_number(struct parsing *parsing)
{
	value *number = NULL;
	char kind = peek(parsing, 0) == '0' ? g_ascii_tolower(peek(parsing, 1)) : '\0';
	if (kind == 'x') {
		number = parse_based(parsing, 16);
	} else if (kind == 'o') {
		number = parse_based(parsing, 8);
	} else if (kind == 'b') {
		number = parse_based(parsing, 2);
	} else {
		number = parse_decimal(parsing);
	}
	if (is_name_char(peek(parsing, 0))) {
		value_clear(&number);
	}
	return number;
}

/* Items up to close, "," between them and allowed at the end. *ret_comma: there was one. */
static gboolean parse_items(struct parsing *parsing, char close, value *list, gboolean *ret_comma)
{
	*ret_comma = FALSE;
	while (!take(parsing, close)) {
		value *item = parse_item(parsing);
		if (item == NULL) {
			return FALSE;
		}
		value_list_append(list, item);
		if (take(parsing, ',')) {
			*ret_comma = TRUE;
		} else {
			return take(parsing, close);
		}
	}
	return TRUE;
}

static value *parse_list(struct parsing *parsing)
{
	g_autoptr(value) list = value_new_list();
	gboolean comma = FALSE;
	return parse_items(parsing, ']', list, &comma) ? g_steal_pointer(&list) : NULL;
}

static value *parse_parentheses(struct parsing *parsing)
{
	g_autoptr(value) tuple = value_new_tuple();
	gboolean comma = FALSE;
	if (!parse_items(parsing, ')', tuple, &comma)) {
		return NULL;
	}
	if (value_list_length(tuple) == 1 && !comma) {
		return value_ref(value_list_get(tuple, 0));
	}
	return g_steal_pointer(&tuple);
}

static value *parse_dict(struct parsing *parsing)
{
	g_autoptr(value) dict = value_new_dict();
	while (!take(parsing, '}')) {
		g_autoptr(value) key = parse_item(parsing);
		if (key == NULL) {
			return NULL;
		}
		if (!take(parsing, ':')) {
			skip_blanks(parsing);
			char c = peek(parsing, 0);
			parsing->problem = c == ',' || c == '}' ? set_problem : NULL;
			return NULL;
		}
		value *item = parse_item(parsing);
		if (item == NULL) {
			return NULL;
		}
		if (!value_is_hashable(key)) {
			parsing->problem = "a list or dict cannot be the key of a dict";
			value_unref(item);
			return NULL;
		}
		value_dict_set_value(dict, g_steal_pointer(&key), item);
		if (!take(parsing, ',')) {
			return take(parsing, '}') ? g_steal_pointer(&dict) : NULL;
		}
	}
	return g_steal_pointer(&dict);
}

static value *parse_name(struct parsing *parsing)
{
	static const char *const names[] = { "None", "False", "True" };
	const char *start = parsing->p;
	while (parsing->p < parsing->end && is_name_char(*parsing->p)) {
		parsing->p++;
	}
	gsize length = (gsize)(parsing->p - start);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strlen(names[i]) == length && memcmp(names[i], start, length) == 0) {
			return i == 0 ? value_new_null() : value_new_bool(i == 2);
		}
	}
	return NULL;
}

static gboolean is_number(const value *v)
{
	return value_is(v, VALUE_INT) || value_is(v, VALUE_BIG_INT) || value_is(v, VALUE_FLOAT);
}

static value *negated(const value *number)
{
	if (value_is(number, VALUE_FLOAT)) {
		return value_new_float(-value_float(number));
	}
	g_autofree char *digits = value_to_string(number);
	g_autofree char *text = g_strconcat("-", digits, NULL);
	return value_new_big_int(text);
}

/* A sign may stand before a number, also one in parentheses, but not before a signed one. */
static value *parse_signed(struct parsing *parsing)
{
	gboolean minus = *parsing->p == '-';
	parsing->p++;
	skip_blanks(parsing);
	guint parentheses = 0;
	while (take(parsing, '(')) {
		parentheses++;
	}
	skip_blanks(parsing);
	char c = peek(parsing, 0);
	if (!g_ascii_isdigit(c) && c != '.') {
		return NULL;
	}
	g_autoptr(value) number = parse_number(parsing);
	for (; parentheses > 0; parentheses--) {
		if (!take(parsing, ')')) {
			return NULL;
		}
	}
	if (number == NULL || !is_number(number)) {
		return NULL;
	}
	return minus ? negated(number) : g_steal_pointer(&number);
}

static gboolean at_string(const struct parsing *parsing)
{
	gsize i = 0;
	while (i < 2 && peek(parsing, i) != '\0' && strchr("bBrRuU", peek(parsing, i)) != NULL) {
		i++;
	}
	return peek(parsing, i) == '"' || peek(parsing, i) == '\'';
}

static value *parse_bracketed(struct parsing *parsing, char open)
{
	if (parsing->depth >= DEPTH_MAX) {
		return NULL;
	}
	parsing->depth++;
	parsing->p++;
	value *result = open == '['   ? parse_list(parsing)
			: open == '(' ? parse_parentheses(parsing)
				      : parse_dict(parsing);
	parsing->depth--;
	return result;
}

static value *parse_item(struct parsing *parsing)
{
	skip_blanks(parsing);
	char c = peek(parsing, 0);
	if (c == '[' || c == '(' || c == '{') {
		return parse_bracketed(parsing, c);
	}
	if (c == '+' || c == '-') {
		return parse_signed(parsing);
	}
	if (g_ascii_isdigit(c) || c == '.') {
		return parse_number(parsing);
	}
	return at_string(parsing) ? parse_string(parsing) : parse_name(parsing);
}

/* Strings. */

struct prefix {
	gboolean raw;
	gboolean bytes;
	gboolean unicode;
};

static gboolean take_prefix(struct parsing *parsing, struct prefix *prefix)
{
	for (; peek(parsing, 0) != '\'' && peek(parsing, 0) != '"'; parsing->p++) {
		gboolean *flag = NULL;
		switch (g_ascii_tolower(peek(parsing, 0))) {
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
static gboolean take_hex(struct parsing *parsing, guint n, gunichar *ret_code)
{
	*ret_code = 0;
	for (guint i = 0; i < n; i++) {
		int digit = g_ascii_xdigit_value(peek(parsing, 0));
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

static gboolean take_octal(struct parsing *parsing, const struct prefix *prefix, GString *out)
{
	gunichar code = 0;
	for (guint i = 0; i < 3 && is_digit_of(peek(parsing, 0), 8); i++) {
		code = code << 3 | (gunichar)(*parsing->p++ - '0');
	}
	return append_code(out, prefix->bytes ? code & 0xff : code, prefix->bytes);
}

/* p is after the backslash. */
static gboolean take_escape(struct parsing *parsing, const struct prefix *prefix, GString *out)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";
	char c = peek(parsing, 0);
	const char *letter = c != '\0' ? strchr(letters, c) : NULL;
	if (letter != NULL) {
		parsing->p++;
		g_string_append_c(out, meanings[letter - letters]);
		return TRUE;
	}
	if (is_digit_of(c, 8)) {
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

static gboolean take_text(struct parsing *parsing, const struct prefix *prefix, GString *out)
{
	char quote = *parsing->p;
	gsize n = peek(parsing, 1) == quote && peek(parsing, 2) == quote ? 3 : 1;
	parsing->p += n;
	for (;;) {
		if (parsing->p >= parsing->end) {
			return FALSE;
		}
		char c = *parsing->p;
		if (c == quote &&
			(n == 1 || (peek(parsing, 1) == quote && peek(parsing, 2) == quote))) {
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

static value *parse_string(struct parsing *parsing)
{
	g_autoptr(GString) text = g_string_new(NULL);
	gboolean bytes = FALSE;
	for (gboolean first = TRUE; first || at_string(parsing); first = FALSE) {
		struct prefix prefix = { 0 };
		if (!take_prefix(parsing, &prefix) || (!first && prefix.bytes != bytes) ||
			!take_text(parsing, &prefix, text)) {
			return NULL;
		}
		bytes = prefix.bytes;
		skip_blanks(parsing);
	}
	if (!g_utf8_validate(text->str, (gssize)text->len, NULL)) {
		return NULL;
	}
	return value_new_string_length(text->str, text->len);
}

static gboolean at_end(struct parsing *parsing)
{
	skip_blanks(parsing);
	return parsing->p >= parsing->end || *parsing->p == '#';
}

/* "1, 2" without parentheses is a tuple. */
static value *parse_all(struct parsing *parsing)
{
	g_autoptr(value) first = parse_item(parsing);
	if (first == NULL || at_end(parsing)) {
		return g_steal_pointer(&first);
	}
	g_autoptr(value) tuple = value_new_tuple();
	value_list_append(tuple, g_steal_pointer(&first));
	while (take(parsing, ',')) {
		if (at_end(parsing)) {
			return g_steal_pointer(&tuple);
		}
		value *item = parse_item(parsing);
		if (item == NULL) {
			return NULL;
		}
		value_list_append(tuple, item);
		if (at_end(parsing)) {
			return g_steal_pointer(&tuple);
		}
	}
	return NULL;
}

static value *parse_text(struct parsing *parsing)
{
	skip_blanks(parsing);
	char c = peek(parsing, 0);
	if (c == 's' && g_str_has_prefix(parsing->p, "set()")) {
		parsing->p += strlen("set()");
		parsing->problem = at_end(parsing) ? set_problem : NULL;
		return NULL;
	}
	if (c == '\0' || (g_ascii_isalpha(c) && strchr("NFTbBrRuU", c) == NULL)) {
		return NULL;
	}
	return parse_all(parsing);
}

value *literal_parse(const char *text, gsize length, const char **ret_problem)
{
	struct parsing parsing = { .p = text, .end = text + length };
	value *result = parse_text(&parsing);
	if (ret_problem != NULL) {
		*ret_problem = result == NULL ? parsing.problem : NULL;
	}
	return result;
}
