/* Secrets in values: registers what is to be masked of what variables hold. */
#include "value/secrets.h"

#include "base/secret-names.h"
#include "base/secret.h"

#include <string.h>

static void register_text(const value *v)
{
	const char *text = value_string(v);
	gboolean unsafe = (value_flags(v) & VALUE_UNSAFE) != 0;
	gboolean marks = strstr(text, "{{") != NULL || strstr(text, "{%") != NULL;
	if ((value_flags(v) & VALUE_VAULT) == 0 && (unsafe || !marks)) {
		secret_add_likely(text, value_string_length(v));
	}
}

static void register_scalar(const value *v)
{
	if (value_is(v, VALUE_STRING)) {
		register_text(v);
	} else if (value_is(v, VALUE_INT) || value_is(v, VALUE_BIG_INT) ||
		   value_is(v, VALUE_FLOAT)) {
		g_autofree char *text = value_to_string(v);
		secret_add_likely(text, strlen(text));
	}
}

/* secret: v stands below a name that says so. */
static void walk(const value *v, gboolean secret)
{
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			walk(item, secret);
		}
	} else if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			enum secret_kind kind = value_is(key, VALUE_STRING)
							? secret_name_kind(value_string(key))
							: SECRET_KIND_PLAIN;
			walk(item, kind == SECRET_KIND_SECRET ||
					   (secret && kind != SECRET_KIND_HARMLESS));
		}
	} else if (secret || (value_flags(v) & VALUE_SECRET) != 0) {
		register_scalar(v);
	}
}

void secrets_register(const value *v)
{
	walk(v, FALSE);
}

void secrets_register_variable(const char *name, const value *v)
{
	walk(v, secret_name(name));
}

void secrets_register_all(const value *v)
{
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			secrets_register_all(item);
		}
	} else if (value_is(v, VALUE_DICT)) {
		value_dict_foreach (v, key, item) {
			(void)key;
			secrets_register_all(item);
		}
	} else {
		register_scalar(v);
	}
}
