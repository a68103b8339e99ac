/* Global functions: range, dict, namespace and so on. */
#include <string.h>
#include <time.h>

#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/cycle.h"
#include "jinja/library/library.h"
#include "jinja/library/random.h"
#include "jinja/library/time.h"
#include "jinja/syntax/limits.h"

static value *g_range(struct jinja_call *c)
{
	gint64 n[3] = { 0, 0, 1 };
	if (c->n_extra < 1 || c->n_extra > 3) {
		return jinja_fail_usage(
			c->e, "range expected 1 to 3 arguments, got %u", c->n_extra);
	}
	for (guint i = 0; i < c->n_extra; i++) {
		if (undefined_of(c->extra[i]) != NULL) {
			return jinja_fail_undefined(c->e, c->extra[i]);
		}
		if (!is_integer(c->extra[i], &n[c->n_extra == 1 ? 1 : i])) {
			return jinja_fail_usage(c->e,
				"'%s' object cannot be interpreted as an integer",
				value_type_name(c->extra[i]));
		}
	}
	if (n[2] == 0) {
		return jinja_fail_usage(c->e, "range() arg 3 must not be zero");
	}
	struct range range = { n[0], n[1], n[2] };
	if (range_length(&range) > LIMIT_RANGE) {
		return jinja_fail(
			c->e, SUTLER_ERROR_LIMIT, "range() of more than %d numbers", LIMIT_RANGE);
	}
	return range_new(n[0], n[1], n[2]);
}

static gboolean add_pairs(struct jinja_call *c, value *dict, value *from)
{
	if (value_is(from, VALUE_DICT)) {
		value_dict_update(dict, from);
		return TRUE;
	}
	g_autoptr(value) pairs = jinja_arg_list(c, from);
	for (gsize i = 0; pairs != NULL && i < value_list_length(pairs); i++) {
		g_autoptr(value) pair = jinja_arg_list(c, value_list_get(pairs, i));
		if (pair == NULL || value_list_length(pair) != 2 ||
			!value_is_hashable(value_list_get(pair, 0))) {
			jinja_fail_usage(c->e, "dict() needs pairs of a key and a value");
			return FALSE;
		}
		if (undefined_of(value_list_get(pair, 0)) != NULL) {
			jinja_fail_undefined(c->e, value_list_get(pair, 0));
			return FALSE;
		}
		value_dict_set_value(dict, value_ref(value_list_get(pair, 0)),
			value_ref(value_list_get(pair, 1)));
	}
	return pairs != NULL;
}

static value *g_dict(struct jinja_call *c)
{
	if (c->n_extra > 1) {
		return jinja_fail_usage(
			c->e, "dict expected at most 1 argument, got %u", c->n_extra);
	}
	g_autoptr(value) dict = value_new_dict();
	if (c->n_extra == 1 && !add_pairs(c, dict, c->extra[0])) {
		return NULL;
	}
	if (c->named != NULL) {
		value_dict_update(dict, c->named);
	}
	return g_steal_pointer(&dict);
}

static value *g_namespace(struct jinja_call *c)
{
	value *dict = g_dict(c);
	return dict != NULL ? namespace_new(dict) : NULL;
}

static value *g_now(struct jinja_call *c)
{
	gint64 now = g_get_real_time();
	time_t seconds = (time_t)(now / G_USEC_PER_SEC);
	struct tm tm = { 0 };
	if (jinja_arg_bool(c, 0, FALSE)) {
		gmtime_r(&seconds, &tm);
	} else {
		localtime_r(&seconds, &tm);
	}
	guint rest = (guint)(now % G_USEC_PER_SEC);
	const value *format = c->arguments[1];
	if (format != NULL && value_truth(format)) {
		const char *text = jinja_arg_string(c, 1, NULL);
		return text != NULL ? time_format(c->e, text, &tm, rest) : NULL;
	}
	return time_new(&tm, rest);
}

static value *g_undef(struct jinja_call *c)
{
	const value *hint = c->arguments[0];
	g_autofree char *text = hint != NULL && value_truth(hint)
					? value_to_string(hint)
					: g_strdup("mandatory variable has not been overridden");
	return undefined_new(NULL, text, NULL);
}

/* Sentences of Latin words, n paragraphs of them. */
static value *g_lipsum(struct jinja_call *c)
{
	static const char *const words[] = { "a", "ac", "ad", "amet", "ante", "arcu", "at",
		"auctor", "augue", "bibendum", "commodo", "condimentum", "congue", "consectetuer",
		"cras", "cubilia", "cum", "curae", "dapibus", "diam", "dictum", "dignissim", "dis",
		"dolor", "donec", "duis", "egestas", "eget", "elit", "enim", "erat", "eros", "est",
		"et" };
	gint64 n = 5;
	gint64 least = 20;
	gint64 most = 100;
	if (!jinja_arg_int(c, 0, 5, &n) || !jinja_arg_int(c, 2, 20, &least) ||
		!jinja_arg_int(c, 3, 100, &most)) {
		return NULL;
	}
	if (least >= most || least < 0 || most > 10000 || n > 10000) {
		return jinja_fail_usage(c->e, "lipsum: sizes are out of range");
	}
	struct random random;
	random_init(&random, NULL);
	GString *out = g_string_new(NULL);
	gboolean html = jinja_arg_bool(c, 1, TRUE);
	for (gint64 i = 0; i < n && out->len < LIMIT_BYTES; i++) {
		g_string_append(out, i > 0 ? (html ? "\n" : "\n\n") : "");
		g_string_append(out, html ? "<p>" : "");
		gint64 count = least + (gint64)random_below(&random, (guint64)(most - least));
		for (gint64 k = 0; k < count; k++) {
			const char *word = words[random_below(&random, G_N_ELEMENTS(words))];
			g_string_append(out, k > 0 ? " " : "");
			g_string_append_c(out, k == 0 ? g_ascii_toupper(*word) : *word);
			g_string_append(out, word + 1);
		}
		g_string_append(out, html ? ".</p>" : ".");
	}
	return text_take(out, html ? VALUE_MARKUP : 0);
}

const struct jinja_global globals[] = {
	{ "cycler", "*", global_cycler, "an object whose next() goes round the arguments",
		"jinja2.utils.Cycler" },
	{ "dict", "* **", g_dict, "a dict of pairs and named arguments", "dict" },
	{ "joiner", "sep", global_joiner,
		"a function that returns the separator but for the first call",
		"jinja2.utils.Joiner" },
	{ "lipsum", "n html min max", g_lipsum, "text to fill a page" },
	{ "namespace", "* **", g_namespace, "an object whose attributes can be set in loops",
		"jinja2.utils.Namespace" },
	{ "now", "utc fmt", g_now, "the date and time" },
	{ "range", "*", g_range, "numbers from start to stop", "range" },
	{ "undef", "hint", g_undef, "an undefined value" },
};
const gsize n_globals = G_N_ELEMENTS(globals);
