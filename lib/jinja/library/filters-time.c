/* Filters for dates. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "jinja/engine/call.h"
#include "jinja/engine/operators.h"
#include "jinja/library/time.h"

static value *f_strftime(struct jinja_call *c)
{
	if (!value_is(c->input, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "strftime needs a format, not %s", value_type_name(c->input));
	}
	g_autoptr(value) format = value_ref(c->input);
	const value *second = c->arguments[0];
	time_t now = time(NULL);
	if (second != NULL && !value_is(second, VALUE_NULL)) {
		char *end = NULL;
		double d = is_number(second) ? number_of(second)
			   : value_is(second, VALUE_STRING)
				   ? g_ascii_strtod(value_string(second), &end)
				   : NAN;
		if (isnan(d) || fabs(d) > 67768036191676799.0 ||
			(end != NULL && (*end != '\0' || end == value_string(second)))) {
			g_autofree char *text = value_to_string(second);
			return jinja_fail_usage(c->e, "invalid value for epoch value (%s)", text);
		}
		now = (time_t)floor(d);
	}
	struct tm tm = { 0 };
	gboolean ok = jinja_arg_bool(c, 1, FALSE) ? gmtime_r(&now, &tm) != NULL
						  : localtime_r(&now, &tm) != NULL;
	if (!ok) {
		return jinja_fail_usage(c->e, "epoch value is out of range");
	}
	return time_format(c->e, value_string(format), &tm, 0);
}

static value *f_to_datetime(struct jinja_call *c)
{
	const char *format = jinja_arg_string(c, 0, "%Y-%m-%d %H:%M:%S");
	if (format == NULL) {
		return NULL;
	}
	if (!value_is(c->input, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "to_datetime needs a string, not %s", value_type_name(c->input));
	}
	return time_parse(c->e, value_string(c->input), format);
}

const struct jinja_filter filters_time[] = {
	{ "strftime", "second utc", f_strftime, "a time (now) by the input as a format",
		.varies = TRUE, .strict = TRUE },
	{ "to_datetime", "format", f_to_datetime, "text as a date that can be subtracted" },
};
const gsize n_filters_time = G_N_ELEMENTS(filters_time);
