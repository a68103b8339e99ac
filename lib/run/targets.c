/* Where the steps of one host run: connections by target, sessions by user. */
#include "run/targets.h"

#include "base/secret-memory.h"

#define START_TIMEOUT 10.0 /* seconds; as those to connect */

struct place {
	char *user; /* NULL: the login user */
	session *session;
};

struct target {
	reach *to;
	gboolean own;
	connection *connection;
	GPtrArray *places; /* struct place * */
	session *last;
};

struct targets {
	struct targets_options options;
	GPtrArray *all; /* struct target * */
	guint past_round_trips;
};

/* ---- reach ---- */

reach *reach_new(void)
{
	reach *r = g_new0(reach, 1);
	r->references = 1;
	r->strings = g_ptr_array_new_with_free_func(g_free);
	return r;
}

reach *reach_ref(reach *r)
{
	r->references++;
	return r;
}

void reach_unref(reach *r)
{
	if (r != NULL && --r->references == 0) {
		g_ptr_array_unref(r->strings);
		g_free(r);
	}
}

static gboolean same_words(const char *const *a, const char *const *b)
{
	if (a == NULL || b == NULL) {
		return (a == NULL || *a == NULL) && (b == NULL || *b == NULL);
	}
	return g_strv_equal(a, b);
}

gboolean reach_same(const reach *left, const reach *right)
{
	const struct connection_options *a = &left->to;
	const struct connection_options *b = &right->to;
	return g_strcmp0(a->name, b->name) == 0 && g_strcmp0(a->kind, b->kind) == 0 &&
	       g_strcmp0(a->host, b->host) == 0 && a->port == b->port &&
	       g_strcmp0(a->user, b->user) == 0 && g_strcmp0(a->private_key, b->private_key) == 0 &&
	       g_strcmp0(a->ssh_config, b->ssh_config) == 0 &&
	       same_words(a->ssh_options, b->ssh_options);
}

/* ---- become ---- */

void become_clear(struct become *who)
{
	g_clear_pointer(&who->user, g_free);
	g_clear_pointer(&who->password, secret_wipe_string);
	g_clear_pointer(&who->executable, g_free);
	g_clear_pointer(&who->flags, g_free);
}

/* ---- targets ---- */

static void place_free(gpointer data)
{
	struct place *p = data;
	session_close(p->session);
	g_free(p->user);
	g_free(p);
}

static void target_free(gpointer data)
{
	struct target *t = data;
	g_ptr_array_unref(t->places);
	g_clear_pointer(&t->connection, connection_close);
	reach_unref(t->to);
	g_free(t);
}

targets *targets_new(const struct targets_options *options)
{
	targets *t = g_new0(targets, 1);
	t->options = *options;
	t->all = g_ptr_array_new_with_free_func(target_free);
	return t;
}

void targets_free(targets *t)
{
	if (t != NULL) {
		g_ptr_array_unref(t->all);
		g_free(t);
	}
}

static struct target *find_target(const targets *t, const reach *to)
{
	for (guint i = 0; i < t->all->len; i++) {
		struct target *target = g_ptr_array_index(t->all, i);
		if (target->to == to || reach_same(target->to, to)) {
			return target;
		}
	}
	return NULL;
}

static session *find_session(const struct target *target, const char *user)
{
	for (guint i = 0; i < target->places->len; i++) {
		const struct place *p = g_ptr_array_index(target->places, i);
		if (g_strcmp0(p->user, user) == 0) {
			return p->session;
		}
	}
	return NULL;
}

session *targets_find(const targets *t, const reach *to, const char *user)
{
	const struct target *target = find_target(t, to);
	return target == NULL ? NULL : find_session(target, user);
}

static session *open_session(targets *t, struct target *target, const struct become *who,
	target_record *record, deadline until, GError **error)
{
	const struct connection_options *to = &target->to->to;
	if (target->connection == NULL) {
		target->connection = connection_open(to, t->options.cancel, error);
		if (target->connection == NULL) {
			return NULL;
		}
	}
	struct session_options options = {
		.shell = {
			.scripts = t->options.scripts,
			.start_timeout = to->connect_timeout > 0 ? to->connect_timeout
								 : START_TIMEOUT,
			.output_limit = t->options.output_limit,
			.become_user = who->user,
			.become_password = who->password,
			.become_executable = who->executable,
			.become_flags = who->flags,
			.due_key = target->own ? t->options.due_key : NULL,
		},
		.scripts = t->options.script_set,
		.record = record,
		.cancel = t->options.cancel,
	};
	session *s = session_open(target->connection, &options, until, error);
	if (s != NULL) {
		struct place *p = g_new0(struct place, 1);
		p->user = g_strdup(who->user);
		p->session = s;
		g_ptr_array_add(target->places, p);
	}
	return s;
}

static struct target *add_target(targets *t, reach *to, gboolean own)
{
	struct target *target = g_new0(struct target, 1);
	target->to = reach_ref(to);
	target->own = own;
	target->places = g_ptr_array_new_with_free_func(place_free);
	g_ptr_array_add(t->all, target);
	return target;
}

session *targets_session(targets *t, reach *to, gboolean own, const struct become *who,
	gboolean check, GError **error)
{
	deadline until = deadline_in(to->to.connect_timeout);
	target_record *record = target_records_get(t->options.records, to->to.name);
	struct target *target = find_target(t, to);
	target = target != NULL ? target : add_target(t, to, own);
	session *s = find_session(target, who->user);
	if (s == NULL && check && who->user != NULL && target->last != NULL &&
		target_record_has_user(record, who->user)) {
		s = target->last;
	}
	s = s != NULL ? s : open_session(t, target, who, record, until, error);
	if (s != NULL) {
		session_catch_up(s);
		target->last = s;
	}
	return s;
}

void targets_close_all(targets *t)
{
	for (guint i = 0; i < t->all->len; i++) {
		const struct target *target = g_ptr_array_index(t->all, i);
		if (target->connection != NULL) {
			t->past_round_trips += connection_round_trips(target->connection);
		}
	}
	g_ptr_array_set_size(t->all, 0);
}

void targets_each_own(targets *t, session_visitor visit, gpointer data)
{
	for (guint i = 0; i < t->all->len; i++) {
		const struct target *target = g_ptr_array_index(t->all, i);
		for (guint k = 0; target->own && k < target->places->len; k++) {
			const struct place *p = g_ptr_array_index(target->places, k);
			visit(p->session, data);
		}
	}
}

gboolean targets_settle(targets *t, GError **error)
{
	for (guint i = 0; i < t->all->len; i++) {
		const struct target *target = g_ptr_array_index(t->all, i);
		deadline until = deadline_in(target->to->to.connect_timeout);
		for (guint k = 0; k < target->places->len; k++) {
			const struct place *p = g_ptr_array_index(target->places, k);
			if (!session_settle(p->session, until, error)) {
				return FALSE;
			}
		}
	}
	return TRUE;
}

guint targets_round_trips(const targets *t)
{
	guint all = t->past_round_trips;
	for (guint i = 0; i < t->all->len; i++) {
		const struct target *target = g_ptr_array_index(t->all, i);
		all += target->connection == NULL ? 0 : connection_round_trips(target->connection);
	}
	return all;
}
