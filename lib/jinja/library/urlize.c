/* URLs and mail addresses in text as links. */
#include "jinja/library/urlize.h"

#include <string.h>

#include "jinja/engine/autoescape.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/markup.h"
#include "jinja/engine/operators.h"
#include "jinja/library/regex.h"
#include "jinja/library/text.h"

/* A URL with a scheme or "www.", a name in one of the old top-level domains, or an address. */
#define PORT_AND_PATH "(?::\\d{1,5})?(?:[/?#]\\S*)?"
static const char web_pattern[] =
	"(?:(?:https?://|www\\.)(?:(?:[\\w%-]+\\.)+)?(?:[a-z]{2,63}|xn--[\\w%]{2,59})"
	"|(?:[\\w%-]{2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)"
	"|https?://"
	"(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[(?:[\\da-f]{0,4}:){2}(?:[\\da-f]{0,4}:?){1,6}\\])"
	")" PORT_AND_PATH;
static const char mail_pattern[] = "\\S+@\\w[\\w.-]*\\.\\w+";
static const char scheme_pattern[] = "[\\w.+-]{2,}:/{0,2}";

struct linking {
	struct jinja_evaluation *e;
	GRegex *web, *mail;
	gboolean limited;
	gint64 limit;         /* characters of a URL that are shown, if limited */
	GString *attributes;  /* rel and target */
	const value *schemes; /* a list of further ones */
};

/* A word without what stands around a URL in text. */
struct word {
	const char *head, *middle, *tail, *end;
};

static const char *const opening[] = { "(", "<", "&lt;" };
static const char *const closing[] = { ")", ">", "&gt;" };
static const char *const trailing[] = { ")", ">", "&gt;", ".", ",", "\n" };

/* How long that one of them is with which the text begins, or ends; 0: none. */
static gsize affix(const char *from, const char *to, gboolean end, const char *const *of, gsize n)
{
	for (gsize i = 0; i < n; i++) {
		gsize length = strlen(of[i]);
		if ((gsize)(to - from) >= length &&
			memcmp(end ? to - length : from, of[i], length) == 0) {
			return length;
		}
	}
	return 0;
}

/* The end of the first what; NULL: there is none. */
static const char *behind(const char *from, const char *to, const char *what)
{
	const char *at = memmem(from, (gsize)(to - from), what, strlen(what));
	return at != NULL ? at + strlen(what) : NULL;
}

static gsize count(const char *from, const char *to, const char *what)
{
	gsize n = 0;
	while ((from = behind(from, to, what)) != NULL) {
		n++;
	}
	return n;
}

static struct word take_apart(const char *from, const char *to)
{
	struct word w = { from, from, to, to };
	gsize length = 0;
	while ((length = affix(w.middle, to, FALSE, opening, G_N_ELEMENTS(opening))) > 0) {
		w.middle += length;
	}
	while ((length = affix(w.middle, w.tail, TRUE, trailing, G_N_ELEMENTS(trailing))) > 0) {
		w.tail -= length;
	}
	/* Brackets that were opened in the URL are closed in it. */
	for (gsize i = 0; i < G_N_ELEMENTS(opening); i++) {
		gsize opened = count(w.middle, w.tail, opening[i]);
		if (opened <= count(w.middle, w.tail, closing[i])) {
			continue;
		}
		const char *close = NULL;
		while (opened-- > 0 && (close = behind(w.tail, w.end, closing[i])) != NULL) {
			w.tail = close;
		}
	}
	return w;
}

static void append_cut(const struct linking *l, const char *url, GString *out)
{
	gint64 points = (gint64)g_utf8_strlen(url, -1);
	if (!l->limited || points <= l->limit) {
		g_string_append(out, url);
		return;
	}
	/* as Python slices: a negative limit counts from the end */
	gint64 shown = l->limit < 0 ? MAX(points + l->limit, 0) : l->limit;
	g_string_append_len(out, url, g_utf8_offset_to_pointer(url, (glong)shown) - url);
	g_string_append(out, "...");
}

/* What may be one: behind mailto:, or all of the word. */
static const char *mail_address(const char *word)
{
	gboolean plain = strchr(word, '@') != NULL && strchr(word, ':') == NULL;
	return g_str_has_prefix(word, "mailto:")          ? word + strlen("mailto:")
	       : plain && !g_str_has_prefix(word, "www.") ? word
							  : NULL;
}

/* Appends url as a link, if it is one; FALSE after a failure. */
static gboolean append_link(const struct linking *l, const char *url, GString *out)
{
	g_autoptr(GMatchInfo) web = NULL;
	g_autoptr(GMatchInfo) mail = NULL;
	const char *address = mail_address(url);
	const GRegexMatchFlags anchored = G_REGEX_MATCH_ANCHORED;
	if (!regex_match(l->e, l->web, url, strlen(url), 0, anchored, &web) ||
		(address != NULL && !regex_match(l->e, l->mail, address, strlen(address), 0,
					    anchored, &mail))) {
		return FALSE;
	}
	if (g_match_info_matches(web)) {
		gboolean whole =
			g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://");
		g_string_append_printf(out, "<a href=\"%s%s\"%s>", whole ? "" : "https://", url,
			l->attributes->str);
		append_cut(l, url, out);
		g_string_append(out, "</a>");
		return TRUE;
	}
	if (mail != NULL && g_match_info_matches(mail)) {
		g_string_append_printf(out, "<a href=\"%s%s\">%s</a>",
			address == url ? "mailto:" : "", url, address);
		return TRUE;
	}
	for (gsize i = 0; i < value_list_length(l->schemes); i++) {
		const char *scheme = value_string(value_list_get(l->schemes, i));
		if (g_str_has_prefix(url, scheme) && strcmp(url, scheme) != 0) {
			g_string_append_printf(
				out, "<a href=\"%s\"%s>%s</a>", url, l->attributes->str, url);
			return TRUE;
		}
	}
	g_string_append(out, url);
	return TRUE;
}

static gboolean append_words(const struct linking *l, const value *text, GString *out)
{
	const char *p = value_string(text);
	const char *end = p + value_string_length(text);
	while (p < end) {
		const char *to = p;
		while (to < end && !text_is_space(g_utf8_get_char(to))) {
			to = g_utf8_next_char(to);
		}
		struct word w = take_apart(p, to);
		g_autoptr(GString) middle = g_string_new_len(w.middle, w.tail - w.middle);
		g_string_append_len(out, w.head, w.middle - w.head);
		if (!append_link(l, middle->str, out) || !check_size(l->e, out->len)) {
			return FALSE;
		}
		g_string_append_len(out, w.tail, w.end - w.tail);
		for (p = to; p < end && text_is_space(g_utf8_get_char(p));
			p = g_utf8_next_char(p)) {
			g_string_append_unichar(out, g_utf8_get_char(p));
		}
	}
	return TRUE;
}

static gint compare_words(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void append_attribute(GString *out, const char *name, const value *text)
{
	g_autoptr(value) safe = markup_of(text, FALSE);
	g_string_append_printf(out, " %s=\"%s\"", name, value_string(safe));
}

/* The words of rel, each once and sorted, with those that Jinja2 adds. */
static value *relations(struct jinja_call *c)
{
	const value *rel = c->arguments[3];
	g_autoptr(value) words = NULL;
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();
	int given = rel != NULL ? truth(c->e, rel) : 0;
	if (given < 0) {
		return NULL;
	}
	if (given && !value_is(rel, VALUE_STRING)) {
		return jinja_fail_usage(
			c->e, "urlize: rel must be a string, not %s", value_type_name(rel));
	}
	words = given ? text_split_space(rel, -1) : value_new_list();
	value_list_append(words, value_new_string("noopener"));
	if (jinja_arg_bool(c, 1, FALSE)) {
		value_list_append(words, value_new_string("nofollow"));
	}
	for (gsize i = 0; i < value_list_length(words); i++) {
		g_ptr_array_add(sorted, (char *)value_string(value_list_get(words, i)));
	}
	g_ptr_array_sort(sorted, compare_words);
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < sorted->len; i++) {
		if (i == 0 || strcmp(sorted->pdata[i], sorted->pdata[i - 1]) != 0) {
			g_string_append_printf(
				out, "%s%s", i > 0 ? " " : "", (char *)sorted->pdata[i]);
		}
	}
	return text_take(out, 0);
}

/* The argument extra_schemes as a list; NULL after a failure. */
static value *schemes(struct jinja_call *c)
{
	const value *given = c->arguments[4];
	if (given == NULL || value_is(given, VALUE_NULL)) {
		return value_new_list();
	}
	g_autoptr(value) list = jinja_arg_list(c, given);
	g_autoptr(GRegex) regex = regex_compile_whole(c->e, scheme_pattern, FALSE, FALSE);
	for (gsize i = 0; list != NULL && i < value_list_length(list); i++) {
		const value *scheme = value_list_get(list, i);
		if (!value_is(scheme, VALUE_STRING) ||
			!g_regex_match(regex, value_string(scheme), G_REGEX_MATCH_ANCHORED, NULL)) {
			g_autofree char *shown = value_to_repr(scheme);
			return jinja_fail_usage(c->e,
				"urlize: %s is not a valid URI scheme prefix, as in 'tel:'", shown);
		}
	}
	return g_steal_pointer(&list);
}

value *filter_urlize(struct jinja_call *c)
{
	const value *limit = c->arguments[0];
	const value *target = c->arguments[2];
	g_autoptr(value) rel = relations(c);
	g_autoptr(value) further = rel != NULL ? schemes(c) : NULL;
	g_autoptr(GRegex) web = regex_compile_whole(c->e, web_pattern, TRUE, FALSE);
	g_autoptr(GRegex) mail = regex_compile_whole(c->e, mail_pattern, FALSE, FALSE);
	g_autoptr(GString) attributes = g_string_new(NULL);
	g_autoptr(GString) out = g_string_new(NULL);
	struct linking l = { .e = c->e,
		.web = web,
		.mail = mail,
		.attributes = attributes,
		.schemes = further,
		.limited = limit != NULL && !value_is(limit, VALUE_NULL) };
	int targeted = target != NULL ? truth(c->e, target) : 0;
	if (further == NULL || targeted < 0 || !jinja_arg_int_or_none(c, 0, 0, &l.limit)) {
		return NULL;
	}
	append_attribute(attributes, "rel", rel);
	if (targeted) {
		append_attribute(attributes, "target", target);
	}
	g_autoptr(value) text = markup_of(c->input, FALSE);
	if (!append_words(&l, text, out)) {
		return NULL;
	}
	return autoescape_mark(c->e->context, value_new_string_length(out->str, out->len));
}
