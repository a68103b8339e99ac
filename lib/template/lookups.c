/* The table of lookups: data from files, the environment, commands and variables. */
#include "template/lookup.h"

#include "value/convert.h"

#include <string.h>

value *lookup_option(struct jinja_call *c, const char *name)
{
	return c->named != NULL ? value_dict_get(c->named, name) : NULL;
}

gboolean lookup_option_bool(struct jinja_call *c, const char *name, gboolean otherwise)
{
	const value *v = lookup_option(c, name);
	if (value_is(v, VALUE_STRING)) {
		return convert_word(value_string(v), TRUTH_ANSIBLE) == 1;
	}
	return v != NULL ? value_truth(v) : otherwise;
}

const char *lookup_term(struct jinja_call *c, guint i)
{
	if (value_is(c->extra[i], VALUE_STRING)) {
		return value_string(c->extra[i]);
	}
	return jinja_fail_usage(
		c->e, "lookup '%s' needs strings, not %s", c->name, value_type_name(c->extra[i]));
}

value *lookup_given(struct jinja_call *c, const char *name)
{
	value *v = lookup_option(c, name);
	return value_is(v, VALUE_NULL) ? NULL : v;
}

const char *lookup_given_text(struct jinja_call *c, const char *name, const char *otherwise)
{
	const value *v = lookup_given(c, name);
	return value_is(v, VALUE_STRING) ? value_string(v) : otherwise;
}

char *lookup_key(const char *text, value *options)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t\n", -1);
	GString *key = g_string_new(NULL);
	for (gsize i = 0; words[i] != NULL; i++) {
		char *equals = strchr(words[i], '=');
		if (equals == NULL) {
			g_string_append(key, *words[i] != '\0' && key->len > 0 ? " " : "");
			g_string_append(key, words[i]);
			continue;
		}
		*equals = '\0';
		value_dict_set(options, words[i], value_new_string(equals + 1));
	}
	return g_string_free(key, FALSE);
}

char *lookup_key_known(
	struct jinja_call *c, const char *text, value *options, const char *const *known)
{
	g_autoptr(value) written = value_new_dict();
	g_autofree char *key = lookup_key(text, written);
	value_dict_foreach (written, name, item) {
		(void)item;
		if (!g_strv_contains(known, value_string(name))) {
			return jinja_fail_usage(c->e, "lookup '%s' has no option '%s'", c->name,
				value_string(name));
		}
	}
	value_dict_update(options, written);
	return g_steal_pointer(&key);
}

const struct jinja_global lookups[] = {
	{ "csvfile", "* **", lookup_csvfile, "a column of the row of a file that has a key" },
	{ "dict", "* **", lookup_dict, "a dict as a list of key and value" },
	{ "env", "* **", lookup_env, "an environment variable here" },
	{ "file", "* **", lookup_file, "what is in a file here" },
	{ "fileglob", "* **", lookup_fileglob, "the files here that match a pattern" },
	{ "first_found", "* **", lookup_first_found, "the first file here that exists" },
	{ "flattened", "* **", lookup_items, "lists taken apart" },
	{ "indexed_items", "* **", lookup_indexed_items, "items with their numbers" },
	{ "ini", "* **", lookup_ini, "a key of an INI file here" },
	{ "items", "* **", lookup_items, "a list of items" },
	{ "lines", "* **", lookup_lines, "the lines a command prints here" },
	{ "list", "* **", lookup_list, "the terms themselves" },
	{ "nested", "* **", lookup_nested, "all choices of one item of each list" },
	{ "password", "* **", lookup_password, "a password, made once and kept in a file here" },
	{ "pipe", "* **", lookup_pipe, "what a command prints here" },
	{ "random_choice", "* **", lookup_random_choice, "one of the terms" },
	{ "sequence", "* **", lookup_sequence, "numbers, formatted" },
	{ "subelements", "* **", lookup_subelements,
		"pairs of an item and each member of a list in it" },
	{ "template", "* **", lookup_template, "a template file here, rendered" },
	{ "together", "* **", lookup_together, "lists of the items at the same places" },
	{ "url", "* **", lookup_url, "what a URL returns" },
	{ "varnames", "* **", lookup_varnames, "the names of variables that match" },
	{ "vars", "* **", lookup_vars, "variables by name" },
};
const gsize n_lookups = G_N_ELEMENTS(lookups);
