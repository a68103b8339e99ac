/* Running a playbook and reporting it: what provision, deploy, rollback, play and run share. */
#ifndef SUTLER_CMD_EXECUTE_H
#define SUTLER_CMD_EXECUTE_H

#include "cmd/project.h"

struct execution {
	playbook *playbook;
	const char *title;  /* its name in events */
	const char *target; /* in place of the plays' hosts; NULL: as written */
	gboolean ad_hoc; /* `run`: what commands print is the result, and lines of the playbook mean
			    nothing */
};

/* Runs it as the options say, or only lists hosts, tasks or tags. *ret_status: 0, 1, 3, 4 or 130.
 */
gboolean execute(
	const struct project *p, const struct execution *what, int *ret_status, GError **error);

#endif
