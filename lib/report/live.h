/* The lines at the bottom of a terminal that say what each host works on right now. */
#ifndef SUTLER_REPORT_LIVE_H
#define SUTLER_REPORT_LIVE_H

#include <glib.h>

typedef struct live live;

live *live_new(void);
void live_free(live *l);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(live, live_free)

/* A task was sent to host. Tasks are sent ahead: it works on the oldest one that has not ended.
 * Both names are copied, made harmless (harmless.h). */
void live_begin(live *l, const char *host, const char *task);

/* A task ended on host, and all that were sent before it; a name that is not known changes nothing.
 */
void live_end(live *l, const char *host, const char *task);

/* host works on nothing any more. */
void live_rest(live *l, const char *host);

/* Whether enough time went by since the last drawing to draw again only because tasks changed. */
gboolean live_is_due(const live *l);

/* Appends what removes the lines from a terminal, if they are there. */
void live_erase(live *l, GString *out);

/* Appends the lines: one a working host, none longer than columns, at most half of rows. */
void live_draw(live *l, GString *out, guint columns, guint rows);

#endif
