/* What the hosts of a batch share while they go through a play. */
#include "run/play-run.h"

#include "run/barrier.h"
#include "run/drive.h"
#include "run/walker-private.h"

#include <string.h>

/* How often somebody looks whether the run was interrupted while all hosts wait for the clock. */
#define LOOK_AGAIN (G_USEC_PER_SEC / 4)

enum place_state { PLACE_RUNS, PLACE_PARKED, PLACE_LEFT };

/* Where a host is. Written under the lock; behind and walker's own fields by its own thread. */
struct place {
	walker *walker;
	enum place_state state;
	gboolean begun;
	enum step_wait why; /* PLACE_PARKED */
	gint64 until;       /* WAIT_CLOCK; monotonic time */
	cursor *at;         /* the task it has come to; NULL: none yet */
	gboolean released;  /* the others have come as far */
	gboolean stopped;   /* and the play ends there, because too many have failed */
	gboolean failed;    /* PLACE_LEFT: it takes no part in further plays */
	gboolean removed;   /* not among the hosts of the play any more */
	gboolean doomed;    /* counts as failed while the play lasts */
	guint seen;         /* changes it knew of when it was told to wait */
	gboolean behind;    /* the next task is not started before all are through with this one */
	const struct task *turn; /* a task with `throttle` that it takes a turn at; or NULL */
	struct once *once;       /* that it runs for all; or NULL */
	GHashTable *visits;      /* struct task * -> how often it has passed this `run_once` task */
};

/* A visit of all hosts to a `run_once` task. */
struct visit {
	struct once once;
	struct place *runner;
};

struct play_run {
	struct play_run_options options;
	GMutex lock;
	GCond changed;     /* somebody has left, or was put down */
	GPtrArray *places; /* struct place *, of the batch, in its order */
	barriers *barriers;
	guint running;       /* places that run */
	guint gone;          /* places that have left */
	GThreadPool *pool;   /* NULL: one host at a time, in the thread of play_run_batch() */
	GQueue ready;        /* struct place *; without a pool */
	GHashTable *turns;   /* struct task * -> turns taken */
	GHashTable *visits;  /* struct task * -> GPtrArray of struct visit * */
	guint changes;       /* turns and tasks for all that have ended */
	value *left, *batch; /* names of hosts that have not failed; NULL: to be made anew */
	gboolean stale;      /* to be made anew once all are through with a task */
	gboolean fatal;  /* a failure that ends the play for all: once all are through with the task
			  */
	gboolean broken; /* there was one: no further batch or play begins */
	gint aborted, ended, over;
};

/* ---- made and freed ---- */

static void visit_free(gpointer data)
{
	struct visit *v = data;
	value_unref(v->once.registered);
	g_ptr_array_unref(v->once.facts);
	g_free(v);
}

static void visits_free(gpointer data)
{
	g_ptr_array_unref(data);
}

static void place_free(gpointer data)
{
	struct place *place = data;
	cursor_free(place->at);
	g_hash_table_unref(place->visits);
	g_free(place);
}

static void add_place(play_run *p, walker *w, guint number)
{
	struct place *place = g_new0(struct place, 1);
	place->walker = w;
	place->visits = g_hash_table_new(NULL, NULL);
	w->number = number;
	g_ptr_array_add(p->places, place);
}

play_run *play_run_new(const struct play_run_options *options)
{
	g_autoptr(GPtrArray) hosts = g_ptr_array_new();
	play_run *p = g_new0(play_run, 1);
	p->options = *options;
	g_mutex_init(&p->lock);
	g_cond_init(&p->changed);
	g_queue_init(&p->ready);
	p->places = g_ptr_array_new_with_free_func(place_free);
	p->turns = g_hash_table_new(NULL, NULL);
	p->visits = g_hash_table_new_full(NULL, NULL, NULL, visits_free);
	for (guint i = 0; i < options->batch->len; i++) {
		walker *w = g_ptr_array_index(options->batch, i);
		add_place(p, w, i);
		g_ptr_array_add(hosts, w->variables);
	}
	p->barriers = barriers_new(options->state, options->play, hosts);
	return p;
}

void play_run_free(play_run *p)
{
	if (p == NULL) {
		return;
	}
	g_ptr_array_unref(p->places);
	g_hash_table_unref(p->turns);
	g_hash_table_unref(p->visits);
	barriers_free(p->barriers);
	value_unref(p->left);
	value_unref(p->batch);
	g_mutex_clear(&p->lock);
	g_cond_clear(&p->changed);
	g_free(p);
}

const struct play *play_run_play(const play_run *p)
{
	return p->options.play;
}

const char *play_run_name(const play_run *p)
{
	return p->options.name;
}

/* ---- failures ---- */

static struct place *place_of(const play_run *p, const walker *w)
{
	return g_ptr_array_index(p->places, w->number);
}

static void forget_names(play_run *p)
{
	p->stale = FALSE;
	g_clear_pointer(&p->left, value_unref);
	g_clear_pointer(&p->batch, value_unref);
}

/* Under the lock. What the others read does not change before all are through with a task. */
static void remove_host(play_run *p, struct place *place)
{
	place->removed = TRUE;
	p->stale = TRUE;
	if (!barriers_any(p->barriers)) {
		forget_names(p);
	}
}

void play_run_remove(play_run *p, walker *w)
{
	g_mutex_lock(&p->lock);
	remove_host(p, place_of(p, w));
	g_mutex_unlock(&p->lock);
}

/* As Ansible: where the block has an `always` itself, the failure ends nothing for the others. */
void play_run_failed(
	play_run *p, walker *w, const struct task *task, gboolean caught, gboolean goes_on)
{
	g_mutex_lock(&p->lock);
	remove_host(p, place_of(p, w));
	place_of(p, w)->doomed = !goes_on;
	p->fatal = p->fatal || (!caught && barriers_is_fatal(p->barriers, task));
	p->broken = p->broken || p->fatal;
	g_mutex_unlock(&p->lock);
}

gboolean play_run_aborted(const play_run *p)
{
	return g_atomic_int_get(&p->aborted) != 0;
}

void play_run_end_batch(play_run *p)
{
	g_atomic_int_set(&p->over, 1);
}

void play_run_end(play_run *p)
{
	play_run_end_batch(p);
	g_atomic_int_set(&p->ended, 1);
}

gboolean play_run_ended(const play_run *p)
{
	return g_atomic_int_get(&p->ended) != 0;
}

static gboolean is_in_batch(const play_run *p, const walker *w)
{
	return w->number < p->places->len && place_of(p, w)->walker == w;
}

/* Those that run stand at the same task, and see to themselves. */
void play_run_clear_errors(play_run *p, walker *w)
{
	g_mutex_lock(&p->lock);
	for (guint i = 0; i < p->options.all->len; i++) {
		walker *other = g_ptr_array_index(p->options.all, i);
		struct place *place = is_in_batch(p, other) ? place_of(p, other) : NULL;
		if (other == w || place == NULL || place->state != PLACE_RUNS) {
			walker_clear_errors(other);
		}
		if (place != NULL) {
			place->failed = FALSE;
			place->doomed = FALSE;
		}
	}
	g_mutex_unlock(&p->lock);
}

static guint failed_hosts(const play_run *p)
{
	guint failed = 0;
	for (guint i = 0; i < p->places->len; i++) {
		const struct place *place = g_ptr_array_index(p->places, i);
		failed += place->failed ? 1 : 0;
	}
	return failed;
}

/* `max_fail_percentage`: as in Ansible it must be exceeded. */
static gboolean too_many_failed(const play_run *p)
{
	const value *limit = p->options.play->max_fail_percentage;
	if (limit == NULL) {
		return FALSE;
	}
	g_autofree char *text = value_to_string(limit);
	guint failed = p->options.failed_before;
	for (guint i = 0; i < p->places->len; i++) {
		const struct place *place = g_ptr_array_index(p->places, i);
		failed += place->doomed ? 1 : 0;
	}
	return failed * 100.0 / p->places->len > g_ascii_strtod(text, NULL);
}

/* ---- parking ---- */

static void wake(play_run *p, struct place *place)
{
	place->state = PLACE_RUNS;
	p->running++;
	if (p->pool != NULL) {
		g_thread_pool_push(p->pool, place, NULL);
	} else {
		g_queue_push_tail(&p->ready, place);
	}
}

static int compare_places(const struct place *a, const struct place *b)
{
	if (a->at == NULL || b->at == NULL) {
		return (a->at != NULL) - (b->at != NULL);
	}
	return cursor_compare(a->at, b->at);
}

/* The place that is least far of those that have not left; NULL: none. */
static struct place *last_place(const play_run *p)
{
	struct place *last = NULL;
	for (guint i = 0; i < p->places->len; i++) {
		struct place *place = g_ptr_array_index(p->places, i);
		if (place->state != PLACE_LEFT &&
			(last == NULL || compare_places(place, last) < 0)) {
			last = place;
		}
	}
	return last;
}

static gboolean all_wait_for_others(const play_run *p)
{
	for (guint i = 0; i < p->places->len; i++) {
		const struct place *place = g_ptr_array_index(p->places, i);
		if (place->state != PLACE_LEFT && place->why != WAIT_OTHERS) {
			return FALSE;
		}
	}
	return TRUE;
}

/* As Ansible: after a failure that is fatal for all everybody counts as failed but who goes on in a
 * `rescue` or an `always`, and when all do the play ends. Until then all go on. */
static void doom(play_run *p)
{
	p->fatal = FALSE;
	for (guint i = 0; i < p->places->len; i++) {
		struct place *place = g_ptr_array_index(p->places, i);
		place->doomed = place->doomed || place->state == PLACE_LEFT || place->at == NULL ||
				!cursor_in_cleanup(place->at);
	}
}

static gboolean all_failed(const play_run *p)
{
	for (guint i = 0; i < p->places->len; i++) {
		const struct place *place = g_ptr_array_index(p->places, i);
		if (!place->doomed && (place->state != PLACE_LEFT || place->walker->alive)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* Nobody runs: all that wait for the others and have not come further than anyone may go on. */
static void release_those_behind(play_run *p)
{
	const struct place *last = last_place(p);
	if (p->fatal && all_wait_for_others(p)) {
		doom(p);
	}
	if (p->stale && all_wait_for_others(p)) {
		forget_names(p);
	}
	if (too_many_failed(p) || (p->broken && !p->fatal && all_failed(p))) {
		g_atomic_int_set(&p->aborted, 1);
	}
	for (guint i = 0; i < p->places->len; i++) {
		struct place *place = g_ptr_array_index(p->places, i);
		if (place->state == PLACE_PARKED && place->why == WAIT_OTHERS &&
			(play_run_aborted(p) || compare_places(place, last) <= 0)) {
			place->stopped = play_run_aborted(p);
			place->released = !place->stopped;
			wake(p, place);
		}
	}
}

/* Who waits for a turn, or for the host that runs a task for all, looks again. */
static void wake_waiting(play_run *p, enum step_wait why)
{
	for (guint i = 0; i < p->places->len; i++) {
		struct place *place = g_ptr_array_index(p->places, i);
		if (place->state == PLACE_PARKED && place->why == why) {
			wake(p, place);
		}
	}
}

/* Nobody can run and nobody will be woken by the clock: what is waited for will not come, because
 * who was to bring it has left. */
static void wake_all_that_wait(play_run *p)
{
	wake_waiting(p, WAIT_ONCE);
	wake_waiting(p, WAIT_TURN);
}

static gboolean any_waits_for_the_clock(const play_run *p)
{
	for (guint i = 0; i < p->places->len; i++) {
		const struct place *place = g_ptr_array_index(p->places, i);
		if (place->state == PLACE_PARKED && place->why == WAIT_CLOCK) {
			return TRUE;
		}
	}
	return FALSE;
}

/* One place less runs. */
static void stopped_running(play_run *p)
{
	p->running--;
	if (p->running == 0) {
		release_those_behind(p);
	}
	if (p->running == 0 && !any_waits_for_the_clock(p)) {
		wake_all_that_wait(p);
	}
	g_cond_signal(&p->changed);
}

/* ---- turns and tasks for all ---- */

static guint turns_taken(const play_run *p, const struct task *task)
{
	return GPOINTER_TO_UINT(g_hash_table_lookup(p->turns, task));
}

static gboolean take_turn(play_run *p, struct place *place, const struct task *task)
{
	guint limit = task->throttle == NULL ? 0 : task_throttle(task, place->walker->variables);
	if (limit == 0 || place->turn == task) {
		return TRUE;
	}
	if (turns_taken(p, task) >= limit) {
		return FALSE;
	}
	g_hash_table_insert(p->turns, (gpointer)task, GUINT_TO_POINTER(turns_taken(p, task) + 1));
	place->turn = task;
	return TRUE;
}

static void end_turn(play_run *p, struct place *place)
{
	const struct task *task = g_steal_pointer(&place->turn);
	if (task != NULL) {
		g_hash_table_insert(
			p->turns, (gpointer)task, GUINT_TO_POINTER(turns_taken(p, task) - 1));
		p->changes++;
		wake_waiting(p, WAIT_TURN);
	}
}

static void end_once(play_run *p, struct place *place)
{
	struct once *once = g_steal_pointer(&place->once);
	if (once != NULL) {
		once->known = TRUE;
		p->changes++;
		wake_waiting(p, WAIT_ONCE);
	}
}

/* Ansible takes the first host of the batch that is at the task. */
static struct place *first_at(const play_run *p, const struct place *here)
{
	for (guint i = 0; i < p->places->len; i++) {
		struct place *place = g_ptr_array_index(p->places, i);
		if (place->state != PLACE_LEFT && place->at != NULL &&
			compare_places(place, here) == 0) {
			return place;
		}
	}
	return NULL;
}

/* The visit of all hosts to the task that this one is at. */
static struct visit *visit_of(play_run *p, struct place *place, const struct task *task)
{
	GPtrArray *all = g_hash_table_lookup(p->visits, task);
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(place->visits, task));
	if (all == NULL) {
		all = g_ptr_array_new_with_free_func(visit_free);
		g_hash_table_insert(p->visits, (gpointer)task, all);
	}
	if (number >= all->len) {
		struct visit *v = g_new0(struct visit, 1);
		v->once.facts = g_ptr_array_new_with_free_func((GDestroyNotify)value_unref);
		v->runner = first_at(p, place);
		g_ptr_array_add(all, v);
		return v;
	}
	return g_ptr_array_index(all, number);
}

static void count_visit(struct place *place, const struct task *task)
{
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(place->visits, task));
	g_hash_table_insert(place->visits, (gpointer)task, GUINT_TO_POINTER(number + 1));
}

/* ---- for walkers ---- */

gboolean play_run_is_shared(const play_run *p)
{
	return barriers_any(p->barriers);
}

static gboolean is_removed(const play_run *p, const char *name)
{
	for (guint i = 0; i < p->places->len; i++) {
		const struct place *place = g_ptr_array_index(p->places, i);
		if (place->removed && g_str_equal(walker_name(place->walker), name)) {
			return TRUE;
		}
	}
	return FALSE;
}

/* The hosts of the play and of its batch that have not failed: ansible_play_hosts, _batch. */
static void renew_hosts(play_run *p, walker *w)
{
	if (p->left == NULL) {
		p->left = value_new_list();
		p->batch = value_new_list();
		value_list_foreach (p->options.left, name) {
			if (!is_removed(p, value_string(name))) {
				value_list_append(p->left, value_ref(name));
			}
		}
		for (guint i = 0; i < p->places->len; i++) {
			const struct place *place = g_ptr_array_index(p->places, i);
			if (!place->removed) {
				value_list_append(
					p->batch, value_new_string(walker_name(place->walker)));
			}
		}
		(void)value_freeze(p->left);
		(void)value_freeze(p->batch);
	}
	variables_set_batch(w->variables, p->left, p->batch);
}

gboolean play_run_in_step(play_run *p, walker *w, const struct task *task)
{
	struct place *place = place_of(p, w);
	g_mutex_lock(&p->lock);
	if (!barriers_any(p->barriers)) {
		renew_hosts(p, w);
		g_mutex_unlock(&p->lock);
		return FALSE;
	}
	guint marks = barriers_of(p->barriers, w->variables, task);
	gboolean ends = p->broken || g_atomic_int_get(&p->over);
	g_mutex_unlock(&p->lock);
	if (ends || place->behind || (marks & ~(guint)BARRIER_BEHIND) != 0) {
		return TRUE;
	}
	place->behind = (marks & BARRIER_BEHIND) != 0;
	return FALSE;
}

enum may play_run_may_start(play_run *p, walker *w, const struct task *task, const cursor *at,
	struct once **ret_once, enum step_wait *ret_wait)
{
	struct place *place = place_of(p, w);
	enum may may = MAY_NOT;
	struct visit *v = NULL;
	g_mutex_lock(&p->lock);
	cursor_free(place->at);
	place->at = cursor_copy(at);
	place->seen = p->changes;
	if (place->stopped || g_atomic_int_get(&p->over)) {
		may = MAY_END;
		goto out;
	}
	if (!place->released) {
		*ret_wait = WAIT_OTHERS;
		goto out;
	}
	if (barriers_of(p->barriers, w->variables, task) & BARRIER_FACTS) {
		barriers_facts_known(p->barriers, task);
	}
	v = task_is_once(task) ? visit_of(p, place, task) : NULL;
	if (v != NULL && v->runner != place) {
		if (!v->once.known) {
			*ret_wait = WAIT_ONCE;
			goto out;
		}
		may = MAY_PASS;
	} else if (!take_turn(p, place, task)) {
		*ret_wait = WAIT_TURN;
		goto out;
	} else {
		may = MAY_START;
		place->once = v == NULL ? NULL : &v->once;
	}
	*ret_once = v == NULL ? NULL : &v->once;
	if (v != NULL) {
		count_visit(place, task);
	}
	place->released = FALSE;
	place->behind = (barriers_of(p->barriers, w->variables, task) & BARRIER_BEHIND) != 0;
	renew_hosts(p, w);
out:
	g_mutex_unlock(&p->lock);
	return may;
}

gboolean play_run_may_look(play_run *p, walker *w, const cursor *at)
{
	struct place *place = place_of(p, w);
	g_mutex_lock(&p->lock);
	gboolean may = place->released || !barriers_any(p->barriers);
	cursor_free(place->at);
	place->at = cursor_copy(at);
	place->released = FALSE;
	if (may) {
		renew_hosts(p, w);
	}
	g_mutex_unlock(&p->lock);
	return may;
}

void play_run_done(play_run *p, walker *w, const struct task *task, struct once *once)
{
	struct place *place = place_of(p, w);
	if (place->turn != task && (once == NULL || place->once != once)) {
		return;
	}
	g_mutex_lock(&p->lock);
	if (place->turn == task) {
		end_turn(p, place);
	}
	if (once != NULL && place->once == once) {
		end_once(p, place);
	}
	g_mutex_unlock(&p->lock);
}

/* ---- carrying ---- */

static void park(play_run *p, struct place *place)
{
	if (p->options.state->few_descriptors) {
		walker_rest(place->walker);
	}
	g_mutex_lock(&p->lock);
	place->why = walker_wait(place->walker, &place->until);
	place->state = PLACE_PARKED;
	stopped_running(p);
	gboolean waits = place->why == WAIT_ONCE || place->why == WAIT_TURN;
	if (place->state == PLACE_PARKED && waits && place->seen != p->changes) {
		wake(p, place); /* what it waits for has come meanwhile */
	}
	g_mutex_unlock(&p->lock);
}

static void leave(play_run *p, struct place *place)
{
	walker_leave(place->walker);
	g_mutex_lock(&p->lock);
	place->state = PLACE_LEFT;
	place->failed = !walker_alive(place->walker);
	p->gone++;
	if (place->failed) {
		remove_host(p, place);
	}
	end_turn(p, place);
	end_once(p, place);
	stopped_running(p);
	g_mutex_unlock(&p->lock);
}

static void carry(gpointer data, gpointer user_data)
{
	play_run *p = user_data;
	struct place *place = data;
	gboolean begins = !place->begun;
	place->begun = TRUE;
	if ((begins && !walker_enter(place->walker, p)) || drive(place->walker)) {
		leave(p, place);
	} else {
		park(p, place);
	}
}

/* ---- a batch ---- */

/* When the first of those that wait for the clock wants to go on; G_MAXINT64: none does. */
static gint64 next_alarm(const play_run *p)
{
	gint64 next = G_MAXINT64;
	for (guint i = 0; i < p->places->len; i++) {
		const struct place *place = g_ptr_array_index(p->places, i);
		if (place->state == PLACE_PARKED && place->why == WAIT_CLOCK) {
			next = MIN(next, place->until);
		}
	}
	return next;
}

static void wake_by_clock(play_run *p, gint64 now)
{
	for (guint i = 0; i < p->places->len; i++) {
		struct place *place = g_ptr_array_index(p->places, i);
		if (place->state == PLACE_PARKED && place->why == WAIT_CLOCK &&
			place->until <= now) {
			wake(p, place);
		}
	}
}

/* Until somebody is put down or leaves, or the clock wakes somebody. */
static void wait_for_change(play_run *p)
{
	gint64 alarm = next_alarm(p);
	gint64 now = g_get_monotonic_time();
	if (cancel_requested(p->options.state->options->cancel)) {
		wake_by_clock(p, G_MAXINT64);
		alarm = G_MAXINT64;
	} else if (alarm <= now) {
		wake_by_clock(p, now);
		return;
	}
	if (alarm == G_MAXINT64) {
		g_cond_wait(&p->changed, &p->lock);
	} else {
		(void)g_cond_wait_until(&p->changed, &p->lock, MIN(alarm, now + LOOK_AGAIN));
	}
}

static void carry_with_threads(play_run *p, guint threads)
{
	p->pool = g_thread_pool_new(carry, p, (gint)threads, TRUE, NULL);
	g_mutex_lock(&p->lock);
	for (guint i = 0; i < p->places->len; i++) {
		wake(p, g_ptr_array_index(p->places, i));
	}
	while (p->gone < p->places->len) {
		wait_for_change(p);
	}
	g_mutex_unlock(&p->lock);
	g_thread_pool_free(p->pool, FALSE, TRUE);
	p->pool = NULL;
}

static void sleep_until(const play_run *p, gint64 until)
{
	gint64 left = until - g_get_monotonic_time();
	if (left > 0) {
		(void)wait_descriptor(-1, 0, deadline_in((double)left / G_USEC_PER_SEC),
			p->options.state->options->cancel, NULL);
	}
}

static void carry_here(play_run *p)
{
	for (guint i = 0; i < p->places->len; i++) {
		wake(p, g_ptr_array_index(p->places, i));
	}
	while (p->gone < p->places->len) {
		struct place *place = g_queue_pop_head(&p->ready);
		if (place != NULL) {
			carry(place, p);
			continue;
		}
		sleep_until(p, next_alarm(p));
		gboolean cancelled = cancel_requested(p->options.state->options->cancel);
		wake_by_clock(p, cancelled ? G_MAXINT64 : g_get_monotonic_time());
	}
}

gboolean play_run_go(play_run *p)
{
	guint threads = MIN(p->options.state->forks, p->places->len);
	if (threads > 1) {
		carry_with_threads(p, threads);
	} else {
		carry_here(p);
	}
	return !play_run_aborted(p) && !p->broken && failed_hosts(p) < p->places->len &&
	       !too_many_failed(p) && !cancel_requested(p->options.state->options->cancel);
}
