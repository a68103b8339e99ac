/* The wire format: a shell on the target that runs steps and answers with frames. */
#include "transport/wire.h"

#include "base/quote.h"
#include "base/secret-memory.h"
#include "inventory/words.h"
#include "transport/pulse.h"

#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

extern const char runtime_script[];

enum {
	NONCE_BYTES = 12,
	HEADER_MAX = 64 * 1024,
	OUTPUT_LIMIT = 16 * 1024 * 1024,
	FRAME_MAX = 64 * 1024 * 1024,
	FRAMES_MAX = 100000, /* of one step */
	FRAME_BYTES_MAX = 256 * 1024 * 1024,
	NOISE_MAX = 64 * 1024,
	CHATTER_MAX = 500,
};

#define BEAT 5 /* seconds; runtime/watch.sh gives up after 30 */
/* What may come in while nobody takes frames; a host that sends more counts as one too many. */
#define UNTAKEN_MAX (2 * FRAME_MAX)

/* A line that the host may not have seen yet. */
struct sent {
	guint64 number; /* as the host counts lines */
	char *line;
	payload *body; /* or NULL */
};

struct shell {
	connection *connection; /* its lock guards the rest */
	const cancel *cancelled;
	deadline beat; /* the next one */
	double start_timeout;
	deadline start; /* when the first frame must be there; 0: not waited for yet */
	char *become_user;
	stream *stream;
	GByteArray *out; /* received, from `read` on not parsed yet */
	gsize read;
	GByteArray *err;
	GString *noise;
	GString *chatter; /* what stdout said before the first frame, for the words of a failure */
	char nonce[2 * NONCE_BYTES + 1];
	char *become_password;
	char *prompt;   /* what sudo prints when it asks; NULL: it must not ask */
	char *greeting; /* what the shell prints once sudo has let it start */
	GString *held;  /* lines kept back until sudo has let us in; NULL: nothing is held back */
	GQueue sent;    /* struct sent *, oldest first */
	GQueue kept;    /* frame *: came in while nobody waited */
	gsize kept_bytes;
	GError *failure;           /* likewise; or NULL */
	guint64 lines;             /* how many were sent */
	guint64 last_result;       /* the highest step a result came of */
	gsize frames, frame_bytes; /* that came since */
	gboolean password_sent;
	gboolean ready;
	char *due; /* what the first frame told */
	gboolean ended;
};

static void sent_free(struct sent *what)
{
	payload_unref(what->body);
	secret_wipe_string(what->line);
	g_free(what);
}

/*
 * Read by the user's login shell, which may be anything: one line, no quote but the outer ones, no
 * backslash, no exclamation mark. Reads "NONCE LENGTH", then that many bytes, and runs them. head
 * -c of GNU stops at the exact byte; others read ahead, so there dd takes byte by byte. The
 * greeting says that sudo, which may ask for a password first, has let the shell start.
 */
#define BOOTSTRAP(greeting)                                      \
	"sh -c '" greeting "IFS= read -r n && c=${n#* } && "     \
	"if [ -d /proc/self ] && h=$(command -v head) && "       \
	"if [ -L \"$h\" ]; then false; else [ -f \"$h\" ]; fi; " \
	"then p=$(head -c \"$c\"); else p=$(dd bs=1 count=\"$c\" 2>/dev/null); fi && eval \"$p\"'"

/* The nonce is never part of a command line: those can be read by everyone on the host. */
static void make_nonce(char *nonce)
{
	guchar random[NONCE_BYTES];
	for (gsize have = 0; have < sizeof random;) {
		ssize_t n = getrandom(random + have, sizeof random - have, 0);
		have += n > 0 ? (gsize)n : 0;
	}
	for (gsize i = 0; i < sizeof random; i++) {
		g_snprintf(nonce + 2 * i, 3, "%02x", random[i]);
	}
}

/* The flags for sudo, each after a blank. Whether it may ask is ours to say: -n and -S, which
 * Ansible's own default has, are not taken from them. Caller frees. */
static char *sudo_flags(const char *text)
{
	static const char *const ours[] = { "-n", "-S", "--non-interactive", "--stdin", NULL };
	const char *problem = NULL, *place = NULL;
	g_autoptr(GArray) words =
		words_split(text != NULL && *text != '\0' ? text : "-H", &problem, &place);
	GString *out = g_string_new(NULL);

	for (guint i = 0; words != NULL && i < words->len; i++) {
		const char *word = g_array_index(words, struct word, i).text;
		if (!g_strv_contains(ours, word)) {
			g_string_append_c(out, ' ');
			shell_append_quoted(out, word);
		}
	}
	return g_string_free(out, FALSE);
}

/* The command line for the login shell. */
static char *start_command(const shell *s, const struct shell_options *options)
{
	if (options->become_user == NULL) {
		return g_strdup("exec " BOOTSTRAP(""));
	}
	g_autofree char *user = shell_quote(options->become_user);
	g_autofree char *sudo = shell_quote(
		options->become_executable != NULL ? options->become_executable : "sudo");
	g_autofree char *flags = sudo_flags(options->become_flags);
	if (s->prompt == NULL) {
		return g_strdup_printf("exec %s -n%s -u %s " BOOTSTRAP(""), sudo, flags, user);
	}
	return g_strdup_printf("exec %s -S%s -p %s -u %s " BOOTSTRAP("echo %s >&2; "), sudo, flags,
		s->prompt, user, s->greeting);
}

static void send_program(shell *s, const struct shell_options *options)
{
	const char *due_key = options->due_key != NULL ? options->due_key : "";
	gsize limit = options->output_limit > 0 ? options->output_limit : OUTPUT_LIMIT;
	g_autofree char *program =
		g_strdup_printf("%s%s\nsutler_main %s %" G_GSIZE_FORMAT " '%s'\n", runtime_script,
			options->scripts, s->nonce, limit, due_key);
	g_autofree char *first = g_strdup_printf("%s %zu\n", s->nonce, strlen(program));
	GString *target = s->held;
	if (target != NULL) {
		g_string_append(target, first);
		g_string_append(target, program);
	} else {
		stream_write(s->stream, first, strlen(first));
		stream_write(s->stream, program, strlen(program));
	}
}

/* Tells the host that there is somebody; what is on its way to it says so, too. */
static void beat_when_due(shell *s)
{
	if (!deadline_passed(s->beat)) {
		return;
	}
	s->beat = deadline_in(BEAT);
	if (s->ready && stream_unsent(s->stream) == 0) {
		stream_write(s->stream, ":\n", 2);
	}
}

static void pulse(gpointer data);

shell *shell_open(connection *conn, const struct shell_options *options, deadline until,
	const cancel *c, GError **error)
{
	g_autoptr(shell) s = g_new0(shell, 1);
	make_nonce(s->nonce);
	s->out = g_byte_array_new();
	s->err = g_byte_array_new();
	s->noise = g_string_new(NULL);
	s->chatter = g_string_new(NULL);
	if (options->become_user != NULL && options->become_password != NULL) {
		char token[2 * NONCE_BYTES + 1];
		make_nonce(token);
		s->prompt = g_strdup_printf("sutler-%s-password", token);
		s->greeting = g_strdup_printf("sutler-%s-started", token);
		s->become_password = g_strdup(options->become_password);
		s->held = g_string_new(NULL);
	}
	g_autofree char *command = start_command(s, options);
	s->connection = conn;
	s->cancelled = c;
	s->start_timeout = options->start_timeout;
	s->become_user = g_strdup(options->become_user);
	g_mutex_lock(connection_lock(conn));
	s->stream = stream_open(conn, command, until, c, error);
	if (s->stream != NULL) {
		send_program(s, options);
	}
	g_mutex_unlock(connection_lock(conn));
	if (s->stream == NULL) {
		return NULL;
	}
	pulse_add(s, pulse, connection_lock(conn));
	return g_steal_pointer(&s);
}

void shell_close(shell *s)
{
	if (s == NULL) {
		return;
	}
	pulse_remove(s);
	if (s->stream != NULL) {
		g_mutex_lock(connection_lock(s->connection));
		g_clear_pointer(&s->stream, stream_close);
		g_mutex_unlock(connection_lock(s->connection));
	}
	g_queue_clear_full(&s->sent, (GDestroyNotify)sent_free);
	g_queue_clear_full(&s->kept, (GDestroyNotify)frame_free);
	g_clear_error(&s->failure);
	g_free(s->become_user);
	g_free(s->become_password);
	g_free(s->prompt);
	g_free(s->greeting);
	g_free(s->due);
	g_byte_array_unref(s->out);
	g_byte_array_unref(s->err);
	g_string_free(s->noise, TRUE);
	g_string_free(s->chatter, TRUE);
	if (s->held != NULL) {
		g_string_free(s->held, TRUE);
	}
	g_free(s);
}

/* Queues text for the host, or keeps it until sudo has let us in. */
static void push(shell *s, const char *text)
{
	if (s->held != NULL) {
		g_string_append(s->held, text);
	} else {
		stream_write(s->stream, text, strlen(text));
	}
}

static void push_line(shell *s, const struct sent *what)
{
	gsize size = what->body == NULL ? 0 : payload_size(what->body);
	if (size > 0) {
		g_autofree char *count = g_strdup_printf("body=%zu ", size);
		push(s, count);
	}
	push(s, what->line);
	push(s, "\n");
	if (size > 0) {
		stream_write_payload(s->stream, what->body);
	}
}

void shell_send_payload(shell *s, const char *line, payload *b)
{
	struct sent *what = g_new0(struct sent, 1);
	what->line = g_strdup(line);
	what->body = b == NULL ? NULL : payload_ref(b);
	g_mutex_lock(connection_lock(s->connection));
	what->number = ++s->lines;
	g_queue_push_tail(&s->sent, what);
	if (s->held == NULL) {
		push_line(s, what);
	}
	g_mutex_unlock(connection_lock(s->connection));
}

void shell_send(shell *s, const char *line, GBytes *bytes)
{
	g_autoptr(payload) b = bytes == NULL ? NULL : payload_new();
	if (b != NULL) {
		payload_add_bytes(b, bytes);
	}
	shell_send_payload(s, line, b);
}

/* The host has seen every line up to this one. */
static void forget_sent(shell *s, guint64 number)
{
	struct sent *first = NULL;
	while ((first = g_queue_peek_head(&s->sent)) != NULL && first->number <= number) {
		sent_free(g_queue_pop_head(&s->sent));
	}
}

/* While a step ran, the host has read on, and lost what it read: it goes on behind a mark. */
static void send_rest_again(shell *s, const frame *behind)
{
	guint64 number = g_ascii_strtoull(frame_text(behind, "line"), NULL, 10);
	g_autofree char *mark = g_strdup_printf("\n@%s %" G_GUINT64_FORMAT "\n", s->nonce, number);
	forget_sent(s, number);
	push(s, mark);
	for (GList *l = s->sent.head; l != NULL; l = l->next) {
		push_line(s, l->data);
	}
}

const char *shell_due(const shell *s)
{
	return s->due;
}

const char *shell_noise(const shell *s)
{
	return s->noise->str;
}

void frame_free(frame *f)
{
	if (f == NULL) {
		return;
	}
	for (guint i = 0; f->fields != NULL && i < f->fields->len; i++) {
		g_free(g_array_index(f->fields, struct frame_field, i).name);
	}
	g_clear_pointer(&f->fields, g_array_unref);
	g_free(f->type);
	g_free(f->status);
	g_free(f->bytes);
	g_free(f);
}

const struct frame_field *frame_get(const frame *f, const char *name)
{
	for (guint i = 0; i < f->fields->len; i++) {
		const struct frame_field *field = &g_array_index(f->fields, struct frame_field, i);
		if (g_str_equal(field->name, name)) {
			return field;
		}
	}
	return NULL;
}

const char *frame_text(const frame *f, const char *name)
{
	const struct frame_field *field = frame_get(f, name);
	return field == NULL ? "" : field->text;
}

/* Reads "NAME:TYPE" and "LENGTH" words into fields; *ret_total gets the sum of the lengths. */
static gboolean parse_fields(frame *f, char **words, gsize *ret_total)
{
	gsize total = 0;
	for (; words[0] != NULL && words[0][0] != '\0'; words += 2) {
		const char *colon = strrchr(words[0], ':');
		guint64 length = 0;
		if (colon == NULL || strlen(colon) != 2 || words[1] == NULL ||
			!g_ascii_string_to_unsigned(words[1], 10, 0, FRAME_MAX, &length, NULL)) {
			return FALSE;
		}
		struct frame_field field = {
			.name = g_strndup(words[0], (gsize)(colon - words[0])),
			.type = colon[1],
			.length = length,
		};
		g_array_append_val(f->fields, field);
		total += length;
	}
	*ret_total = total;
	return total <= FRAME_MAX;
}

static frame *parse_header(const char *header, gsize *ret_total)
{
	g_auto(GStrv) words = g_strsplit(header, " ", -1);
	guint n = g_strv_length(words);
	g_autoptr(frame) f = g_new0(frame, 1);
	f->fields = g_array_new(FALSE, TRUE, sizeof(struct frame_field));
	if (n < 2 || !g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXUINT64, &f->id, NULL)) {
		return NULL;
	}
	f->type = g_strdup(words[0]);
	char **rest = words + 2;
	if (g_str_equal(f->type, "result")) {
		if (*rest == NULL) {
			return NULL;
		}
		f->status = g_strdup(*rest);
		rest++;
	}
	return parse_fields(f, rest, ret_total) ? g_steal_pointer(&f) : NULL;
}

/* Copies the values out of bytes, each with a NUL behind it. */
static void fill_fields(frame *f, const char *bytes, gsize total)
{
	f->bytes = g_malloc(total + f->fields->len + 1);
	char *to = f->bytes;
	for (guint i = 0; i < f->fields->len; i++) {
		struct frame_field *field = &g_array_index(f->fields, struct frame_field, i);
		memcpy(to, bytes, field->length);
		to[field->length] = '\0';
		field->text = to;
		to += field->length + 1;
		bytes += field->length;
	}
}

static gboolean broken(GError **error)
{
	error_set(error, SUTLER_ERROR_LOST, "the host sent a damaged frame");
	return FALSE;
}

static void drop_read(shell *s)
{
	secret_wipe_front(s->out, s->read);
	s->read = 0;
}

/* Takes the next whole frame out of what has come in. *ret_frame is NULL when more is needed. */
static gboolean take_frame(shell *s, frame **ret_frame, GError **error)
{
	g_autofree char *mark = g_strdup_printf("\n@%s ", s->nonce);
	gsize mark_length = strlen(mark);
	const char *data = (const char *)s->out->data + s->read;
	gsize have = s->out->len - s->read;
	*ret_frame = NULL;
	const char *start = have == 0 ? NULL : memmem(data, have, mark, mark_length);
	if (start == NULL) {
		/* Noise, but for what may be the beginning of a mark. */
		gsize noise = have > mark_length ? have - mark_length : 0;
		if (!s->ready && s->chatter->len < CHATTER_MAX) {
			g_string_append_len(s->chatter, data, (gssize)noise);
		}
		s->read += noise;
		drop_read(s);
		return TRUE;
	}
	const char *header = start + mark_length;
	gsize left = have - (gsize)(header - data);
	const char *end = memchr(header, '\n', left);
	if (end == NULL) {
		return left < HEADER_MAX ? TRUE : broken(error);
	}
	g_autofree char *text = g_strndup(header, (gsize)(end - header));
	gsize total = 0;
	g_autoptr(frame) f = parse_header(text, &total);
	if (f == NULL) {
		return broken(error);
	}
	g_autofree char *tail = g_strdup_printf("\n@%s.\n", s->nonce);
	gsize tail_length = strlen(tail);
	const char *body = end + 1;
	left = have - (gsize)(body - data);
	if (left < total + tail_length) {
		return TRUE;
	}
	if (memcmp(body + total, tail, tail_length) != 0) {
		return broken(error);
	}
	fill_fields(f, body, total);
	s->read = (gsize)((const guint8 *)body - s->out->data) + total + tail_length;
	*ret_frame = g_steal_pointer(&f);
	return TRUE;
}

static void release_held(shell *s)
{
	if (s->held != NULL) {
		stream_write(s->stream, s->held->str, s->held->len);
		g_string_free(s->held, TRUE);
		s->held = NULL;
		for (GList *l = s->sent.head; l != NULL; l = l->next) {
			push_line(s, l->data);
		}
	}
}

static gboolean take_words(GString *text, const char *words)
{
	char *found = strstr(text->str, words);
	if (found == NULL) {
		return FALSE;
	}
	g_string_erase(text, found - text->str, (gssize)strlen(words));
	return TRUE;
}

/* Answers sudo's prompt; FALSE when it asks a second time: the password was wrong. */
static gboolean answer_prompt(shell *s, GError **error)
{
	if (s->held == NULL) {
		return TRUE;
	}
	if (take_words(s->noise, s->greeting)) {
		release_held(s);
		return TRUE;
	}
	if (!take_words(s->noise, s->prompt)) {
		return TRUE;
	}
	if (s->password_sent) {
		error_set(error, SUTLER_ERROR_FAILED,
			"sudo does not accept the password, give the "
			"right one with -K or --become-password-file");
		return FALSE;
	}
	s->password_sent = TRUE;
	stream_write(s->stream, s->become_password, strlen(s->become_password));
	stream_write(s->stream, "\n", 1);
	return TRUE;
}

static void collect_noise(shell *s)
{
	if (s->noise->len < NOISE_MAX) {
		for (guint i = 0; i < s->err->len; i++) {
			if (s->err->data[i] != '\0') {
				g_string_append_c(s->noise, (char)s->err->data[i]);
			}
		}
	}
	g_byte_array_set_size(s->err, 0);
}

/* What the host said instead of starting, as one line. */
static char *first_words(const shell *s)
{
	g_autofree char *text = g_strdup(s->noise->str);
	g_strstrip(text);
	if (*text == '\0') {
		GString *said = g_string_new_len(s->chatter->str, (gssize)s->chatter->len);
		g_string_append_len(said, (const char *)s->out->data + s->read,
			(gssize)(s->out->len - s->read));
		g_string_truncate(said, MIN(said->len, CHATTER_MAX));
		g_free(text);
		text = g_strstrip(g_string_free(said, FALSE));
	}
	return g_steal_pointer(&text);
}

static void set_ended(shell *s, GError **error)
{
	if (s->ready) {
		error_set(error, SUTLER_ERROR_LOST, "the connection ended while a step ran");
		return;
	}
	const char *signal = NULL;
	int status = stream_exit_status(s->stream, &signal);
	g_autofree char *words = first_words(s);
	if (strstr(words, "must have a tty") != NULL) {
		error_set(error, SUTLER_ERROR_FAILED,
			"sudo wants a terminal ('requiretty' in the host's sudoers), which a "
			"program "
			"has none of: put \"Defaults !requiretty\" there for this user: %s",
			words);
	} else if (strstr(words, "password is required") != NULL ||
		   strstr(words, "a terminal is required") != NULL) {
		error_set(error, SUTLER_ERROR_FAILED,
			"sudo wants a password, give it with -K or --become-password-file: %s",
			words);
	} else if (*words == '\0') {
		error_set(error, SUTLER_ERROR_FAILED,
			"the login shell ended with status %d before it ran anything", status);
	} else {
		error_set(error, SUTLER_ERROR_FAILED, "unable to start a shell: %s", words);
	}
}

/* What the wire deals with by itself; TRUE: the frame is not for the caller. */
static gboolean is_ours(shell *s, const frame *f)
{
	if (g_str_equal(f->type, "behind")) {
		send_rest_again(s, f);
		return TRUE;
	}
	if (g_str_equal(f->type, "synced")) {
		forget_sent(s, g_ascii_strtoull(frame_text(f, "line"), NULL, 10));
	}
	return FALSE;
}

/* Steps go up by number: whatever else comes without end is no answer to them. */
static gboolean check_frames(shell *s, const frame *f, GError **error)
{
	if (g_str_equal(f->type, "result") && f->id > s->last_result) {
		s->last_result = f->id;
		s->frames = 0;
		s->frame_bytes = 0;
		return TRUE;
	}
	s->frames++;
	for (guint i = 0; i < f->fields->len; i++) {
		s->frame_bytes += g_array_index(f->fields, struct frame_field, i).length;
	}
	if (s->frames <= FRAMES_MAX && s->frame_bytes <= FRAME_BYTES_MAX) {
		return TRUE;
	}
	error_set(error, SUTLER_ERROR_LOST,
		"the host sent more than %s for one step, and no result",
		s->frames > FRAMES_MAX ? "100,000 frames" : "256 MiB");
	return FALSE;
}

static void set_not_started(const shell *s, GError **error)
{
	g_autofree char *words = first_words(s);
	const char *separator = *words != '\0' ? ": " : "";
	if (s->become_user != NULL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"sudo started no shell of '%s' within %g s, see what keeps it waiting or "
			"allow more with --timeout%s%s",
			s->become_user, s->start_timeout, separator, words);
	} else {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"the login shell was not ready within %g s, see what its startup files "
			"wait for or allow more with --timeout%s%s",
			s->start_timeout, separator, words);
	}
}

/* Waits for more, and tells the host every few seconds that there is somebody. */
static gboolean wait_for_more(shell *s, deadline until, const cancel *c, GError **error)
{
	if (s->start == 0) {
		s->start = deadline_in(s->start_timeout);
	}
	const deadline start = s->ready ? DEADLINE_NONE : s->start;
	for (;;) {
		gboolean ended = FALSE;
		g_autoptr(GError) problem = NULL;
		if (deadline_passed(start)) {
			set_not_started(s, error);
			return FALSE;
		}
		beat_when_due(s);
		if (stream_wait(s->stream, s->out, s->err, &ended,
			    deadline_earliest(deadline_earliest(until, start), s->beat), c,
			    &problem)) {
			s->ended = ended;
			return TRUE;
		}
		if (!g_error_matches(problem, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT) ||
			deadline_passed(until)) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return FALSE;
		}
	}
}

/* The next whole frame that is for the caller, out of what has come in. *ret_frame is NULL when
 * more is needed. */
static gboolean take_next(shell *s, frame **ret_frame, GError **error)
{
	for (;;) {
		g_autoptr(frame) f = NULL;
		*ret_frame = NULL;
		if (!take_frame(s, &f, error)) {
			return FALSE;
		}
		if (f == NULL) {
			return TRUE;
		}
		s->ready = TRUE;
		if (!check_frames(s, f, error)) {
			return FALSE;
		}
		if (s->due == NULL) {
			s->due = g_strdup(frame_text(f, "due"));
		}
		if (!is_ours(s, f)) {
			*ret_frame = g_steal_pointer(&f);
			return TRUE;
		}
	}
}

/* Keeps what has come in for shell_receive(). */
static void keep_frames(shell *s)
{
	frame *f = NULL;
	while (s->failure == NULL && take_next(s, &f, &s->failure) && f != NULL) {
		g_queue_push_tail(&s->kept, f);
		for (guint i = 0; i < f->fields->len; i++) {
			s->kept_bytes += g_array_index(f->fields, struct frame_field, i).length;
		}
	}
	drop_read(s);
}

/* While the thread of this host does something else: a step that runs must not be without a beat,
 * and what the host lost of what was sent ahead goes out again. */
static void pulse(gpointer data)
{
	shell *s = data;
	gboolean ended = FALSE;
	g_autoptr(GError) again = NULL; /* shell_receive() will find it, too */
	if (!s->ready || s->ended || s->failure != NULL || g_queue_is_empty(&s->sent) ||
		cancel_requested(s->cancelled) ||
		s->out->len + s->err->len + s->kept_bytes > UNTAKEN_MAX) {
		return;
	}
	beat_when_due(s);
	s->ended = stream_wait(s->stream, s->out, s->err, &ended, g_get_monotonic_time(), NULL,
			   &again) &&
		   ended;
	keep_frames(s);
}

static frame *take_kept(shell *s)
{
	frame *f = g_queue_pop_head(&s->kept);
	s->kept_bytes = g_queue_is_empty(&s->kept) ? 0 : s->kept_bytes;
	return f;
}

static frame *receive(shell *s, deadline until, const cancel *c, GError **error)
{
	for (gboolean waited = FALSE;; waited = TRUE) {
		frame *f = take_kept(s);
		if (f == NULL && s->failure != NULL) {
			g_propagate_error(error, g_error_copy(s->failure));
			return NULL;
		}
		if (f != NULL || !take_next(s, &f, error) || f != NULL) {
			return f;
		}
		if (s->ended) {
			set_ended(s, error);
			return NULL;
		}
		drop_read(s);
		if (waited && deadline_passed(until)) {
			error_set(error, SUTLER_ERROR_TIMEOUT, "timed out");
			return NULL;
		}
		if (!wait_for_more(s, until, c, error)) {
			return NULL;
		}
		collect_noise(s);
		if (!answer_prompt(s, error)) {
			return NULL;
		}
	}
}

frame *shell_receive(shell *s, deadline until, const cancel *c, GError **error)
{
	g_mutex_lock(connection_lock(s->connection));
	frame *f = receive(s, until, c, error);
	g_mutex_unlock(connection_lock(s->connection));
	return f;
}
