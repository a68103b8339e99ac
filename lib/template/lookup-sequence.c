/* The lookup sequence. */
#include "template/lookup.h"

#include <string.h>

#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/format.h"
#include "jinja/syntax/limits.h"

struct sequence {
	gint64 start, end, count, stride;
	gboolean has_end, has_count;
	char *format;
};

static gboolean read_int(const char *text, gint64 *ret)
{
	guint base = 10;
	const char *p = text + (*text == '-');
	if (p[0] == '0' && g_ascii_tolower(p[1]) == 'x') {
		base = 16;
		p += 2;
	} else if (p[0] == '0' && g_ascii_tolower(p[1]) == 'o') {
		base = 8;
		p += 2;
	} else if (p[0] == '0' && p[1] != '\0') {
		return FALSE;
	}
	guint64 u = 0;
	if (!g_ascii_string_to_unsigned(p, base, 0, G_MAXINT64, &u, NULL)) {
		return FALSE;
	}
	*ret = *text == '-' ? -(gint64)u : (gint64)u;
	return TRUE;
}

static gboolean sequence_key(
	struct jinja_call *c, struct sequence *s, const char *key, const char *text)
{
	gint64 *numbers[] = { &s->start, &s->end, &s->count, &s->stride };
	static const char *const names[] = { "start", "end", "count", "stride" };
	if (strcmp(key, "format") == 0) {
		g_free(s->format);
		s->format = g_strdup(text);
		return TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(key, names[i]) == 0) {
			s->has_end = s->has_end || i == 1;
			s->has_count = s->has_count || i == 2;
			if (read_int(text, numbers[i])) {
				return TRUE;
			}
			jinja_fail_usage(c->e, "can't parse %s=%s as integer", key, text);
			return FALSE;
		}
	}
	jinja_fail_usage(c->e, "unrecognized argument to with_sequence: '%s'", key);
	return FALSE;
}

/* start=0 end=3 or the short form 0-3/2:host%02d */
static gboolean sequence_parse(struct jinja_call *c, struct sequence *s, const char *text)
{
	static const char pattern[] = "^((0?x?[0-9a-f]+)\\s*-)?\\s*(0?x?[0-9a-f]+)\\s*(/"
				      "\\s*(0?x?[0-9a-f]+))?\\s*(:(.+))?$";
	static const struct {
		int group;
		const char *key;
	} groups[] = { { 2, "start" }, { 3, "end" }, { 5, "stride" }, { 7, "format" } };
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_CASELESS, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	if (g_regex_match(regex, text, 0, &match)) {
		for (gsize i = 0; i < G_N_ELEMENTS(groups); i++) {
			g_autofree char *part = g_match_info_fetch(match, groups[i].group);
			if (part != NULL && *part != '\0' &&
				!sequence_key(c, s, groups[i].key, part)) {
				return FALSE;
			}
		}
		return TRUE;
	}
	g_auto(GStrv) words = g_strsplit_set(text, " \t\n", -1);
	for (gsize i = 0; words[i] != NULL; i++) {
		char *equals = strchr(words[i], '=');
		if (*words[i] == '\0') {
			continue;
		}
		if (equals == NULL) {
			jinja_fail_usage(
				c->e, "unrecognized argument to with_sequence: '%s'", words[i]);
			return FALSE;
		}
		*equals = '\0';
		if (!sequence_key(c, s, words[i], equals + 1)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean sequence_check(struct jinja_call *c, struct sequence *s)
{
	const char *why = NULL;
	if (s->has_end == s->has_count) {
		why = s->has_end ? "can't specify both count and end in with_sequence"
				 : "must specify count or end in with_sequence";
	} else if (s->has_count && s->count == 0) {
		s->stride = 0;
	} else if (s->has_count) {
		s->count = CLAMP(s->count, -LIMIT_RANGE, LIMIT_RANGE);
		s->stride = CLAMP(s->stride, -G_MAXINT32, G_MAXINT32);
		s->end = s->start + s->count * s->stride - 1;
	}
	if (why == NULL && s->stride > 0 && s->end < s->start) {
		why = "to count backwards make stride negative";
	}
	if (why == NULL && s->stride < 0 && s->end > s->start) {
		why = "to count forward don't make stride negative";
	}
	const char *percent = strchr(s->format, '%');
	if (why == NULL && (percent == NULL || strchr(percent + 1, '%') != NULL)) {
		why = "the format of with_sequence must have one '%'";
	}
	if (why != NULL) {
		jinja_fail_usage(c->e, "%s", why);
	}
	return why == NULL;
}

static gboolean sequence_run(struct jinja_call *c, struct sequence *s, value *out)
{
	struct range range = { s->start, s->end + (s->stride >= 0 ? 1 : -1), s->stride };
	gsize n = s->stride != 0 ? range_length(&range) : 0;
	g_autoptr(value) format = value_new_string(s->format);
	if (!check_items(c->e, n)) {
		return FALSE;
	}
	for (gsize i = 0; i < n; i++) {
		g_autoptr(value) number = value_new_int(s->start + (gint64)i * s->stride);
		value *text = format_percent(c->e, format, number);
		if (text == NULL) {
			return FALSE;
		}
		value_list_append(out, text);
	}
	return TRUE;
}

value *lookup_sequence(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = lookup_term(c, i);
		struct sequence s = { .start = 1, .stride = 1, .format = g_strdup("%d") };
		gboolean ok = text != NULL && sequence_parse(c, &s, text) &&
			      sequence_check(c, &s) && sequence_run(c, &s, out);
		g_free(s.format);
		if (!ok) {
			return NULL;
		}
	}
	return g_steal_pointer(&out);
}
