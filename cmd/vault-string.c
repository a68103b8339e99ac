/* vault encrypt-string: single values, ready to be pasted into a variables file. */
#include "cmd/vault.h"

#include "base/secret.h"

#include <string.h>
#include <unistd.h>

struct item {
	const char *name;   /* NULL: none */
	const char *origin; /* for people */
	const char *text;
	gsize length;
};

/* "name: !vault |" and the vault, indented. */
static gboolean append_item(
	const struct vault_call *call, const struct item *item, GString *out, GError **error)
{
	if (item->length == 0) {
		error_set(error, SUTLER_ERROR_USAGE, "the string from %s is empty", item->origin);
		return FALSE;
	}
	g_autofree char *cipher =
		vault_encrypt(call->to, call->id, item->text, item->length, error);
	if (cipher == NULL) {
		return FALSE;
	}
	g_auto(GStrv) lines = g_strsplit(g_strchomp(cipher), "\n", -1);
	g_string_append_printf(out, "%s%s!vault |\n", item->name != NULL ? item->name : "",
		item->name != NULL ? ": " : "");
	for (char **line = lines; *line != NULL; line++) {
		g_string_append_printf(out, "          %s\n", *line);
	}
	return TRUE;
}

static gboolean print_items(const struct vault_call *call, const GArray *items, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	for (guint i = 0; i < items->len; i++) {
		if (!append_item(call, &g_array_index(items, struct item, i), out, error)) {
			return FALSE;
		}
	}
	const char *path = call->options->output != NULL ? call->options->output : "-";
	return vault_file_write(path, out->str, out->len, 0, error);
}

/* Names go to the arguments in turn; "-" among them means stdin. */
static gboolean add_arguments(const struct vault_call *call, GArray *items, GError **error)
{
	char **names = call->options->string_names;
	for (char **text = call->arguments; *text != NULL; text++) {
		if (!g_str_equal(*text, "-")) {
			gboolean named = names != NULL && *names != NULL;
			struct item item = { named ? *names++ : NULL, "the command line", *text,
				strlen(*text) };
			g_array_append_val(items, item);
		}
	}
	if (names != NULL && *names != NULL) {
		error_set(error, SUTLER_ERROR_USAGE, "--name '%s' has no string%s", *names,
			items->len > 0 ? "" : ": for one from stdin use --stdin-name");
		return FALSE;
	}
	return TRUE;
}

static gboolean wants_stdin(const struct vault_call *call)
{
	return !call->options->prompt_string &&
	       (*call->arguments == NULL || call->options->stdin_name != NULL ||
		       g_strv_contains((const char *const *)call->arguments, "-"));
}

gboolean vault_run_encrypt_string(const struct vault_call *call, GError **error)
{
	const struct options *o = call->options;
	g_autoptr(GArray) items = g_array_new(FALSE, TRUE, sizeof(struct item));
	g_autofree char *name = NULL;
	g_autofree char *text = NULL;
	gsize length = 0;
	gboolean well = TRUE;
	if (o->prompt_string) {
		const char *instead = "the string as an argument, or stdin";
		name = project_ask_line(
			"Variable name (enter for no name): ", TRUE, instead, error);
		text = name == NULL ? NULL
				    : project_ask_line(
					      "String to encrypt: ", o->show_input, instead, error);
		length = text == NULL ? 0 : strlen(text);
		struct item item = { name == NULL || *name == '\0' ? NULL : name, "the terminal",
			text, length };
		g_array_append_val(items, item);
		well = text != NULL;
	} else if (wants_stdin(call)) {
		text = vault_file_read("-", &length, error);
		struct item item = { o->stdin_name, "stdin", text, length };
		g_array_append_val(items, item);
		well = text != NULL;
	}
	return well && add_arguments(call, items, error) && print_items(call, items, error);
}
