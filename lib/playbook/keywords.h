/* The keys of plays, blocks, tasks, handlers and roles: one table that everything derives from. */
#ifndef SUTLER_PLAYBOOK_KEYWORDS_H
#define SUTLER_PLAYBOOK_KEYWORDS_H

#include "playbook/playbook.h"

enum keyword_place {
	IN_PLAY = 1 << 0,
	IN_BLOCK = 1 << 1,
	IN_TASK = 1 << 2,
	IN_HANDLER = 1 << 3,
	IN_INCLUDE = 1 << 4, /* include_tasks, include_role */
	IN_ROLE = 1 << 5,    /* an entry of roles: */
	IN_IMPORT = 1 << 6,  /* import_playbook */
	INHERITED = 1 << 7,  /* what is in it gets it from what is around it */
};

enum keyword_type {
	TYPE_ANY,
	TYPE_TEXT, /* any scalar */
	TYPE_BOOL,
	TYPE_INT,
	TYPE_NUMBER,    /* may end with % */
	TYPE_LIST,      /* or one scalar */
	TYPE_DICT,      /* or a template */
	TYPE_VARS,      /* a dict, or a list of dicts, with names of variables as keys */
	TYPE_CONDITION, /* bool, expression, or a list of them */
	TYPE_TASKS,     /* a list of mappings */
	TYPE_REFUSED,   /* Ansible knows it, we do not: advice says what to do */
};

struct keyword {
	const char *name;
	enum keyword_type type;
	guint places;
	gsize task_offset; /* of the value * in struct task; 0: handled by name */
	gsize play_offset; /* the same in struct play */
	const char *advice;
	const char *by; /* below lib/: what honours it, or refuses it; tests/keywords.py looks */
};

/* By name; NULL: no such keyword anywhere. */
const struct keyword *keyword_find(const char *name);

/* The raw value a task or play has for it; NULL: none. Borrowed. */
const value *keyword_of_task(const struct keyword *keyword, const struct task *task);
const value *keyword_of_play(const struct keyword *keyword, const struct play *play);

/* The table; *n gets its length. */
const struct keyword *keyword_table(gsize *n);

/* Checks v for the keyword, where it stands in a place; templates pass where their result may fit.
 */
gboolean keyword_check(const struct keyword *keyword, const value *v, GError **error);

/* The error for a key that place (shown as `what`) does not know: ", did you mean", or where it
 * belongs. */
void keyword_set_unknown(const char *name, guint place, const char *what, struct position at,
	const char *const *others, gsize n_others, GError **error);

/* Whether v is absent, or a literal that means no: false, no, 0, never. */
gboolean keyword_is_off(const value *v);

/* "nothing", "a list", "a mapping" or the quoted scalar: for messages. Caller frees. */
char *describe_value(const value *v);

/* Whether name can be a variable's (a Python identifier, no keyword). */
gboolean variable_name_is_valid(const char *name);

/* Checks the keys of vars (a dict). */
gboolean variables_check(const value *vars, GError **error);

#endif
