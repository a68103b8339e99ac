/*
 * What an inventory is made of, for the files of this room only: the sources fill it, variables.c
 * and pattern.c read it.
 */
#ifndef SUTLER_INVENTORY_DATA_H
#define SUTLER_INVENTORY_DATA_H

#include "inventory/inventory.h"
#include "inventory/precedence.h"

/* Variables set directly on a host or group, and what they replaced. */
struct variables {
	value *dict;       /* NULL: none yet */
	GPtrArray *before; /* key and value, in turn, of what was set and then set again; or NULL */
};

struct edge {
	group *child;
	struct position at;
	guint32 serial; /* in the order of their making */
};

struct group {
	const char *name;
	guint32 index;
	gint64 priority;
	guint32 depth;
	guint8 state;       /* of a walk */
	guint32 walk;       /* the last walk that met it */
	GPtrArray *hosts;   /* direct members, in order */
	GArray *children;   /* struct edge */
	GPtrArray *parents; /* group * */
	struct variables variables;
	GPtrArray *all_hosts; /* with those of descendants, breadth first; NULL: not computed */
	struct position at;
};

struct host {
	const char *name;
	group **groups; /* those it is directly in */
	guint32 n_groups;
	guint32 index;  /* G_MAXUINT32: in no source */
	guint32 source; /* of its first mention */
	guint32 walk;
	struct variables variables;
	struct position at;
	struct membership *membership; /* computed when asked for, shared */
	value *merged;                 /* all variables; computed when asked for */
};

/* What hosts of the same groups share. */
struct membership {
	GPtrArray *groups; /* group *, ancestors too, without all, from the least to the most
			      specific */
	value *raw;        /* the variables of the groups; NULL: not computed */
	value *merged;     /* the same, decrypted; NULL: not computed */
	value *names;      /* group_names; NULL: not computed */
};

struct source {
	char *name;   /* as given */
	char *file;   /* absolute; inventory_file. NULL for a list of hosts */
	char *folder; /* absolute; inventory_dir. NULL for a list of hosts */
};

struct inventory {
	GStringChunk *texts;
	GPtrArray *hosts;       /* host *, in the order of their first mention */
	GPtrArray *groups;      /* group * */
	GHashTable *host_names; /* name -> host */
	GHashTable *group_names;
	GHashTable *keys;   /* variable name -> value *, shared by all dicts */
	GPtrArray *sources; /* struct source *: files and lists, as they were read */
	GPtrArray *folders; /* char *, where group_vars and host_vars of the inventory are; top
			       level */
	char *first_folder;
	char *playbook_folder;
	const struct vault *vault;
	char **ignored_endings;      /* of files in a folder; NULL: the usual ones */
	GPtrArray *ignored_patterns; /* GRegex * */
	GPtrArray *warnings;
	gboolean encrypted; /* the source that is being read came out of a vault */
	host *localhost;    /* the first that is named so */
	host *implicit;
	GHashTable *unlisted; /* name -> host *, owned: hosts of no source, asked for by name */
	guint32 edges;
	guint32 walks;
	struct variable_files *files;
	GHashTable *decrypted;   /* value * that holds ciphertext -> value *, both owned */
	GHashTable *memberships; /* GBytes of group indices -> struct membership */
	value *groups_value;
	GRecMutex lock; /* over everything computed when asked for */
};

/* Existing or new; the name is copied. */
group *inventory_add_group(inventory *inv, const char *name, struct position at);
/* Existing or new; port (-1: none) is set only on a new one, as Ansible does. g may be NULL. */
host *inventory_add_host(
	inventory *inv, const char *name, group *g, gint64 port, struct position at);
void inventory_add_child(inventory *inv, group *parent, group *child, struct position at);
void group_add_host(group *g, host *h);

/* Sets a variable; takes item. ansible_group_priority sets the priority instead. Fails for a
 * priority that is no number. */
gboolean group_set_variable(inventory *inv, group *g, const char *key, value *item, GError **error);
/* On the group of that name if there is one, as Ansible does. */
gboolean host_set_variable(inventory *inv, host *h, const char *key, value *item, GError **error);

/* Adds a warning (owned) if anyone wants them. */
void inventory_warn(inventory *inv, struct position at, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* "localhost" and its addresses: the listed one, or the implicit; NULL for other names. */
host *inventory_local_host(const inventory *inv, const char *name);

/* A host that no source has; made when it is asked for. */
host *inventory_unlisted_host(const inventory *inv, const char *name);

/* After the last source: ungrouped, all, depths; refuses loops. */
gboolean inventory_reconcile(inventory *inv, GError **error);

/* Direct members and those of descendants, breadth first, each once. Borrowed. */
const GPtrArray *group_all_hosts(const inventory *inv, const group *g);

/* Readers of one source each, into the inventory. */
gboolean source_read_list(inventory *inv, const char *list, GError **error);
gboolean source_read_ini(
	inventory *inv, const char *text, gsize length, const char *name, GError **error);
/* v: the hosts/vars/children form. */
gboolean source_read_yaml(inventory *inv, const value *v, GError **error);
/* v: what a script prints for --list. host_variables fetches those of one host when there is no
 * _meta (returns a dict; caller unrefs); NULL: hosts have none then. */
typedef value *(*source_host_function)(gpointer data, const char *host_name, GError **error);
gboolean source_read_listing(inventory *inv, const value *v, const char *name,
	source_host_function host_variables, gpointer data, GError **error);
gboolean source_read_script(inventory *inv, const char *path, GError **error);
gboolean source_read_url(inventory *inv, const char *url, GError **error);

/* One layer of a host's variables. */
struct layer {
	enum variable_level level;
	const char *owner;                 /* name of the group or host */
	const value *dict;                 /* borrowed */
	const struct variables *variables; /* when dict is of these; else NULL */
};

/* The layers of h, from the least to the most specific (struct layer). Caller unrefs. */
GArray *inventory_layers(const inventory *inv, const host *h, GError **error);

/* The variables of a host as they are written, ciphertexts included. Caller unrefs. */
value *inventory_host_raw(const inventory *inv, const host *h, GError **error);

/* The groups of h and their ancestors, without all, from the least to the most specific. */
const GPtrArray *inventory_host_groups(const inventory *inv, const host *h);

#endif
