/* The lanes of one host: its connection, and one shell per user that steps run as. */
#include "run/lane.h"

#include "base/quote.h"

#include <string.h>

#define START_TIMEOUT 10.0 /* seconds; as those to connect */

struct lane {
	char *user; /* NULL: the login user */
	shell *shell;
	gsize told;          /* how much of the memory this lane knows */
	GHashTable *scripts; /* const char *: sent after it started */
	gboolean due_taken;
	gboolean unsettled; /* was told something that has no answer */
};

struct lanes {
	gsize output_limit;
	const struct connection_options *options;
	const char *scripts;
	GHashTable *script_set;
	char *due_key;
	connection *connection;
	GPtrArray *all; /* lane * */
	lane *last;
	GString *memory; /* shell lines that tell a lane what a dry run would have made */
};

static void lane_free(gpointer data)
{
	lane *ln = data;
	shell_close(ln->shell);
	g_hash_table_unref(ln->scripts);
	g_free(ln->user);
	g_free(ln);
}

lanes *lanes_new(const struct connection_options *options, const char *scripts,
	GHashTable *script_set, const char *due_key, gsize output_limit)
{
	lanes *l = g_new0(lanes, 1);
	l->options = options;
	l->scripts = scripts;
	l->script_set = script_set;
	l->due_key = g_strdup(due_key);
	l->output_limit = output_limit;
	l->all = g_ptr_array_new_with_free_func(lane_free);
	l->memory = g_string_new(NULL);
	return l;
}

void lanes_free(lanes *l)
{
	if (l == NULL) {
		return;
	}
	g_ptr_array_unref(l->all);
	g_clear_pointer(&l->connection, connection_close);
	g_string_free(l->memory, TRUE);
	g_free(l->due_key);
	g_free(l);
}

void lanes_rest(lanes *l)
{
	g_ptr_array_set_size(l->all, 0);
	g_clear_pointer(&l->connection, connection_close);
	l->last = NULL;
}

shell *lane_shell(lane *ln)
{
	return ln->shell;
}

void lanes_need_script(lanes *l, lane *ln, const char *script)
{
	if (g_hash_table_contains(l->script_set, script) ||
		!g_hash_table_add(ln->scripts, (gpointer)script)) {
		return;
	}
	g_autofree char *word = shell_quote(script);
	g_autofree char *line = g_strconcat("eval ", word, NULL);
	shell_send(ln->shell, line, NULL);
}

gboolean lanes_take_due(lanes *l, lane_due_taker take, gpointer data)
{
	gboolean all = TRUE;
	for (guint i = 0; i < l->all->len; i++) {
		lane *ln = g_ptr_array_index(l->all, i);
		const char *marks = shell_due(ln->shell);
		all = all && marks != NULL;
		if (marks != NULL && !ln->due_taken) {
			ln->due_taken = TRUE;
			take(ln, marks, data);
		}
	}
	return all;
}

void lane_tell(lane *ln, const char *line)
{
	shell_send(ln->shell, line, NULL);
	ln->unsettled = TRUE;
}

static gboolean settle(lane *ln, deadline until, const cancel *c, GError **error)
{
	/* No other synced has this number. */
	g_autofree char *line = g_strdup_printf("synced %" G_GUINT64_FORMAT, G_MAXUINT64);
	shell_send(ln->shell, line, NULL);
	for (;;) {
		g_autoptr(frame) f = shell_receive(ln->shell, until, c, error);
		if (f == NULL) {
			return FALSE;
		}
		if (g_str_equal(f->type, "synced") && f->id == G_MAXUINT64) {
			ln->unsettled = FALSE;
			return TRUE;
		}
	}
}

gboolean lanes_settle(lanes *l, deadline until, const cancel *c, GError **error)
{
	for (guint i = 0; i < l->all->len; i++) {
		lane *ln = g_ptr_array_index(l->all, i);
		if (ln->unsettled && !settle(ln, until, c, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

guint lanes_round_trips(const lanes *l)
{
	return l->connection == NULL ? 0 : connection_round_trips(l->connection);
}

static lane *find(lanes *l, const char *user)
{
	for (guint i = 0; i < l->all->len; i++) {
		lane *ln = g_ptr_array_index(l->all, i);
		if (g_strcmp0(ln->user, user) == 0) {
			return ln;
		}
	}
	return NULL;
}

static lane *open_lane(
	lanes *l, const struct become *who, deadline until, const cancel *c, GError **error)
{
	if (l->connection == NULL) {
		l->connection = connection_open(l->options, c, error);
		if (l->connection == NULL) {
			return NULL;
		}
	}
	struct shell_options options = {
		.scripts = l->scripts,
		.start_timeout = l->options->connect_timeout > 0 ? l->options->connect_timeout
								 : START_TIMEOUT,
		.output_limit = l->output_limit,
		.become_user = who->user,
		.become_password = who->password,
		.become_executable = who->executable,
		.become_flags = who->flags,
		.due_key = l->due_key,
	};
	shell *sh = shell_open(l->connection, &options, until, c, error);
	if (sh == NULL) {
		return NULL;
	}
	lane *ln = g_new0(lane, 1);
	ln->user = g_strdup(who->user);
	ln->shell = sh;
	ln->scripts = g_hash_table_new(NULL, NULL);
	g_ptr_array_add(l->all, ln);
	return ln;
}

/* Whether a dry run would have made this user. */
static gboolean is_remembered_user(const lanes *l, const char *user)
{
	g_autofree char *name = shell_quote(user);
	g_autofree char *line = g_strdup_printf("remember 'user' %s ", name);
	return strstr(l->memory->str, line) != NULL;
}

lane *lanes_get(lanes *l, const struct become *who, gboolean check, deadline until, const cancel *c,
	GError **error)
{
	lane *ln = find(l, who->user);
	if (ln == NULL && check && who->user != NULL && l->last != NULL &&
		is_remembered_user(l, who->user)) {
		ln = l->last;
	}
	if (ln == NULL) {
		ln = open_lane(l, who, until, c, error);
	}
	if (ln == NULL) {
		return NULL;
	}
	if (ln->told < l->memory->len) {
		g_autofree char *line =
			g_strdup_printf("replaying=1;%s replaying=", l->memory->str + ln->told);
		shell_send(ln->shell, line, NULL);
		ln->told = l->memory->len;
	}
	l->last = ln;
	return ln;
}

static void append_words(GString *line, const frame *f, const char *const *names)
{
	for (; *names != NULL; names++) {
		g_string_append_c(line, ' ');
		shell_append_quoted(line, frame_text(f, *names));
	}
	g_string_append_c(line, ';');
}

void lanes_remember(lanes *l, lane *from, const frame *f)
{
	static const char *const memory[] = { "kind", "name", "value", NULL };
	static const char *const overlay[] = { "path", "type", "mode", "owner", "group", "target",
		"has", "text", NULL };
	gboolean current = from->told == l->memory->len;
	g_string_append_printf(l->memory, " %s", f->type);
	append_words(l->memory, f, g_str_equal(f->type, "overlay") ? overlay : memory);
	if (current) {
		from->told = l->memory->len;
	}
}
