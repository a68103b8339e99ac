/*
 * Events for people: one line per step and host that changed, failed or would change, with its
 * diff; a recap; and, on a terminal, a live line for each host at work (design: 1.5 Results).
 *
 *	web1: changed: nginx virtual host
 *	--- before: /etc/nginx/sites-available/www.example.com
 *	+++ after: /etc/nginx/sites-available/www.example.com
 *	...
 *	web2: failed: database: non-zero return code (exit status 1, deploy.yml:88:7)
 *	  stderr | django.db.utils.OperationalError: disk I/O error
 */
#ifndef SUTLER_REPORT_HUMAN_H
#define SUTLER_REPORT_HUMAN_H

#include "report/consumer.h"

struct human_options {
	int descriptor;       /* results; usually 1 */
	int error_descriptor; /* warnings; usually 2 */
	gboolean terminal;    /* escape codes: colours and live lines; see human_is_terminal() */
	gboolean quiet;       /* -q: what went wrong and the recap only */
	gboolean output;      /* what commands printed is shown although all went well (`run`) */
	guint verbosity;      /* -v: steps without a change, and all output, too */
};

/* Caller gives it to report_add(). */
consumer *human_new(const struct human_options *options);

/* Whether descriptor is a terminal that wants escape codes: not with no_color (--no-color),
 * NO_COLOR or TERM=dumb. */
gboolean human_is_terminal(int descriptor, gboolean no_color);

#endif
