/* JSON in (through jansson) and out (as Python's json.dumps writes it: what Ansible users compare).
 */
#ifndef SUTLER_VALUE_JSON_H
#define SUTLER_VALUE_JSON_H

#include "value/value.h"

/* Parses one JSON text of up to 64 MiB; duplicate keys and NUL are refused; any scalar may stand at
 * the top; integers past 64 bit are kept. Errors: SUTLER_ERROR_USAGE, located by name. Caller
 * unrefs. */
value *json_parse(const char *text, gsize length, const char *name, GError **error);

struct json_style {
	guint indent; /* spaces a level; 0: one line */
	gboolean sort_keys;
	gboolean compact;   /* separators "," and ":" instead of ", " and ": " */
	gboolean utf8;      /* ensure_ascii=False */
	gboolean skip_keys; /* leaves out what has a key that JSON cannot have */
	gboolean no_nan;    /* refuses NaN and infinity */
	/* NULL: what the fields above say */
	const char *indent_text; /* stands before an item once a level, even when it is "" */
	const char *item_separator, *key_separator;
};

/* Caller frees. Errors: a value JSON has no form for (an object type, a non-string-like key). */
char *json_write(const value *v, const struct json_style *style, GError **error);

/* Appends text as a JSON string; bytes that are not UTF-8 become U+FFFD. */
void json_append_string(GString *out, const char *text, gsize length);

#endif
