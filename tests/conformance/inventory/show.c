/* Prints inventories for the comparison with Ansible: show MODE FOLDER ARGUMENT SOURCE..., or, with
 * "-" as the only argument, one such request a line on stdin, fields separated by tabs; each answer
 * ends with a line "\x1e0" or "\x1e1". */
#include "inventory/listing.h"
#include "inventory/vault.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *names_text(const inventory *inv, const char *pattern, GError **error)
{
	g_autoptr(GPtrArray) hosts = inventory_match(inv, pattern, NULL, error);
	if (hosts == NULL) {
		return NULL;
	}
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < hosts->len; i++) {
		g_string_append_printf(out, "%s\n", host_name(hosts->pdata[i]));
	}
	return g_string_free(out, FALSE);
}

static char *host_text(
	const inventory *inv, const char *name, const struct listing_style *style, GError **error)
{
	g_autoptr(GPtrArray) hosts = inventory_match(inv, name, NULL, error);
	if (hosts != NULL && hosts->len != 1) {
		error_set(error, SUTLER_ERROR_USAGE, "'%s' is not one host", name);
		return NULL;
	}
	return hosts != NULL ? inventory_host_text(inv, hosts->pdata[0], style, error) : NULL;
}

static char *answer(char **fields, GError **error)
{
	const char *mode = fields[0];
	const struct listing_style style = { .yaml = strstr(mode, "yaml") != NULL,
		.export = strstr(mode, "export") != NULL,
		.variables = strstr(mode, "vars") != NULL };
	struct inventory_options options = { .playbook_folder = "." };
	g_autoptr(vault) passwords = vault_new();
	const char *password = g_getenv("SHOW_VAULT_PASSWORD");
	if (password != NULL &&
		vault_add_password(passwords, NULL, password, strlen(password), NULL)) {
		options.vault = passwords;
	}
	if (chdir(fields[1]) != 0) {
		error_set(error, SUTLER_ERROR_USAGE, "no folder '%s'", fields[1]);
		return NULL;
	}
	g_autoptr(inventory) inv = inventory_load((const char *const *)fields + 3, &options, error);
	if (inv == NULL) {
		return NULL;
	}
	if (g_str_has_prefix(mode, "list")) {
		return inventory_list_text(inv, &style, error);
	}
	if (g_str_has_prefix(mode, "host")) {
		return host_text(inv, fields[2], &style, error);
	}
	if (g_str_has_prefix(mode, "graph")) {
		return inventory_graph_text(inv, fields[2], &style, error);
	}
	return names_text(inv, fields[2], error);
}

static int show(char **fields)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = g_strv_length(fields) >= 3 ? answer(fields, &error) : g_strdup("?");
	if (text == NULL) {
		fprintf(stdout, "%s\n", error->message);
		return 1;
	}
	fputs(text, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "-") != 0) {
		return argc > 1 ? show(argv + 1) : 2;
	}
	char *line = NULL;
	size_t size = 0;
	while (getline(&line, &size, stdin) > 0) {
		g_auto(GStrv) fields = g_strsplit(g_strchomp(line), "\t", -1);
		int result = show(fields);
		printf("\x1e%d\n", result);
		fflush(stdout);
	}
	free(line);
	return 0;
}
