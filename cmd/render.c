/* render: a template as it would arrive on each host. */
#include "cmd/command.h"

#include "base/built_in.h"
#include "cmd/project.h"
#include "cmd/render-play.h"
#include "run/variables.h"
#include "template/template.h"

#include <string.h>
#include <unistd.h>
#include <errno.h>

/* Where includes and lookups of a template look: beside it, then templates/ and files/. */
static GPtrArray *search_folders(const char *path)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(folders, g_path_get_dirname(path));
	g_ptr_array_add(folders, g_strdup("templates"));
	g_ptr_array_add(folders, g_strdup("files"));
	g_ptr_array_add(folders, NULL);
	return folders;
}

static void warn_all(const GPtrArray *warnings)
{
	for (guint i = 0; i < warnings->len; i++) {
		g_printerr("warning: %s\n", (const char *)g_ptr_array_index(warnings, i));
	}
}

/* A template of the project, or else the built-in one of that name. */
static char *render_file(const char *path, const struct template_scope *scope, gsize *length,
	GPtrArray *warnings, GError **error)
{
	gsize size = 0;
	const char *name =
		g_str_has_prefix(path, "templates/") ? path + strlen("templates/") : path;
	const char *text = built_in_file(name, &size);
	if (text == NULL || g_file_test(path, G_FILE_TEST_EXISTS)) {
		return template_render_file(path, scope, length, warnings, error);
	}
	return template_render_text(text, size, path, scope, length, warnings, error);
}

static gboolean render_host(const char *path, const struct variables_shared *shared, const host *h,
	const GPtrArray *playbooks, GString *out, GError **error)
{
	gsize length = 0;
	g_autoptr(variables) v = variables_new(shared, h);
	if (playbooks != NULL) {
		render_enter_play(playbooks, v, path);
	}
	g_autoptr(GPtrArray) folders = search_folders(path);
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	struct template_scope scope = *variables_scope(v);
	scope.template_folders = (const char *const *)folders->pdata;
	scope.file_folders = (const char *const *)folders->pdata;
	g_hash_table_insert(shared->hosts, (gpointer)host_name(h), v);
	g_autofree char *text = render_file(path, &scope, &length, warnings, error);
	g_hash_table_remove_all(shared->hosts);
	warn_all(warnings);
	if (text == NULL) {
		return FALSE;
	}
	g_string_append_len(out, text, (gssize)length);
	return TRUE;
}

static gboolean print_bytes(const GString *text, GError **error)
{
	for (gsize done = 0; done < text->len;) {
		ssize_t n = write(STDOUT_FILENO, text->str + done, text->len - done);
		if (n <= 0) {
			error_set(error, SUTLER_ERROR_FAILED, "unable to write the output: %s",
				g_strerror(errno));
			return FALSE;
		}
		done += (gsize)n;
	}
	return TRUE;
}

/* Without TARGET: localhost, which needs no inventory. */
static inventory *load(const struct options *options, const char *target, GError **error)
{
	static const char *const alone[] = { "localhost,", NULL };
	struct inventory_options none = { 0 };
	return target == NULL && options->inventory == NULL
		       ? inventory_load(alone, &none, error)
		       : project_inventory(options, ".", error);
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)ret_status;
	const char *target = arguments[1] != NULL ? arguments[1] : "localhost";
	g_autoptr(inventory) inv = load(options, arguments[1], error);
	g_autoptr(value) extra = inv == NULL ? NULL : project_extra_vars(options, error);
	g_autoptr(GPtrArray) hosts =
		extra == NULL ? NULL : inventory_match(inv, target, options->limit, error);
	if (hosts == NULL) {
		return FALSE;
	}
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(value) groups = inventory_groups(inv);
	struct variables_shared shared = {
		.inventory = inv, .extra = extra, .hosts = seen, .groups = groups
	};
	g_autoptr(GPtrArray) playbooks = arguments[1] != NULL ? render_playbooks(extra) : NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	for (guint i = 0; i < hosts->len; i++) {
		const host *h = g_ptr_array_index(hosts, i);
		if (hosts->len > 1) {
			g_string_append_printf(out, "==> %s <==\n", host_name(h));
		}
		if (!render_host(arguments[0], &shared, h, playbooks, out, error)) {
			g_prefix_error(error, "%s%s%s", hosts->len > 1 ? "host '" : "",
				hosts->len > 1 ? host_name(h) : "", hosts->len > 1 ? "': " : "");
			return FALSE;
		}
	}
	return print_bytes(out, error);
}

const struct command command_render = {
	.name = "render",
	.synopsis = "TEMPLATE [TARGET]",
	.summary = "shows a template as it would arrive on each host",
	.details = "With TARGET: with the variables of the play of provision.yml or deploy.yml "
		   "that uses "
		   "it.\nWithout TARGET: as on localhost, with the variables of -e alone.",
	.option_groups = OPTIONS_INVENTORY | OPTIONS_CONNECT,
	.least = 1,
	.most = 2,
	.run = run,
};
