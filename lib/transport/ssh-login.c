/* Logging in: with the chosen keys, one at a time, then with the password. */
#include "transport/agent.h"
#include "transport/ssh-private.h"

#include <string.h>

/* One way to log in: a key, a password, or nothing, which asks for the ways there are. */
struct proof {
	const struct login_key *key;
	const char *password;
	gboolean interactive;
	gboolean answered;
};

/* The server asks, and what is not to be seen on a screen is the password; once. */
static int answer(struct secure *c, struct proof *p)
{
	int rc = ssh_userauth_kbdint(c->session, NULL, NULL);

	while (rc == SSH_AUTH_INFO) {
		int n = ssh_userauth_kbdint_getnprompts(c->session);
		if (n > 0 && p->answered) {
			return SSH_AUTH_DENIED;
		}
		for (int i = 0; i < n; i++) {
			char echo = 0;
			(void)ssh_userauth_kbdint_getprompt(c->session, (unsigned int)i, &echo);
			(void)ssh_userauth_kbdint_setanswer(
				c->session, (unsigned int)i, echo ? "" : p->password);
		}
		p->answered = p->answered || n > 0;
		rc = ssh_userauth_kbdint(c->session, NULL, NULL);
	}
	return rc;
}

static int offer(struct secure *c, struct proof *p)
{
	if (p->interactive) {
		return answer(c, p);
	}
	if (p->password != NULL) {
		return ssh_userauth_password(c->session, NULL, p->password);
	}
	if (p->key == NULL) {
		return ssh_userauth_none(c->session, NULL);
	}
	return p->key->key != NULL ? ssh_userauth_publickey(c->session, NULL, p->key->key)
				   : ssh_userauth_agent(c->session, NULL);
}

/* One proof, to its end. */
static int try_proof(
	struct secure *c, struct proof *p, deadline until, const cancel *cancelled, GError **error)
{
	for (;;) {
		int rc = offer(c, p);
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

/* The password, in the ways the server offers. */
static int try_password(struct secure *c, const char *password, gboolean asked, deadline until,
	const cancel *cancelled, GError **error)
{
	struct proof nothing = { 0 };
	struct proof plain = { .password = password };
	struct proof interactive = { .password = password, .interactive = TRUE };
	int rc = asked ? SSH_AUTH_DENIED : try_proof(c, &nothing, until, cancelled, error);

	if (rc != SSH_AUTH_DENIED) {
		return rc;
	}
	int methods = ssh_userauth_list(c->session, NULL);
	if ((methods & SSH_AUTH_METHOD_PASSWORD) != 0) {
		rc = try_proof(c, &plain, until, cancelled, error);
	} else if ((methods & SSH_AUTH_METHOD_INTERACTIVE) != 0) {
		rc = try_proof(c, &interactive, until, cancelled, error);
	}
	return rc;
}

static void describe_failure(
	const struct secure *c, int rc, const char *tried, gboolean password, GError **error)
{
	int methods = ssh_userauth_list(c->session, NULL);

	if (rc == SSH_AUTH_ERROR) {
		g_autofree char *words = secure_reason(c);
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
	} else if (password) {
		gboolean takes =
			(methods & (SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_INTERACTIVE)) != 0;
		error_set(error, SUTLER_ERROR_UNREACHABLE, "login of '%s' refused by %s: %s%s%s",
			c->user, c->peer,
			takes ? "it does not accept the password" : "it does not accept passwords",
			*tried != '\0' ? ", nor key " : "", tried);
	} else if ((methods & SSH_AUTH_METHOD_PUBLICKEY) == 0 && methods != 0) {
		error_set(error, SUTLER_ERROR_UNREACHABLE,
			"login of '%s' refused by %s: it accepts no public key for this user",
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

gboolean login_run(struct secure *c, const GPtrArray *keys, const char *password, deadline until,
	const cancel *cancelled, GError **error)
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
		struct proof p = { .key = k };
		rc = try_proof(c, &p, until, cancelled, &failure);
		if (failure != NULL) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
	}
	if (rc == SSH_AUTH_DENIED && password != NULL) {
		g_autoptr(GError) failure = NULL;
		rc = try_password(c, password, keys->len > 0, until, cancelled, &failure);
		if (failure != NULL) {
			g_propagate_error(error, g_steal_pointer(&failure));
			return FALSE;
		}
	}
	if (rc != SSH_AUTH_SUCCESS) {
		describe_failure(c, rc, tried->str, password != NULL, error);
		return FALSE;
	}
	return TRUE;
}
