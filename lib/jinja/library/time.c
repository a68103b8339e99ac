/* datetime and timedelta objects, as to_datetime and now() make them. */
#include "jinja/library/time.h"

#include <stdio.h>
#include <string.h>

#include "jinja/engine/call.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"

static const gint64 second = 1000000;
static const gint64 day = G_GINT64_CONSTANT(86400000000);

/* Microseconds since 1970, without a time zone; or a difference of two. */
struct moment {
	gint64 microseconds;
};

static void split(gint64 microseconds, struct tm *tm, guint *rest)
{
	gint64 seconds = microseconds / second;
	gint64 part = microseconds % second;
	if (part < 0) {
		part += second;
		seconds--;
	}
	time_t t = (time_t)seconds;
	gmtime_r(&t, tm);
	*rest = (guint)part;
}

static char *moment_text(gint64 microseconds, char separator)
{
	struct tm tm;
	guint rest = 0;
	split(microseconds, &tm, &rest);
	char text[80];
	int n = g_snprintf(text, sizeof text, "%04d-%02d-%02d%c%02d:%02d:%02d", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, separator, tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (rest > 0) {
		g_snprintf(text + n, sizeof text - (gsize)n, ".%06u", rest);
	}
	return g_strdup(text);
}

static char *datetime_to_string(gpointer data)
{
	return moment_text(((struct moment *)data)->microseconds, ' ');
}

static void delta_parts(gint64 microseconds, gint64 *days, gint64 *seconds, gint64 *rest)
{
	*days = microseconds / day;
	gint64 left = microseconds % day;
	if (left < 0) {
		left += day;
		--*days;
	}
	*seconds = left / second;
	*rest = left % second;
}

static char *delta_to_string(gpointer data)
{
	gint64 days = 0;
	gint64 seconds = 0;
	gint64 rest = 0;
	delta_parts(((struct moment *)data)->microseconds, &days, &seconds, &rest);
	GString *out = g_string_new(NULL);
	if (days != 0) {
		g_string_append_printf(out, "%" G_GINT64_FORMAT " day%s, ", days,
			days == 1 || days == -1 ? "" : "s");
	}
	g_string_append_printf(out, "%d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
		(int)(seconds % 60));
	if (rest != 0) {
		g_string_append_printf(out, ".%06d", (int)rest);
	}
	return g_string_free(out, FALSE);
}

static gboolean moments_equal(gconstpointer a, gconstpointer b)
{
	return ((const struct moment *)a)->microseconds == ((const struct moment *)b)->microseconds;
}

static const struct object_class datetime_class, delta_class;

static value *moment_new(const struct object_class *class, gint64 microseconds)
{
	struct moment *m = g_new(struct moment, 1);
	m->microseconds = microseconds;
	return value_new_object(class, m);
}

value *time_new(const struct tm *tm, guint microseconds)
{
	struct tm copy = *tm;
	return moment_new(&datetime_class, (gint64)timegm(&copy) * second + microseconds);
}

static gboolean is_moment(const value *v)
{
	return value_object(v, &datetime_class) != NULL || value_object(v, &delta_class) != NULL;
}

static value *m_strftime(struct jinja_call *c)
{
	const char *format = jinja_arg_string(c, 0, NULL);
	struct tm tm;
	guint rest = 0;
	if (format == NULL) {
		return NULL;
	}
	split(((struct moment *)value_object_data(c->input))->microseconds, &tm, &rest);
	return time_format(c->e, format, &tm, rest);
}

static value *m_isoformat(struct jinja_call *c)
{
	char *text = moment_text(((struct moment *)value_object_data(c->input))->microseconds, 'T');
	return value_new_string_take(text, strlen(text));
}

static value *m_timestamp(struct jinja_call *c)
{
	struct tm tm;
	guint rest = 0;
	split(((struct moment *)value_object_data(c->input))->microseconds, &tm, &rest);
	tm.tm_isdst = -1;
	return value_new_float((double)mktime(&tm) + rest / 1e6);
}

static value *m_weekday(struct jinja_call *c)
{
	struct tm tm;
	guint rest = 0;
	split(((struct moment *)value_object_data(c->input))->microseconds, &tm, &rest);
	return value_new_int((tm.tm_wday + 6) % 7);
}

static value *m_total_seconds(struct jinja_call *c)
{
	return value_new_float(
		(double)((struct moment *)value_object_data(c->input))->microseconds / 1e6);
}

static const struct jinja_method datetime_methods[] = {
	{ "isoformat", "", m_isoformat },
	{ "strftime", "format!", m_strftime },
	{ "timestamp", "", m_timestamp },
	{ "weekday", "", m_weekday },
};

static value *datetime_getattr(const value *v, const char *name)
{
	struct tm tm;
	guint rest = 0;
	split(((struct moment *)value_object_data(v))->microseconds, &tm, &rest);
	const struct {
		const char *name;
		gint64 number;
	} numbers[] = { { "year", tm.tm_year + 1900 }, { "month", tm.tm_mon + 1 },
		{ "day", tm.tm_mday }, { "hour", tm.tm_hour }, { "minute", tm.tm_min },
		{ "second", tm.tm_sec }, { "microsecond", rest } };
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		if (strcmp(name, numbers[i].name) == 0) {
			return value_new_int(numbers[i].number);
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(datetime_methods); i++) {
		if (strcmp(name, datetime_methods[i].name) == 0) {
			return bound_new(v, &datetime_methods[i]);
		}
	}
	return NULL;
}

static value *moment_attribute(struct jinja_evaluation *e, const value *v, const char *name)
{
	(void)e;
	static const struct jinja_method total = { "total_seconds", "", m_total_seconds };
	gint64 days = 0;
	gint64 seconds = 0;
	gint64 rest = 0;
	if (value_object(v, &datetime_class) != NULL) {
		return datetime_getattr(v, name);
	}
	delta_parts(((struct moment *)value_object_data(v))->microseconds, &days, &seconds, &rest);
	if (strcmp(name, "days") == 0) {
		return value_new_int(days);
	}
	if (strcmp(name, "seconds") == 0) {
		return value_new_int(seconds);
	}
	if (strcmp(name, "microseconds") == 0) {
		return value_new_int(rest);
	}
	return strcmp(name, total.name) == 0 ? bound_new(v, &total) : NULL;
}

static value *moment_operate(enum operator op, const value *a, const value *b)
{
	if (!is_moment(b)) {
		return NULL;
	}
	gboolean a_date = value_object(a, &datetime_class) != NULL;
	gboolean b_date = value_object(b, &datetime_class) != NULL;
	gint64 x = ((struct moment *)value_object_data(a))->microseconds;
	gint64 y = ((struct moment *)value_object_data(b))->microseconds;
	gint64 r = 0;
	if (op == OP_SUB && !(!a_date && b_date) && !__builtin_sub_overflow(x, y, &r)) {
		return moment_new(a_date && !b_date ? &datetime_class : &delta_class, r);
	}
	if (op == OP_ADD && !(a_date && b_date) && !__builtin_add_overflow(x, y, &r)) {
		return moment_new(a_date || b_date ? &datetime_class : &delta_class, r);
	}
	return NULL;
}

static gboolean moment_order(const value *a, const value *b, int *ret)
{
	if (!value_is(b, VALUE_OBJECT) || value_object_class(a) != value_object_class(b)) {
		return FALSE;
	}
	gint64 x = ((struct moment *)value_object_data(a))->microseconds;
	gint64 y = ((struct moment *)value_object_data(b))->microseconds;
	*ret = x < y ? -1 : x > y;
	return TRUE;
}

static const struct object_verbs moment_verbs = {
	.attribute = moment_attribute, .operate = moment_operate, .order = moment_order
};
static const struct object_class datetime_class = { .type_name = "datetime",
	.finalize = g_free,
	.to_string = datetime_to_string,
	.equal = moments_equal,
	.verbs = &moment_verbs };
static const struct object_class delta_class = { .type_name = "timedelta",
	.finalize = g_free,
	.to_string = delta_to_string,
	.equal = moments_equal,
	.verbs = &moment_verbs };

value *time_format(
	struct jinja_evaluation *e, const char *format, const struct tm *tm, guint microseconds)
{
	if (*format == '\0') {
		return value_new_string("");
	}
	g_autoptr(GString) full = g_string_new(NULL);
	for (const char *p = format; *p != '\0'; p++) {
		if (p[0] == '%' && p[1] == 'f') {
			g_string_append_printf(full, "%06u", microseconds);
			p++;
		} else if (p[0] == '%' && p[1] == '%') {
			g_string_append(full, "%%");
			p++;
		} else {
			g_string_append_c(full, *p);
		}
	}
	for (gsize size = 256; size <= (gsize)1 << 20; size *= 4) {
		g_autofree char *text = g_malloc(size);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		gsize n = strftime(text, size, full->str, tm);
#pragma GCC diagnostic pop
		if (n > 0) {
			return value_new_string_length(text, n);
		}
		if (size > full->len * 64 + 1024) {
			return value_new_string("");
		}
	}
	return jinja_fail(e, SUTLER_ERROR_LIMIT, "time format is too long");
}

value *time_parse(struct jinja_evaluation *e, const char *text, const char *format)
{
	struct tm tm = { .tm_year = 0, .tm_mday = 1 };
	guint microseconds = 0;
	g_autoptr(GString) plain = g_string_new(NULL);
	g_autofree char *rest = g_strdup(text);
	const char *fraction = strstr(format, "%f");
	tm.tm_year = 0;
	if (fraction != NULL) {
		/* strptime() does not know fractions: the digits before are read, then these. */
		g_string_append_len(plain, format, fraction - format);
		const char *end = strptime(rest, plain->str, &tm);
		gsize n = end != NULL ? strspn(end, "0123456789") : 0;
		if (n == 0 || n > 6) {
			return jinja_fail_usage(
				e, "time data '%s' does not match format '%s'", text, format);
		}
		g_autofree char *digits = g_strndup(end, n);
		microseconds = (guint)g_ascii_strtoull(digits, NULL, 10);
		for (gsize i = n; i < 6; i++) {
			microseconds *= 10;
		}
		end = strptime(end + n, fraction + 2, &tm);
		if (end == NULL || *end != '\0') {
			return jinja_fail_usage(
				e, "time data '%s' does not match format '%s'", text, format);
		}
		return time_new(&tm, microseconds);
	}
	const char *end = strptime(rest, format, &tm);
	/* C reads a year of fewer digits too. */
	g_autofree char *year = g_strdup_printf("%04d", tm.tm_year + 1900);
	gboolean short_year = strstr(format, "%Y") != NULL && strstr(text, year) == NULL;
	if (end == NULL || *end != '\0' || short_year) {
		return jinja_fail_usage(
			e, "time data '%s' does not match format '%s'", text, format);
	}
	return time_new(&tm, microseconds);
}
