/* What the files of this room share while a playbook is being read. */
#ifndef SUTLER_PLAYBOOK_LOADER_H
#define SUTLER_PLAYBOOK_LOADER_H

#include "playbook/playbook.h"

enum { INCLUDE_DEPTH_MAX = 100 };

/* A playbook with what only the loader needs. */
struct book {
	playbook public; /* first: a playbook * is a struct book * */
	GRecMutex lock;	 /* guards everything below once hosts run */
	GPtrArray *tasks;   /* struct task *: all there are, owned */
	GPtrArray *roles;   /* struct role *: owned */
	GHashTable *scopes; /* task of an include -> struct scope * for what it includes */
	GHashTable *loaded; /* "task path" -> struct included * */
};

/* What tasks inherit where they stand. Scopes live as long as the book: includes are read late. */
struct scope {
	const struct scope *outer;
	struct play *play;
	struct task *directives;   /* effective values to inherit; no task of its own */
	const struct task *parent; /* enclosing block or include; or NULL */
	struct role *role;
	const struct scope *role_scope; /* of the role that uses this one: parents of a dependency */
	GPtrArray *module_defaults;	/* value * dicts, outermost first */
	char *include;	   /* the file name as the include that brought us here gave it; or NULL */
	char *file;	   /* the file being read, for cycles */
	gboolean handlers; /* these are handlers */
	gboolean dynamic;  /* brought by include_tasks or include_role */
	guint depth;
};

struct loader {
	struct book *book;
	const struct playbook_options *options;
};

/* scope.c */

/* A scope inside outer, inheriting everything; owned by the book. */
struct scope *scope_new(const struct loader *l, const struct scope *outer);
struct task *scope_task(const struct loader *l, const struct scope *scope);
void scope_free(struct scope *scope);
/* Copies what is inherited from one task to another. */
void task_inherit(struct task *task, const struct task *from);
void task_free(struct task *task);
struct play *play_new(void);
void play_free(struct play *play);
struct role *role_new(void);
void role_free(struct role *role);

/* A file name or role name, with what is known before any host is: extra variables, the play's and
 * those on the way. NULL with an error when that does not suffice. Caller frees. */
char *scope_evaluate(const struct loader *l, const struct scope *scope, const value *raw,
	GError **error);

/* directives.c: the keys plays, blocks, tasks and roles have in common. */

/* Refuses keys that place does not have (but those in skip, a predicate), checks the types. */
typedef gboolean (*key_filter)(const char *key, gpointer data);
gboolean directives_check(const value *dict, guint place, const char *what, key_filter skip,
	gpointer data, GError **error);
/* Takes from dict into task: plain values, when, tags, vars, environment, notify. */
gboolean directives_take(struct task *task, const value *dict, GError **error);
/* Adds the module_defaults of dict to the scope. */
gboolean directives_module_defaults(struct scope *scope, const value *dict, GError **error);
/* Tags of a value: a list, or names separated by commas. */
gboolean tags_take(GPtrArray *tags, const value *v, GError **error);
value *vars_merge(const value *v, GError **error);
/* Position of key in dict; dict's own when absent. */
struct position key_position(const value *dict, const char *key);
/* v as a list of one when it is none; caller unrefs. */
value *as_list(const value *v);

/* action.c: which module a task names, and its arguments. */

struct action {
	const char *key;    /* as written */
	char *short_name;   /* without collection */
	const struct module *module; /* NULL for statements */
	value *arguments;
	struct position at; /* of the key */
	struct position arguments_at;
	gboolean local; /* local_action */
};
void action_clear(struct action *action);
gboolean action_find(const struct loader *l, const value *dict, gboolean handler,
	struct action *action, GError **error);
gboolean action_is_statement(const char *short_name);
char *action_short_name(const char *name);

/* task.c: lists of tasks. */

/* Reads list (or null) and appends to tasks. */
gboolean tasks_read(const struct loader *l, const struct scope *scope, const value *list,
	GPtrArray *tasks, GError **error);

/* include.c: files of tasks. */

gboolean tasks_read_file(const struct loader *l, const struct scope *scope, const char *path,
	struct position at, GPtrArray *tasks, GError **error);
char *tasks_find_file(const struct loader *l, const struct scope *scope, const char *name);
gboolean import_tasks(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error);
struct task *include_tasks(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GError **error);
struct included *included_load(const struct loader *l, const struct play *play,
	const struct task *parent, const char *path, const value *role_arguments, GError **error);

/* role.c */

/* Reads the entries of roles: and appends their tasks; handlers go to the play. */
gboolean roles_read(const struct loader *l, const struct scope *scope, const value *list,
	GPtrArray *tasks, GError **error);
struct role_use {
	const value *name;	/* raw */
	const char *tasks_from; /* or NULL: main */
	const char *vars_from;
	const char *defaults_from;
	const char *handlers_from;
	gboolean allow_duplicates;
	value *parameters; /* dict or NULL */
	value *vars;	   /* dict or NULL */
	struct position at;
};
/* Reads a role's dependencies, tasks and handlers. */
gboolean role_read(const struct loader *l, struct scope *scope, const struct role_use *use,
	GPtrArray *tasks, GPtrArray *handlers, GError **error);
gboolean import_role(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error);
struct task *include_role(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GError **error);

/* play.c */
struct play *play_read(const struct loader *l, const value *dict, const struct task *imported,
	GError **error);
gboolean play_check_notify(const struct loader *l, const struct play *play, GError **error);

#endif
