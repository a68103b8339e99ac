/* Which text may become code. */
#include "template/source.h"

#include "template/cache.h"

gboolean source_is_code(const value *text)
{
	return (value_flags(text) & VALUE_UNSAFE) == 0;
}

struct jinja_template *source_compile(const value *text, enum jinja_mode bare, GError **error)
{
	if (!source_is_code(text)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(text),
			"text from a host, a looked-up file or a command is never evaluated as an "
			"expression: name the variable in it, without {{ }}");
		return NULL;
	}
	return cache_get(
		value_string(text), value_string_length(text), bare, value_position(text), error);
}
