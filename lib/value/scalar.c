/* What a YAML 1.1 scalar means: PyYAML's implicit typing. */
#include "value/scalar.h"

#include "value/convert.h"

#include "base/secret-reading.h"

#include <math.h>
#include <string.h>

enum { INT_DIGITS_MAX = 4300 }; /* Python's own limit */

/* Tried in this order, each only on texts that begin with one of `first`. The patterns are those of
 * the YAML 1.1 type repository (yaml.org/type/) with PyYAML's restrictions. */
static const struct {
	enum scalar_tag tag;
	const char *first;
	const char *pattern;
} rules[] = {
	{ SCALAR_BOOL, "yYnNtTfFoO",
		"^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)"
		"$" },
	{ SCALAR_FLOAT, "-+0123456789.",
		"^(?:[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+][0-9]+)?"
		"|\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
		"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*"
		"|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN))$" },
	{ SCALAR_INT, "-+0123456789",
		"^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+"
		"|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$" },
	{ SCALAR_MERGE, "<", "^<<$" },
	{ SCALAR_NULL, "~nN", "^(?:~|null|Null|NULL)$" },
	{ SCALAR_TIMESTAMP, "0123456789",
		"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}"
		"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ "
		"\\t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]*)?"
		"(?:[ \\t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$" },
	{ SCALAR_VALUE, "=", "^=$" },
};

static GRegex *rule_regex(gsize i)
{
	static gsize ready;
	static GRegex *compiled[G_N_ELEMENTS(rules)];
	if (g_once_init_enter(&ready)) {
		for (gsize rule = 0; rule < G_N_ELEMENTS(rules); rule++) {
			compiled[rule] = g_regex_new(
				rules[rule].pattern, G_REGEX_OPTIMIZE | G_REGEX_RAW, 0, NULL);
		}
		g_once_init_leave(&ready, 1);
	}
	return compiled[i];
}

enum scalar_tag scalar_resolve(const char *text)
{
	if (*text == '\0') {
		return SCALAR_NULL;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		if (strchr(rules[i].first, *text) != NULL &&
			g_regex_match(rule_regex(i), text, 0, NULL)) {
			return rules[i].tag;
		}
	}
	return SCALAR_STR;
}

/* Digits of any base to decimal digits: schoolbook, least significant first, in limbs of 10^9. */
static void accumulate(GArray *limbs, guint base, guint digit)
{
	guint64 carry = digit;
	for (guint i = 0; i < limbs->len; i++) {
		guint64 sum = (guint64)g_array_index(limbs, guint32, i) * base + carry;
		g_array_index(limbs, guint32, i) = (guint32)(sum % 1000000000);
		carry = sum / 1000000000;
	}
	if (carry > 0) {
		guint32 limb = (guint32)carry;
		g_array_append_val(limbs, limb);
	}
}

static value *from_limbs(const GArray *limbs, gboolean negative)
{
	g_autoptr(GString) digits = g_string_new(negative ? "-" : "");
	for (guint i = limbs->len; i > 0; i--) {
		guint32 limb = g_array_index(limbs, guint32, i - 1);
		g_string_append_printf(digits, i == limbs->len ? "%u" : "%09u", limb);
	}
	g_string_append(digits, limbs->len == 0 ? "0" : "");
	return value_new_big_int(limbs->len == 0 ? "0" : digits->str);
}

/* digits in base, all of them valid; NULL otherwise. */
static value *parse_base(const char *digits, guint base, gboolean negative)
{
	g_autoptr(GArray) limbs = g_array_new(FALSE, FALSE, sizeof(guint32));
	for (const char *p = digits; *p != '\0'; p++) {
		int digit = g_ascii_xdigit_value(*p);
		if (digit < 0 || (guint)digit >= base) {
			return NULL;
		}
		accumulate(limbs, base, (guint)digit);
	}
	return *digits != '\0' ? from_limbs(limbs, negative) : NULL;
}

/* 1:30:00, each part in 0 to 59 but the first. */
static value *parse_sexagesimal(const char *text, gboolean negative)
{
	g_auto(GStrv) parts = g_strsplit(text, ":", -1);
	g_autoptr(GArray) limbs = g_array_new(FALSE, FALSE, sizeof(guint32));
	for (const char *p = parts[0]; *p != '\0'; p++) {
		if (!g_ascii_isdigit(*p)) {
			return NULL;
		}
		accumulate(limbs, 10, (guint)(*p - '0'));
	}
	for (gsize i = 1; parts[i] != NULL; i++) {
		guint64 part = 0;
		if (!g_ascii_string_to_unsigned(parts[i], 10, 0, 59, &part, NULL)) {
			return NULL;
		}
		accumulate(limbs, 60, (guint)part);
	}
	return from_limbs(limbs, negative);
}

static char *without_underscores(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "_", -1);
	return g_strjoinv("", parts);
}

/* v remembers that it was written in octal; takes v. */
static value *marked_octal(value *v)
{
	if (!value_is(v, VALUE_INT)) {
		return v;
	}
	value *marked = value_new_int_flags(value_int(v), VALUE_OCTAL);
	value_unref(v);
	return marked;
}

static value *parse_int(const char *text)
{
	g_autofree char *plain = without_underscores(text);
	gboolean negative = *plain == '-';
	const char *digits = plain + (*plain == '-' || *plain == '+');
	if (strlen(digits) > INT_DIGITS_MAX) {
		return NULL;
	}
	if (g_str_has_prefix(digits, "0b")) {
		return parse_base(digits + 2, 2, negative);
	}
	if (g_str_has_prefix(digits, "0x")) {
		return parse_base(digits + 2, 16, negative);
	}
	if (strchr(digits, ':') != NULL && *digits != '0') {
		return parse_sexagesimal(digits, negative);
	}
	if (*digits != '0') {
		return parse_base(digits, 10, negative);
	}
	return marked_octal(parse_base(digits, 8, negative));
}

/* Python's float(): the whole text, no hexadecimal. */
static gboolean parse_real(const char *text, double *real)
{
	char *end = NULL;
	if (*text == '\0' || strspn(text, "0123456789.eE+-") != strlen(text)) {
		return FALSE;
	}
	*real = g_ascii_strtod(text, &end);
	return *end == '\0';
}

static gboolean parse_real_sexagesimal(const char *text, double *real)
{
	g_auto(GStrv) parts = g_strsplit(text, ":", -1);
	double base = 1;
	*real = 0;
	for (guint i = g_strv_length(parts); i > 0; i--, base *= 60) {
		double part = 0;
		if (!parse_real(parts[i - 1], &part)) {
			return FALSE;
		}
		*real += part * base;
	}
	return TRUE;
}

static value *parse_float(const char *text)
{
	g_autofree char *plain = without_underscores(text);
	double sign = *plain == '-' ? -1 : 1;
	const char *digits = plain + (*plain == '-' || *plain == '+');
	double real = 0;
	if (g_ascii_strcasecmp(digits, ".inf") == 0) {
		return value_new_float(sign * INFINITY);
	}
	if (g_ascii_strcasecmp(digits, ".nan") == 0) {
		return value_new_float((double)NAN);
	}
	if (strchr(digits, ':') != NULL ? !parse_real_sexagesimal(digits, &real)
					: !parse_real(digits, &real)) {
		return NULL;
	}
	return value_new_float(sign * real);
}

static value *parse_bool(const char *text)
{
	int truth = convert_word(text, TRUTH_YAML);
	return truth < 0 ? NULL : value_new_bool(truth != 0);
}

static gint64 group_number(const GMatchInfo *match, const char *name)
{
	g_autofree char *text = g_match_info_fetch_named(match, name);
	return text != NULL ? g_ascii_strtoll(text, NULL, 10) : 0;
}

static gboolean group_set(const GMatchInfo *match, const char *name)
{
	g_autofree char *text = g_match_info_fetch_named(match, name);
	return text != NULL && *text != '\0';
}

/* Microseconds when not 0, then the offset from UTC when one was written. */
static gboolean append_fraction_and_zone(GString *out, const GMatchInfo *match)
{
	g_autofree char *fraction = g_match_info_fetch_named(match, "fraction");
	g_autofree char *micros = g_strdup_printf("%.6s%.*s", fraction != NULL ? fraction : "",
		6 - (int)MIN(6, fraction != NULL ? strlen(fraction) : 0), "000000");
	if (strcmp(micros, "000000") != 0) {
		g_string_append_printf(out, ".%s", micros);
	}
	gint64 hours = group_number(match, "zone_hour");
	gint64 minutes = hours * 60 + group_number(match, "zone_minute");
	if (minutes >= 24 * 60) {
		return FALSE;
	}
	g_autofree char *sign = g_match_info_fetch_named(match, "sign");
	if (group_set(match, "zone")) {
		gboolean west = sign != NULL && *sign == '-' && minutes > 0;
		g_string_append_printf(out, "%c%02d:%02d", west ? '-' : '+', (int)(minutes / 60),
			(int)(minutes % 60));
	}
	return TRUE;
}

/* A date or time as str() of Python's date and datetime prints it. */
static value *parse_timestamp(const char *text)
{
	static const char pattern[] =
		"^(?<year>[0-9]{4})-(?<month>[0-9]{1,2})-(?<day>[0-9]{1,2})(?:(?:[Tt]|[ \\t]+)"
		"(?<hour>[0-9]{1,2}):(?<minute>[0-9]{2}):(?<second>[0-9]{2})(?:\\.(?<fraction>[0-9]"
		"*))?"
		"(?:[ "
		"\\t]*(?<zone>Z|(?<sign>[-+])(?<zone_hour>[0-9]{1,2})(?::(?<zone_minute>[0-9]{2}))?"
		"))?)?$";
	g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	if (!g_regex_match(regex, text, 0, &match)) {
		return NULL;
	}
	gint64 year = group_number(match, "year");
	gint64 month = group_number(match, "month");
	gint64 day = group_number(match, "day");
	if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) {
		return NULL;
	}
	g_autoptr(GString) out = g_string_new(NULL);
	g_string_printf(out, "%04d-%02d-%02d", (int)year, (int)month, (int)day);
	if (group_set(match, "hour")) {
		gint64 hour = group_number(match, "hour");
		gint64 minute = group_number(match, "minute");
		gint64 second = group_number(match, "second");
		if (hour > 23 || minute > 59 || second > 59) {
			return NULL;
		}
		g_string_append_printf(out, " %02d:%02d:%02d", (int)hour, (int)minute, (int)second);
		if (!append_fraction_and_zone(out, match)) {
			return NULL;
		}
	}
	return value_new_string_length(out->str, out->len);
}

static value *parse_binary(const char *text)
{
	gsize length = 0;
	guchar *bytes = g_base64_decode(text, &length);
	bytes = g_realloc(bytes, length + 1);
	bytes[length] = '\0';
	return value_new_string_take((char *)bytes, length);
}

static value *construct(enum scalar_tag tag, const char *text, gsize length)
{
	switch (tag) {
	case SCALAR_NULL:
		return value_new_null();
	case SCALAR_BOOL:
		return parse_bool(text);
	case SCALAR_INT:
		return parse_int(text);
	case SCALAR_FLOAT:
		return parse_float(text);
	case SCALAR_TIMESTAMP:
		return parse_timestamp(text);
	case SCALAR_BINARY:
		return parse_binary(text);
	case SCALAR_STR:
		return value_new_string_length(text, length);
	case SCALAR_MERGE:
	case SCALAR_VALUE:
		break;
	}
	return NULL;
}

value *scalar_construct(
	enum scalar_tag tag, const char *text, gsize length, struct position at, GError **error)
{
	static const char *const names[] = { "string", "null", "boolean", "integer", "number",
		"date", "binary", "", "" };
	value *v = construct(tag, text, length);
	if (v != NULL) {
		value_set_position(v, at);
	} else if (tag == SCALAR_MERGE || tag == SCALAR_VALUE) {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "'%s' has no meaning here, quote it",
			secret_reading_shown(text));
	} else {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"invalid %s '%.80s', quote it if it is meant as text", names[tag],
			secret_reading_shown(text));
	}
	return v;
}
