/* The lookup first_found. */
#include "template/lookup.h"

#include <string.h>

static gboolean split_on(const value *v, const char *separators, GPtrArray *out)
{
	if (value_is(v, VALUE_STRING)) {
		g_auto(GStrv) parts = g_strsplit_set(value_string(v), separators, -1);
		for (gsize i = 0; parts[i] != NULL; i++) {
			const char *part = g_strstrip(parts[i]);
			if (*part != '\0') {
				g_ptr_array_add(out, g_strdup(part));
			}
		}
	} else if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			split_on(item, separators, out);
		}
	}
	return TRUE;
}

static void add_candidates(GPtrArray *candidates, const value *files, const value *paths)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func(g_free);
	split_on(files, ",;", names);
	split_on(paths, ",:;", folders);
	for (guint i = 0; i < folders->len; i++) {
		for (guint k = 0; k < names->len; k++) {
			g_ptr_array_add(candidates,
				g_build_filename(folders->pdata[i], names->pdata[k], NULL));
		}
	}
	for (guint k = 0; folders->len == 0 && k < names->len; k++) {
		g_ptr_array_add(candidates, g_strdup(names->pdata[k]));
	}
}

/* The files that one term names. */
static gboolean add_term(
	struct jinja_call *c, const value *item, GPtrArray *candidates, gboolean *skip)
{
	const value *files = lookup_option(c, "files");
	const value *paths = lookup_option(c, "paths");
	if (value_is(item, VALUE_DICT)) {
		const value *s = value_dict_get(item, "skip");
		*skip = s != NULL ? value_truth(s) : *skip;
		add_candidates(
			candidates, value_dict_get(item, "files"), value_dict_get(item, "paths"));
	} else if (!value_is(item, VALUE_STRING)) {
		jinja_fail_usage(
			c->e, "first_found: invalid term of type %s", value_type_name(item));
		return FALSE;
	} else if (files == NULL && paths == NULL) {
		g_ptr_array_add(candidates, g_strdup(value_string(item)));
	} else {
		add_candidates(candidates, files != NULL ? files : item, paths);
	}
	return TRUE;
}

value *lookup_first_found(struct jinja_call *c)
{
	g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(value) terms = lookup_items(c);
	gboolean skip = lookup_option_bool(c, "skip", FALSE);
	value_list_foreach (terms, item) {
		if (!add_term(c, item, candidates, &skip)) {
			return NULL;
		}
	}
	if (c->n_extra == 0) {
		add_candidates(candidates, lookup_option(c, "files"), lookup_option(c, "paths"));
	}
	value *out = value_new_list();
	for (guint i = 0; i < candidates->len; i++) {
		char *path = lookup_file_find(c->e, candidates->pdata[i]);
		if (path != NULL) {
			value_list_append(out, value_new_string_take(path, strlen(path)));
			return out;
		}
	}
	if (skip) {
		return out;
	}
	value_unref(out);
	return jinja_fail_usage(c->e, "no file was found when using first_found");
}
