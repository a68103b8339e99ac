/* Runs a playbook: plays in order, hosts of a batch in parallel. */
#include "run/run.h"

#include "modules/module.h"
#include "run/play.h"
#include "run/plays.h"
#include "run/preflight.h"

#include <string.h>
#include <sys/resource.h>

enum { FORKS = 50 };

/* ---- scripts ---- */

struct script_collection {
	GHashTable *seen; /* const char *: script */
	GString *text;
};

static void add_script(const struct module *m, struct script_collection *all)
{
	for (; m != NULL; m = m->base) {
		if (m->script != NULL && g_hash_table_add(all->seen, (gpointer)m->script)) {
			g_string_append(all->text, m->script);
		}
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

/* ---- the run ---- */

/* Every host of every play, in order of first appearance; runs: name -> walker. */
static GPtrArray *prepare_hosts(struct run_state *state, GHashTable *walkers, GError **error)
{
	GPtrArray *order = g_ptr_array_new();
	const playbook *book = state->options->playbook;
	for (guint p = 0; p < book->plays->len; p++) {
		g_autoptr(GPtrArray) hosts =
			play_hosts(state->options, g_ptr_array_index(book->plays, p), error);
		for (guint i = 0; hosts != NULL && i < hosts->len; i++) {
			const host *h = g_ptr_array_index(hosts, i);
			if (g_hash_table_contains(walkers, host_name(h))) {
				continue;
			}
			if (!inventory_host_prepare(state->options->inventory, h, error)) {
				g_ptr_array_unref(order);
				return NULL;
			}
			walker *w = walker_new(state, h);
			g_hash_table_insert(walkers, (gpointer)host_name(h), w);
			g_hash_table_insert(
				state->shared.hosts, (gpointer)host_name(h), walker_variables(w));
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
static gboolean preflight(struct run_state *state, GHashTable *walkers, GError **error)
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
		g_autoptr(value) names = hosts == NULL ? NULL : play_host_names(hosts);
		for (guint i = 0; hosts != NULL && i < hosts->len; i++) {
			walker *w = g_hash_table_lookup(
				walkers, host_name(g_ptr_array_index(hosts, i)));
			GError *problem = NULL;
			if (play_enter(state, w, play, names, &problem)) {
				preflight_play(w, play, unknown, found);
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

static void emit_summary(struct run_state *state, const GPtrArray *order, GHashTable *walkers,
	struct run_totals *totals)
{
	guint round_trips = 0;
	g_autofree struct host_counts *counts = g_new0(struct host_counts, order->len);
	for (guint i = 0; i + 1 < order->len; i++) {
		const walker *w = g_hash_table_lookup(walkers, g_ptr_array_index(order, i));
		counts[i] = *walker_counts(w);
		round_trips += walker_round_trips(w);
		walker_add_totals(w, totals);
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

static gboolean run_plays(struct run_state *state, GHashTable *walkers, GError **error)
{
	const GPtrArray *plays = state->options->playbook->plays;
	gboolean go_on = TRUE;
	for (guint i = 0; i < plays->len && go_on; i++) {
		if (!play_go(state, g_ptr_array_index(plays, i), walkers, &go_on, error)) {
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
	g_autoptr(GHashTable) walkers =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)walker_free);
	g_autoptr(GHashTable) hosts = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(value) groups = inventory_groups(options->inventory);
	g_autoptr(GHashTable) numbers = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) script_set = g_hash_table_new(NULL, NULL);
	g_autofree char *scripts = collect_scripts(options, script_set);
	state.numbers = numbers;
	state.scripts = scripts;
	state.script_set = script_set;
	state.records = target_records_new();
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
	g_autoptr(GHashTable) others =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)variables_free);
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
	g_autoptr(GPtrArray) order = prepare_hosts(&state, walkers, error);
	gboolean ok = order != NULL && preflight(&state, walkers, error);
	if (ok) {
		plan_descriptors(&state, order->len);
		emit_start(&state, order);
		emit_warnings(&state, warnings);
		ok = run_plays(&state, walkers, error);
		emit_summary(&state, order, walkers, &totals);
	}
	g_hash_table_remove_all(walkers);
	target_records_free(state.records);
	facts_task_free(state.facts_task);
	g_mutex_clear(&others_lock);
	g_mutex_clear(&state.lock);
	*ret_totals = totals;
	return ok;
}
