/* Where a host is in the tasks of a play: a stack of task lists. */
#include "run/cursor.h"

enum phase { PHASE_LIST, PHASE_BLOCK, PHASE_RESCUE, PHASE_ALWAYS };

struct level {
	GPtrArray *tasks; /* referenced */
	guint index;
	const struct task *block; /* NULL: not a block */
	enum phase phase;
	gboolean failed; /* a failure waits for the end of `always` */
	gboolean handlers;
	gboolean before;  /* entered in front of the task that the level around it stands at */
	value *variables; /* a dict that holds inside; or NULL */
};

struct cursor {
	GArray *levels; /* struct level; the last is the innermost */
	gboolean last;  /* behind everything of the play */
};

static void level_clear(gpointer data)
{
	struct level *level = data;
	g_clear_pointer(&level->tasks, g_ptr_array_unref);
	value_clear(&level->variables);
}

static void push(cursor *c, const GPtrArray *tasks, const struct task *block, gboolean handlers,
	value *variables)
{
	struct level level = {
		.tasks = g_ptr_array_ref((GPtrArray *)tasks),
		.block = block,
		.phase = block == NULL ? PHASE_LIST : PHASE_BLOCK,
		.handlers = handlers,
		.variables = variables,
	};
	g_array_append_val(c->levels, level);
}

static cursor *cursor_empty(void)
{
	cursor *c = g_new0(cursor, 1);
	c->levels = g_array_new(FALSE, FALSE, sizeof(struct level));
	g_array_set_clear_func(c->levels, level_clear);
	return c;
}

cursor *cursor_new(const GPtrArray *tasks)
{
	cursor *c = cursor_empty();
	push(c, tasks, NULL, FALSE, NULL);
	return c;
}

cursor *cursor_new_last(const GPtrArray *tasks)
{
	cursor *c = cursor_new(tasks);
	c->last = TRUE;
	return c;
}

static struct level *top(const cursor *c)
{
	return c->levels->len == 0 ? NULL
				   : &g_array_index(c->levels, struct level, c->levels->len - 1);
}

static void pop(cursor *c)
{
	g_array_set_size(c->levels, c->levels->len - 1);
}

cursor *cursor_copy(const cursor *c)
{
	cursor *copy = cursor_empty();
	copy->last = c->last;
	for (guint i = 0; i < c->levels->len; i++) {
		struct level level = g_array_index(c->levels, struct level, i);
		g_ptr_array_ref(level.tasks);
		level.variables = level.variables == NULL ? NULL : value_ref(level.variables);
		g_array_append_val(copy->levels, level);
	}
	return copy;
}

void cursor_free(cursor *c)
{
	if (c != NULL) {
		g_array_unref(c->levels);
		g_free(c);
	}
}

static void enter_phase(struct level *level, enum phase phase, GPtrArray *tasks)
{
	g_ptr_array_unref(level->tasks);
	level->tasks = g_ptr_array_ref(tasks);
	level->index = 0;
	level->phase = phase;
}

/* At the end of a level: on to `always`, or out of it. TRUE when a failure comes out of it. */
static gboolean leave(cursor *c)
{
	struct level *level = top(c);
	if (level->block != NULL && level->phase != PHASE_ALWAYS && level->block->always != NULL) {
		enter_phase(level, PHASE_ALWAYS, level->block->always);
		return FALSE;
	}
	gboolean failed = level->failed;
	pop(c);
	return failed;
}

const struct task *cursor_task(cursor *c, gboolean *ret_failed)
{
	*ret_failed = FALSE;
	for (struct level *level = top(c); level != NULL; level = top(c)) {
		if (level->index >= level->tasks->len) {
			gboolean rescued = FALSE;
			if (leave(c) && !cursor_fail(c, &rescued)) {
				*ret_failed = TRUE;
				return NULL;
			}
			continue;
		}
		const struct task *task = g_ptr_array_index(level->tasks, level->index);
		if (task->kind != TASK_BLOCK) {
			return task;
		}
		gboolean handlers = level->handlers;
		level->index++;
		push(c, task->block, task, handlers, NULL);
	}
	return NULL;
}

void cursor_next(cursor *c)
{
	struct level *level = top(c);
	if (level != NULL) {
		level->index++;
	}
}

void cursor_enter(cursor *c, const GPtrArray *tasks, gboolean handlers, value *variables)
{
	gboolean inside = cursor_in_handlers(c);
	push(c, tasks, NULL, handlers || inside, variables);
	top(c)->before = handlers;
}

value *cursor_variables(const cursor *c)
{
	value *all = NULL;
	for (guint i = 0; i < c->levels->len; i++) {
		const value *variables = g_array_index(c->levels, struct level, i).variables;
		if (variables != NULL && all == NULL) {
			all = value_new_dict();
		}
		if (variables != NULL) {
			value_dict_update(all, variables);
		}
	}
	return all;
}

gboolean cursor_is_rescued(const cursor *c)
{
	for (guint i = 0; i < c->levels->len; i++) {
		const struct level *level = &g_array_index(c->levels, struct level, i);
		if (level->block != NULL && level->phase == PHASE_BLOCK &&
			level->block->has_rescue) {
			return TRUE;
		}
	}
	return FALSE;
}

static const struct task *task_at(const struct level *level)
{
	return level->index < level->tasks->len ? g_ptr_array_index(level->tasks, level->index)
						: NULL;
}

static gboolean same_file(struct position a, struct position b)
{
	return a.file == b.file || g_strcmp0(a.file, b.file) == 0;
}

static gboolean is_filled(const GPtrArray *tasks)
{
	return tasks != NULL && tasks->len > 0;
}

gboolean cursor_is_caught(const cursor *c)
{
	const struct level *level = top(c);
	if (level == NULL || level->block == NULL || level->phase == PHASE_ALWAYS) {
		return FALSE;
	}
	return (level->phase == PHASE_BLOCK && level->block->has_rescue) ||
	       is_filled(level->block->always);
}

gboolean cursor_in_cleanup(const cursor *c)
{
	const struct level *level = top(c);
	if (level == NULL || (level->phase != PHASE_RESCUE && level->phase != PHASE_ALWAYS)) {
		return FALSE;
	}
	/* To Ansible what is imported is a block of its own. */
	const struct task *task = task_at(level);
	return task == NULL || same_file(task->at, level->block->at);
}

gboolean cursor_is_failing(const cursor *c)
{
	if (c->levels->len < 2) {
		return FALSE;
	}
	const struct level *level = &g_array_index(c->levels, struct level, 1);
	return level->phase == PHASE_RESCUE || (level->phase == PHASE_ALWAYS && level->failed);
}

void cursor_forgive(cursor *c)
{
	for (guint i = 0; i < c->levels->len; i++) {
		g_array_index(c->levels, struct level, i).failed = FALSE;
	}
}

gboolean cursor_fail(cursor *c, gboolean *ret_rescued)
{
	*ret_rescued = FALSE;
	for (struct level *level = top(c); level != NULL; level = top(c)) {
		const struct task *block = level->block;
		if (block != NULL && level->phase == PHASE_BLOCK && block->has_rescue) {
			enter_phase(level, PHASE_RESCUE, block->rescue);
			*ret_rescued = TRUE;
			return TRUE;
		}
		if (block != NULL && level->phase != PHASE_ALWAYS && block->always != NULL &&
			block->always->len > 0) {
			enter_phase(level, PHASE_ALWAYS, block->always);
			level->failed = TRUE;
			*ret_rescued = cursor_is_rescued(c);
			return TRUE;
		}
		pop(c);
	}
	return FALSE;
}

/* ---- comparing ---- */

static int compare_numbers(guint a, guint b)
{
	return a < b ? -1 : a > b;
}

/* Two lists of the handlers that hosts were notified of: the order is that of the play. */
static int compare_handlers(const struct level *a, const struct level *b)
{
	const struct task *left = task_at(a);
	const struct task *right = task_at(b);
	return left == NULL || right == NULL ? (left == NULL) - (right == NULL)
					     : compare_numbers(left->order, right->order);
}

/* Of one list, both at the same place around it. *ret_same: what is inside can be compared, too. */
static int compare_levels(const struct level *a, const struct level *b, gboolean *ret_same)
{
	*ret_same = a->block == b->block && (a->block != NULL || a->tasks == b->tasks);
	if (*ret_same && a->phase != b->phase) {
		return a->phase < b->phase ? -1 : 1;
	}
	if (*ret_same) {
		return compare_numbers(a->index, b->index);
	}
	return a->handlers && b->handlers ? compare_handlers(a, b)
					  : (int)a->before - (int)b->before;
}

int cursor_compare(const cursor *a, const cursor *b)
{
	gboolean same = TRUE;
	if (a->last || b->last) {
		return (int)a->last - (int)b->last;
	}
	guint shared = MIN(a->levels->len, b->levels->len);
	for (guint i = 0; i < shared && same; i++) {
		int order = compare_levels(&g_array_index(a->levels, struct level, i),
			&g_array_index(b->levels, struct level, i), &same);
		if (order != 0) {
			return order;
		}
	}
	/* Who is still inside something has not come to what follows it. */
	return same ? compare_numbers(b->levels->len, a->levels->len) : 0;
}

gboolean cursor_in_handlers(const cursor *c)
{
	const struct level *level = top(c);
	return level != NULL && level->handlers;
}

void cursor_end(cursor *c)
{
	g_array_set_size(c->levels, 0);
}
