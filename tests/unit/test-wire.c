/* Tests of lib/transport/wire.c: frames out of a scripted stream, cut anywhere, damaged, and among
 * noise. */
#include "transport/wire.h"

#include "transport/connection-class.h"

#include <string.h>

/* What the host would write, given in pieces of `piece` bytes; "@N" in a script stands for "@" and
 * the nonce. */
struct fake_stream {
	struct stream base;
	char *nonce;
	GByteArray *script;
	gsize given;
	gsize piece;
	const char *stderr_text; /* given with the first piece */
	GString *sent;
	int exit_status;
};

struct fake_connection {
	struct connection base;
	struct fake_stream stream;
	const char *script;
	gsize length;
	char *command;
};

static stream *fake_open(
	connection *conn, const char *command, deadline until, const cancel *c, GError **error)
{
	struct fake_connection *fake = (struct fake_connection *)conn;
	(void)until;
	(void)c;
	(void)error;
	fake->command = g_strdup(command);
	fake->stream.base.class = conn->class;
	fake->stream.base.unsent = g_byte_array_new();
	fake->stream.sent = g_string_new(NULL);
	return &fake->stream.base;
}

static void fake_close(stream *s)
{
	g_byte_array_unref(s->unsent);
}

/* The first line that is sent begins with the nonce. */
static void learn_nonce(struct fake_connection *fake)
{
	struct fake_stream *s = &fake->stream;
	const char *space = strchr(s->sent->str, ' ');
	if (s->nonce != NULL || space == NULL) {
		return;
	}
	s->nonce = g_strndup(s->sent->str, (gsize)(space - s->sent->str));
	s->script = g_byte_array_new();
	for (gsize i = 0; i < fake->length; i++) {
		g_byte_array_append(s->script, (const guint8 *)fake->script + i, 1);
		if (fake->script[i] == '@' && i + 1 < fake->length && fake->script[i + 1] == 'N') {
			g_byte_array_append(
				s->script, (const guint8 *)s->nonce, (guint)strlen(s->nonce));
			i++;
		}
	}
}

static gboolean fake_wait(stream *base, GByteArray *out, GByteArray *err, gboolean *ret_ended,
	deadline until, const cancel *c, GError **error)
{
	struct fake_stream *s = (struct fake_stream *)base;
	(void)until;
	(void)c;
	(void)error;
	gsize unsent = 0; /* asking for it may move what stream_front() shows */
	while ((unsent = stream_unsent(base)) > 0) {
		g_string_append_len(s->sent, (const char *)stream_front(base), (gssize)unsent);
		stream_take(base, unsent);
	}
	learn_nonce((struct fake_connection *)((char *)base -
					       G_STRUCT_OFFSET(struct fake_connection, stream)));
	if (s->stderr_text != NULL) {
		g_byte_array_append(
			err, (const guint8 *)s->stderr_text, (guint)strlen(s->stderr_text));
		s->stderr_text = NULL;
	}
	gsize length = s->script == NULL ? 0 : MIN(s->piece, s->script->len - s->given);
	if (length > 0) {
		g_byte_array_append(out, s->script->data + s->given, (guint)length);
		s->given += length;
	}
	*ret_ended = s->script != NULL && s->given == s->script->len;
	return TRUE;
}

static int fake_status(const stream *base, const char **ret_signal)
{
	*ret_signal = NULL;
	return ((const struct fake_stream *)base)->exit_status;
}

static const struct connection_class fake_class = {
	.kind = "fake",
	.stream_open = fake_open,
	.stream_close = fake_close,
	.stream_wait = fake_wait,
	.stream_exit_status = fake_status,
};

static shell *open_fake(struct fake_connection *fake, const char *script, gsize length, gsize piece)
{
	static const struct shell_options options = { .scripts = "" };
	g_autoptr(GError) error = NULL;
	memset(fake, 0, sizeof *fake);
	fake->base.class = &fake_class;
	fake->script = script;
	fake->length = length;
	fake->stream.piece = piece;
	shell *s = shell_open(&fake->base, &options, DEADLINE_NONE, NULL, &error);
	g_assert_no_error(error);
	return s;
}

static void close_fake(struct fake_connection *fake, shell *s)
{
	shell_close(s);
	g_free(fake->stream.nonce);
	g_free(fake->command);
	g_string_free(fake->stream.sent, TRUE);
	if (fake->stream.script != NULL) {
		g_byte_array_unref(fake->stream.script);
	}
}

/* All frames as a text: TYPE ID STATUS NAME:TYPE=VALUE..., and the error at the end. */
static char *read_frames(shell *s)
{
	GString *seen = g_string_new(NULL);
	for (;;) {
		g_autoptr(GError) error = NULL;
		g_autoptr(frame) f = shell_receive(s, DEADLINE_NONE, NULL, &error);
		if (f == NULL) {
			g_string_append_printf(seen, "%s: %s",
				error->code == SUTLER_ERROR_LOST ? "lost" : "failed",
				error->message);
			return g_string_free(seen, FALSE);
		}
		g_string_append_printf(seen, "%s %" G_GUINT64_FORMAT, f->type, f->id);
		if (f->status != NULL) {
			g_string_append_printf(seen, " %s", f->status);
		}
		for (guint i = 0; i < f->fields->len; i++) {
			const struct frame_field *field =
				&g_array_index(f->fields, struct frame_field, i);
			g_string_append_printf(
				seen, " %s:%c=%s", field->name, field->type, field->text);
			g_assert_cmpuint(field->text[field->length], ==, '\0');
		}
		g_string_append(seen, "; ");
	}
}

#define READY "\n@N ready 0 user:s 4\nroot\n@N.\n"
#define READY_SEEN "ready 0 user:s=root; "
#define ENDED "lost: the connection ended while a step ran"
#define DAMAGED "lost: the host sent a damaged frame"

static const struct {
	const char *name, *script, *wanted;
} rows[] = {
	{ "one frame", READY, READY_SEEN ENDED },
	{ "result", READY "\n@N result 1 changed msg:s 2 rc:i 1\nhi0\n@N.\n",
		READY_SEEN "result 1 changed msg:s=hi rc:i=0; " ENDED },
	{ "no fields", READY "\n@N result 18446744073709551615 ok\n\n@N.\n",
		READY_SEEN "result 18446744073709551615 ok; " ENDED },
	{ "noise before", "Welcome!\nLast login @ noon\n@" READY, READY_SEEN ENDED },
	{ "noise between", READY "noise\n\n@\n@N\n\n@N synced 4\n\n@N.\nmore\n@N synced 5\n\n@N.\n",
		READY_SEEN "synced 4; synced 5; " ENDED },
	{ "the begin of a mark at the end", READY "\n@", READY_SEEN ENDED },
	{ "a mark in a value", READY "\n@N before 3 path:s 1 content:s 10\na\n@x result\n@N.\n",
		READY_SEEN "before 3 path:s=a content:s=\n@x result; " ENDED },
	{ "another's nonce",
		"\n@0123456789abcdef01234567 result 1 ok\n\n@0123456789abcdef01234567.\n" READY,
		READY_SEEN ENDED },
	{ "newlines in a value", READY "\n@N result 1 ok a:l 4\n\n\n\n\n\n@N.\n",
		READY_SEEN "result 1 ok a:l=\n\n\n\n; " ENDED },
	{ "empty value", READY "\n@N result 1 ok a:s 0 b:b 1 c:n 0\n1\n@N.\n",
		READY_SEEN "result 1 ok a:s= b:b=1 c:n=; " ENDED },
	{ "cut in the header", READY "\n@N result 1 o", READY_SEEN ENDED },
	{ "cut in a value", READY "\n@N result 1 ok a:s 9\nabc", READY_SEEN ENDED },
	{ "cut in the end mark", READY "\n@N result 1 ok a:s 3\nabc\n@N.", READY_SEEN ENDED },
	{ "length too small", READY "\n@N result 1 ok a:s 2\nabc\n@N.\n", READY_SEEN DAMAGED },
	{ "length too large", READY "\n@N result 1 ok a:s 4\nabc\n@N.\n\n@N synced 1\n\n@N.\n",
		READY_SEEN DAMAGED },
	{ "noise in the frame", READY "\n@N result 1 ok a:s 3\nnoise abc\n@N.\n" READY,
		READY_SEEN DAMAGED },
	{ "no number", READY "\n@N result x ok\n\n@N.\n", READY_SEEN DAMAGED },
	{ "negative number", READY "\n@N result -1 ok\n\n@N.\n", READY_SEEN DAMAGED },
	{ "no status", READY "\n@N result 1\n\n@N.\n", READY_SEEN DAMAGED },
	{ "field without length", READY "\n@N result 1 ok a:s\n\n@N.\n", READY_SEEN DAMAGED },
	{ "field without type", READY "\n@N result 1 ok a 0\n\n@N.\n", READY_SEEN DAMAGED },
	{ "field with a long type", READY "\n@N result 1 ok a:ss 0\n\n@N.\n", READY_SEEN DAMAGED },
	{ "negative length", READY "\n@N result 1 ok a:s -1\n\n@N.\n", READY_SEEN DAMAGED },
	{ "length past the limit", READY "\n@N result 1 ok a:s 67108865\n", READY_SEEN DAMAGED },
	{ "sum past the limit", READY "\n@N result 1 ok a:s 67108864 b:s 67108864\n",
		READY_SEEN DAMAGED },
	{ "length past 64 bit", READY "\n@N result 1 ok a:s 99999999999999999999\n\n@N.\n",
		READY_SEEN DAMAGED },
	{ "nothing at all", "",
		"failed: the login shell ended with status 0 before it ran anything" },
	{ "words instead", "This account is currently not available.\n",
		"failed: unable to start a shell: This account is currently not available." },
};

/* Each script in pieces of every size up to its own, so that it is cut everywhere. */
static void test_frames(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gsize length = strlen(rows[i].script);
		gsize most = length + 2 * 24 * 8;
		for (gsize piece = 1; piece <= most; piece += piece < 80 ? 1 : 37) {
			struct fake_connection fake;
			shell *s = open_fake(&fake, rows[i].script, length, piece);
			g_autofree char *seen = read_frames(s);
			if (!g_str_equal(seen, rows[i].wanted)) {
				g_test_message("%s, in pieces of %zu", rows[i].name, piece);
			}
			g_assert_cmpstr(seen, ==, rows[i].wanted);
			close_fake(&fake, s);
		}
	}
}

static void test_nul_bytes(void)
{
	static const char script[] =
		READY "no\0ise\n@N result 1 ok a:s 5 b:s 3\n\0x\n\0y\0\0\0\n@N.\n";
	struct fake_connection fake;
	shell *s = open_fake(&fake, script, sizeof script - 1, 7);
	g_autoptr(GError) error = NULL;
	g_autoptr(frame) ready = shell_receive(s, DEADLINE_NONE, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(frame_text(ready, "user"), ==, "root");
	g_assert_cmpstr(frame_text(ready, "nothing"), ==, "");
	g_assert_null(frame_get(ready, "nothing"));
	g_autoptr(frame) f = shell_receive(s, DEADLINE_NONE, NULL, &error);
	g_assert_no_error(error);
	const struct frame_field *a = frame_get(f, "a");
	const struct frame_field *b = frame_get(f, "b");
	g_assert_cmpmem(a->text, a->length, "\0x\n\0y", 5);
	g_assert_cmpmem(b->text, b->length, "\0\0\0", 3);
	close_fake(&fake, s);
}

static void test_huge_field(void)
{
	enum { SIZE = 20 * 1000 * 1000 };
	GString *script = g_string_new(READY);
	g_string_append_printf(script, "\n@N after 7 content:s %d\n", SIZE);
	gsize begin = script->len;
	g_string_set_size(script, begin + SIZE);
	memset(script->str + begin, 'x', SIZE);
	g_string_append(script, "\n@N.\n");
	struct fake_connection fake;
	shell *s = open_fake(&fake, script->str, script->len, 60000);
	g_autoptr(GError) error = NULL;
	gint64 started = g_get_monotonic_time();
	frame_free(shell_receive(s, DEADLINE_NONE, NULL, &error));
	g_autoptr(frame) f = shell_receive(s, DEADLINE_NONE, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(frame_get(f, "content")->length, ==, SIZE);
	g_assert_cmpint(frame_get(f, "content")->text[SIZE - 1], ==, 'x');
	g_test_message("%.2f s", (double)(g_get_monotonic_time() - started) / G_USEC_PER_SEC);
	close_fake(&fake, s);
	g_string_free(script, TRUE);
}

/* A header that never ends is no reason to collect for ever. */
static void test_endless_header(void)
{
	GString *script = g_string_new(READY "\n@N result 1 ok ");
	for (gsize i = 0; i < 20000; i++) {
		g_string_append(script, "a:s 0 ");
	}
	struct fake_connection fake;
	shell *s = open_fake(&fake, script->str, script->len, 4096);
	g_autofree char *seen = read_frames(s);
	g_assert_cmpstr(seen, ==, READY_SEEN DAMAGED);
	g_assert_cmpuint(fake.stream.given, <, 80 * 1024);
	close_fake(&fake, s);
	g_string_free(script, TRUE);
}

/* Noise is dropped as it comes: a chatty host costs time, not memory. */
static void test_endless_noise(void)
{
	GString *script = g_string_new(READY);
	gsize begin = script->len;
	g_string_set_size(script, begin + 8 * 1000 * 1000);
	memset(script->str + begin, '\n', 8 * 1000 * 1000);
	g_string_append(script, "@N synced 1\n\n@N.\n");
	struct fake_connection fake;
	shell *s = open_fake(&fake, script->str, script->len, 30000);
	g_autofree char *seen = read_frames(s);
	g_assert_cmpstr(seen, ==, READY_SEEN "synced 1; " ENDED);
	close_fake(&fake, s);
	g_string_free(script, TRUE);
}

static void test_sending(void)
{
	struct fake_connection fake;
	shell *s = open_fake(&fake, READY, strlen(READY), 1000);
	g_autoptr(GBytes) body = g_bytes_new("a\0b", 3);
	g_autoptr(GBytes) empty = g_bytes_new("", 0);
	shell_send(s, "first", NULL);
	shell_send(s, "second", body);
	shell_send(s, "third", empty);
	g_autofree char *seen = read_frames(s);
	g_assert_cmpstr(seen, ==, READY_SEEN ENDED);
	static const char tail[] = "first\nbody=3 second\na\0bthird\n";
	gsize length = sizeof tail - 1;
	g_assert_cmpuint(fake.stream.sent->len, >, length);
	g_assert_cmpmem(
		fake.stream.sent->str + fake.stream.sent->len - length, length, tail, length);
	/* The nonce is no secret on stdin, but must not stand in the command line. */
	g_assert_cmpuint(strlen(fake.stream.nonce), ==, 24);
	g_assert_null(strstr(fake.command, fake.stream.nonce));
	g_assert_null(strpbrk(fake.command, "\n\\!"));
	close_fake(&fake, s);
}

static void test_noise_of_stderr(void)
{
	struct fake_connection fake;
	shell *s = open_fake(&fake, "", 0, 1000);
	fake.stream.stderr_text = "sudo: a password is required\n";
	fake.stream.exit_status = 1;
	g_autofree char *seen = read_frames(s);
	g_assert_cmpstr(seen, ==,
		"failed: sudo wants a password, give it with -K or --become-password-file: "
		"sudo: a password is required");
	g_assert_cmpstr(shell_noise(s), ==, "sudo: a password is required\n");
	close_fake(&fake, s);
}

/* A host that answers without end, but never with a result, is given up. */
static void test_frames_without_result(void)
{
	struct fake_connection fake;
	GString *script = g_string_new("\n@N ready 0\n\n@N.\n");
	for (guint i = 0; i < 100010; i++) {
		g_string_append(script, "\n@N change 1\n\n@N.\n");
	}
	shell *s = open_fake(&fake, script->str, script->len, 65536);
	g_autoptr(GError) error = NULL;
	guint n = 0;
	for (frame *f = NULL; (f = shell_receive(s, DEADLINE_NONE, NULL, &error)) != NULL; n++) {
		frame_free(f);
	}
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_LOST);
	g_assert_nonnull(strstr(error->message, "100,000 frames"));
	g_assert_cmpuint(n, ==, 100000);
	close_fake(&fake, s);
	g_string_free(script, TRUE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wire/frames", test_frames);
	g_test_add_func("/wire/nul-bytes", test_nul_bytes);
	g_test_add_func("/wire/huge-field", test_huge_field);
	g_test_add_func("/wire/endless-header", test_endless_header);
	g_test_add_func("/wire/frames-without-result", test_frames_without_result);
	g_test_add_func("/wire/endless-noise", test_endless_noise);
	g_test_add_func("/wire/sending", test_sending);
	g_test_add_func("/wire/noise-of-stderr", test_noise_of_stderr);
	return g_test_run();
}
