/* What both ways of speaking SSH share, without a word of libssh. */
#ifndef SUTLER_TRANSPORT_SSH_WORDS_H
#define SUTLER_TRANSPORT_SSH_WORDS_H

#include "transport/connection.h"
#include "transport/ssh-config.h"

/* SUTLER_ERROR_USAGE for names that could be taken for an option or a shell's syntax. */
gboolean session_check(const struct connection_options *o, GError **error);

/* Which files are ssh_config for this host; free with g_strfreev(). */
char **session_config_files(const struct connection_options *o);
/* What they and the caller say about the host; SUTLER_ERROR_USAGE as host_config_read(), or when a
 * file that was named cannot be read. Caller frees. */
host_config *session_config(const struct connection_options *o, GError **error);

/* What a server or a proxy said, in one harmless line of UTF-8. Caller frees. */
char *secure_words(const char *bytes, gsize length);

#endif
