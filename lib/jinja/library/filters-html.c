/* Filters for HTML, and comments. */
#include <string.h>

#include "jinja/engine/autoescape.h"
#include "jinja/engine/call.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/entities.h"
#include "jinja/library/text.h"
#include "jinja/library/urlize.h"

static value *f_escape(struct jinja_call *c)
{
	return markup_of(c->input, FALSE);
}

static value *f_forceescape(struct jinja_call *c)
{
	return markup_of(c->input, TRUE);
}

static value *f_safe(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	return value_with_flags(s, VALUE_MARKUP);
}

/* text without what begins with open and ends with the nearest close behind it. */
static GString *without(const char *text, gsize length, const char *open, const char *close)
{
	GString *out = g_string_sized_new(length + 1);
	const char *end = text + length;
	for (;;) {
		const char *from = memmem(text, (gsize)(end - text), open, strlen(open));
		const char *inside = from != NULL ? from + strlen(open) : NULL;
		const char *to =
			from != NULL ? memmem(inside, (gsize)(end - inside), close, strlen(close))
				     : NULL;
		if (to == NULL) {
			break;
		}
		g_string_append_len(out, text, from - text);
		text = to + strlen(close);
	}
	g_string_append_len(out, text, end - text);
	return out;
}

static value *f_striptags(struct jinja_call *c)
{
	g_autoptr(value) s = text_of(c->input);
	/* comments first, then tags */
	g_autoptr(GString) plain = without(value_string(s), value_string_length(s), "<!--", "-->");
	g_autoptr(value) whole = text_take(without(plain->str, plain->len, "<", ">"), 0);
	g_autoptr(value) words = text_split_space(whole, -1);
	g_autoptr(GString) joined = g_string_new(NULL);
	for (gsize i = 0; i < value_list_length(words); i++) {
		g_string_append(joined, i > 0 ? " " : "");
		g_string_append(joined, value_string(value_list_get(words, i)));
	}
	GString *out = g_string_sized_new(joined->len);
	entities_unescape(joined->str, joined->len, out);
	return text_take(out, 0);
}

static value *f_xmlattr(struct jinja_call *c)
{
	if (undefined_of(c->input) != NULL) {
		return jinja_fail_undefined(c->e, c->input);
	}
	if (!value_is(c->input, VALUE_DICT)) {
		return jinja_fail_usage(
			c->e, "xmlattr needs a dict, not %s", value_type_name(c->input));
	}
	g_autoptr(GString) out = g_string_new(NULL);
	value_dict_foreach (c->input, key, item) {
		if (value_is(item, VALUE_NULL) || undefined_of(item) != NULL) {
			continue;
		}
		if (!value_is(key, VALUE_STRING)) {
			return jinja_fail_usage(c->e, "attribute names must be strings");
		}
		if (strpbrk(value_string(key), " \t\n\r\f\v/>=") != NULL) {
			return jinja_fail_usage(c->e, "invalid character in attribute name: '%s'",
				value_string(key));
		}
		g_autoptr(value) name = markup_of(key, FALSE);
		g_autoptr(value) text = markup_of(item, FALSE);
		g_string_append_printf(out, "%s%s=\"%s\"", out->len > 0 ? " " : "",
			value_string(name), value_string(text));
	}
	int spaced = c->arguments[0] != NULL ? truth(c->e, c->arguments[0]) : TRUE;
	if (spaced < 0) {
		return NULL;
	}
	if (out->len > 0 && spaced) {
		g_string_prepend_c(out, ' ');
	}
	return autoescape_mark(c->e->context, value_new_string_length(out->str, out->len));
}

/* --- comment --- */

static const struct comment_style {
	const char *name, *beginning, *decoration, *end;
} comment_styles[] = {
	{ "c", "", "// ", "" },
	{ "cblock", "/*", " * ", " */" },
	{ "erlang", "", "% ", "" },
	{ "plain", "", "# ", "" },
	{ "xml", "<!--", " - ", "-->" },
};

static const char *named_text(struct jinja_call *c, const char *name, const char *otherwise)
{
	const value *v = c->named != NULL ? value_dict_get(c->named, name) : NULL;
	return value_is(v, VALUE_STRING) ? value_string(v) : otherwise;
}

static gint64 named_int(struct jinja_call *c, const char *name)
{
	gint64 i = 1;
	const value *v = c->named != NULL ? value_dict_get(c->named, name) : NULL;
	return v != NULL && is_integer(v, &i) ? CLAMP(i, 0, 10000) : 1;
}

static char *right_stripped(const char *text)
{
	const char *from = NULL;
	const char *to = NULL;
	text_strip(text, strlen(text), NULL, FALSE, TRUE, &from, &to);
	return g_strndup(from, (gsize)(to - from));
}

static value *f_comment(struct jinja_call *c)
{
	if (!value_is(c->input, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "comment needs a string, not %s", value_type_name(c->input));
	}
	g_autoptr(value) s = value_ref(c->input);
	const char *name = jinja_arg_string(c, 0, "plain");
	const struct comment_style *style = NULL;
	for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(comment_styles); i++) {
		if (strcmp(name, comment_styles[i].name) == 0) {
			style = &comment_styles[i];
		}
	}
	if (style == NULL) {
		return jinja_fail_usage(c->e, "unknown comment style '%s'", name);
	}
	const char *decoration = named_text(c, "decoration", style->decoration);
	g_autofree char *bare = right_stripped(decoration);
	const char *newline = named_text(c, "newline", "\n");
	const char *beginning = named_text(c, "beginning", style->beginning);
	const char *prefix = named_text(c, "prefix", bare);
	const char *postfix = named_text(c, "postfix", bare);
	const char *end = named_text(c, "end", style->end);
	GString *out = g_string_new(NULL);
	if (*beginning != '\0') {
		g_string_append_printf(out, "%s%s", beginning, newline);
	}
	for (gint64 i = 0; *prefix != '\0' && i < named_int(c, "prefix_count"); i++) {
		g_string_append(out, strcmp(prefix, newline) != 0 ? prefix : "");
		g_string_append(out, newline);
	}
	g_autofree char *joint = g_strconcat(newline, decoration, NULL);
	GString *body = text_replace(value_string(s), value_string_length(s), newline,
		strlen(newline), joint, strlen(joint), -1);
	g_string_prepend(body, decoration);
	/* no spaces at the ends of lines that hold only the decoration */
	g_autofree char *empty_line = g_strconcat(decoration, newline, NULL);
	g_autofree char *stripped = g_strconcat(bare, newline, NULL);
	GString *clean = text_replace(body->str, body->len, empty_line, strlen(empty_line),
		stripped, strlen(stripped), -1);
	g_string_append_len(out, clean->str, (gssize)clean->len);
	g_string_free(body, TRUE);
	g_string_free(clean, TRUE);
	for (gint64 i = 0; i < named_int(c, "postfix_count"); i++) {
		g_string_append_printf(out, "%s%s", newline, postfix);
	}
	if (*end != '\0') {
		g_string_append_printf(out, "%s%s", newline, end);
	}
	return text_take(out, 0);
}

const struct jinja_filter filters_html[] = {
	{ "comment", "style **", f_comment, "text as a comment", .strict = TRUE },
	{ "e", "", f_escape, "escape" },
	{ "escape", "", f_escape, "& < > ' and \" escaped for HTML" },
	{ "forceescape", "", f_forceescape, "escape even what is escaped" },
	{ "safe", "", f_safe, "marked as not to be escaped" },
	{ "striptags", "", f_striptags, "text without tags, white space collapsed" },
	{ "urlize", "trim_url_limit nofollow target rel extra_schemes", filter_urlize,
		"URLs in text as links" },
	{ "xmlattr", "autospace", f_xmlattr, "a dict as attributes of a tag", .undefined = TRUE,
		.hands_on = TRUE },
};
const gsize n_filters_html = G_N_ELEMENTS(filters_html);
