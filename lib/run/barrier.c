/* Which tasks the hosts of a batch do in step. */
#include "run/barrier.h"

#include "playbook/keywords.h"
#include "run/walker-private.h"

#include <string.h>

enum { NESTED_MAX = 8 }; /* variables made of variables that are looked into */

struct task_marks {
	guint marks;
	GHashTable *facts; /* names of facts that its conditions read; or NULL */
};

enum name_kind {
	NAME_SAME = 1, /* the same for all hosts, as far as that can be known */
	NAME_FACT,     /* a fact: known once all have gathered them */
	NAME_PICKS,    /* it differs */
};

struct barriers {
	struct run_state *state;
	const struct play *play;
	GPtrArray *hosts; /* variables * */
	gboolean is_free;
	gboolean any;      /* several hosts that do not go on freely */
	gboolean all;      /* every task */
	GHashTable *tasks; /* struct task * -> struct task_marks * */
	GHashTable *names; /* char * -> enum name_kind */
};

/* ---- strategies ---- */

/* The name without its collection, and Mitogen's as what they stand for. Caller frees. */
static char *strategy_of(const struct run_state *state, const struct play *play)
{
	g_autofree char *given = play->strategy != NULL ? value_to_string(play->strategy)
							: g_strdup(state->options->strategy);
	if (given == NULL) {
		return NULL;
	}
	const char *dot = strrchr(given, '.');
	const char *name = dot != NULL ? dot + 1 : given;
	if (g_str_equal(name, "mitogen")) {
		return g_strdup("linear");
	}
	return g_strdup(g_str_has_prefix(name, "mitogen_") ? name + strlen("mitogen_") : name);
}

static void marks_free(gpointer data)
{
	struct task_marks *m = data;
	g_clear_pointer(&m->facts, g_hash_table_unref);
	g_free(m);
}

barriers *barriers_new(struct run_state *state, const struct play *play, GPtrArray *hosts)
{
	barriers *b = g_new0(barriers, 1);
	g_autofree char *strategy = strategy_of(state, play);
	gboolean linear = g_strcmp0(strategy, "linear") == 0 || g_strcmp0(strategy, "debug") == 0;
	gboolean is_free =
		g_strcmp0(strategy, "free") == 0 || g_strcmp0(strategy, "host_pinned") == 0;
	b->state = state;
	b->play = play;
	b->hosts = g_ptr_array_ref(hosts);
	b->is_free = is_free;
	b->any = hosts->len > 1 && !is_free;
	b->all = linear || play->max_fail_percentage != NULL;
	b->tasks = g_hash_table_new_full(NULL, NULL, NULL, marks_free);
	b->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return b;
}

void barriers_free(barriers *b)
{
	if (b != NULL) {
		g_ptr_array_unref(b->hosts);
		g_hash_table_unref(b->tasks);
		g_hash_table_unref(b->names);
		g_free(b);
	}
}

gboolean barriers_any(const barriers *b)
{
	return b->any;
}

gboolean barriers_is_free(const barriers *b)
{
	return b->is_free;
}

/* ---- names in conditions ---- */

/* Adds every word of an expression that may be a variable. */
static void add_words(const char *text, GHashTable *words)
{
	while (*text != '\0') {
		gsize length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
					    "0123456789");
		if (length > 0 && !g_ascii_isdigit(*text)) {
			g_hash_table_add(words, g_strndup(text, length));
		}
		text += MAX(length, 1);
	}
}

static void add_words_of(const value *raw, gboolean bare, GHashTable *words)
{
	if (value_is(raw, VALUE_STRING)) {
		if (bare || template_has_marks(value_string(raw))) {
			add_words(value_string(raw), words);
		}
	} else if (value_is_sequence(raw)) {
		value_list_foreach (raw, item) {
			add_words_of(item, bare, words);
		}
	} else if (value_is(raw, VALUE_DICT)) {
		value_dict_foreach (raw, key, item) {
			(void)key;
			add_words_of(item, FALSE, words);
		}
	}
}

/* Names that mean something else on each host, or tell of the others. */
static gboolean is_about_hosts(const char *name)
{
	static const char *const names[] = { "ansible_host", "group_names", "hostvars",
		"inventory_hostname", "inventory_hostname_short", NULL };
	return g_strv_contains(names, name) || variables_is_about_others(name);
}

/* Whether all hosts have the same under a name, as hostvars shows it: raw, so that templates in it
 * are compared as they are written. */
static gboolean is_same(const barriers *b, const char *name)
{
	g_autoptr(value) first = NULL;
	for (guint i = 0; i < b->hosts->len; i++) {
		g_autoptr(value) own = variables_find_of_host(g_ptr_array_index(b->hosts, i), name);
		if (i == 0) {
			first = own == NULL ? NULL : value_ref(own);
		} else if ((own == NULL) != (first == NULL) ||
			   (own != NULL && own != first && !value_equal(own, first))) {
			return FALSE;
		}
	}
	return TRUE;
}

static enum name_kind kind_of(barriers *b, variables *asking, const char *name, guint depth);

/* What a variable is made of, when it is the same text for all. */
static enum name_kind kind_of_parts(barriers *b, variables *asking, const char *name, guint depth)
{
	g_autoptr(value) raw = variables_raw(asking, name);
	enum name_kind kind = NAME_SAME;
	g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (raw == NULL || depth >= NESTED_MAX) {
		return NAME_SAME;
	}
	add_words_of(raw, FALSE, words);
	GHashTableIter iter;
	gpointer word = NULL;
	g_hash_table_iter_init(&iter, words);
	while (g_hash_table_iter_next(&iter, &word, NULL)) {
		kind = MAX(kind, kind_of(b, asking, word, depth + 1));
	}
	return kind;
}

static enum name_kind kind_of(barriers *b, variables *asking, const char *name, guint depth)
{
	enum name_kind known = GPOINTER_TO_UINT(g_hash_table_lookup(b->names, name));
	if (known != 0 && known != NAME_SAME) {
		return known;
	}
	if (variables_is_found_out(asking, name)) {
		return NAME_PICKS; /* what a step found on each host, or will */
	}
	if (known != 0) {
		return known;
	}
	enum name_kind kind = NAME_PICKS;
	gboolean named = is_about_hosts(name);
	if (!named && variables_may_be_fact(asking, name)) {
		kind = NAME_FACT;
	} else if (!named && is_same(b, name)) {
		g_hash_table_insert(b->names, g_strdup(name), GUINT_TO_POINTER(NAME_SAME));
		kind = kind_of_parts(b, asking, name, depth);
	}
	g_hash_table_insert(b->names, g_strdup(name), GUINT_TO_POINTER(kind));
	return kind;
}

/* ---- tasks ---- */

static gboolean is_on(const value *raw)
{
	return raw != NULL && !keyword_is_off(raw);
}

gboolean task_is_once(const struct task *task)
{
	/* As Ansible: what a `meta` task does, and not its `run_once`, says for whom it is. */
	return task->kind == TASK_META ? meta_is_for_all(task) : is_on(task->run_once);
}

guint task_throttle(const struct task *task, variables *v)
{
	g_autoptr(value) limit = variables_evaluate(v, task->throttle, NULL);
	if (limit == NULL) {
		return 0;
	}
	g_autofree char *text = value_to_string(limit);
	gint64 number = g_ascii_strtoll(text, NULL, 10);
	return (guint)CLAMP(number, 0, G_MAXINT);
}

/* What is stopped on one host is missed by others. */
static gboolean stops_something(const struct task *task)
{
	const value *state = value_is(task->arguments, VALUE_DICT)
				     ? value_dict_get(task->arguments, "state")
				     : NULL;
	return value_is(state, VALUE_STRING) && g_str_equal(value_string(state), "stopped");
}

static gboolean is_fatal(const barriers *b, const struct task *task)
{
	const value *raw =
		task->any_errors_fatal != NULL ? task->any_errors_fatal : b->play->any_errors_fatal;
	return raw != NULL ? is_on(raw) : b->state->options->any_errors_fatal;
}

gboolean barriers_is_fatal(const barriers *b, const struct task *task)
{
	return !b->is_free && (is_fatal(b, task) || task_is_once(task)) &&
	       !is_on(task->ignore_errors);
}

static guint marks_of_keywords(const barriers *b, const struct task *task)
{
	const struct module *m = task->module;
	guint marks = b->all || is_fatal(b, task) ? BARRIER_BEFORE | BARRIER_BEHIND : 0;
	if (task_is_once(task) || task->delegate_to != NULL || task->throttle != NULL ||
		(m != NULL && (m->flags & MODULE_FOR_OTHERS))) {
		marks |= BARRIER_BEFORE | BARRIER_BEHIND;
	}
	return marks | (stops_something(task) ? BARRIER_BEHIND : 0);
}

static void add_conditions(
	barriers *b, variables *asking, const struct task *task, struct task_marks *m)
{
	g_autoptr(GHashTable) words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; task->when != NULL && i < task->when->len; i++) {
		add_words_of(g_ptr_array_index(task->when, i), TRUE, words);
	}
	GHashTableIter iter;
	gpointer word = NULL;
	g_hash_table_iter_init(&iter, words);
	while (g_hash_table_iter_next(&iter, &word, NULL)) {
		enum name_kind kind = kind_of(b, asking, word, 0);
		if (kind == NAME_PICKS) {
			m->marks |= BARRIER_BEFORE | BARRIER_BEHIND;
		} else if (kind == NAME_FACT) {
			m->marks |= BARRIER_FACTS;
			if (m->facts == NULL) {
				m->facts = g_hash_table_new_full(
					g_str_hash, g_str_equal, g_free, NULL);
			}
			g_hash_table_add(m->facts, g_strdup(word));
		}
	}
}

guint barriers_of(barriers *b, variables *asking, const struct task *task)
{
	struct task_marks *m = g_hash_table_lookup(b->tasks, task);
	if (m == NULL) {
		m = g_new0(struct task_marks, 1);
		m->marks = marks_of_keywords(b, task);
		if (!(m->marks & BARRIER_BEFORE)) {
			add_conditions(b, asking, task, m);
		}
		g_hash_table_insert(b->tasks, (gpointer)task, m);
	}
	return m->marks;
}

void barriers_facts_known(barriers *b, const struct task *task)
{
	struct task_marks *m = g_hash_table_lookup(b->tasks, task);
	GHashTableIter iter;
	gpointer name = NULL;
	if (m == NULL || m->facts == NULL) {
		return;
	}
	m->marks &= ~(guint)BARRIER_FACTS;
	g_hash_table_iter_init(&iter, m->facts);
	while (g_hash_table_iter_next(&iter, &name, NULL)) {
		gboolean same = is_same(b, name);
		g_hash_table_insert(
			b->names, g_strdup(name), GUINT_TO_POINTER(same ? NAME_SAME : NAME_PICKS));
		m->marks |= same ? 0 : BARRIER_BEFORE | BARRIER_BEHIND;
	}
	g_clear_pointer(&m->facts, g_hash_table_unref);
}
