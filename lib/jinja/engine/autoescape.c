/* {% autoescape %} */
#include "jinja/engine/autoescape.h"

#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/operators.h"
#include "jinja/engine/output.h"

value *autoescape_mark(const struct context *context, value *text)
{
	if (text == NULL || !context->autoescape) {
		return text;
	}
	g_autoptr(value) v = text;
	g_autoptr(value) s = text_of(v);
	return value_with_flags(s, value_flags(s) | VALUE_MARKUP);
}

static guint markup_among(const value *separator, const value *items)
{
	guint markup = value_flags(separator) & VALUE_MARKUP;
	for (gsize i = 0; i < value_list_length(items) && !markup; i++) {
		markup = value_flags(value_list_get(items, i)) & VALUE_MARKUP;
	}
	return markup;
}

value *autoescape_join(
	struct jinja_evaluation *e, const value *separator, const value *items, gboolean escapes)
{
	guint markup = escapes ? markup_among(separator, items) : 0;
	g_autoptr(value) between = markup ? markup_of(separator, FALSE) : text_of(separator);
	g_autoptr(GString) out = g_string_new(NULL);
	guint flags = markup;
	for (gsize i = 0; i < value_list_length(items); i++) {
		const value *item = value_list_get(items, i);
		/* of what is undefined no text is made */
		g_autoptr(value) part = markup && undefined_inside(item) == NULL
						? markup_of(item, FALSE)
						: value_ref((value *)item);
		flags |= flags_deep(item);
		if (i > 0) {
			value_append_string(between, out);
		}
		if (!string_append(e, part, out) || !check_size(e, out->len)) {
			return NULL;
		}
	}
	return value_new_string_flags(out->str, out->len, flags & (FLAGS_KEPT | VALUE_MARKUP));
}

gboolean render_autoescape(struct jinja_evaluation *e, const struct node *n)
{
	struct context *context = e->context;
	gboolean before = context->autoescape;
	scope_enter(e, n->loads);
	int on = evaluate_truth(e, n->a);
	if (on < 0) {
		return FALSE;
	}
	context->autoescape = on;
	gboolean ok = render_nodes(e, &n->items);
	context->autoescape = before;
	return ok;
}

value *autoescape_concat(struct jinja_evaluation *e, const struct node *n)
{
	g_autoptr(value) items = value_new_list();
	g_autoptr(value) nothing = value_new_string("");
	for (guint i = 0; i < n->items.n; i++) {
		value *item = evaluate(e, n->items.items[i]);
		if (item == NULL) {
			return NULL;
		}
		value_list_append(items, item);
	}
	return autoescape_join(e, nothing, items, TRUE);
}
