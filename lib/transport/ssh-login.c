/* Logging in with a public key: the chosen ones, one at a time. */
#include "transport/agent.h"
#include "transport/ssh-private.h"

#include <string.h>

/* One key, to its end. */
static int try_key(struct secure *c, const struct login_key *k, deadline until,
	const cancel *cancelled, GError **error)
{
	for (;;) {
		int rc = k->key != NULL ? ssh_userauth_publickey(c->session, NULL, k->key)
					: ssh_userauth_agent(c->session, NULL);
		if (rc != SSH_AUTH_AGAIN) {
			return rc;
		}
		g_autoptr(GError) waited = NULL;
		if (secure_wait(c, until, cancelled, &waited)) {
			continue;
		}
		if (g_error_matches(waited, SUTLER_ERROR, SUTLER_ERROR_TIMEOUT)) {
			error_set(error, SUTLER_ERROR_UNREACHABLE,
				"login of '%s' at %s not finished within %g s", c->user, c->peer,
				c->seconds);
		} else {
			g_propagate_error(error, g_steal_pointer(&waited));
		}
		return SSH_AUTH_ERROR;
	}
}

static void describe_failure(const struct secure *c, int rc, const char *tried, GError **error)
{
	int methods = ssh_userauth_list(c->session, NULL);

	if (rc == SSH_AUTH_ERROR) {
		const char *said = ssh_get_disconnect_message(c->session);
		said = said != NULL ? said : ssh_get_error(c->session);
		g_autofree char *words = secure_words(said, strlen(said));
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' refused by %s: connection closed after key %s: %s", c->user,
			c->peer, tried, words);
	} else if (rc == SSH_AUTH_PARTIAL) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' at %s: key %s is accepted, but the server wants a second "
			"proof%s, "
			"which is not supported",
			c->user, c->peer, tried,
			(methods & SSH_AUTH_METHOD_INTERACTIVE) != 0 ? " (interactive)"
			: (methods & SSH_AUTH_METHOD_PASSWORD) != 0  ? " (password)"
								     : "");
	} else if ((methods & SSH_AUTH_METHOD_PUBLICKEY) == 0 && methods != 0) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' refused by %s: it takes no public keys for this user",
			c->user, c->peer);
	} else {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' refused by %s: tried key %s; check the user, add the public "
			"key to its authorized_keys, or name another with --private-key",
			c->user, c->peer, tried);
	}
}

/* Has libssh talk to a relay that shows it only this key. */
static gboolean show_from_agent(struct secure *c, const struct login_key *k, deadline until,
	const cancel *cancelled, agent_relay **relay, GError **error)
{
	int descriptor = -1;

	if (*relay == NULL) {
		*relay = agent_relay_new(k->agent, until, cancelled, &descriptor, error);
		if (*relay == NULL) {
			return FALSE;
		}
		/* libssh closes it with the session. */
		(void)ssh_set_agent_socket(c->session, descriptor);
	}
	agent_relay_offer(*relay, k->blob);
	return TRUE;
}

gboolean login_run(struct secure *c, const GPtrArray *keys, deadline until, const cancel *cancelled,
	GError **error)
{
	g_autoptr(GString) tried = g_string_new(NULL);
	g_autoptr(agent_relay) relay = NULL;
	int rc = SSH_AUTH_DENIED;

	for (guint i = 0; i < keys->len && rc == SSH_AUTH_DENIED; i++) {
		const struct login_key *k = g_ptr_array_index(keys, i);
		g_autoptr(GError) failure = NULL;
		g_string_append_printf(tried, "%s%s", i > 0 ? ", " : "", k->label);
		if (k->key == NULL && !show_from_agent(c, k, until, cancelled, &relay, error)) {
			return FALSE;
		}
		rc = try_key(c, k, until, cancelled, &failure);
		if (failure != NULL) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
	}
	if (rc != SSH_AUTH_SUCCESS) {
		describe_failure(c, rc, tried->str, error);
		return FALSE;
	}
	return TRUE;
}
