/* Python literals, as ast.literal_eval() reads them. */
#include "inventory/literal.h"

#include "inventory/literal-parsing.h"

#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 200, DECIMAL_DIGITS_MAX = 4300 };

static const char set_problem[] = "a set cannot be held, write a list in brackets";

static value *parse_item(struct literal_parsing *parsing);

void literal_skip_blanks(struct literal_parsing *parsing)
{
	while (parsing->p < parsing->end &&
		(*parsing->p == ' ' || *parsing->p == '\t' || *parsing->p == '\f')) {
		parsing->p++;
	}
}

char literal_peek(const struct literal_parsing *parsing, gsize offset)
{
	return (gsize)(parsing->end - parsing->p) > offset ? parsing->p[offset] : '\0';
}

gboolean literal_is_digit(char c, guint base)
{
	int digit = g_ascii_xdigit_value(c);
	return digit >= 0 && digit < (int)base;
}

static gboolean take(struct literal_parsing *parsing, char c)
{
	literal_skip_blanks(parsing);
	if (parsing->p < parsing->end && *parsing->p == c) {
		parsing->p++;
		return TRUE;
	}
	return FALSE;
}

/* Appends the digits at p, "_" between two of them allowed; FALSE: none, or a stray "_". */
static gboolean take_digits(struct literal_parsing *parsing, guint base, GString *digits)
{
	if (!literal_is_digit(literal_peek(parsing, 0), base)) {
		return FALSE;
	}
	for (;;) {
		char c = literal_peek(parsing, 0);
		if (literal_is_digit(c, base)) {
			g_string_append_c(digits, c);
		} else if (c != '_' || !literal_is_digit(literal_peek(parsing, 1), base)) {
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

static value *parse_based(struct literal_parsing *parsing, guint base)
{
	g_autoptr(GString) digits = g_string_new(NULL);
	parsing->p += 2;
	if (literal_peek(parsing, 0) == '_') {
		parsing->p++;
	}
	if (!take_digits(parsing, base, digits)) {
		return NULL;
	}
	g_autofree char *decimal = to_decimal(digits->str, base);
	return value_new_big_int(decimal);
}

static gboolean take_exponent(struct literal_parsing *parsing, GString *text)
{
	char c = literal_peek(parsing, 0);
	if (c != 'e' && c != 'E') {
		return TRUE;
	}
	gsize sign = literal_peek(parsing, 1) == '+' || literal_peek(parsing, 1) == '-';
	if (!g_ascii_isdigit(literal_peek(parsing, 1 + sign))) {
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

static value *parse_decimal(struct literal_parsing *parsing)
{
	g_autoptr(GString) text = g_string_new(NULL);
	if (literal_peek(parsing, 0) != '.' && !take_digits(parsing, 10, text)) {
		return NULL;
	}
	gsize whole = text->len;
	if (literal_peek(parsing, 0) == '.') {
		g_string_append_c(text, '.');
		parsing->p++;
		if (g_ascii_isdigit(literal_peek(parsing, 0)) && !take_digits(parsing, 10, text)) {
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

static value *parse_number(struct literal_parsing *parsing)
{
	value *number = NULL;
	char kind =
		literal_peek(parsing, 0) == '0' ? g_ascii_tolower(literal_peek(parsing, 1)) : '\0';
	if (kind == 'x') {
		number = parse_based(parsing, 16);
	} else if (kind == 'o') {
		number = parse_based(parsing, 8);
	} else if (kind == 'b') {
		number = parse_based(parsing, 2);
	} else {
		number = parse_decimal(parsing);
	}
	if (is_name_char(literal_peek(parsing, 0))) {
		value_clear(&number);
	}
	return number;
}

/* Items up to close, "," between them and allowed at the end. *ret_comma: there was one. */
static gboolean parse_items(
	struct literal_parsing *parsing, char close, value *list, gboolean *ret_comma)
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

static value *parse_list(struct literal_parsing *parsing)
{
	g_autoptr(value) list = value_new_list();
	gboolean comma = FALSE;
	return parse_items(parsing, ']', list, &comma) ? g_steal_pointer(&list) : NULL;
}

static value *parse_parentheses(struct literal_parsing *parsing)
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

/* What is behind the first item of a set. */
static value *parse_set(struct literal_parsing *parsing)
{
	parsing->problem = set_problem;
	while (!take(parsing, '}')) {
		if (!take(parsing, ',')) {
			return NULL;
		}
		if (take(parsing, '}')) {
			break;
		}
		g_autoptr(value) item = parse_item(parsing);
		if (item == NULL) {
			return NULL;
		}
	}
	return value_new_dict();
}

static value *parse_dict(struct literal_parsing *parsing)
{
	g_autoptr(value) dict = value_new_dict();
	while (!take(parsing, '}')) {
		g_autoptr(value) key = parse_item(parsing);
		if (key == NULL) {
			return NULL;
		}
		if (!take(parsing, ':')) {
			return value_dict_length(dict) == 0 ? parse_set(parsing) : NULL;
		}
		value *item = parse_item(parsing);
		if (item == NULL) {
			return NULL;
		}
		if (value_is_hashable(key)) {
			value_dict_set_value(dict, g_steal_pointer(&key), item);
		} else {
			/* When the rest is no literal either, all of it is just text. */
			parsing->problem = "a list or dict cannot be the key of a dict";
			value_unref(item);
		}
		if (!take(parsing, ',')) {
			return take(parsing, '}') ? g_steal_pointer(&dict) : NULL;
		}
	}
	return g_steal_pointer(&dict);
}

static value *parse_name(struct literal_parsing *parsing)
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
static value *parse_signed(struct literal_parsing *parsing)
{
	gboolean minus = *parsing->p == '-';
	parsing->p++;
	literal_skip_blanks(parsing);
	guint parentheses = 0;
	while (take(parsing, '(')) {
		parentheses++;
	}
	literal_skip_blanks(parsing);
	char c = literal_peek(parsing, 0);
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

static value *parse_bracketed(struct literal_parsing *parsing, char open)
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

static value *parse_item(struct literal_parsing *parsing)
{
	literal_skip_blanks(parsing);
	char c = literal_peek(parsing, 0);
	if (c == '[' || c == '(' || c == '{') {
		return parse_bracketed(parsing, c);
	}
	if (c == '+' || c == '-') {
		return parse_signed(parsing);
	}
	if (g_ascii_isdigit(c) || c == '.') {
		return parse_number(parsing);
	}
	return literal_at_string(parsing) ? literal_parse_string(parsing) : parse_name(parsing);
}

static gboolean at_end(struct literal_parsing *parsing)
{
	literal_skip_blanks(parsing);
	return parsing->p >= parsing->end || *parsing->p == '#';
}

/* "1, 2" without parentheses is a tuple. */
static value *parse_all(struct literal_parsing *parsing)
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

static value *parse_text(struct literal_parsing *parsing)
{
	literal_skip_blanks(parsing);
	char c = literal_peek(parsing, 0);
	if (c == 's' && g_str_has_prefix(parsing->p, "set()")) {
		parsing->p += strlen("set()");
		parsing->problem = set_problem;
		return at_end(parsing) ? value_new_null() : NULL;
	}
	if (c == '\0' || (g_ascii_isalpha(c) && strchr("NFTbBrRuU", c) == NULL)) {
		return NULL;
	}
	return parse_all(parsing);
}

value *literal_parse(const char *text, gsize length, const char **ret_problem)
{
	struct literal_parsing parsing = { .p = text, .end = text + length };
	g_autoptr(value) result = parse_text(&parsing);
	const char *problem = result != NULL ? parsing.problem : NULL;
	if (ret_problem != NULL) {
		*ret_problem = problem;
	}
	return problem == NULL ? g_steal_pointer(&result) : NULL;
}
