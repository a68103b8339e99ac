/* One play: who takes part, what it needs, and its batches. */
#include "run/play.h"

#include "inventory/variable-files.h"
#include "inventory/vault.h"
#include "run/play-run.h"
#include "run/plays.h"

static void number_task(struct task *task, gpointer data)
{
	GHashTable *numbers = data;
	if (task->kind != TASK_META) {
		g_hash_table_insert(
			numbers, task, GUINT_TO_POINTER(g_hash_table_size(numbers) + 1));
	}
}

value *play_host_names(const GPtrArray *hosts)
{
	value *list = value_new_list();
	for (guint i = 0; i < hosts->len; i++) {
		value_list_append(list, value_new_string(host_name(g_ptr_array_index(hosts, i))));
	}
	return value_freeze(list);
}

static gboolean load_play_file(walker *w, const struct play *play, const value *raw,
	const struct vault *passwords, GError **error)
{
	variables *v = walker_variables(w);
	g_autoptr(value) name = variables_evaluate(v, raw, error);
	if (name == NULL) {
		return FALSE;
	}
	g_autoptr(value) list = value_new_list();
	if (value_is_sequence(name)) {
		value_unref(list);
		list = value_ref(name);
	} else {
		value_list_append(list, value_ref(name));
	}
	value_list_foreach (list, item) {
		g_autofree char *text = value_to_string(item);
		g_autofree char *path = playbook_find_vars_file(play, text);
		if (path == NULL) {
			continue;
		}
		g_autoptr(value) stored = variable_file_read(passwords, path, error);
		g_autoptr(value) dict =
			stored == NULL ? NULL : vault_resolve(passwords, stored, error);
		if (dict == NULL) {
			return FALSE;
		}
		if (value_is(dict, VALUE_DICT)) {
			variables_add_play_file(v, value_freeze(g_steal_pointer(&dict)));
		}
		return TRUE;
	}
	error_set_at(error, SUTLER_ERROR_USAGE, value_position(raw), "vars_files: no such file");
	return FALSE;
}

/* Prepares a host for a play; what is wrong with its vars_files ends the run before it begins. */
gboolean play_enter(
	struct run_state *state, walker *w, const struct play *play, value *hosts, GError **error)
{
	variables_enter_play(walker_variables(w), play, hosts);
	for (guint i = 0; play->vars_files != NULL && i < play->vars_files->len; i++) {
		if (!load_play_file(w, play, g_ptr_array_index(play->vars_files, i),
			    state->options->playbook_options->vault, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* ---- batches ---- */

/* The size of batch number i: `serial` is a number, a percentage, or a list of them. */
static guint batch_size(const value *serial, guint i, guint total)
{
	const value *v = serial;
	if (value_is(serial, VALUE_LIST) && value_list_length(serial) > 0) {
		v = value_list_get(serial, MIN(i, value_list_length(serial) - 1));
	}
	if (v == NULL) {
		return total;
	}
	g_autofree char *text = value_to_string(v);
	guint64 size = g_ascii_strtoull(text, NULL, 10);
	if (g_str_has_suffix(text, "%")) {
		size = MAX(1, size * total / 100);
	}
	return size == 0 ? total : (guint)MIN(size, total);
}

static const char **name_list(const value *names)
{
	gsize n = value_list_length(names);
	const char **list = g_new0(const char *, n + 1);
	for (gsize i = 0; i < n; i++) {
		list[i] = value_string(value_list_get(names, i));
	}
	return list;
}

static void announce_play(struct run_state *state, const char *name, const value *hosts)
{
	g_autofree const char **list = name_list(hosts);
	struct event event = { .kind = EVENT_PLAY, .play = { .name = name, .hosts = list } };
	run_emit(state, &event);
}

/* The names of those of runs that have not failed. */
static value *names_of_alive(const GPtrArray *runs)
{
	value *list = value_new_list();
	for (guint i = 0; i < runs->len; i++) {
		const walker *w = g_ptr_array_index(runs, i);
		if (walker_alive(w)) {
			value_list_append(list, value_new_string(walker_name(w)));
		}
	}
	return value_freeze(list);
}

/* "Gathering Facts" as a task of the play. */
static void facts_task_set(struct run_state *state, const struct play *play)
{
	struct task *task = state->facts_task;
	task->at = play->at;
	task->when = play->when;
	task->become = play->become;
	task->become_user = play->become_user;
	task->ignore_errors = play->ignore_errors;
	task->no_log = play->no_log;
	task->timeout = play->timeout;
	task->tags = play->tags;
	value_unref(task->arguments);
	task->arguments = value_new_dict();
	const struct {
		const char *name;
		value *given;
	} arguments[] = {
		{ "fact_path", play->fact_path },
		{ "gather_subset", play->gather_subset },
		{ "gather_timeout", play->gather_timeout },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(arguments); i++) {
		if (arguments[i].given != NULL) {
			value_dict_set(
				task->arguments, arguments[i].name, value_ref(arguments[i].given));
		}
	}
	value_freeze(task->arguments);
}

/* One batch of a play: TRUE when more may follow. */
static gboolean run_batch(const struct play_run_options *options, gboolean *ret_ended)
{
	play_run *p = play_run_new(options);
	gboolean more = play_run_go(p);
	*ret_ended = play_run_ended(p);
	play_run_free(p);
	return more;
}

static guint failed_hosts(GHashTable *walkers)
{
	GHashTableIter iter;
	gpointer w = NULL;
	guint failed = 0;
	g_hash_table_iter_init(&iter, walkers);
	while (g_hash_table_iter_next(&iter, NULL, &w)) {
		failed += walker_has_failed(w) ? 1 : 0;
	}
	return failed;
}

/* all: the hosts of the play, also those that failed in an earlier one; walkers: of the run. FALSE:
 * no further play begins. */
static gboolean run_batches(struct run_state *state, const struct play *play, const char *title,
	GPtrArray *alive, GPtrArray *all, GHashTable *walkers)
{
	guint done = 0;
	gboolean ended = FALSE;
	for (guint i = 0; done < alive->len && !ended; i++) {
		guint size = MIN(batch_size(play->serial, i, alive->len), alive->len - done);
		g_autoptr(GPtrArray) batch = g_ptr_array_new();
		for (guint k = 0; k < size; k++) {
			g_ptr_array_add(batch, g_ptr_array_index(alive, done + k));
		}
		g_autoptr(value) left = names_of_alive(alive);
		g_autoptr(value) names = names_of_alive(batch);
		for (guint k = 0; k < batch->len; k++) {
			variables_set_batch(
				walker_variables(g_ptr_array_index(batch, k)), left, names);
		}
		const struct play_run_options options = {
			.state = state,
			.play = play,
			.name = title,
			.left = left,
			.batch = batch,
			.all = all,
			.failed_before = failed_hosts(walkers),
		};
		done += size;
		if (!run_batch(&options, &ended)) {
			return FALSE;
		}
	}
	return TRUE;
}

static void number_tasks(struct run_state *state, const struct play *play)
{
	g_hash_table_remove_all(state->numbers);
	tasks_each(play->tasks, number_task, state->numbers);
	tasks_each(play->handlers, number_task, state->numbers);
}

gboolean play_go(struct run_state *state, const struct play *play, GHashTable *walkers,
	gboolean *ret_go_on, GError **error)
{
	g_autoptr(GPtrArray) hosts = play_hosts(state->options, play, error);
	if (hosts == NULL) {
		return FALSE;
	}
	g_autoptr(GPtrArray) alive = g_ptr_array_new();
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autoptr(value) names = play_host_names(hosts);
	for (guint i = 0; i < hosts->len; i++) {
		walker *w = g_hash_table_lookup(walkers, host_name(g_ptr_array_index(hosts, i)));
		g_ptr_array_add(all, w);
		if (walker_alive(w)) {
			g_ptr_array_add(alive, w);
			if (!play_enter(state, w, play, names, error)) {
				return FALSE;
			}
		}
	}
	facts_task_set(state, play);
	number_tasks(state, play);
	g_autofree char *title = play_title(state->options, play);
	announce_play(state, title, names);
	if (alive->len > 0) {
		*ret_go_on = run_batches(state, play, title, alive, all, walkers);
	}
	return TRUE;
}
