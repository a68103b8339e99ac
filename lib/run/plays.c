/* Walking plays: their hosts and tasks, and every check that needs no evaluation. */
#include "run/plays.h"

#include "base/problems.h"
#include "base/suggest.h"
#include "template/template.h"

#include <string.h>

char *play_pattern(const struct run_options *options, const struct play *play, GError **error)
{
	if (options->target != NULL) {
		return g_strdup(options->target);
	}
	if (value_is(play->hosts, VALUE_STRING)) {
		return g_strdup(value_string(play->hosts));
	}
	if (!value_is(play->hosts, VALUE_LIST)) {
		error_set_at(error, SUTLER_ERROR_USAGE, play->at, "'hosts' must be a pattern");
		return NULL;
	}
	GString *joined = g_string_new(NULL);
	value_list_foreach (play->hosts, item) {
		g_autofree char *text = value_to_string(item);
		g_string_append_printf(joined, "%s%s", joined->len > 0 ? "," : "", text);
	}
	return g_string_free(joined, FALSE);
}

static value *extra_lookup(gpointer data, const char *name, GError **error)
{
	const value *extra = data;
	const value *v = extra == NULL ? NULL : value_dict_get(extra, name);
	(void)error;
	return v == NULL ? NULL : value_ref(v);
}

static int compare_hosts(gconstpointer a, gconstpointer b)
{
	return strcmp(host_name(*(const host *const *)a), host_name(*(const host *const *)b));
}

static void reverse(GPtrArray *hosts)
{
	for (guint i = 0, j = hosts->len; i + 1 < j; i++) {
		gpointer first = hosts->pdata[i];
		hosts->pdata[i] = hosts->pdata[--j];
		hosts->pdata[j] = first;
	}
}

static void shuffle(GPtrArray *hosts)
{
	for (guint i = hosts->len; i > 1; i--) {
		guint j = (guint)g_random_int_range(0, (gint32)i);
		gpointer last = hosts->pdata[i - 1];
		hosts->pdata[i - 1] = hosts->pdata[j];
		hosts->pdata[j] = last;
	}
}

/* `order` of a play; it is inventory's unless another was asked for. */
static void put_in_order(GPtrArray *hosts, const char *order)
{
	if (g_str_has_suffix(order, "sorted")) {
		g_ptr_array_sort(hosts, compare_hosts);
	}
	if (g_str_has_prefix(order, "reverse_")) {
		reverse(hosts);
	}
	if (g_str_equal(order, "shuffle")) {
		shuffle(hosts);
	}
}

/* unknown: takes what is said of names that the inventory does not have. */
static GPtrArray *select_hosts(const struct run_options *options, const struct play *play,
	GPtrArray *unknown, GError **error)
{
	g_autofree char *raw = play_pattern(options, play, error);
	if (raw == NULL) {
		return NULL;
	}
	g_autofree char *pattern = NULL;
	if (template_has_marks(raw)) {
		struct template_scope scope = { .data = (gpointer)options->extra,
			.lookup = extra_lookup };
		g_autoptr(value) text = value_new_string(raw);
		value_set_position(text, value_position(play->hosts));
		g_autoptr(value) v = template_evaluate(text, &scope, error);
		if (v == NULL) {
			return NULL;
		}
		pattern = value_to_string(v);
	}
	g_autoptr(GError) problem = NULL;
	GPtrArray *hosts = inventory_select(options->inventory, pattern != NULL ? pattern : raw,
		options->limit, options->target == NULL ? unknown : NULL, &problem);
	if (hosts == NULL) {
		g_autofree char *where = position_prefix(value_position(play->hosts));
		g_propagate_prefixed_error(error, g_steal_pointer(&problem), "%s",
			options->target == NULL ? where : "");
	}
	if (hosts != NULL && play->order != NULL) {
		g_autofree char *order = value_to_string(play->order);
		put_in_order(hosts, order);
	}
	return hosts;
}

GPtrArray *play_hosts(const struct run_options *options, const struct play *play, GError **error)
{
	g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
	return select_hosts(options, play, unknown, error);
}

char *play_title(const struct run_options *options, const struct play *play)
{
	return play->name == NULL ? play_pattern(options, play, NULL) : value_to_string(play->name);
}

/* ---- checks before anything is contacted ---- */

void tasks_each(const GPtrArray *tasks, task_visitor visit, gpointer data)
{
	for (guint i = 0; tasks != NULL && i < tasks->len; i++) {
		struct task *task = g_ptr_array_index(tasks, i);
		visit(task, data);
		if (task->kind == TASK_BLOCK) {
			tasks_each(task->block, visit, data);
			tasks_each(task->rescue, visit, data);
			tasks_each(task->always, visit, data);
		}
	}
}

struct check {
	const struct run_options *options;
	problems *refused; /* faults of tasks that are certain to run */
	problems *later;   /* those of others */
	problems *unheard; /* handlers that are notified and not there */
	problems *absent;  /* names of hosts and groups that the inventory does not have */
	GHashTable *tags;  /* char *: every tag there is */
	gboolean play_has_hosts, handlers; /* of what is being checked */
	GHashTable *names;                 /* const char *: every task's */
	gboolean any_host, any_tag, start_found;
};

static gboolean is_in_include(const struct task *task)
{
	for (const struct task *t = task->parent; t != NULL; t = t->parent) {
		if (t->kind != TASK_BLOCK) {
			return TRUE;
		}
	}
	return FALSE;
}

/* A fault is told before anything runs when the task is sure to be reached. */
static void check_fault(struct check *check, const struct task *task, gboolean selected)
{
	if (task->fault == NULL || !selected || !check->play_has_hosts) {
		return;
	}
	gboolean certain = check->options->start_at == NULL && playbook_task_is_certain(task);
	problems_add(certain ? check->refused : check->later, g_error_copy(task->fault), NULL);
}

static gboolean check_task(struct task *task, gpointer data)
{
	struct check *check = data;
	const struct run_options *options = check->options;
	gboolean selected = task->kind == TASK_BLOCK || check->handlers ||
			    playbook_tags_match(task->tags, options->tags, options->skip_tags);
	check_fault(check, task, selected);
	if (task->unheard != NULL && selected && check->play_has_hosts) {
		problems_add(check->unheard, g_error_copy(task->unheard), NULL);
	}
	if (task->kind == TASK_META) {
		return selected;
	}
	for (guint i = 0; task->tags != NULL && i < task->tags->len; i++) {
		g_hash_table_add(check->tags, g_ptr_array_index(task->tags, i));
	}
	check->any_tag = check->any_tag ||
			 playbook_tags_match(task->tags, options->tags, options->skip_tags);
	if (options->start_at != NULL && value_is(task->name, VALUE_STRING) &&
		!is_in_include(task)) {
		const char *name = value_string(task->name);
		g_hash_table_add(check->names, (gpointer)name);
		check->start_found = check->start_found || g_str_equal(name, options->start_at);
	}
	return selected;
}

static gboolean check_play(struct check *check, const struct play *play, GError **error)
{
	g_autoptr(GPtrArray) unknown = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) hosts = select_hosts(check->options, play, unknown, error);
	if (hosts == NULL) {
		return FALSE;
	}
	for (guint i = 0; i < unknown->len; i++) {
		GError *absent = NULL;
		error_set_at(&absent, SUTLER_ERROR_USAGE, value_position(play->hosts), "%s",
			(char *)g_ptr_array_index(unknown, i));
		problems_add(check->absent, absent, NULL);
	}
	check->any_host = check->any_host || hosts->len > 0;
	check->play_has_hosts = hosts->len > 0;
	check->handlers = FALSE;
	playbook_visit(check->options->playbook, play->tasks, check_task, check);
	check->handlers = TRUE;
	playbook_visit(check->options->playbook, play->handlers, check_task, check);
	return TRUE;
}

/* None of --tags matches: with the nearest of the tags there are. */
static void set_no_tag(const struct check *check, GError **error)
{
	const GPtrArray *wanted = check->options->tags;
	g_autoptr(GString) names = g_string_new(NULL);
	for (guint i = 0; i < wanted->len; i++) {
		g_string_append_printf(names, "%s'%s'", i > 0 ? " or " : "",
			(const char *)g_ptr_array_index(wanted, i));
	}
	g_autofree char *hint = suggest_phrase_keys(g_ptr_array_index(wanted, 0), check->tags);
	error_set(error, SUTLER_ERROR_USAGE,
		"--tags %s: no task of '%s' has such a tag%s (see --list-tags)", names->str,
		check->options->title, hint);
}

/* No play has a host: what inventory_match() says of the first says it best. */
static gboolean no_host(const struct run_options *options, GError **error)
{
	const struct play *play = g_ptr_array_index(options->playbook->plays, 0);
	g_autofree char *pattern = play_pattern(options, play, error);
	if (pattern == NULL) {
		return FALSE;
	}
	g_autoptr(GPtrArray) hosts =
		inventory_match(options->inventory, pattern, options->limit, error);
	return hosts != NULL;
}

static void add_warnings(const problems *found, const char *consequence, GPtrArray *warnings)
{
	g_autoptr(GPtrArray) lines = problems_lines(found);
	for (guint i = 0; i < lines->len; i++) {
		const char *line = g_ptr_array_index(lines, i);
		g_ptr_array_add(warnings, g_strconcat(line, consequence, NULL));
	}
}

gboolean run_check(const struct run_options *options, GPtrArray *warnings, GError **error)
{
	g_autoptr(GPtrArray) unsaid = g_ptr_array_new_with_free_func(g_free);
	return plays_check(options, warnings != NULL ? warnings : unsaid, error);
}

static void add_plugin_warnings(const playbook *book, GPtrArray *warnings)
{
	for (guint i = 0; i < book->plugin_folders->len; i++) {
		g_ptr_array_add(warnings, g_strdup_printf("the plugins in '%s' are not loaded",
						  (char *)book->plugin_folders->pdata[i]));
	}
}

gboolean plays_check(const struct run_options *options, GPtrArray *warnings, GError **error)
{
	g_autoptr(problems) refused = problems_new();
	g_autoptr(problems) later = problems_new();
	g_autoptr(problems) unheard = problems_new();
	g_autoptr(problems) absent = problems_new();
	g_autoptr(GHashTable) tags = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	struct check check = { .options = options,
		.tags = tags,
		.names = names,
		.refused = refused,
		.later = later,
		.unheard = unheard,
		.absent = absent };
	for (guint i = 0; i < options->playbook->plays->len; i++) {
		if (!check_play(&check, g_ptr_array_index(options->playbook->plays, i), error)) {
			return FALSE;
		}
	}
	if (!check.any_host) {
		return problems_none(absent, error) && no_host(options, error);
	}
	if (!check.any_tag && options->tags != NULL && options->tags->len > 0) {
		set_no_tag(&check, error);
		return FALSE;
	}
	if (!check.start_found && options->start_at != NULL) {
		g_autofree char *hint = suggest_phrase_keys(options->start_at, names);
		error_set(error, SUTLER_ERROR_USAGE,
			"--start-at-task '%s': no task of '%s' has that name%s (see --list-tasks)",
			options->start_at, options->title, hint);
		return FALSE;
	}
	add_plugin_warnings(options->playbook, warnings);
	add_warnings(absent, " (it is passed over)", warnings);
	add_warnings(later, " (fails where it is reached)", warnings);
	add_warnings(unheard, " (the task fails if it changes something)", warnings);
	return problems_none(refused, error);
}
