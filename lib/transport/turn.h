/*
 * Turns: not too many logins at one server at once, over all threads.
 *
 * sshd drops connections beyond its MaxStartups, and then a client can only try again. It is faster
 * to wait for one's turn.
 */
#ifndef SUTLER_TRANSPORT_TURN_H
#define SUTLER_TRANSPORT_TURN_H

#include "base/cancel.h"

/* Waits until fewer than eight others have their turn with key (a server's address, or the command
 * that leads to it). Whoever has a turn must end it in bounded time. SUTLER_ERROR_INTERRUPTED. */
gboolean turn_take(const char *key, const cancel *cancelled, GError **error);
void turn_end(const char *key);

#endif
