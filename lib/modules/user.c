/* user: users on the host. */
#include "modules/module.h"

#include <string.h>

extern const char module_user_script[];

static const struct parameter parameters[] = {
	{ "name", PARAMETER_TEXT, PARAMETER_REQUIRED, NULL, NULL, "user", "the user" },
	{ "state", PARAMETER_TEXT, 0, "present", "present|absent", NULL,
		"whether it should exist" },
	{ "uid", PARAMETER_INT, 0, NULL, NULL, NULL, "number" },
	{ "non_unique", PARAMETER_BOOL, 0, "no", NULL, NULL, "the number may be in use already" },
	{ "group", PARAMETER_TEXT, 0, NULL, NULL, NULL, "primary group, name or number" },
	{ "groups", PARAMETER_LIST, 0, NULL, NULL, NULL, "other groups; empty: none" },
	{ "append", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"keep the groups that 'groups' does not name" },
	{ "comment", PARAMETER_TEXT, 0, NULL, NULL, NULL, "full name (GECOS)" },
	{ "home", PARAMETER_PATH, 0, NULL, NULL, NULL, "home folder" },
	{ "create_home", PARAMETER_BOOL, 0, "yes", NULL, "createhome", "make the home folder" },
	{ "move_home", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"move what is in it when 'home' changes" },
	{ "skeleton", PARAMETER_PATH, 0, NULL, NULL, NULL,
		"folder that a new home is copied from" },
	{ "shell", PARAMETER_TEXT, 0, NULL, NULL, NULL, "login shell" },
	{ "password", PARAMETER_TEXT, PARAMETER_SECRET, NULL, NULL, NULL,
		"password hash, as the filter password_hash returns it" },
	{ "update_password", PARAMETER_TEXT, 0, "always", "always|on_create", NULL,
		"whether an existing user's password is changed" },
	{ "password_lock", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, NULL,
		"lock the password, or unlock it" },
	{ "system", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"a new one gets a number for system users" },
	{ "umask", PARAMETER_TEXT, 0, NULL, NULL, NULL, "umask for a new home folder" },
	{ "expires", PARAMETER_FLOAT, PARAMETER_HERE, NULL, NULL, NULL,
		"when the account ends, in seconds since 1970; negative: never" },
	{ "remove", PARAMETER_BOOL, 0, "no", NULL, NULL, "with absent: also the home folder" },
	{ "force", PARAMETER_BOOL, 0, "no", NULL, NULL, "with absent: even when logged in" },
	{ "generate_ssh_key", PARAMETER_BOOL, 0, "no", NULL, NULL,
		"make a key pair unless there is one" },
	{ "ssh_key_type", PARAMETER_TEXT, 0, "rsa", NULL, NULL, "kind of key" },
	{ "ssh_key_bits", PARAMETER_INT, 0, NULL, NULL, NULL, "its length" },
	{ "ssh_key_file", PARAMETER_TEXT, 0, NULL, NULL, NULL,
		"its file, from the home folder on; default: .ssh/id_TYPE" },
	{ "ssh_key_comment", PARAMETER_TEXT, 0, NULL, NULL, NULL, "its comment" },
	{ "local", PARAMETER_BOOL, PARAMETER_HERE, "no", NULL, NULL, "accepted, without effect" },
	{ "password_expire_max", PARAMETER_INT, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command: chage -M' after it" },
	{ "password_expire_min", PARAMETER_INT, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command: chage -m' after it" },
	{ "ssh_key_passphrase", PARAMETER_TEXT, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command: ssh-keygen -p' after it" },
	{ "seuser", PARAMETER_TEXT, PARAMETER_LACKING, NULL, NULL, NULL,
		"use 'command: semanage login' after it" },
	{ "authorization", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"of Solaris; without effect elsewhere" },
	{ "profile", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"of Solaris; without effect elsewhere" },
	{ "role", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"of Solaris; without effect elsewhere" },
	{ "login_class", PARAMETER_TEXT, PARAMETER_HERE, NULL, NULL, NULL,
		"of BSD; without effect elsewhere" },
	{ "hidden", PARAMETER_BOOL, PARAMETER_HERE, NULL, NULL, NULL,
		"of macOS; without effect elsewhere" },
	{ 0 },
};

static gboolean prepare(call *c, GError **error)
{
	const char *name = call_text(c, "name");
	const char *password = call_text(c, "password");
	if (*name == '\0' || *name == '-' || strpbrk(name, ":\n/ ") != NULL) {
		call_error(c, error, "'%s' is not a user name", name);
		return FALSE;
	}
	if (call_flag(c, "append") && !call_has(c, "groups")) {
		call_error(c, error, "'append' needs 'groups'");
		return FALSE;
	}
	if (password != NULL && strpbrk(password, ":\n") != NULL) {
		call_error(c, error, "'password' must be encrypted: use the filter password_hash");
		return FALSE;
	}
	call_set_shell(c, "groups_given", call_has(c, "groups") ? "1" : "");
	call_set_shell(c, "comment_given", call_has(c, "comment") ? "1" : "");
	call_set_shell(c, "lock",
		!call_has(c, "password_lock")   ? ""
		: call_flag(c, "password_lock") ? "yes"
						: "no");
	if (call_has(c, "expires")) {
		double seconds = value_float(call_value(c, "expires"));
		g_autofree char *days =
			g_strdup_printf("%d", seconds < 0 ? -1 : (int)(seconds / 86400));
		call_set_shell(c, "expires", days);
	} else {
		call_set_shell(c, "expires", "");
	}
	return TRUE;
}

static void finish(call *c, result *r)
{
	if (call_has(c, "password")) {
		result_set_text(r, "password", "NOT_LOGGING_PASSWORD");
	}
}

const struct module module_user = {
	.name = "user",
	.summary = "manages users, their groups, home and shell",
	.parameters = parameters,
	.script = module_user_script,
	.prepare = prepare,
	.finish = finish,
};
