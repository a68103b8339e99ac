/* As whom steps run. */
#ifndef SUTLER_RUN_BECOME_H
#define SUTLER_RUN_BECOME_H

#include <glib.h>

struct become {
	char *user; /* NULL: as the login user */
	char *password;
	char *executable;
	char *flags; /* of sudo, as a shell would split them; NULL: the usual ones */
};

/* Frees and wipes what it holds. */
void become_clear(struct become *who);

#endif
