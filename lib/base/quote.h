/* The one quoting function: no word reaches a shell, here or on a host, but through it. */
#ifndef SUTLER_BASE_QUOTE_H
#define SUTLER_BASE_QUOTE_H

#include <glib.h>

/* text as one word of a POSIX shell, on one line: newlines become "$nl", which the runtime defines.
 * A NUL cannot be passed: it ends the text. Caller frees. */
char *shell_quote(const char *text);
void shell_append_quoted(GString *out, const char *text);

/* The same for a shell that has no "$nl": newlines stay as they are. Caller frees. */
char *shell_quote_text(const char *text);

#endif
