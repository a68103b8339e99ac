/*
 * ssh_config(5), and the options of ssh(1) that outweigh it: what they say about one host.
 *
 * Every keyword there is, is a row of one table in ssh-keywords.c, which says who honours it: this
 * program, or only the ssh program (openssh.c), or that it means nothing for a run. Host, Include
 * and Match with all, host, originalhost, user and localuser are followed; any other Match is left
 * to the ssh program.
 */
#ifndef SUTLER_TRANSPORT_SSH_CONFIG_H
#define SUTLER_TRANSPORT_SSH_CONFIG_H

#include "base/error.h"

/* What this program reads: one value each, the first that is said. Each has its reader in
 * lib/transport; a test looks for it. */
enum config_key {
	CONFIG_NONE,
	CONFIG_CIPHERS,
	CONFIG_COMPRESSION,
	CONFIG_CONNECT_TIMEOUT,
	CONFIG_CONTROL_PATH,
	CONFIG_GLOBAL_KNOWN_HOSTS,
	CONFIG_HOST_KEY_ALGORITHMS,
	CONFIG_HOST_KEY_ALIAS,
	CONFIG_HOST_NAME,
	CONFIG_IDENTITIES_ONLY,
	CONFIG_IDENTITY_AGENT,
	CONFIG_IDENTITY_FILE, /* a list: host_config_list() */
	CONFIG_KEX_ALGORITHMS,
	CONFIG_MACS,
	CONFIG_PASSWORD_AUTHENTICATION,
	CONFIG_PORT,
	CONFIG_PROXY, /* what ProxyCommand says, or ProxyJump: host_config_proxy() */
	CONFIG_PUBKEY_ALGORITHMS,
	CONFIG_ALIVE_COUNT,
	CONFIG_ALIVE_INTERVAL,
	CONFIG_STRICT,
	CONFIG_USER,
	CONFIG_USER_KNOWN_HOSTS,
	CONFIG_COUNT
};

enum keyword_use {
	USE_HERE, /* honoured by this program */
	USE_NONE, /* means nothing for a run: terminals, displays, masters for later connections */
	USE_PROGRAM, /* honoured by the ssh program alone */
};

struct ssh_keyword {
	const char *name; /* as the manual writes it */
	enum keyword_use use;
	enum config_key key;  /* USE_HERE */
	const char *needless; /* USE_PROGRAM: values, parted by '|', for which it is not needed */
};

/* The table, sorted by name. */
const struct ssh_keyword *ssh_keywords(gsize *n);
const struct ssh_keyword *ssh_keyword_find(const char *name); /* in any case; NULL: none */

/* What a host is asked to be reached as. Borrowed. */
struct host_question {
	const char *const *options; /* "Keyword value", as behind -o; NULL: none */
	const char *const *files;   /* ssh_config; one that cannot be read counts as empty */
	const char *alias;          /* the name ssh would be given */
	const char *user;           /* NULL: not said */
	guint port;                 /* 0: not said */
};

typedef struct host_config host_config;

/* Caller frees. SUTLER_ERROR_USAGE, located: a keyword that does not exist, an invalid port or
 * jump. */
host_config *host_config_read(const struct host_question *question, GError **error);
void host_config_free(host_config *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(host_config, host_config_free)

/* NULL: not said. Paths have ~, % escapes and ${NAME} replaced. Borrowed. */
const char *host_config_text(const host_config *c, enum config_key key);
/* Every word of it, and of IdentityFile those of every line; empty: not said. Borrowed. */
const GPtrArray *host_config_list(const host_config *c, enum config_key key);
/* -1: not said. */
int host_config_truth(const host_config *c, enum config_key key);
gint64 host_config_number(const host_config *c, enum config_key key);

/* The address to connect to, the port and the user, as said or as the defaults are. Borrowed. */
const char *host_config_host(const host_config *c);
guint host_config_port(const host_config *c);
const char *host_config_user(const host_config *c);

/* The command that leads to the host, with its own % escapes still in it; NULL: none. For a
 * ProxyJump that is an ssh, given these options (words for a shell). Caller frees. */
char *host_config_proxy(const host_config *c, const char *jump_options);

/* Why only the ssh program can reach the host ("ForwardAgent yes (FILE:7)"); NULL: this one can. */
const char *host_config_program(const host_config *c);

#endif
