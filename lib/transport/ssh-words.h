/* What both ways of speaking SSH share, without a word of libssh. */
#ifndef SUTLER_TRANSPORT_SSH_WORDS_H
#define SUTLER_TRANSPORT_SSH_WORDS_H

#include "transport/connection.h"

/* SUTLER_ERROR_USAGE for names that could be taken for an option or a shell's syntax. */
gboolean session_check(const struct connection_options *o, GError **error);

/* What a server or a proxy said, in one harmless line of UTF-8. Caller frees. */
char *secure_words(const char *bytes, gsize length);

#endif
