/*
 * Carries walkers: waits for the results of their steps, opens their sessions, runs what runs here.
 *
 * The one place of a run that blocks. A walker that waits for something else than its own steps is
 * put down, and its thread is free for another.
 */
#ifndef SUTLER_RUN_DRIVE_H
#define SUTLER_RUN_DRIVE_H

#include "run/walker.h"

/* Goes on until nothing is left in the play (TRUE), or the walker waits for what no step of its own
 * will bring (FALSE): walker_wait() says for what. */
gboolean drive(walker *w);

#endif
