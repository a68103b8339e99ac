/* Runs a playbook: plays in order, hosts of a batch in parallel. */
#include "run/run.h"

#include "inventory/variable-files.h"
#include "inventory/vault.h"
#include "modules/module.h"
#include "run/host.h"
#include "run/plays.h"
#include "run/preflight.h"

#include <string.h>
#include <sys/resource.h>

enum { FORKS = 50 };

struct play_work {
	const struct play *play;
	const char *name;
};

void run_emit(struct run_state *state, const struct event *event)
{
	g_mutex_lock(&state->lock);
	state->options->emit(event, state->options->emit_data);
	g_mutex_unlock(&state->lock);
}

/* ---- scripts ---- */

struct script_collection {
	GHashTable *seen; /* const char *: script */
	GString *text;
};

static void add_script(const struct module *m, struct script_collection *all)
{
	if (m != NULL && m->script != NULL && g_hash_table_add(all->seen, (gpointer)m->script)) {
		g_string_append(all->text, m->script);
	}
}

static void add_task_script(struct task *task, gpointer data)
{
	add_script(task->module, data);
}

/* The scripts of the modules that the playbook names, and which they are; those of included tasks
 * follow when they are first used. */
static char *collect_scripts(const struct run_options *options, GHashTable *seen)
{
	struct script_collection all = { .seen = seen, .text = g_string_new(NULL) };
	for (guint i = 0; i < options->playbook->plays->len; i++) {
		const struct play *play = g_ptr_array_index(options->playbook->plays, i);
		tasks_each(play->tasks, add_task_script, &all);
		tasks_each(play->handlers, add_task_script, &all);
	}
	return g_string_free(all.text, FALSE);
}

/* ---- a play ---- */

static void number_task(struct task *task, gpointer data)
{
	GHashTable *numbers = data;
	if (task->kind != TASK_META) {
		g_hash_table_insert(
			numbers, task, GUINT_TO_POINTER(g_hash_table_size(numbers) + 1));
	}
}

static value *names_of(const GPtrArray *hosts)
{
	value *list = value_new_list();
	for (guint i = 0; i < hosts->len; i++) {
		value_list_append(list, value_new_string(host_name(g_ptr_array_index(hosts, i))));
	}
	return value_freeze(list);
}

static gboolean load_play_file(host_run *run, const struct play *play, const value *raw,
	const struct vault *passwords, GError **error)
{
	variables *v = host_run_variables(run);
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
static gboolean enter_play(struct run_state *state, host_run *run, const struct play *play,
	value *hosts, GError **error)
{
	variables_enter_play(host_run_variables(run), play, hosts);
	for (guint i = 0; play->vars_files != NULL && i < play->vars_files->len; i++) {
		if (!load_play_file(run, play, g_ptr_array_index(play->vars_files, i),
			    state->options->playbook_options->vault, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* How many hosts are worked on at once, and whether all may keep their connections: each takes up
 * to eight descriptors (a socket, a relay to the agent, files being sent; pipes to a local shell).
 */
static void plan_descriptors(struct run_state *state, guint hosts)
{
	enum { OWN = 48, EACH = 8 };
	struct rlimit limit;
	state->forks = state->options->forks > 0 ? state->options->forks : FORKS;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
		return;
	}
	guint64 fit = limit.rlim_cur > OWN ? (limit.rlim_cur - OWN) / EACH : 0;
	state->forks = (guint)MAX(1, MIN(state->forks, fit));
	state->few_descriptors = hosts > fit;
}

static void work(gpointer data, gpointer user_data)
{
	const struct play_work *play = user_data;
	host_run_play(data, play->play, play->name);
}

static void run_batch(
	const struct run_state *state, const struct play_work *play, const GPtrArray *batch)
{
	guint n = MIN(state->forks, batch->len);
	if (n <= 1) {
		for (guint i = 0; i < batch->len; i++) {
			work(g_ptr_array_index(batch, i), (gpointer)play);
		}
		return;
	}
	GThreadPool *pool = g_thread_pool_new(work, (gpointer)play, (gint)n, TRUE, NULL);
	for (guint i = 0; i < batch->len; i++) {
		g_thread_pool_push(pool, g_ptr_array_index(batch, i), NULL);
	}
	g_thread_pool_free(pool, FALSE, TRUE);
}

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

static gboolean too_many_failed(
	const struct run_state *state, const struct play *play, const GPtrArray *batch)
{
	guint failed = 0;
	for (guint i = 0; i < batch->len; i++) {
		failed += host_run_alive(g_ptr_array_index(batch, i)) ? 0 : 1;
	}
	if (g_atomic_int_get(&state->abort) || failed == batch->len) {
		return TRUE;
	}
	if (play->max_fail_percentage == NULL) {
		return FALSE;
	}
	g_autofree char *text = value_to_string(play->max_fail_percentage);
	return failed * 100.0 / batch->len > g_ascii_strtod(text, NULL);
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

static void tell_play(struct run_state *state, const char *name, const value *hosts)
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
		const host_run *run = g_ptr_array_index(runs, i);
		if (host_run_alive(run)) {
			value_list_append(list, value_new_string(host_run_name(run)));
		}
	}
	return value_freeze(list);
}

static void clear_errors(gpointer run, gpointer data)
{
	(void)data;
	host_run_clear_errors(run);
}

static void enter_batch(const GPtrArray *all, const GPtrArray *batch)
{
	g_autoptr(value) left = names_of_alive(all);
	g_autoptr(value) names = names_of_alive(batch);
	for (guint i = 0; i < batch->len; i++) {
		host_run *run = g_ptr_array_index(batch, i);
		variables_set_batch(host_run_variables(run), left, names);
	}
}

/* all: the hosts of the play, also those that failed in an earlier one. */
static gboolean run_batches(
	struct run_state *state, const struct play_work *play, GPtrArray *alive, GPtrArray *all)
{
	guint done = 0;
	g_atomic_int_set(&state->end_play, 0);
	for (guint i = 0; done < alive->len && !g_atomic_int_get(&state->end_play); i++) {
		guint size = MIN(batch_size(play->play->serial, i, alive->len), alive->len - done);
		g_autoptr(GPtrArray) batch = g_ptr_array_new();
		for (guint k = 0; k < size; k++) {
			g_ptr_array_add(batch, g_ptr_array_index(alive, done + k));
		}
		enter_batch(alive, batch);
		run_batch(state, play, batch);
		done += size;
		if (g_atomic_int_compare_and_exchange(&state->clear_errors, 1, 0)) {
			g_ptr_array_foreach(all, clear_errors, NULL);
		}
		if (too_many_failed(state, play->play, batch) ||
			cancel_requested(state->options->cancel)) {
			return FALSE;
		}
	}
	return TRUE;
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

static struct task *facts_task_new(void)
{
	struct task *task = g_new0(struct task, 1);
	task->kind = TASK_MODULE;
	task->module = module_find("setup");
	task->module_name = g_strdup("gather_facts");
	task->name = value_freeze(value_new_string("Gathering Facts"));
	task->arguments = value_freeze(value_new_dict());
	return task;
}

static void facts_task_free(struct task *task)
{
	g_free(task->module_name);
	value_unref(task->name);
	value_unref(task->arguments);
	g_free(task);
}

static gboolean run_play(struct run_state *state, const struct play *play, GHashTable *runs,
	gboolean *ret_go_on, GError **error)
{
	g_autoptr(GPtrArray) hosts = play_hosts(state->options, play, error);
	if (hosts == NULL) {
		return FALSE;
	}
	g_autoptr(GPtrArray) alive = g_ptr_array_new();
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	g_autoptr(value) names = names_of(hosts);
	for (guint i = 0; i < hosts->len; i++) {
		host_run *run = g_hash_table_lookup(runs, host_name(g_ptr_array_index(hosts, i)));
		g_ptr_array_add(all, run);
		if (host_run_alive(run)) {
			g_ptr_array_add(alive, run);
			if (!enter_play(state, run, play, names, error)) {
				return FALSE;
			}
		}
	}
	facts_task_set(state, play);
	g_hash_table_remove_all(state->numbers);
	tasks_each(play->tasks, number_task, state->numbers);
	tasks_each(play->handlers, number_task, state->numbers);
	g_autofree char *title = play_title(state->options, play);
	struct play_work work_item = { .play = play, .name = title };
	tell_play(state, title, names);
	if (alive->len > 0) {
		*ret_go_on = run_batches(state, &work_item, alive, all);
	}
	return TRUE;
}

/* ---- the run ---- */

/* Every host of every play, in order of first appearance; runs: name -> host_run. */
static GPtrArray *prepare_hosts(struct run_state *state, GHashTable *runs, GError **error)
{
	GPtrArray *order = g_ptr_array_new();
	const playbook *book = state->options->playbook;
	for (guint p = 0; p < book->plays->len; p++) {
		g_autoptr(GPtrArray) hosts =
			play_hosts(state->options, g_ptr_array_index(book->plays, p), error);
		for (guint i = 0; hosts != NULL && i < hosts->len; i++) {
			const host *h = g_ptr_array_index(hosts, i);
			if (g_hash_table_contains(runs, host_name(h))) {
				continue;
			}
			if (!inventory_host_prepare(state->options->inventory, h, error)) {
				g_ptr_array_unref(order);
				return NULL;
			}
			host_run *run = host_run_new(state, h);
			g_hash_table_insert(runs, (gpointer)host_name(h), run);
			g_hash_table_insert(state->shared.hosts, (gpointer)host_name(h),
				host_run_variables(run));
			g_ptr_array_add(order, (gpointer)host_name(h));
		}
		if (hosts == NULL) {
			g_ptr_array_unref(order);
			return NULL;
		}
	}
	g_ptr_array_add(order, NULL);
	return order;
}

/* Everything that can be known to be wrong, of every play on every host, before any is contacted.
 */
static gboolean preflight(struct run_state *state, GHashTable *runs, GError **error)
{
	g_autoptr(GHashTable) unknown = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(problems) found = problems_new();
	const GPtrArray *plays = state->options->playbook->plays;
	for (guint p = 0; p < plays->len; p++) {
		if (preflight_names(state->options, g_ptr_array_index(plays, p), unknown)) {
			g_hash_table_add(unknown, (gpointer) "");
		}
	}
	for (guint p = 0; p < plays->len; p++) {
		const struct play *play = g_ptr_array_index(plays, p);
		g_autoptr(GPtrArray) hosts = play_hosts(state->options, play, error);
		g_autoptr(value) names = hosts == NULL ? NULL : names_of(hosts);
		for (guint i = 0; hosts != NULL && i < hosts->len; i++) {
			host_run *run =
				g_hash_table_lookup(runs, host_name(g_ptr_array_index(hosts, i)));
			GError *problem = NULL;
			if (enter_play(state, run, play, names, &problem)) {
				preflight_play(run, play, unknown, found);
			} else {
				problems_add(found, problem, NULL);
			}
		}
		if (hosts == NULL) {
			return FALSE;
		}
	}
	return problems_none(found, error);
}

static void emit_warnings(struct run_state *state, const GPtrArray *warnings)
{
	for (guint i = 0; i < warnings->len; i++) {
		struct event event = { .kind = EVENT_WARNING,
			.warning = g_ptr_array_index(warnings, i) };
		run_emit(state, &event);
	}
}

static void emit_start(struct run_state *state, const GPtrArray *order)
{
	struct event event = {
		.kind = EVENT_START,
		.start = {
			.version = SUTLER_VERSION,
			.playbook = state->options->title,
			.check = state->options->check,
			.hosts = (const char *const *)order->pdata,
		},
	};
	run_emit(state, &event);
}

static void emit_summary(struct run_state *state, const GPtrArray *order, GHashTable *runs,
	struct run_totals *totals)
{
	guint round_trips = 0;
	g_autofree struct host_counts *counts = g_new0(struct host_counts, order->len);
	for (guint i = 0; i + 1 < order->len; i++) {
		const host_run *run = g_hash_table_lookup(runs, g_ptr_array_index(order, i));
		counts[i] = *host_run_counts(run);
		round_trips += host_run_round_trips(run);
		host_run_add_totals(run, totals);
	}
	totals->interrupted = cancel_requested(state->options->cancel);
	struct event event = {
		.kind = EVENT_SUMMARY,
		.summary = {
			.hosts = (const char *const *)order->pdata,
			.counts = counts,
			.elapsed = (double)(g_get_monotonic_time() - state->started) / G_USEC_PER_SEC,
			.interrupted = totals->interrupted,
			.round_trips = round_trips,
		},
	};
	run_emit(state, &event);
}

static gboolean run_plays(struct run_state *state, GHashTable *runs, GError **error)
{
	const GPtrArray *plays = state->options->playbook->plays;
	gboolean go_on = TRUE;
	for (guint i = 0; i < plays->len && go_on; i++) {
		if (!run_play(state, g_ptr_array_index(plays, i), runs, &go_on, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean run_playbook(
	const struct run_options *options, struct run_totals *ret_totals, GError **error)
{
	g_autoptr(GHashTable) remarks =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct run_state state = {
		.options = options, .remarks = remarks, .started = g_get_monotonic_time()
	};
	struct run_totals totals = { 0 };
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	if (!plays_check(options, warnings, error)) {
		return FALSE;
	}
	g_mutex_init(&state.lock);
	g_autoptr(GHashTable) runs =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)host_run_free);
	g_autoptr(GHashTable) hosts = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(value) groups = inventory_groups(options->inventory);
	g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) script_set = g_hash_table_new(NULL, NULL);
	g_autofree char *scripts = collect_scripts(options, script_set);
	state.numbers = numbers;
	state.scripts = scripts;
	state.script_set = script_set;
	state.facts_task = facts_task_new();
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *since = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
	g_autofree char *id = g_uuid_string_random();
	state.since = since;
	state.id = id;
	g_autoptr(value) flush_word = value_new_dict();
	value_dict_set(flush_word, "_raw_params", value_new_string("flush_handlers"));
	struct task flush_task = { .kind = TASK_META,
		.module_name = (char *)"meta",
		.arguments = value_freeze(flush_word),
		.implicit = TRUE };
	g_autoptr(GPtrArray) flush = g_ptr_array_new();
	g_ptr_array_add(flush, &flush_task);
	state.flush = flush;
	GMutex others_lock;
	g_mutex_init(&others_lock);
	g_autoptr(GHashTable) others = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)variables_free);
	state.shared = (struct variables_shared){
		.others = others,
		.others_lock = &others_lock,
		.inventory = options->inventory,
		.playbook = options->playbook,
		.extra = options->extra,
		.check = options->check,
		.diff = options->diff,
		.limit = options->limit,
		.tags = options->tags,
		.skip_tags = options->skip_tags,
		.hosts = hosts,
		.groups = groups,
	};
	g_autoptr(GPtrArray) order = prepare_hosts(&state, runs, error);
	gboolean ok = order != NULL && preflight(&state, runs, error);
	if (ok) {
		plan_descriptors(&state, order->len);
		emit_start(&state, order);
		emit_warnings(&state, warnings);
		ok = run_plays(&state, runs, error);
		emit_summary(&state, order, runs, &totals);
	}
	facts_task_free(state.facts_task);
	g_mutex_clear(&others_lock);
	g_mutex_clear(&state.lock);
	*ret_totals = totals;
	return ok;
}
