/* Text that is safe in HTML, as markupsafe makes it. */
#include "jinja/library/format.h"

#include "jinja/library/text.h"

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
