/* One shell on one target: what was sent ahead, and the results in its order. */
#include "run/session.h"

#include "base/quote.h"
#include "base/secret-memory.h"
#include "run/remote.h"

/* The host ends a command that takes longer than it may by itself; what it says of it may take this
 * much more, in microseconds. */
#define GRACE (15 * G_USEC_PER_SEC)

struct request {
	guint64 id;
	call *call;
	enum go_on go_on;
	char *line;
	remote_answer *answer;
	gboolean needs_body;
	gboolean ends_loop; /* loop_end was sent behind it */
};

struct session {
	shell *shell;
	const cancel *cancel;
	GHashTable *scripts; /* const char *: what it was started with; borrowed */
	GHashTable *more;    /* const char *: sent since */
	target_record *record;
	gsize told;      /* how much of the record it knows */
	GQueue requests; /* struct request *, oldest first */
	guint64 next_id;
	guint64 last_sync;     /* the last one asked for */
	guint64 seen_sync;     /* the last one answered */
	gboolean unsynced;     /* something was sent behind the last sync */
	gboolean needs_resume; /* the host drops what it gets until it is told to go on */
	gboolean stopped;      /* behind a failure; until session_drop() */
	gboolean loop_failed;  /* as in runtime/step.sh */
	gboolean unsettled;    /* was told something that has no answer */
	gboolean due_taken;
	char *unmarked;
};

static void request_free(gpointer data)
{
	struct request *r = data;
	if (r != NULL) {
		remote_answer_free(r->answer);
		secret_wipe_string(r->line);
		g_free(r);
	}
}

session *session_open(
	connection *conn, const struct session_options *options, deadline until, GError **error)
{
	shell *sh = shell_open(conn, &options->shell, until, options->cancel, error);
	if (sh == NULL) {
		return NULL;
	}
	session *s = g_new0(session, 1);
	s->shell = sh;
	s->cancel = options->cancel;
	s->scripts = options->scripts;
	s->more = g_hash_table_new(NULL, NULL);
	s->record = target_record_ref(options->record);
	g_queue_init(&s->requests);
	return s;
}

void session_close(session *s)
{
	if (s == NULL) {
		return;
	}
	g_queue_clear_full(&s->requests, request_free);
	shell_close(s->shell);
	g_hash_table_unref(s->more);
	target_record_unref(s->record);
	g_free(s->unmarked);
	g_free(s);
}

void session_catch_up(session *s)
{
	g_autofree char *news = target_record_news(s->record, &s->told);
	if (news != NULL) {
		g_autofree char *line = g_strdup_printf("replaying=1;%s replaying=", news);
		shell_send(s->shell, line, NULL);
	}
}

/* ---- sending ---- */

static const char *const go_on_words[] = { [GO_STOP] = "", [GO_ON] = "1", [GO_LOOP_STOP] = "loop" };

/* Sends a module's script unless the shell has it already. */
static void need_script(session *s, const char *script)
{
	if (g_hash_table_contains(s->scripts, script) ||
		!g_hash_table_add(s->more, (gpointer)script)) {
		return;
	}
	g_autofree char *word = shell_quote(script);
	g_autofree char *line = g_strconcat("eval ", word, NULL);
	shell_send(s->shell, line, NULL);
}

static void transmit(session *s, const struct request *r)
{
	if (s->needs_resume) {
		shell_send(s->shell, "resume", NULL);
		s->needs_resume = FALSE;
	}
	if (r->needs_body && r->call->files != NULL) {
		shell_send_payload(s->shell, r->line, r->call->files);
	} else {
		shell_send(s->shell, r->line, r->needs_body ? r->call->body : NULL);
	}
	if (r->ends_loop) {
		shell_send(s->shell, "loop_end", NULL);
	}
	s->unsynced = TRUE;
}

void session_submit(session *s, call *c, enum go_on go_on)
{
	struct request *r = g_new0(struct request, 1);
	for (const struct module *m = c->module; m != NULL; m = m->base) {
		need_script(s, m->script);
	}
	r->id = ++s->next_id;
	r->call = c;
	r->go_on = go_on;
	r->answer = remote_answer_new();
	r->line = remote_line(c, r->id, go_on_words[go_on]);
	transmit(s, r);
	g_queue_push_tail(&s->requests, r);
}

/* When all of its items have their results, the host stops here at once and drops nothing. */
void session_end_loop(session *s)
{
	struct request *last = g_queue_peek_tail(&s->requests);
	if (last != NULL) {
		last->ends_loop = TRUE;
	} else {
		s->stopped = s->loop_failed;
		s->needs_resume = s->needs_resume || s->loop_failed;
		s->loop_failed = FALSE;
	}
	shell_send(s->shell, "loop_end", NULL);
	s->unsynced = TRUE;
}

void session_sync(session *s)
{
	if (s->unsynced) {
		g_autofree char *line =
			g_strdup_printf("synced %" G_GUINT64_FORMAT, ++s->last_sync);
		shell_send(s->shell, line, NULL);
		s->unsynced = FALSE;
	}
}

/* Everything that the host has dropped to wait for a body, once more. */
static void resend(session *s)
{
	s->needs_resume = TRUE;
	for (GList *l = s->requests.head; l != NULL; l = l->next) {
		transmit(s, l->data);
	}
	session_sync(s);
}

/* ---- taking ---- */

guint session_pending(const session *s)
{
	return g_queue_get_length((GQueue *)&s->requests);
}

static deadline frame_deadline(const struct request *head)
{
	deadline until = head->call->context.until;
	return until == DEADLINE_NONE ? DEADLINE_NONE : until + GRACE;
}

static struct request *find_request(session *s, guint64 id)
{
	for (GList *l = s->requests.head; l != NULL; l = l->next) {
		struct request *r = l->data;
		if (r->id == id) {
			return r;
		}
	}
	return NULL;
}

/* A frame that is about the session and not about one request. */
static gboolean session_frame(session *s, const frame *f)
{
	if (g_str_equal(f->type, "synced")) {
		s->seen_sync = f->id;
	} else if (g_str_equal(f->type, "remember") || g_str_equal(f->type, "overlay")) {
		target_record_add(s->record, f, &s->told);
	} else if (g_str_equal(f->type, "unmarked")) {
		g_free(s->unmarked);
		s->unmarked = g_strdup(frame_text(f, "folder"));
	} else {
		return FALSE;
	}
	return TRUE;
}

/* Takes frames until the host has seen everything that was sent: what is behind a stop is dropped
 * there. */
static gboolean drain(session *s, const struct request *head, GError **error)
{
	while (s->seen_sync < s->last_sync) {
		g_autoptr(frame) f =
			shell_receive(s->shell, frame_deadline(head), s->cancel, error);
		if (f == NULL) {
			return FALSE;
		}
		struct request *other =
			g_str_equal(f->type, "differs") ? find_request(s, f->id) : NULL;
		if (other != NULL) {
			other->needs_body = TRUE;
		} else {
			(void)session_frame(s, f);
		}
	}
	return TRUE;
}

/* Lets the module make its body of what the host gave; a line that tells the failure when it
 * cannot. */
static void make_answer(struct request *head, const frame *want)
{
	g_autoptr(GError) error = NULL;
	const struct frame_field *content = frame_get(want, "content");
	const char *words = go_on_words[head->go_on];
	if (head->call->module->answer == NULL || content == NULL) {
		return;
	}
	g_autoptr(GBytes) bytes = g_bytes_new(content->text, content->length);
	secret_wipe_string(head->line);
	if (head->call->module->answer(head->call, bytes, &error)) {
		head->line = remote_line(head->call, head->id, words);
	} else {
		head->line = remote_refusal_line(head->id, words, error->message);
		head->needs_body = FALSE;
	}
}

/* The host wants the body of the head: it goes out with all that was sent behind it, and with the
 * bodies that the host said it will want next. */
static gboolean send_body(session *s, struct request *head, const frame *want, GError **error)
{
	head->needs_body = TRUE;
	if (!drain(s, head, error)) {
		return FALSE;
	}
	make_answer(head, want);
	resend(s);
	return TRUE;
}

static result *receive(session *s, struct request *head, GError **error)
{
	for (;;) {
		g_autoptr(frame) f =
			shell_receive(s->shell, frame_deadline(head), s->cancel, error);
		if (f == NULL) {
			return NULL;
		}
		if (session_frame(s, f) || f->id != head->id) {
			continue;
		}
		if (g_str_equal(f->type, "result")) {
			return remote_answer_result(head->answer, head->call, f);
		}
		if (!g_str_equal(f->type, "want")) {
			remote_answer_add(head->answer, g_steal_pointer(&f));
		} else if (!send_body(s, head, f, error)) {
			return NULL;
		}
	}
}

/* What runtime/step.sh decides: whether the host has stopped behind this result. */
static gboolean stops(session *s, const struct request *head, const result *r)
{
	gboolean failed = r->status == STEP_FAILED;
	gboolean stop = head->go_on == GO_STOP && failed;
	s->loop_failed = s->loop_failed || (head->go_on == GO_LOOP_STOP && failed);
	if (head->ends_loop) {
		stop = stop || s->loop_failed;
		s->loop_failed = FALSE;
	}
	return stop;
}

result *session_take(session *s, GError **error)
{
	struct request *head = g_queue_peek_head(&s->requests);
	g_return_val_if_fail(head != NULL, NULL);
	result *r = receive(s, head, error);
	if (r != NULL && stops(s, head, r)) {
		s->stopped = TRUE;
		s->needs_resume = TRUE;
		if (!drain(s, head, error)) {
			g_clear_pointer(&r, result_free);
		}
	}
	request_free(g_queue_pop_head(&s->requests));
	return r;
}

gboolean session_has_stopped(const session *s)
{
	return s->stopped;
}

void session_drop(session *s)
{
	g_queue_clear_full(&s->requests, request_free);
	s->stopped = FALSE;
}

/* ---- lines without an answer ---- */

void session_tell(session *s, const char *line)
{
	shell_send(s->shell, line, NULL);
	s->unsettled = TRUE;
}

gboolean session_settle(session *s, deadline until, GError **error)
{
	if (!s->unsettled) {
		return TRUE;
	}
	s->unsynced = TRUE;
	session_sync(s);
	while (s->seen_sync < s->last_sync) {
		g_autoptr(frame) f = shell_receive(s->shell, until, s->cancel, error);
		if (f == NULL) {
			return FALSE;
		}
		(void)session_frame(s, f);
	}
	s->unsettled = FALSE;
	return TRUE;
}

const char *session_due(session *s, gboolean *ret_told)
{
	const char *marks = shell_due(s->shell);
	*ret_told = marks != NULL;
	if (marks == NULL || s->due_taken) {
		return NULL;
	}
	s->due_taken = TRUE;
	return marks;
}

char *session_unmarked(session *s)
{
	return g_steal_pointer(&s->unmarked);
}
