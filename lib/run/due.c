/* Work that is due on a host: the marks that changes leave there until their handlers have run
 * (runtime/due.sh). */
#include "run/due-names.h"
#include "run/walker-private.h"

#include "base/secret.h"
#include "template/template.h"
#include "value/json.h"

#include <string.h>

struct mark {
	char *name;
	GPtrArray *sessions;        /* session *: where it lies */
	guint uses;                 /* steps of this run that asked for it */
	char *since;                /* of an earlier run; NULL: of this one */
	char *play, *handler, *raw; /* what an earlier run wrote; or NULL */
	gboolean taken;             /* its handler was notified because of it */
};

struct due {
	char *key;         /* NULL: marks are not kept */
	char *play;        /* digest of the current play */
	GHashTable *marks; /* name -> struct mark * */
	GHashTable *
		lines; /* struct task * of a handler -> its line, when its name holds no template */
	GHashTable *since;   /* struct task * of a handler -> char * */
	GHashTable *running; /* struct task *: handlers of the current flush, as a set */
	GHashTable
		*doubtful; /* names of marks that go unless a step in flight wants them, as a set */
	GHashTable *kept;  /* struct task *: handlers that failed, as a set */
	GPtrArray *done;   /* struct task *, owned: what stands behind handlers */
	gboolean partial;  /* not all of the play was gone through */
	gboolean warned;
};

static void mark_free(gpointer data)
{
	struct mark *m = data;
	g_free(m->name);
	g_ptr_array_unref(m->sessions);
	g_free(m->since);
	g_free(m->play);
	g_free(m->handler);
	g_free(m->raw);
	g_free(m);
}

struct due *due_new(const char *scope, const char *name)
{
	struct due *due = g_new0(struct due, 1);
	if (scope != NULL) {
		due->key = due_host_key(scope, name);
	}
	due->marks = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, mark_free);
	due->lines = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	due->since = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	due->running = g_hash_table_new(NULL, NULL);
	due->kept = g_hash_table_new(NULL, NULL);
	due->doubtful = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	due->done = g_ptr_array_new_with_free_func(g_free);
	return due;
}

void due_free(struct due *due)
{
	g_hash_table_unref(due->marks);
	g_hash_table_unref(due->lines);
	g_hash_table_unref(due->since);
	g_hash_table_unref(due->running);
	g_hash_table_unref(due->kept);
	g_hash_table_unref(due->doubtful);
	g_ptr_array_unref(due->done);
	g_free(due->key);
	g_free(due->play);
	g_free(due);
}

const char *due_key(const struct due *due)
{
	return due->key;
}

void due_forget_sessions(struct due *due)
{
	g_hash_table_remove_all(due->marks);
}

void due_set_partial(struct due *due)
{
	due->partial = TRUE;
}

/* ---- names ---- */

/* What it is called on this host. Caller frees. */
static char *shown_name(walker *w, const struct task *handler, const char *raw)
{
	if (handler->name == NULL || !template_has_marks(raw)) {
		return g_strdup(raw);
	}
	g_autoptr(value) v = variables_evaluate(w->variables, handler->name, NULL);
	return v == NULL ? g_strdup(raw) : value_to_string(v);
}

static char *content(walker *w, const char *raw, const char *shown)
{
	static const struct json_style style = { .compact = TRUE };
	const char *book = w->state->options->title != NULL ? w->state->options->title : "";
	g_autoptr(value) dict = value_new_dict();
	value_dict_set(dict, "since", value_new_string(w->state->since));
	value_dict_set(dict, "run", value_new_string(w->state->id));
	value_dict_set(dict, "playbook", value_new_string(book));
	value_dict_set(dict, "play", value_new_string(w->play_name != NULL ? w->play_name : ""));
	value_dict_set(dict, "handler", value_new_string(shown));
	value_dict_set(dict, "raw", value_new_string(raw));
	g_autofree char *text = json_write(dict, &style, NULL);
	return text == NULL ? g_strdup("{}") : secret_masked(text);
}

/* "NAME CONTENT", as the host wants it. Borrowed, or owned by *own. */
static const char *mark_line(walker *w, const struct task *handler, char **own)
{
	const char *known = g_hash_table_lookup(w->due->lines, handler);
	if (known != NULL) {
		return known;
	}
	g_autofree char *raw = due_handler_words(handler);
	g_autofree char *shown = shown_name(w, handler, raw);
	guint number =
		due_ordinal(w->play->handlers, handler) + due_ordinal(w->extra_handlers, handler);
	g_autofree char *digest = due_handler_digest(handler, shown, number);
	g_autofree char *text = content(w, raw, shown);
	char *line = g_strdup_printf("%s.%s.%s %s", w->due->key, w->due->play, digest, text);
	if (handler->name != NULL && template_has_marks(raw)) {
		*own = line;
	} else {
		g_hash_table_insert(w->due->lines, (gpointer)handler, line);
	}
	return line;
}

/* Caller frees. */
static char *mark_name(walker *w, const struct task *handler)
{
	g_autofree char *own = NULL;
	const char *line = mark_line(w, handler, &own);
	return g_strndup(line, strcspn(line, " "));
}

static struct mark *mark_of(walker *w, const struct task *handler)
{
	if (g_hash_table_size(w->due->marks) == 0) {
		return NULL;
	}
	g_autofree char *name = mark_name(w, handler);
	return g_hash_table_lookup(w->due->marks, name);
}

/* ---- marks that the host told ---- */

static struct mark *mark_at(walker *w, const char *name, session *at)
{
	struct mark *m = g_hash_table_lookup(w->due->marks, name);
	if (m == NULL) {
		m = g_new0(struct mark, 1);
		m->name = g_strdup(name);
		m->sessions = g_ptr_array_new();
		g_hash_table_insert(w->due->marks, m->name, m);
	}
	if (!g_ptr_array_find(m->sessions, at, NULL)) {
		g_ptr_array_add(m->sessions, at);
	}
	return m;
}

static void take_marks(walker *w, session *at, const char *marks)
{
	g_auto(GStrv) lines = g_strsplit(marks, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		gsize length = strcspn(*line, " ");
		if (!due_is_name(*line, length) || (*line)[length] == '\0') {
			continue;
		}
		const char *rest = *line + length + 1;
		g_autoptr(value) told = json_parse(rest, strlen(rest), "mark", NULL);
		(*line)[length] = '\0';
		struct mark *m = mark_at(w, *line, at);
		g_autofree char *run = due_text(told, "run");
		if (g_strcmp0(run, w->state->id) == 0) {
			m->uses++; /* from before the connection was opened anew */
		} else if (m->since == NULL && m->uses == 0) {
			m->since = due_since(told);
			m->play = due_text(told, "play");
			m->handler = due_text(told, "handler");
			m->raw = due_text(told, "raw");
		}
	}
}

struct asking {
	walker *w;
	gboolean all_told;
};

static void ask(session *at, gpointer data)
{
	struct asking *asking = data;
	gboolean told = FALSE;
	const char *marks = session_due(at, &told);
	asking->all_told = asking->all_told && told;
	if (marks != NULL) {
		take_marks(asking->w, at, marks);
	}
}

gboolean walker_due_known(walker *w)
{
	struct asking asking = { w, TRUE };
	if (w->due->key != NULL) {
		targets_each_own(w->targets, ask, &asking);
	}
	return asking.all_told;
}

static void notify_due(walker *w, const GPtrArray *handlers)
{
	for (guint i = 0; handlers != NULL && i < handlers->len; i++) {
		struct task *handler = g_ptr_array_index(handlers, i);
		struct mark *m = mark_of(w, handler);
		if (m != NULL && m->since != NULL && !m->taken) {
			m->taken = TRUE;
			g_hash_table_insert(w->due->since, handler, g_strdup(m->since));
			g_hash_table_add(w->notified, handler);
		}
	}
}

void walker_due_notify(walker *w)
{
	if (g_hash_table_size(w->due->marks) > 0) {
		notify_due(w, w->play->handlers);
		notify_due(w, w->extra_handlers);
	}
}

const char *walker_due_since(const walker *w, const struct task *handler)
{
	return g_hash_table_lookup(w->due->since, handler);
}

/* ---- marks of this run ---- */

static gboolean is_false(const value *v)
{
	return value_is(v, VALUE_BOOL) && !value_truth(v);
}

/* The lines for a step's handlers. NULL: none. Caller frees. */
static char *lines_of(walker *w, struct step *s)
{
	if (w->due->key == NULL || s->handlers == NULL || s->handlers->len == 0 ||
		w->state->options->check || s->call->context.check ||
		is_false(s->run->task->changed_when)) {
		return NULL;
	}
	GString *lines = g_string_new(NULL);
	g_clear_pointer(&s->due, g_ptr_array_unref);
	s->due = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < s->handlers->len; i++) {
		g_autofree char *own = NULL;
		const struct task *handler = g_ptr_array_index(s->handlers, i);
		const char *line = mark_line(w, handler, &own);
		g_string_append_printf(lines, "%s%s", i > 0 ? "\n" : "", line);
		g_ptr_array_add(s->due, g_strndup(line, strcspn(line, " ")));
	}
	return g_string_free(lines, FALSE);
}

void walker_due_prepare(walker *w, struct step *s)
{
	gboolean here = s->call->module->script == NULL || s->delegate != NULL;
	g_autofree char *lines = here ? NULL : lines_of(w, s);
	if (lines != NULL) {
		g_string_append(s->call->variables, " due_marks=");
		shell_append_quoted(s->call->variables, lines);
	}
}

/* A handler whose one step runs where all its marks lie takes them away by itself. */
void walker_due_sending(walker *w, struct step *s)
{
	const struct task *task = s->run->task;
	struct mark *m = NULL;
	if (w->state->options->check || !g_hash_table_contains(w->due->running, task) ||
		s->run->items != NULL || task->until != NULL || task->failed_when != NULL ||
		(m = mark_of(w, task)) == NULL) {
		return;
	}
	if (m->sessions->len == 1 && g_ptr_array_index(m->sessions, 0) == s->session) {
		g_string_append_printf(s->call->variables, " due_done='%s'", m->name);
		s->clears = TRUE;
	}
}

static gboolean is_under_way(const walker *w, const char *name)
{
	for (GList *l = w->steps.head; l != NULL; l = l->next) {
		const struct step *s = l->data;
		for (guint i = 0; s->due != NULL && i < s->due->len; i++) {
			if (g_str_equal(g_ptr_array_index(s->due, i), name)) {
				return TRUE;
			}
		}
	}
	return FALSE;
}

/* The step has changed nothing after all: its marks go, but for those of earlier runs and what
 * others want. */
static void undo(walker *w, const struct step *s)
{
	GString *names = g_string_new(NULL);
	for (guint i = 0; i < s->due->len; i++) {
		const char *name = g_ptr_array_index(s->due, i);
		if (g_hash_table_contains(w->due->marks, name)) {
			continue;
		}
		if (is_under_way(w, name)) {
			g_hash_table_add(w->due->doubtful, g_strdup(name));
		} else {
			g_hash_table_remove(w->due->doubtful, name);
			g_string_append_printf(names, " %s", name);
		}
	}
	if (names->len > 0) {
		g_autofree char *line = g_strdup_printf("due_clear '%s'", names->str);
		session_tell(s->session, line);
	}
	g_string_free(names, TRUE);
}

static void keep(walker *w, const struct step *s, session *at)
{
	if (s->run->due == NULL) {
		s->run->due = g_ptr_array_new_with_free_func(g_free);
	}
	for (guint i = 0; i < s->due->len; i++) {
		const char *name = g_ptr_array_index(s->due, i);
		mark_at(w, name, at)->uses++;
		g_hash_table_remove(w->due->doubtful, name);
		g_ptr_array_add(s->run->due, g_strdup(name));
	}
}

/* Whether a step before it left the decision on one of its marks to this one. */
static gboolean is_doubtful(const walker *w, const struct step *s)
{
	for (guint i = 0; g_hash_table_size(w->due->doubtful) > 0 && i < s->due->len; i++) {
		if (g_hash_table_contains(w->due->doubtful, g_ptr_array_index(s->due, i))) {
			return TRUE;
		}
	}
	return FALSE;
}

/* What has an effect here and not on the host: its marks are written now. */
static void mark_behind(walker *w, struct step *s)
{
	g_autofree char *lines = w->own == NULL || s->call == NULL ? NULL : lines_of(w, s);
	if (lines == NULL) {
		return;
	}
	g_autofree char *word = shell_quote(lines);
	g_autofree char *line = g_strdup_printf("due_marks=%s; due_mark; due_new=", word);
	session_tell(w->own, line);
	keep(w, s, w->own);
}

void walker_due_outcome(walker *w, struct step *s, enum step_status ran, enum step_status status)
{
	const struct module *m = s->run->task->module;
	gboolean command = m != NULL && (m->flags & MODULE_COMMAND);
	if (g_hash_table_contains(w->due->running, s->run->task)) {
		if (status == STEP_FAILED || status == STEP_IGNORED) {
			g_hash_table_add(w->due->kept, (gpointer)s->run->task);
		} else if (s->clears && (status == STEP_OK || status == STEP_CHANGED)) {
			struct mark *own = mark_of(w, s->run->task);
			g_hash_table_remove(w->due->marks, own != NULL ? own->name : "");
		}
	}
	gboolean elsewhere = s->session == NULL || s->delegate != NULL;
	if (elsewhere && status == STEP_CHANGED) {
		mark_behind(w, s);
	} else if (s->due == NULL || elsewhere) {
		return;
	} else if (status == STEP_CHANGED || status == STEP_FAILED ||
		   (status == STEP_IGNORED && !command)) {
		keep(w, s, s->session);
	} else if (ran == STEP_CHANGED || ran == STEP_FAILED || is_doubtful(w, s)) {
		undo(w, s);
	}
}

void walker_due_unmarked(walker *w, const char *folder)
{
	if (w->due->warned) {
		return;
	}
	w->due->warned = TRUE;
	run_warn(w->state,
		"host '%s': unable to note in '%s' which handlers are due, so a run after one that "
		"fails will not know",
		host_name(w->host), folder);
}

/* ---- handlers that are done ---- */

void walker_due_follow(walker *w, GPtrArray *handlers)
{
	g_hash_table_remove_all(w->due->running);
	for (guint i = 0; i < handlers->len; i++) {
		struct task *handler = g_ptr_array_index(handlers, i);
		g_hash_table_add(w->due->running, handler);
		g_hash_table_remove(w->due->kept, handler);
		if (w->state->options->check || mark_of(w, handler) == NULL) {
			continue;
		}
		struct task *done = g_new0(struct task, 1);
		done->kind = TASK_DONE;
		done->parent = handler;
		g_ptr_array_add(w->due->done, done);
		g_ptr_array_insert(handlers, (gint)++i, done);
	}
}

static void clear(const struct mark *m)
{
	g_autofree char *line = g_strdup_printf("due_clear '%s'", m->name);
	for (guint i = 0; i < m->sessions->len; i++) {
		session_tell(g_ptr_array_index(m->sessions, i), line);
	}
}

void walker_due_forgiven(walker *w, const struct task_run *run)
{
	const struct module *m = run->task->module;
	if (run->due == NULL || m == NULL || !(m->flags & MODULE_COMMAND)) {
		return;
	}
	for (guint i = 0; i < run->due->len; i++) {
		const char *name = g_ptr_array_index(run->due, i);
		struct mark *own = g_hash_table_lookup(w->due->marks, name);
		if (own == NULL || --own->uses > 0 || own->since != NULL) {
			continue;
		}
		if (is_under_way(w, name)) {
			g_hash_table_add(w->due->doubtful, g_strdup(name));
		} else {
			clear(own);
		}
		g_hash_table_remove(w->due->marks, name);
	}
}

enum walk walker_advance_done(walker *w, const struct task *done)
{
	const struct mark *m = mark_of(w, done->parent);
	if (m != NULL && !walker_is_idle(w)) {
		w->wait = WAIT_NAME;
		return WALK_WAIT;
	}
	if (m != NULL && !g_hash_table_contains(w->due->kept, done->parent)) {
		clear(m);
		g_hash_table_remove(w->due->marks, m->name);
	}
	walker_next(w);
	return WALK_ON;
}

/* ---- plays ---- */

void walker_due_enter(walker *w)
{
	g_free(w->due->play);
	w->due->play = due_play_digest(w->state->options->playbook, w->play);
	w->due->partial = FALSE;
	g_hash_table_remove_all(w->due->lines);
	g_hash_table_remove_all(w->due->since);
	g_hash_table_remove_all(w->due->running);
	g_hash_table_remove_all(w->due->kept);
}

static gboolean has_raw(const GPtrArray *handlers, const char *raw)
{
	for (guint i = 0; raw != NULL && handlers != NULL && i < handlers->len; i++) {
		g_autofree char *own = due_handler_words(g_ptr_array_index(handlers, i));
		if (g_str_equal(own, raw)) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean is_play_of_book(const walker *w, const char *name)
{
	const playbook *book = w->state->options->playbook;
	for (guint i = 0; i < book->plays->len; i++) {
		g_autofree char *own = due_play_digest(book, g_ptr_array_index(book->plays, i));
		if (due_is_of_play(name, own)) {
			return TRUE;
		}
	}
	return FALSE;
}

/* Whether nothing in the playbook can take this mark away any more. */
static gboolean is_gone(const walker *w, const struct mark *m)
{
	if (m->since == NULL || m->taken) {
		return FALSE;
	}
	if (due_is_of_play(m->name, w->due->play)) {
		return !has_raw(w->play->handlers, m->raw) && !has_raw(w->extra_handlers, m->raw);
	}
	return !is_play_of_book(w, m->name);
}

static void warn_of_gone(walker *w, const struct mark *m)
{
	run_warn(w->state,
		"host '%s': handler '%s' of play '%s' is due since %s, but the playbook does not "
		"have it any more: %s",
		host_name(w->host), m->handler != NULL ? m->handler : "?",
		m->play != NULL ? m->play : "?", m->since,
		w->state->options->check ? "its mark would be dropped" : "its mark is dropped");
}

static gboolean went_through(const walker *w)
{
	const struct run_options *options = w->state->options;
	return w->alive && !w->failed && !w->due->partial && options->start_at == NULL &&
	       options->tags->len == 0 && options->skip_tags->len == 0 &&
	       !cancel_requested(options->cancel) && !play_run_aborted(w->play_run);
}

static void drop_gone(walker *w)
{
	GHashTableIter iter;
	gpointer item = NULL;
	g_hash_table_iter_init(&iter, w->due->marks);
	while (g_hash_table_iter_next(&iter, NULL, &item)) {
		if (is_gone(w, item)) {
			warn_of_gone(w, item);
			if (!w->state->options->check) {
				clear(item);
			}
			g_hash_table_iter_remove(&iter);
		}
	}
}

void walker_due_leave(walker *w)
{
	if (w->due->key == NULL || !w->alive) {
		return;
	}
	if (walker_due_known(w) && went_through(w)) {
		drop_gone(w);
	}
	/* A mark that stays because the connection broke is one handler too many, and nothing lost.
	 */
	(void)targets_settle(w->targets, NULL);
}
