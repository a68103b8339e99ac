/* The % escapes of ssh_config(5), "TOKENS", with ~ and ${NAME}. */
#ifndef SUTLER_TRANSPORT_SSH_ESCAPES_H
#define SUTLER_TRANSPORT_SSH_ESCAPES_H

#include <glib.h>

struct ssh_escapes {
	const char *alias;     /* %n */
	const char *host;      /* %h */
	const char *key_alias; /* %k; NULL: as %n */
	const char *user;      /* %r */
	guint port;            /* %p */
};

/* What stands for the escape (the character behind the %); NULL: there is none such. Caller frees.
 */
char *ssh_escape(const struct ssh_escapes *known, char escape);

/* A path with ~, escapes and ${NAME} replaced; escapes there are none of stay. Caller frees. */
char *ssh_escapes_expand(const struct ssh_escapes *known, const char *path);

/* Whether the ssh program looks for its files elsewhere: it asks the system, not $HOME. */
gboolean ssh_home_is_elsewhere(void);

/* A path with its leading "~/" replaced. Caller frees. */
char *ssh_home_expand(const char *path);

#endif
