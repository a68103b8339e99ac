/*
 * ssh-agent, as draft-miller-ssh-agent describes its protocol, with bounded waits.
 *
 * libssh offers every key of the agent and waits for it without end. So it talks to a relay of ours
 * instead, which shows it the one key that is to be tried and gives up at the deadline.
 */
#ifndef SUTLER_TRANSPORT_AGENT_H
#define SUTLER_TRANSPORT_AGENT_H

#include "base/cancel.h"

struct agent_identity {
	GBytes *blob; /* the public key, as in an authorized_keys line before base64 */
	char *comment;
};

/* The keys the agent at socket (a path) holds; struct agent_identity *. Caller frees. NULL and an
 * error when there is no agent, or it does not answer until the deadline. */
GPtrArray *agent_list(const char *path, deadline until, const cancel *c, GError **error);
/* The position of the key in the list, or -1. */
int agent_find(const GPtrArray *identities, GBytes *blob);

typedef struct agent_relay agent_relay;
/* *ret_descriptor: a socket on which the relay behaves as an agent; the caller closes it. path is
 * copied, c must outlive the relay. */
agent_relay *agent_relay_new(
	const char *path, deadline until, const cancel *c, int *ret_descriptor, GError **error);
/* Shows this key, and no other, from now on. */
void agent_relay_offer(agent_relay *r, GBytes *blob);
void agent_relay_free(agent_relay *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(agent_relay, agent_relay_free)

#endif
