/*
 * The wire format: a shell on the target that runs steps and answers with frames.
 *
 * shell_open() starts `sh` (through sudo when the user differs), sends the runtime and the module
 * scripts, and from then on lines; lines can be sent ahead of their answers without limit. A line
 *is shell code made only of words from shell_quote() (base/quote.h); bytes may follow it (`body`
 *tells their number).
 *
 * A frame is, on the stream's stdout,
 *
 *	\n@NONCE TYPE ID NAME:TYPE LENGTH NAME:TYPE LENGTH ...\n VALUES \n@NONCE.\n
 *
 * NONCE is random and was sent on stdin only, so nothing else that writes to the stream can forge a
 * frame, and whatever stands between frames is noise and dropped. A frame without its end mark is
 *an error, never a result.
 */
#ifndef SUTLER_TRANSPORT_WIRE_H
#define SUTLER_TRANSPORT_WIRE_H

#include "transport/connection.h"

typedef struct shell shell;

struct shell_options {
	const char *scripts;           /* text of the modules to send along; may be "" */
	const char *become_user;       /* NULL: as the login user */
	const char *become_password;   /* NULL: sudo must not ask (sudo -n) */
	const char *become_executable; /* NULL: "sudo" */
	const char *become_flags;      /* of sudo, in the place of -H; NULL: the usual ones */
	double start_timeout; /* seconds that the shell may take to start, once it is waited for; 0:
				 none */
	gsize output_limit;   /* bytes of a command's stdout, and of its stderr; 0: 16 MiB */
	const char *due_key;  /* whose marks of due work are asked for; NULL: none */
};

struct frame_field {
	char *name;
	char type;        /* s text, i integer, b 1 or empty, l lines, j JSON, n nothing */
	const char *text; /* NUL-terminated for convenience; may hold NULs */
	gsize length;
};

/* One frame; free with frame_free(). */
struct frame {
	char *type; /* "result", "ready", "want", "synced", ... */
	guint64 id;
	char *status;   /* of a result; else NULL */
	GArray *fields; /* struct frame_field */
	char *bytes;
};
typedef struct frame frame;
void frame_free(frame *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(frame, frame_free)

/* A field by name; NULL: none. Borrowed. */
const struct frame_field *frame_get(const frame *f, const char *name);
/* Its text; "" when absent. */
const char *frame_text(const frame *f, const char *name);

/* Starts the shell; does not wait for its first frame ("ready"), so that steps can follow at once,
 * unless sudo may ask for a password. Errors as connection.h, and SUTLER_ERROR_FAILED for sudo's
 * refusals in its own words. Caller closes. */
shell *shell_open(connection *conn, const struct shell_options *options, deadline until,
	const cancel *c, GError **error);
void shell_close(shell *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(shell, shell_close)

/* Queues a line (without newline), and the bytes that follow it (NULL: none). Never waits. It is
 * kept until the host has seen it: when a step takes long, the host reads the stream meanwhile, to
 * see its end (runtime/watch.sh), and what it has read so is sent again. */
void shell_send(shell *s, const char *line, GBytes *body);

/* The same with a body; references it. */
void shell_send_payload(shell *s, const char *line, payload *b);

/* The next frame; waits for it. The host gets a beat every five seconds, also while nobody waits
 * (pulse.h), as long as lines are on their way; not after c of shell_open() was cancelled. NULL and
 * an error when the stream ended or broke (SUTLER_ERROR_LOST; before the first frame
 * SUTLER_ERROR_FAILED with what the host said, or SUTLER_ERROR_UNREACHABLE when that frame did not
 * come in time), SUTLER_ERROR_TIMEOUT, SUTLER_ERROR_INTERRUPTED. Caller frees. */
frame *shell_receive(shell *s, deadline until, const cancel *c, GError **error);

/* The marks of due work that the host told with its first frame, a line "NAME CONTENT" each
 * (runtime/due.sh); NULL: that frame has not come yet. Borrowed. */
const char *shell_due(const shell *s);

/* What the host wrote to stderr outside of steps, as text; borrowed. */
const char *shell_noise(const shell *s);

#endif
