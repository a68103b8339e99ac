/* The result of one step on one host. */
#include "modules/result.h"

#include <string.h>

const char *step_status_name(enum step_status status)
{
	static const char *const names[] = {
		[STEP_OK] = "ok",
		[STEP_CHANGED] = "changed",
		[STEP_SKIPPED] = "skipped",
		[STEP_FAILED] = "failed",
		[STEP_IGNORED] = "ignored",
		[STEP_UNREACHABLE] = "unreachable",
		[STEP_UNKNOWN] = "unknown",
		[STEP_UNPREDICTED] = "unpredicted",
	};
	return names[status];
}

static void diff_free(gpointer data)
{
	struct file_diff *diff = data;
	g_free(diff->path);
	g_free(diff->note);
	g_clear_pointer(&diff->before, g_bytes_unref);
	g_clear_pointer(&diff->after, g_bytes_unref);
	g_free(diff);
}

result *result_new(enum step_status status)
{
	result *r = g_new0(result, 1);
	r->status = status;
	r->fields = value_new_dict();
	r->diffs = g_ptr_array_new_with_free_func(diff_free);
	return r;
}

result *result_new_failed(const char *format, ...)
{
	result *r = result_new(STEP_FAILED);
	va_list arguments;
	va_start(arguments, format);
	g_autofree char *message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	result_set_text(r, "msg", message);
	return r;
}

void result_free(result *r)
{
	if (r != NULL) {
		value_unref(r->fields);
		g_ptr_array_unref(r->diffs);
		g_free(r);
	}
}

void result_set(result *r, const char *name, value *v)
{
	value_dict_set(r->fields, name, v);
}

void result_set_text(result *r, const char *name, const char *text)
{
	value_dict_set(r->fields, name, value_new_bytes(text, strlen(text), VALUE_UNSAFE));
}

static gboolean is_data(const value *v)
{
	gboolean data = !value_is(v, VALUE_STRING) || (value_flags(v) & VALUE_UNSAFE) != 0;
	if (value_is_sequence(v)) {
		for (gsize i = 0; data && i < value_list_length(v); i++) {
			data = is_data(value_list_get(v, i));
		}
	} else if (value_is(v, VALUE_DICT)) {
		for (gsize i = 0; data && i < value_dict_length(v); i++) {
			data = is_data(value_dict_key_at(v, i)) &&
			       is_data(value_dict_item_at(v, i));
		}
	}
	return data;
}

char *result_message(const result *r, gboolean texts_only, gsize *ret_length)
{
	const value *msg = value_dict_get(r->fields, "msg");
	GString *lines = g_string_new(NULL);
	if (value_is(msg, VALUE_STRING)) {
		g_string_append_len(lines, value_string(msg), (gssize)value_string_length(msg));
	} else if (value_is(msg, VALUE_LIST) && !texts_only) {
		value_list_foreach (msg, item) {
			g_string_append(lines, lines->len > 0 ? "\n" : "");
			value_append_string(item, lines);
		}
	} else if (msg != NULL && !texts_only) {
		value_append_string(msg, lines);
	}
	*ret_length = lines->len;
	return g_string_free(lines, FALSE);
}

void result_make_data(result *r)
{
	for (gsize i = 0; i < value_dict_length(r->fields); i++) {
		value *item = value_dict_item_at(r->fields, i);
		if (!is_data(item)) {
			value_dict_set_value(r->fields, value_ref(value_dict_key_at(r->fields, i)),
				value_with_flags(item, VALUE_UNSAFE));
		}
	}
}

void result_fail(result *r, const char *message)
{
	r->status = STEP_FAILED;
	result_set_text(r, "msg", message);
}

const char *result_text(const result *r, const char *name, const char *fallback)
{
	const value *v = value_dict_get(r->fields, name);
	return value_is(v, VALUE_STRING) ? value_string(v) : fallback;
}

void result_add_diff(result *r, const char *path, GBytes *before, GBytes *after, const char *note)
{
	struct file_diff *diff = g_new0(struct file_diff, 1);
	diff->path = g_strdup(path);
	diff->before = before;
	diff->after = after;
	diff->note = g_strdup(note);
	g_ptr_array_add(r->diffs, diff);
}
