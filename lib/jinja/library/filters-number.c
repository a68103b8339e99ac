/* Filters on numbers and their text. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/regex.h"
#include "jinja/library/text.h"

static value *f_abs(struct jinja_call *c)
{
	gint64 i = 0;
	if (is_integer(c->input, &i)) {
		return i < 0 ? negate(c->e, c->input, FALSE) : value_new_int(i);
	}
	if (value_is(c->input, VALUE_FLOAT)) {
		return value_new_float(fabs(value_float(c->input)));
	}
	return jinja_fail_usage(
		c->e, "bad operand type for abs(): '%s'", value_type_name(c->input));
}

/* What int() and float() of Python read: digits and spaces of any script as those of ASCII, without
 * the spaces around them. Caller frees. */
static char *number_text(const char *text)
{
	GString *out = g_string_new(NULL);
	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c < 0x80) {
			g_string_append_c(out, (char)c);
		} else if (g_unichar_type(c) == G_UNICODE_DECIMAL_NUMBER) {
			g_string_append_c(out, (char)('0' + g_unichar_digit_value(c)));
		} else {
			g_string_append_c(out, text_is_space(c) ? ' ' : '?');
		}
	}
	return g_strstrip(g_string_free(out, FALSE));
}

/* int(text, base) of Python; FALSE when it is none. Base 0 goes by the prefix. */
static gboolean parse_int(const char *text, gint64 wanted, gint64 *ret)
{
	if (wanted != 0 && (wanted < 2 || wanted > 36)) {
		return FALSE;
	}
	guint base = wanted == 0 ? 10 : (guint)wanted;
	g_autofree char *copy = number_text(text);
	gsize negative = *copy == '-';
	const char *p = copy + (*copy == '-' || *copy == '+');
	static const struct {
		char letter;
		guint base;
	} bases[] = { { 'x', 16 }, { 'o', 8 }, { 'b', 2 } };
	for (gsize i = 0; i < G_N_ELEMENTS(bases); i++) {
		if (*p == '0' && g_ascii_tolower(p[1]) == bases[i].letter &&
			(base == bases[i].base || wanted == 0)) {
			base = bases[i].base;
			p += 2;
			p += *p == '_';
			break;
		}
	}
	if (wanted == 0 && base == 10 && *p == '0' && strspn(p, "0_") < strlen(p)) {
		return FALSE; /* 010 is an integer of no base */
	}
	g_autoptr(GString) digits = g_string_new(negative ? "-" : "");
	for (; *p != '\0'; p++) {
		int d = g_ascii_isdigit(*p)   ? *p - '0'
			: g_ascii_isalpha(*p) ? g_ascii_tolower(*p) - 'a' + 10
					      : -1;
		if (*p == '_' && digits->len > negative && p[1] != '_' && p[1] != '\0') {
			continue;
		}
		if (d < 0 || (guint)d >= base) {
			return FALSE;
		}
		g_string_append_c(digits, *p);
	}
	return digits->len > negative &&
	       g_ascii_string_to_signed(digits->str, base, G_MININT64, G_MAXINT64, ret, NULL);
}

/* float(text) of Python; FALSE when it is none. */
static gboolean parse_float(const char *text, double *ret)
{
	g_autofree char *copy = number_text(text);
	g_autoptr(GString) plain = g_string_new(NULL);
	for (const char *p = copy; *p != '\0'; p++) {
		if (*p == '_' && p > copy && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1])) {
			continue;
		}
		g_string_append_c(plain, *p);
	}
	const char *p = plain->str + (*plain->str == '-' || *plain->str == '+');
	gboolean word = g_ascii_strcasecmp(p, "inf") == 0 || g_ascii_strcasecmp(p, "nan") == 0 ||
			g_ascii_strcasecmp(p, "infinity") == 0;
	if (!word && strspn(p, "0123456789.eE+-") != strlen(p)) {
		return FALSE;
	}
	char *end = NULL;
	*ret = g_ascii_strtod(plain->str, &end);
	return plain->len > 0 && end != plain->str && *end == '\0';
}

static value *float_to_int(struct jinja_call *c, double d)
{
	if (isnan(d) || isinf(d)) {
		return NULL;
	}
	if (fabs(d) >= 9223372036854775808.0) {
		return jinja_fail(c->e, SUTLER_ERROR_LIMIT, "integer does not fit 64 bits");
	}
	return value_new_int((gint64)trunc(d));
}

static value *f_int(struct jinja_call *c)
{
	gint64 base = 10;
	gint64 i = 0;
	double d = 0;
	value *otherwise = c->arguments[0];
	value *v = NULL;
	if (c->arguments[1] != NULL && !is_integer(c->arguments[1], &base)) {
		base = -1; /* of no use, but only text asks for it */
	}
	if (is_integer(c->input, &i)) {
		return value_new_int(i);
	}
	if (value_is(c->input, VALUE_FLOAT)) {
		if (isinf(value_float(c->input))) {
			return jinja_fail_usage(c->e, "cannot convert float infinity to integer");
		}
		v = float_to_int(c, value_float(c->input));
	} else if (value_is(c->input, VALUE_STRING)) {
		const char *s = value_string(c->input);
		if (parse_int(s, base, &i)) {
			return value_new_int(i);
		}
		if (parse_float(s, &d)) {
			if (isinf(d)) {
				return jinja_fail_usage(
					c->e, "cannot convert float infinity to integer");
			}
			v = float_to_int(c, d);
		}
	} else if (value_is(c->input, VALUE_BIG_INT)) {
		return value_ref(c->input);
	}
	if (v != NULL || c->e->error != NULL) {
		return v;
	}
	return otherwise != NULL ? value_ref(otherwise) : value_new_int(0);
}

static value *f_float(struct jinja_call *c)
{
	double d = 0;
	if (is_number(c->input)) {
		return value_new_float(number_of(c->input));
	}
	if (value_is(c->input, VALUE_STRING) && parse_float(value_string(c->input), &d)) {
		return value_new_float(d);
	}
	return c->arguments[0] != NULL ? value_ref(c->arguments[0]) : value_new_float(0);
}

/* round() of Python: half to even, on the decimal digits of the number. */
static double round_common(double d, gint64 precision)
{
	if (!isfinite(d) || precision > 300) {
		return d;
	}
	if (precision >= 0) {
		char text[400];
		g_snprintf(text, sizeof text, "%.*f", (int)precision, d);
		return g_ascii_strtod(text, NULL);
	}
	if (precision < -308) {
		return copysign(0.0, d);
	}
	double scale = pow(10, (double)-precision);
	return rint(d / scale) * scale;
}

static value *f_round(struct jinja_call *c)
{
	gint64 precision = 0;
	const char *method = c->arguments[1] != NULL ? jinja_arg_string(c, 1, NULL) : "common";
	gboolean whole = strcmp(method != NULL ? method : "", "common") == 0 &&
			 value_is(c->arguments[0], VALUE_NULL);
	if (method == NULL || (!whole && !jinja_arg_int(c, 0, 0, &precision))) {
		return NULL;
	}
	gboolean up = strcmp(method, "ceil") == 0;
	if (!up && strcmp(method, "floor") != 0 && strcmp(method, "common") != 0) {
		return jinja_fail_usage(c->e, "method must be common, ceil or floor");
	}
	if (!is_number(c->input)) {
		return jinja_fail_usage(
			c->e, "type %s doesn't define __round__ method", value_type_name(c->input));
	}
	gint64 i = 0;
	if (*method == 'c' && !up) {
		if (is_integer(c->input, &i) && precision >= 0) {
			return value_new_int(i);
		}
		double r = round_common(number_of(c->input), precision);
		if (whole) {
			return float_to_int(c, r);
		}
		return is_integer(c->input, &i) ? value_new_int((gint64)r) : value_new_float(r);
	}
	double scale = pow(10, (double)precision);
	double scaled = number_of(c->input) * scale;
	if (!isfinite(scaled)) {
		return jinja_fail_usage(c->e, "cannot convert float infinity to integer");
	}
	/* an int in between in Python: no -0.0 */
	return value_new_float(((up ? ceil(scaled) : floor(scaled)) + 0.0) / scale);
}

static value *f_filesizeformat(struct jinja_call *c)
{
	gboolean binary = jinja_arg_bool(c, 0, FALSE);
	double bytes = 0;
	if (is_number(c->input)) {
		bytes = number_of(c->input);
	} else if (!value_is(c->input, VALUE_STRING) ||
		   !parse_float(value_string(c->input), &bytes)) {
		return jinja_fail_usage(
			c->e, "could not convert '%s' to float", value_type_name(c->input));
	}
	static const char *const units[2][8] = { { "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB" },
		{ "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB" } };
	double base = binary ? 1024 : 1000;
	if (bytes == 1) {
		return value_new_string("1 Byte");
	}
	g_autofree char *text = NULL;
	if (bytes < base) {
		text = g_strdup_printf("%" G_GINT64_FORMAT " Bytes", (gint64)bytes);
		return value_new_string(text);
	}
	double unit = base;
	for (int i = 0; i < 8; i++) {
		unit *= base;
		if (bytes < unit || i == 7) {
			text = g_strdup_printf("%.1f %s", base * bytes / unit, units[binary][i]);
			break;
		}
	}
	return value_new_string(text);
}

static gboolean two_numbers(struct jinja_call *c, double otherwise, double *x, double *y)
{
	const value *second = c->arguments[0];
	if (!is_number(c->input) || (second != NULL && !is_number(second))) {
		jinja_fail_usage(c->e, "%s() can only be used on numbers", c->name);
		return FALSE;
	}
	*x = number_of(c->input);
	*y = second != NULL ? number_of(second) : otherwise;
	return TRUE;
}

static value *f_log(struct jinja_call *c)
{
	double x = 0;
	double base = 0;
	if (!two_numbers(c, exp(1), &x, &base)) {
		return NULL;
	}
	if (x <= 0 || base <= 0 || base == 1) {
		return jinja_fail_usage(c->e, "math domain error");
	}
	return value_new_float(base == 10 ? log10(x) : log(x) / log(base));
}

static value *f_pow(struct jinja_call *c)
{
	double x = 0;
	double y = 0;
	if (!two_numbers(c, 1, &x, &y)) {
		return NULL;
	}
	double r = pow(x, y);
	if ((isnan(r) && !isnan(x) && !isnan(y)) || (isinf(r) && isfinite(x) && isfinite(y))) {
		return jinja_fail_usage(
			c->e, isnan(r) || x == 0 ? "math domain error" : "math range error");
	}
	return value_new_float(r);
}

static value *f_root(struct jinja_call *c)
{
	double x = 0;
	double y = 0;
	if (!two_numbers(c, 2, &x, &y)) {
		return NULL;
	}
	double r = y == 2 ? sqrt(x) : pow(x, 1.0 / y);
	return isnan(r) || y == 0 || (x == 0 && y < 0)
		       ? jinja_fail_usage(c->e, "root() can only be used on numbers")
		       : value_new_float(r);
}

/* --- human_readable, human_to_bytes --- */

static const struct {
	char letter;
	double size;
} ranges[] = { { 'Y', 1208925819614629174706176.0 }, { 'Z', 1180591620717411303424.0 },
	{ 'E', 1152921504606846976.0 }, { 'P', 1125899906842624.0 }, { 'T', 1099511627776.0 },
	{ 'G', 1073741824.0 }, { 'M', 1048576.0 }, { 'K', 1024.0 }, { 'B', 1.0 } };

static value *f_human_readable(struct jinja_call *c)
{
	gboolean bits = jinja_arg_bool(c, 0, FALSE);
	const value *unit = c->arguments[1];
	if (!is_number(c->input)) {
		return jinja_fail_usage(c->e, "human_readable() failed on bad input: %s",
			value_type_name(c->input));
	}
	double size = number_of(c->input);
	char wanted = value_is(unit, VALUE_STRING) ? g_ascii_toupper(*value_string(unit)) : '\0';
	gsize i = 0;
	while (i < G_N_ELEMENTS(ranges) - 1 &&
		!(wanted == '\0' ? size >= ranges[i].size : wanted == ranges[i].letter)) {
		i++;
	}
	double limit = ranges[i].size;
	if (wanted != '\0' && ranges[i].letter != wanted) {
		limit = 1;
	}
	const char *base = bits ? "bits" : "Bytes";
	g_autofree char *suffix =
		limit != 1 ? g_strdup_printf("%c%c", ranges[i].letter, bits ? 'b' : 'B')
			   : g_strdup(base);
	g_autofree char *text = g_strdup_printf("%.2f %s", size / limit, suffix);
	return value_new_string(text);
}

/* SIZE_RANGES[unit[0].upper()]; NULL when there is none. */
static const double *range_of(const char *unit)
{
	for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++) {
		if (ranges[i].letter == g_ascii_toupper(*unit)) {
			return &ranges[i].size;
		}
	}
	return NULL;
}

/* "MB", "Mbyte", "M", for bits "Mb", "Mbit"; what follows the second letter does not count. */
static gboolean unit_fits(const char *unit, gboolean bits)
{
	g_autofree char *lower = g_ascii_strdown(unit, -1);
	return strlen(unit) == 1 || strstr(lower, bits ? "bit" : "byte") != NULL ||
	       unit[1] == (bits ? 'b' : 'B');
}

static value *f_human_to_bytes(struct jinja_call *c)
{
	g_autoptr(value) s = jinja_arg_text(c);
	g_autoptr(GMatchInfo) match = NULL;
	if (s == NULL) {
		return NULL;
	}
	g_autoptr(GRegex) parts =
		regex_compile(c->e, "^\\s*(\\d*\\.?\\d*)\\s*([A-Za-z]+)?", FALSE, FALSE);
	if (parts == NULL ||
		!regex_match(c->e, parts, value_string(s), value_string_length(s), 0, 0, &match)) {
		return NULL;
	}
	g_autofree char *number = g_match_info_fetch(match, 1);
	g_autofree char *unit = g_match_info_fetch(match, 2);
	const value *otherwise = c->arguments[0];
	if ((unit == NULL || *unit == '\0') && otherwise != NULL &&
		!value_is(otherwise, VALUE_NULL)) {
		g_free(unit);
		unit = g_strdup(jinja_arg_string(c, 0, NULL));
		if (unit == NULL) {
			return NULL;
		}
		if (*unit == '\0') {
			return jinja_fail_usage(c->e, "human_to_bytes(): the unit is empty");
		}
	}
	double amount = 0;
	gboolean plain = unit == NULL || *unit == '\0';
	const double *range = plain ? &ranges[G_N_ELEMENTS(ranges) - 1].size : range_of(unit);
	if (!parse_float(number, &amount) || range == NULL ||
		(!plain && !unit_fits(unit, jinja_arg_bool(c, 1, FALSE)))) {
		return jinja_fail_usage(c->e,
			"human_to_bytes() can't interpret following string: %s", value_string(s));
	}
	double bytes = rint(amount * *range);
	if (bytes >= 9223372036854775808.0) {
		return jinja_fail(c->e, SUTLER_ERROR_LIMIT, "integer does not fit 64 bits");
	}
	return value_new_int((gint64)bytes);
}

const struct jinja_filter filters_number[] = {
	{ "abs", "", f_abs, "the absolute value" },
	{ "filesizeformat", "binary", f_filesizeformat, "a size as '13.2 kB'" },
	{ "float", "default", f_float, "a float, 0.0 (or default) when it is none",
		.lazy = JINJA_LAZY(0), .strict = TRUE },
	{ "human_readable", "isbits unit", f_human_readable, "a size as '1.50 KB'" },
	{ "human_to_bytes", "default_unit isbits", f_human_to_bytes, "'10 MB' as a number" },
	{ "int", "default base", f_int, "an integer, 0 (or default) when it is none",
		.lazy = JINJA_LAZY(0) | JINJA_LAZY(1), .strict = TRUE },
	{ "log", "base", f_log, "the logarithm" },
	{ "pow", "y!", f_pow, "raised to a power" },
	{ "root", "base", f_root, "the square root, or another" },
	{ "round", "precision method", f_round, "rounded" },
};
const gsize n_filters_number = G_N_ELEMENTS(filters_number);
