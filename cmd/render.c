/* render: a template as it would arrive on each host. */
#include "cmd/command.h"

#include "base/built_in.h"
#include "cmd/render-play.h"
#include "run/variables.h"
#include "template/template.h"

#include <string.h>

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

/* What is rendered for each host; read once, as a pipe can be read only once. */
struct source {
	const char *path;
	const char *text;
	gsize length;
	char *owned;
};

/* A template of the project, or else the built-in one of that name. */
static gboolean read_source(struct source *s, GError **error)
{
	const char *name =
		g_str_has_prefix(s->path, "templates/") ? s->path + strlen("templates/") : s->path;
	s->text = built_in_file(name, &s->length);
	if (s->text == NULL || g_file_test(s->path, G_FILE_TEST_EXISTS)) {
		s->text = s->owned = template_read_file(s->path, &s->length, error);
	}
	return s->text != NULL;
}

static gboolean render_host(const struct source *s, const struct variables_shared *shared,
	const host *h, const GPtrArray *playbooks, GString *out, GError **error)
{
	gsize length = 0;
	g_autoptr(variables) v = variables_new(shared, h);
	if (playbooks != NULL) {
		render_enter_play(playbooks, v, s->path);
	}
	g_autoptr(GPtrArray) folders = search_folders(s->path);
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	struct template_scope scope = *variables_scope(v);
	scope.template_folders = (const char *const *)folders->pdata;
	scope.file_folders = (const char *const *)folders->pdata;
	g_hash_table_insert(shared->hosts, (gpointer)host_name(h), v);
	g_autofree char *text =
		template_render_text(s->text, s->length, s->path, &scope, &length, warnings, error);
	g_hash_table_remove_all(shared->hosts);
	project_warn(warnings);
	if (text == NULL) {
		return FALSE;
	}
	g_string_append_len(out, text, (gssize)length);
	return TRUE;
}

static gboolean render_all(const struct project *p, char **arguments, const struct source *s,
	GString *out, GError **error)
{
	const char *target = arguments[1] != NULL ? arguments[1] : "localhost";
	g_autoptr(GPtrArray) hosts =
		inventory_match(p->inventory, target, p->options->limit, error);
	if (hosts == NULL) {
		return FALSE;
	}
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(value) groups = inventory_groups(p->inventory);
	struct variables_shared shared = {
		.inventory = p->inventory,
		.extra = p->extra,
		.hosts = seen,
		.groups = groups,
	};
	g_autoptr(GPtrArray) playbooks = arguments[1] != NULL ? render_playbooks(p) : NULL;
	for (guint i = 0; i < hosts->len; i++) {
		const host *h = g_ptr_array_index(hosts, i);
		if (hosts->len > 1) {
			g_string_append_printf(out, "==> %s <==\n", host_name(h));
		}
		if (!render_host(s, &shared, h, playbooks, out, error)) {
			g_prefix_error(error, "%s%s%s", hosts->len > 1 ? "host '" : "",
				hosts->len > 1 ? host_name(h) : "", hosts->len > 1 ? "': " : "");
			return FALSE;
		}
	}
	return TRUE;
}

/* Whatever goes wrong is a matter of the template or its variables: nothing is contacted. */
static void as_usage(GError **error)
{
	if (error != NULL && *error != NULL && (*error)->domain == SUTLER_ERROR) {
		(*error)->code = SUTLER_ERROR_USAGE;
	}
}

static gboolean run(const struct command *self, const struct options *options, char **arguments,
	exit_status *ret_status, GError **error)
{
	(void)self;
	(void)ret_status;
	struct project p = { .alone = arguments[1] == NULL };
	g_autoptr(GString) out = g_string_new(NULL);
	struct source source = { .path = arguments[0] };
	gboolean ok = project_open(&p, options, ".", error) && read_source(&source, error) &&
		      render_all(&p, arguments, &source, out, error);
	project_close(&p);
	g_free(source.owned);
	if (!ok) {
		as_usage(error);
		return FALSE;
	}
	return project_print_bytes(out->str, out->len, error);
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
