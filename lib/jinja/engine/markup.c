/* Making text of values and buffers, and text that is safe in HTML. */
#include "jinja/engine/evaluate.h"
#include "jinja/engine/markup.h"

value *text_of(const value *v)
{
	if (value_is(v, VALUE_STRING)) {
		return value_ref(v);
	}
	GString *text = g_string_new(NULL);
	value_append_string(v, text);
	return text_take(text, 0);
}

value *text_take(GString *text, guint flags)
{
	gsize length = text->len;
	char *bytes = g_string_free(text, FALSE);
	if (flags == 0) {
		return value_new_string_take(bytes, length);
	}
	value *v = value_new_string_flags(bytes, length, flags);
	g_free(bytes);
	return v;
}

void markup_escape(const char *text, gsize length, GString *out)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&#34;" },
		{ '\'', "&#39;" } };
	for (gsize i = 0; i < length; i++) {
		gsize k = 0;
		while (k < G_N_ELEMENTS(entities) && entities[k].c != text[i]) {
			k++;
		}
		if (k < G_N_ELEMENTS(entities)) {
			g_string_append(out, entities[k].entity);
		} else {
			g_string_append_c(out, text[i]);
		}
	}
}

value *markup_of(const value *v, gboolean force)
{
	g_autoptr(value) s = text_of(v);
	if ((value_flags(s) & VALUE_MARKUP) && !force) {
		return g_steal_pointer(&s);
	}
	GString *out = g_string_new(NULL);
	markup_escape(value_string(s), value_string_length(s), out);
	return text_take(out, VALUE_MARKUP);
}

value *markup_add(const value *a, const value *b)
{
	GString *out = g_string_new(NULL);
	const value *parts[] = { a, b };
	for (int i = 0; i < 2; i++) {
		const char *text = value_string(parts[i]);
		gsize length = value_string_length(parts[i]);
		if (value_flags(parts[i]) & VALUE_MARKUP) {
			g_string_append_len(out, text, (gssize)length);
		} else {
			markup_escape(text, length, out);
		}
	}
	return text_take(out, ((value_flags(a) | value_flags(b)) & FLAGS_KEPT) | VALUE_MARKUP);
}
