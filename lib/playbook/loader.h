/* What the files of this room share while a playbook is being read. */
#ifndef SUTLER_PLAYBOOK_LOADER_H
#define SUTLER_PLAYBOOK_LOADER_H

#include "base/problems.h"
#include "playbook/playbook.h"

enum { INCLUDE_DEPTH_MAX = 100 };

/* A playbook with what only the loader needs. */
struct book {
	playbook public;      /* first: a playbook * is a struct book * */
	GRecMutex lock;       /* guards everything below once hosts run */
	GPtrArray *tasks;     /* struct task *: all there are, owned */
	GPtrArray *roles;     /* struct loaded_role *: owned */
	GPtrArray *scopes;    /* struct scope *: owned */
	GPtrArray *kept;      /* value *: owned for scopes */
	GPtrArray *libraries; /* char *: folders of own modules, of the playbooks and roles read so
				 far */
	GHashTable *inside;   /* task of an include -> struct scope * of what it includes */
	GHashTable *loaded;   /* key -> struct included *, owned */
	GHashTable
		*brought;   /* task of an include -> GPtrArray of struct included *: what is read */
	problems *problems; /* of the load; NULL once the playbook is loaded */
};

/* What tasks inherit where they stand. */
struct scope {
	const struct scope *outer;
	struct play *play;
	struct task *directives;   /* effective values to inherit; not a task of the playbook */
	const struct task *parent; /* enclosing block or include; or NULL */
	struct loaded_role *role;
	GPtrArray *module_defaults; /* value * dicts, outermost first */
	const value *collections;   /* list: where roles are looked for, too; or NULL */
	const value *files;         /* what the play's vars_files hold, as far as known; or NULL */
	const char *include; /* the file as the import or include that brought us here names it */
	const char *file;    /* the file being read, for cycles */
	const char *folder;  /* of the playbook file the play stands in */
	gboolean handlers;   /* these are handlers */
	gboolean dynamic;    /* brought by include_tasks or include_role */
	gboolean sheltered;  /* of the tasks here; see struct task */
	guint depth;
	guint open_files; /* files of tasks that led here */
};

struct loader {
	struct book *book;
	const struct playbook_options *options;
	GHashTable *roles_done; /* roles of this play already there: not run twice */
	problems *problems;     /* what is wrong so far */
};

/* Takes *error for one of the load's problems and clears it, so that reading goes on. FALSE: a
 * limit was met, which ends it. */
gboolean loader_go_on(const struct loader *l, GError **error);

/* A role with its own part of what its tasks see. */
struct loaded_role {
	struct role public;       /* first */
	struct loaded_role *user; /* the role that depends on this one; or NULL */
	GPtrArray *dependencies;  /* struct loaded_role * */
	value *defaults;          /* defaults/ alone */
	value *variables;         /* vars/ alone */
	value *vars;              /* vars: where it is used */
	value *parameters;        /* other keys where it is used */
	gboolean allow_duplicates;
};

/* The tasks an include brought. */
struct included {
	GPtrArray *tasks;
	GPtrArray *handlers;
};

/* objects.c: making and freeing. */

struct task *task_new(struct book *book);
struct play *play_new(void);
void play_free(struct play *play);
struct book *book_new(const char *path);
void book_free(struct book *book);
struct loaded_role *role_new(struct book *book, const char *name, const char *path);

/* read.c: YAML files. */

/* The file's value, frozen, its encrypted strings decrypted when there is a password. Caller
 * unrefs. */
value *read_yaml(const struct loader *l, const char *path, GError **error);
/* The same from text. */
value *read_yaml_text(
	const struct loader *l, const char *text, gsize length, const char *path, GError **error);
/* A file of variables, which may be encrypted as a whole: a dict. Caller unrefs. */
value *read_variables(const struct loader *l, const char *path, GError **error);

/* scope.c */

/* A scope inside outer (NULL: a play's), inheriting everything; owned by the book. */
struct scope *scope_new(struct book *book, const struct scope *outer);
/* A new task standing in scope. */
struct task *scope_task(struct book *book, const struct scope *scope);
/* A file or role name, with what is known before any host is: extra variables, those of the play,
 * the role and the blocks. Caller frees. */
char *scope_evaluate(
	const struct loader *l, const struct scope *scope, const value *raw, GError **error);

/* directives.c: the keys plays, blocks, tasks and roles have in common. */

/* Refuses keys that place does not have, and values of the wrong type: all but the last become
 * problems of the load. Keys that are no keywords at all pass when skip says so. What only matters
 * where the task is reached becomes its fault. */
typedef gboolean (*key_filter)(const char *key, gconstpointer data);
gboolean directives_check(const struct loader *l, const value *dict, guint place, const char *what,
	key_filter skip, gconstpointer data, struct task *task, GError **error);
/* Takes from dict into task: plain values, when, tags, vars, environment, notify. */
gboolean directives_take(struct task *task, const value *dict, GError **error);
/* Adds the module_defaults of dict to the scope. */
gboolean directives_module_defaults(struct scope *scope, const value *dict, GError **error);
/* Tags of a value: a list, or names separated by commas. */
void tags_take(GPtrArray *tags, const value *v);
/* The variables of vars: as one dict; v may be NULL or null. Caller unrefs. */
value *vars_merge(const value *v, GError **error);
/* Position of key in dict; dict's own when absent. */
struct position key_position(const value *dict, const char *key);
/* dict's item under key; NULL when absent or null. */
value *dict_given(const value *dict, const char *key);
/* v as a list of one when it is none; caller unrefs. */
value *as_list(const value *v);

/* action.c: which module a task names, and its arguments. */

struct action {
	const char *key;             /* as written */
	char *short_name;            /* without collection */
	const struct module *module; /* NULL for statements */
	value *arguments;            /* dict, or a template string */
	struct position at;          /* of the key */
	struct position arguments_at;
	gboolean local;   /* local_action */
	gboolean lacking; /* a module that others have and we do not */
	char *own;        /* the file of a module that the project brings along; or NULL */
	gboolean shadows; /* which stands in the way of one of ours */
};
void action_clear(struct action *action);
gboolean action_find(const struct loader *l, const struct scope *scope, const value *dict,
	struct action *action, GError **error);
/* Whether key names a module or statement here. */
gboolean action_is_key(const char *key, gconstpointer loader);

/* own-modules.c: modules that a project, its roles or an installed collection bring along. */

/* Takes note of folders of plugins, which are not loaded, and of library/ and action_plugins/ of a
 * playbook's or a role's folder; like Ansible's, they count for all that is read from then on. */
void own_modules_add(struct book *book, const char *folder);
/* The file of the module; NULL: there is none. Caller frees. */
char *own_module_find(const struct loader *l, const char *name);

/* task.c: lists of tasks. */

/* Reads list (or null, or NULL) and appends to tasks. */
gboolean tasks_read(const struct loader *l, const struct scope *scope, const value *list,
	GPtrArray *tasks, GError **error);
/* Loop, register, listen. */
gboolean task_take_own(struct task *task, const value *dict, GError **error);

/* loop.c */

/* loop, with_X and loop_control. */
gboolean task_take_loop(struct task *task, const value *dict, GError **error);
/* v as the name of a variable that key needs. */
gboolean check_variable_name(const value *v, const char *key, GError **error);

/* include.c: files of tasks. */

/* Reads the file's list of tasks in scope, whose file it becomes. */
gboolean tasks_read_file(const struct loader *l, struct scope *scope, const char *path,
	struct position at, GPtrArray *tasks, GError **error);
/* Where the file is that an import (or include) in scope calls name; NULL: nowhere. Caller frees.
 */
char *tasks_find_file(const struct scope *scope, const char *name, gboolean include);
gboolean import_tasks(const struct loader *l, const struct scope *outer, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error);
gboolean include_tasks(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error);
/* The old `include`: an import, unless it has a loop, a template in its name, or stands in what was
 * included while a play runs. Its other arguments are variables. */
gboolean include_old(const struct loader *l, const struct scope *scope, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error);
/* What import_tasks and import_role share: the scope that what is imported inherits. what: their
 * name; places: where the directives in dict may stand. Owned by the book. */
struct scope *import_scope(const struct loader *l, const struct scope *outer, const value *dict,
	const char *what, guint places, GError **error);
/* The parts include_tasks and include_role share: the task, and the scope inside it. */
struct task *include_new(const struct loader *l, const struct scope *outer, const value *dict,
	const struct action *action, GError **error);

/* What an include names could not be read: the include's fault; FALSE at a limit. Takes fault. */
gboolean include_failed(struct task *task, GError *fault, GError **error);

/* role.c */

struct role_use {
	const value *name;      /* raw */
	const char *tasks_from; /* NULL: main */
	const char *vars_from;
	const char *defaults_from;
	const char *handlers_from;
	const value *parameters; /* dict or NULL */
	const value *vars;       /* dict or NULL */
	gboolean repeat;         /* may run although it is there already */
	struct position at;
};

/* Reads a role in scope (a new one of its own), its dependencies first. */
struct loaded_role *role_read(const struct loader *l, struct scope *scope,
	const struct role_use *use, GPtrArray *tasks, GPtrArray *handlers, GError **error);
/* Reads the entries of roles: or dependencies:. */
gboolean roles_read(const struct loader *l, const struct scope *scope, const value *list,
	GPtrArray *tasks, GPtrArray *handlers, GPtrArray *roles, GError **error);

/* role-find.c */

/* The folder of a role: its path, or the collection its full name or `collections` names; below
 * roles/ beside the playbook, the configured folders, beside the role
 * that depends on it, beside the playbook. Caller frees. */
char *role_find(const struct loader *l, const struct scope *scope, const char *name,
	struct position at, GError **error);
/* The folder name below `below` ("roles") in the collection parts[0].parts[1]: one that is
 * installed, or the one that the folder beside lies in. NULL: there is none. Caller frees. */
char *collection_find(const struct loader *l, const char *beside, char *const *parts,
	const char *below, const char *name);
/* folder/main or folder/name with one of the endings .yml, .yaml, .json or none; NULL: none there.
 * Caller frees. */
char *role_find_part(const char *folder, const char *name);
/* The error for a part that is not there; FALSE. */
gboolean role_set_missing(const struct loaded_role *role, const char *kind, const char *name,
	struct position at, GError **error);
/* Adds the names in a folder (char *, owned) to names. */
void folder_names(GPtrArray *names, const char *folder);

/* role-variables.c */

/* Reads defaults/ and vars/, takes vars and parameters of the use. */
gboolean role_read_own(const struct loader *l, struct loaded_role *role, const struct role_use *use,
	GError **error);
/* Puts together what its tasks see. Called before its dependencies are read (their names may need
 * it) and after. */
void role_compose(struct loaded_role *role);

/* role-include.c */

gboolean import_role(const struct loader *l, const struct scope *outer, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error);
gboolean include_role(const struct loader *l, const struct scope *outer, const value *dict,
	const struct action *action, GPtrArray *tasks, GError **error);
/* What use says in dict (name, tasks_from, ...). */
gboolean role_use_take(struct role_use *use, const value *dict, const char *what,
	struct position at, GError **error);

/* play.c */

/* outside: what the imports of its playbook add. */
struct play *play_read(
	const struct loader *l, const value *dict, const struct scope *outside, GError **error);

/* fault.c: what a task is told for where it is reached. */

/* Makes fault (taken) the task's, unless it has one. */
void task_set_fault(struct task *task, GError *fault);
/* Sees whether a directive of the task is one that nothing honours yet. */
void task_check_supported(struct task *task);
/* Whether it has conditions that can be false. */
gboolean task_has_condition(const struct task *task);
/* Whether it, or what stands in it, may stay unreached, or its failure be without effect. */
gboolean task_may_be_passed(const struct task *task);

/* notify.c */

/* Refuses the notification of a handler that does not exist, as far as that can be known. */
void play_check_notify(const struct loader *l, const struct play *play);

#endif
