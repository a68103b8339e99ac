/* The names that Ansible and its published collections know, from published.txt. */
#include "playbook/published.h"

#include <string.h>

extern const char published_names[];

static const char parameters_of[] = "parameters of ";

struct names {
	GHashTable *modules;    /* "yum", "ansible.builtin.yum" */
	GHashTable *parameters; /* "parameters of copy.src" */
};

/* Takes one line of names below a part. */
static void add_names(struct names *names, const char *part, const char *line)
{
	gboolean parameters = g_str_has_prefix(part, parameters_of);
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	for (char **word = words; *word != NULL; word++) {
		g_hash_table_add(parameters ? names->parameters : names->modules,
			g_strconcat(part, ".", *word, NULL));
		if (!parameters) {
			g_hash_table_add(names->modules, g_strdup(*word));
		}
	}
}

static gpointer read_names(gpointer data)
{
	(void)data;
	static struct names names;
	names.modules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	names.parameters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) lines = g_strsplit(published_names, "\n", -1);
	const char *part = "";
	for (char **line = lines; *line != NULL; line++) {
		if (**line == '\t') {
			add_names(&names, part, *line + 1);
		} else {
			part = *line;
		}
	}
	return &names;
}

/* Read when a name is asked for that is not ours, which is seldom. */
static const struct names *known_names(void)
{
	static GOnce once = G_ONCE_INIT;
	return g_once(&once, read_names, NULL);
}

gboolean published_module(const char *name)
{
	static const char *const cores[] = { "ansible.builtin.", "ansible.legacy." };
	for (gsize i = 0; i < G_N_ELEMENTS(cores); i++) {
		if (g_str_has_prefix(name, cores[i])) {
			return g_hash_table_contains(
				known_names()->modules, name + strlen(cores[i]));
		}
	}
	return g_hash_table_contains(known_names()->modules, name);
}

gboolean published_parameter(const char *module, const char *parameter)
{
	g_autofree char *name = g_strconcat(parameters_of, module, ".", parameter, NULL);
	return g_hash_table_contains(known_names()->parameters, name);
}
