/* The lookup ini: a key of a section. */
#include "template/lookup.h"

#include <string.h>

struct ini_query {
	const char *section, *key;
	gboolean properties, case_sensitive, is_pattern;
	gboolean section_found;
	GPtrArray *values;
};

static void ini_option(struct ini_query *q, const char *line, GString **current)
{
	gsize n = strcspn(line, "=:");
	g_autofree char *name = g_strstrip(g_strndup(line, n));
	const char *text = line[n] != '\0' ? line + n + 1 : "";
	g_autofree char *low = q->case_sensitive ? g_strdup(name) : g_utf8_strdown(name, -1);
	g_autofree char *wanted = q->case_sensitive ? g_strdup(q->key) : g_utf8_strdown(q->key, -1);
	gboolean hit = q->is_pattern ? g_regex_match_simple(q->key, low, 0, G_REGEX_MATCH_ANCHORED)
				     : strcmp(low, wanted) == 0;
	*current = NULL;
	if (hit) {
		g_autofree char *clean = g_strstrip(g_strdup(text));
		*current = g_string_new(clean);
		g_ptr_array_add(q->values, *current);
	}
}

static void ini_read(struct ini_query *q, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gboolean inside = q->properties;
	gboolean in_default = FALSE;
	GString *current = NULL;
	q->section_found = q->properties || strcmp(q->section, "DEFAULT") == 0;
	for (gsize i = 0; lines[i] != NULL; i++) {
		char *line = lines[i];
		const char *start = line + strspn(line, " \t\r");
		if (*start == '\0' || *start == '#' || *start == ';') {
			continue;
		}
		if (*start == '[' && strchr(start, ']') != NULL && !q->properties) {
			g_autofree char *name = g_strndup(start + 1, strcspn(start + 1, "]"));
			in_default = strcmp(name, "DEFAULT") == 0;
			inside = strcmp(name, q->section) == 0;
			q->section_found = q->section_found || inside;
			current = NULL;
		} else if (start > line && current != NULL) {
			/* an indented line goes on with the value before */
			g_string_append_c(current, '\n');
			g_string_append(current, g_strstrip(line));
		} else if (inside || in_default) {
			ini_option(q, g_strstrip(line), &current);
		}
	}
}

static void free_string(gpointer data)
{
	g_string_free(data, TRUE);
}

static gboolean ini_one(struct call *c, const char *text, value *out)
{
	g_autoptr(value) options = value_new_dict();
	if (c->named != NULL) {
		value_dict_update(options, c->named);
	}
	g_autofree char *key =
		strpbrk(text, "= ") != NULL ? lookup_key(text, options) : g_strdup(text);
	struct call inner = *c;
	inner.named = options;
	gsize length = 0;
	g_autofree char *content =
		lookup_read(&inner, lookup_given_text(&inner, "file", "ansible.ini"), &length);
	if (content == NULL) {
		return FALSE;
	}
	const value *pattern = lookup_given(&inner, "re");
	const value *case_sensitive = lookup_given(&inner, "case_sensitive");
	struct ini_query q = { .key = key,
		.section = lookup_given_text(&inner, "section", "global"),
		.properties = strcmp(lookup_given_text(&inner, "type", "ini"), "properties") == 0,
		.is_pattern = pattern != NULL && value_truth(pattern),
		.case_sensitive = case_sensitive != NULL && value_truth(case_sensitive) };
	q.values = g_ptr_array_new_with_free_func(free_string);
	ini_read(&q, content);
	if (!q.section_found) {
		template_fail_usage(c->e, "no section '%s' in %s", q.section,
			lookup_given_text(&inner, "file", "ansible.ini"));
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

value *lookup_ini(struct call *c)
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
