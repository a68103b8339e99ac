/* What a template prints. */
#include "jinja/engine/output.h"

#include "base/bytes.h"

#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/syntax/limits.h"
#include "jinja/syntax/literal.h"

GString *capture_begin(struct jinja_evaluation *e, guint *flags)
{
	GString *before = e->out;
	*flags = e->flags;
	e->flags = 0;
	e->out = g_string_new(NULL);
	return before;
}

value *output_take(struct jinja_evaluation *e)
{
	gboolean text = (e->flags & VALUE_TEXT) && e->text_length == e->out->len;
	e->flags &= ~(guint)VALUE_TEXT;
	return e->convert && !text ? convert_text(e->out->str, e->out->len, e->flags)
				   : value_new_string_flags(e->out->str, e->out->len,
					     e->flags | (text ? VALUE_TEXT : 0));
}

value *capture_end(struct jinja_evaluation *e, GString *before, guint flags)
{
	value *v = e->error == NULL ? output_take(e) : NULL;
	g_string_free(e->out, TRUE);
	e->out = before;
	e->flags = flags;
	return v;
}

gboolean output_grow(struct jinja_evaluation *e, const char *text, gsize length)
{
	if (!check_size(e, e->out->len + length)) {
		return FALSE;
	}
	g_string_append_len(e->out, text, (gssize)length);
	return TRUE;
}

/* repr() of what is no string; FALSE when it is or holds something undefined. */
static gboolean append_other(struct jinja_evaluation *e, const value *v, GString *text)
{
	const value *undefined = undefined_inside(v);
	if (undefined_of(v) != NULL && undefined == NULL) {
		return TRUE;
	}
	if (undefined != NULL) {
		jinja_fail_undefined(e, undefined);
		return FALSE;
	}
	value_append_string(v, text);
	return TRUE;
}

gboolean string_append(struct jinja_evaluation *e, const value *v, GString *text)
{
	if (value_is(v, VALUE_STRING)) {
		append_bytes(text, value_string(v), value_string_length(v));
		return TRUE;
	}
	if (value_is(v, VALUE_INT)) {
		value_append_int(value_int(v), text);
		return TRUE;
	}
	return append_other(e, v, text);
}

static gboolean output_range(struct jinja_evaluation *e, const value *v)
{
	g_autoptr(value) list =
		check_items(e, sequence_length(v)) ? value_list_copy_sequence(v) : NULL;
	return list != NULL && output_value(e, list);
}

gboolean output_other(struct jinja_evaluation *e, const value *v)
{
	switch (value_type(v)) {
	case VALUE_INT:
		value_append_int(value_int(v), e->out);
		break;
	case VALUE_FLOAT:
		value_append_float(value_float(v), e->out);
		break;
	case VALUE_NULL:
		return TRUE;
	default:
		if (value_object(v, &range_class) != NULL) {
			return output_range(e, v);
		}
		e->flags |= flags_deep(v);
		if (!string_append(e, v, e->out)) {
			return FALSE;
		}
		break;
	}
	return e->out->len <= LIMIT_BYTES || check_size(e, e->out->len);
}

gboolean output_parts(struct jinja_evaluation *e, const struct node *n)
{
	guint flags = 0;
	gboolean ok = concat_append(e, n, e->out, &flags);
	e->flags |= flags;
	return ok;
}
