/* The lookup ini: a key of a section. */
#include "template/lookup.h"

#include "base/ini.h"
#include "jinja/engine/evaluate.h"

#include <string.h>

struct ini_query {
	const char *section, *key;
	gboolean properties, case_sensitive, is_pattern;
	gboolean section_found;
	gboolean inside, in_default; /* where the line stands */
	GString *current;            /* the value that an indented line goes on with */
	GPtrArray *values;
};

static void take_option(struct ini_query *q, const char *line)
{
	gsize n = strcspn(line, "=:");
	g_autofree char *name = g_strstrip(g_strndup(line, n));
	const char *text = line[n] != '\0' ? line + n + 1 : "";
	g_autofree char *low = q->case_sensitive ? g_strdup(name) : g_utf8_strdown(name, -1);
	g_autofree char *wanted = q->case_sensitive ? g_strdup(q->key) : g_utf8_strdown(q->key, -1);
	gboolean hit = q->is_pattern ? g_regex_match_simple(q->key, low, 0, G_REGEX_MATCH_ANCHORED)
				     : strcmp(low, wanted) == 0;
	q->current = NULL;
	if (hit) {
		g_autofree char *clean = g_strstrip(g_strdup(text));
		q->current = g_string_new(clean);
		g_ptr_array_add(q->values, q->current);
	}
}

static void enter_section(struct ini_query *q, const char *header)
{
	g_autofree char *name = g_strndup(header + 1, strcspn(header + 1, "]"));
	q->in_default = strcmp(name, "DEFAULT") == 0;
	q->inside = strcmp(name, q->section) == 0;
	q->section_found = q->section_found || q->inside;
	q->current = NULL;
}

static gboolean take_line(const struct ini_line *line, gpointer data, GError **error)
{
	struct ini_query *q = data;
	(void)error;
	if (line->header) {
		enter_section(q, line->text);
	} else if (line->at.column > 1 && q->current != NULL) {
		/* an indented line goes on with the value before */
		g_string_append_printf(q->current, "\n%s", line->text);
	} else if (q->inside || q->in_default) {
		take_option(q, line->text);
	}
	return TRUE;
}

static gboolean has_end(const char *text)
{
	return strchr(text, ']') != NULL;
}

static gboolean never(const char *text)
{
	(void)text;
	return FALSE;
}

static gboolean read_options(
	struct ini_query *q, const char *file, const char *text, GError **error)
{
	q->inside = q->properties;
	q->section_found = q->properties || strcmp(q->section, "DEFAULT") == 0;
	if (!g_utf8_validate(text, -1, NULL)) {
		error_set(error, SUTLER_ERROR_USAGE, "'%s' is not UTF-8", file);
		return FALSE;
	}
	return ini_read(
		text, strlen(text), file, q->properties ? never : has_end, take_line, q, error);
}

static void free_string(gpointer data)
{
	g_string_free(data, TRUE);
}

static gboolean ini_one(struct jinja_call *c, const char *text, value *out)
{
	g_autoptr(value) options = value_new_dict();
	if (c->named != NULL) {
		value_dict_update(options, c->named);
	}
	g_autofree char *key =
		strpbrk(text, "= ") != NULL ? lookup_key(text, options) : g_strdup(text);
	struct jinja_call inner = *c;
	inner.named = options;
	gsize length = 0;
	g_autofree char *content =
		lookup_read(&inner, lookup_given_text(&inner, "file", "ansible.ini"), &length);
	if (content == NULL) {
		return FALSE;
	}
	const char *file = lookup_given_text(&inner, "file", "ansible.ini");
	g_autoptr(GError) problem = NULL;
	struct ini_query q = { .key = key,
		.section = lookup_given_text(&inner, "section", "global"),
		.properties = strcmp(lookup_given_text(&inner, "type", "ini"), "properties") == 0,
		.is_pattern = lookup_option_bool(&inner, "re", FALSE),
		.case_sensitive = lookup_option_bool(&inner, "case_sensitive", FALSE) };
	q.values = g_ptr_array_new_with_free_func(free_string);
	if (!read_options(&q, file, content, &problem)) {
		jinja_fail_usage(c->e, "%s", problem->message);
	} else if (!q.section_found) {
		jinja_fail_usage(c->e, "no section '%s' in %s", q.section, file);
	} else if (q.values->len == 0) {
		if (!q.is_pattern) {
			value *otherwise = lookup_given(&inner, "default");
			value_list_append(out,
				otherwise != NULL ? value_ref(otherwise) : value_new_string(""));
		}
	} else {
		/* a section's own value wins over the default section's, which comes first */
		guint first = q.is_pattern ? 0 : q.values->len - 1;
		for (guint i = first; i < q.values->len; i++) {
			value_list_append(
				out, value_new_string(((GString *)q.values->pdata[i])->str));
		}
	}
	g_ptr_array_unref(q.values);
	return c->e->error == NULL;
}

value *lookup_ini(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = lookup_term(c, i);
		if (text == NULL || !ini_one(c, text, out)) {
			return NULL;
		}
	}
	return g_steal_pointer(&out);
}
