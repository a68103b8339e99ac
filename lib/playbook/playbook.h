/*
 * Playbooks: YAML turned into checked plays and tasks, each with its position.
 *
 * Everything is read and checked before a host is contacted; what is not known is refused with
 * "file:line:column: what, and what to write instead". A loaded playbook is read-only and shared by
 * all host threads; raw values (not yet templated) are frozen.
 *
 * Behaviour: Ansible 2.14 "Playbook Keywords", "Blocks", "Loops", "Handlers", "Roles".
 */
#ifndef SUTLER_PLAYBOOK_PLAYBOOK_H
#define SUTLER_PLAYBOOK_PLAYBOOK_H

#include "value/value.h"

struct module; /* lib/modules */

/* What the loader asks about modules; given by the caller, because modules are a later room. */
struct module_catalog {
	/* The module of a task key ("copy", "ansible.builtin.copy", "community.general.x"); NULL:
	 * none. */
	const struct module *(*find)(const char *name);
	/* Whether it takes a free-form text (command, shell, raw, script, meta...). */
	gboolean (*is_free_form)(const struct module *module);
	/* Checks raw arguments (names, required ones, types where no template is in the way).
	 * arguments holds a free-form text under "_raw_params". */
	gboolean (*check)(const struct module *module, const value *arguments, struct position at,
		GError **error);
	/* Short names of all modules, sorted, for "did you mean". */
	const char *const *(*names)(gsize *n);
};

enum task_kind {
	TASK_MODULE,
	TASK_BLOCK,         /* block, rescue, always hold its tasks */
	TASK_INCLUDE_TASKS, /* arguments: file; loaded when reached (playbook_load_tasks()) */
	TASK_INCLUDE_ROLE,  /* arguments: name, tasks_from, ...; loaded when reached */
	TASK_META,          /* arguments: _raw_params: flush_handlers, noop, end_play, end_host,
			       clear_host_errors, clear_facts, end_batch, reset_connection */
	TASK_DONE,          /* made by a run behind a handler (parent) that was due */
};

/* A role a task belongs to. */
struct role {
	char *name;
	char *path;      /* its folder: role_path; files/, templates/ below it are searched first */
	value *defaults; /* dict; lowest precedence; never NULL */
	value *variables;  /* vars/main.yml; dict; never NULL */
	value *parameters; /* given where the role is used; dict; never NULL */
};

struct task {
	enum task_kind kind;
	struct position at;          /* of the task's mapping */
	value *name;                 /* raw string (may be templated); NULL when unnamed */
	const struct module *module; /* TASK_MODULE */
	char *module_name;           /* short name, or "block", "include_tasks", "meta" */
	value *arguments; /* raw dict (free-form text under "_raw_params"); or a raw string "{{ dict
			     }}" */
	struct position arguments_at;
	struct role *role;         /* NULL outside roles; owned by the playbook */
	const struct task *parent; /* enclosing block, include or NULL */

	/* Effective: inherited from play, blocks and roles, outermost first. */
	GPtrArray *when;         /* value *: conditions, all must hold */
	GPtrArray *tags;         /* char * */
	GPtrArray *vars;         /* value * dicts, outermost first (play vars not included) */
	GPtrArray *include_vars; /* value * dicts: those of them that include_tasks and include_role
				    around it were given, outermost first */
	GPtrArray *environment;  /* value * dicts or template strings, outermost first, play's
				    included */
	/* Raw, own or inherited from the nearest that sets it (play included); NULL: nobody set it.
	 */
	value *become, *become_user, *become_method, *remote_user, *connection;
	value *ignore_errors, *ignore_unreachable, *no_log, *check_mode, *diff, *any_errors_fatal;
	value *delegate_to, *delegate_facts, *run_once, *throttle, *timeout, *port;

	/* Own. */
	value *loop;     /* raw list or expression; NULL: no loop */
	char *loop_kind; /* "loop" or the lookup of with_LOOKUP ("items", "dict", "fileglob"...) */
	char *loop_variable;  /* loop_control.loop_var; "item" */
	char *index_variable; /* loop_control.index_var; or NULL */
	value *loop_label;    /* or NULL */
	value *loop_pause;    /* or NULL */
	gboolean loop_extended;
	char *register_name; /* or NULL */
	GPtrArray *notify;   /* value *: raw names; empty when none */
	GPtrArray *listen;   /* char *: topics a handler listens to; empty when none */
	value *changed_when, *failed_when, *until, *retries, *delay; /* raw; or NULL */
	value *async_seconds, *poll;                                 /* or NULL */

	GPtrArray *block, *rescue, *always; /* struct task *; TASK_BLOCK only */
	gboolean has_rescue;
	/* Why it cannot be done here: it fails with this where it is reached. Or NULL. */
	GError *fault;
	gboolean fault_in_condition; /* it lies in `when` itself, or in the loop */
	/* A handler it notifies that the play does not have, in a role that may count on the
	 * handlers of others: it fails when it changes something. Or NULL. */
	GError *unheard;
	/* Something around it, or its ignore_errors, may keep it from running, or its failure from
	 * ending anything. */
	gboolean sheltered;
	guint order;       /* of a handler: its place among those of the play, from 1; else 0 */
	gboolean implicit; /* a flush between the sections of a play: runs whatever the tags */
};

struct play {
	struct position at;
	const char *folder;    /* of the playbook file it stands in: files are found beside it */
	value *name;           /* raw; NULL: named after hosts */
	value *hosts;          /* raw: string or list */
	value *vars;           /* raw dict; never NULL */
	GPtrArray *vars_files; /* value *: raw paths (or lists of alternatives) with positions */
	value *vars_prompt;    /* or NULL */
	value *gather_facts;   /* raw; NULL: not set (Ansible's default: yes) */
	value *gather_subset, *gather_timeout, *fact_path; /* or NULL */
	value *serial, *max_fail_percentage, *any_errors_fatal, *strategy,
		*order; /* raw; or NULL */
	value *become, *become_user, *remote_user, *connection, *environment, *check_mode, *no_log;
	value *ignore_errors, *ignore_unreachable, *force_handlers, *throttle, *timeout, *port;
	GPtrArray *tags;
	GPtrArray *when; /* value *: of the import_playbook that brought it; in its tasks already,
			    but the gathering of facts depends on it, too */
	/* Everything to run in order: pre_tasks, roles, tasks, post_tasks; between the sections
	 * stand TASK_META flush_handlers entries, as in Ansible. struct task *. */
	GPtrArray *tasks;
	GPtrArray *handlers; /* struct task *, those of roles first; blocks are flattened */
	GPtrArray *roles;    /* struct role *; owned by the playbook */
};

struct playbook {
	char *path;                /* as given */
	char *folder;              /* playbook_dir, absolute */
	GPtrArray *plays;          /* struct play *, import_playbook expanded */
	GPtrArray *plugin_folders; /* char *: of the project and its roles; nothing in them is
				      loaded */
};
typedef struct playbook playbook;

struct playbook_options {
	const struct module_catalog *catalog;
	const char *const
		*roles_paths; /* NULL-terminated, after roles/ beside the playbook; may be NULL */
	const char *const *libraries; /* more folders of modules; may be NULL */
	const char *const
		*collections; /* where collections are installed; NULL: Ansible's places */
	/* What plays gather that do not say so themselves; NULL: not told. */
	const value *gather_subset, *gather_timeout, *fact_path;
	const value
		*extra_vars; /* dict: known while loading (file names of imports); may be NULL */
	const struct vault
		*vault; /* passwords of encrypted variables (inventory/vault.h); may be NULL */
};

/* Loads and checks a playbook and all it imports. Errors: SUTLER_ERROR_USAGE, located. Caller
 * frees. */
playbook *playbook_load(const char *path, const struct playbook_options *options, GError **error);
/* The same from text already in memory (the built-in playbooks); path names it in errors. */
playbook *playbook_parse(const char *text, gsize length, const char *path,
	const struct playbook_options *options, GError **error);
void playbook_free(playbook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(playbook, playbook_free)

/* Where the file is that an include_tasks calls name (evaluated), searched as Ansible does: beside
 * the including files, below the role, beside the playbook. NULL: nowhere. Caller frees. */
char *playbook_find_tasks(playbook *book, const struct task *include, const char *name);

/* Where the file of a vars_files entry (evaluated) is: below vars/ or beside the play's playbook.
 * NULL: nowhere. Caller frees. Read it with variable_file_read(). */
char *playbook_find_vars_file(const struct play *play, const char *name);

/* Tasks of a file reached by include_tasks (path already evaluated and found), as if written in
 * place of parent, whose directives they inherit. Returned tasks are owned by book (thread-safe;
 * the same file under the same parent is loaded once). struct task *; borrowed. */
const GPtrArray *playbook_load_tasks(playbook *book, const struct play *play,
	const struct task *parent, const char *path, const struct playbook_options *options,
	GError **error);
/* The same for include_role: evaluated arguments (name, tasks_from, defaults_from, vars_from). Its
 * handlers are added to *ret_handlers (struct task *; borrowed). */
const GPtrArray *playbook_load_role(playbook *book, const struct play *play,
	const struct task *parent, const value *arguments, const struct playbook_options *options,
	GPtrArray **ret_handlers, GError **error);

/* Whether nothing but tags can keep the task from running and failing: then its fault is told
 * before anything runs, else where it is reached. */
gboolean playbook_task_is_certain(const struct task *task);

/* Visits tasks, those in blocks, and those of includes that are read already. The visitor says
 * whether to go inside. */
typedef gboolean (*playbook_visitor)(struct task *task, gpointer data);
void playbook_visit(playbook *book, const GPtrArray *tasks, playbook_visitor visit, gpointer data);

/* Whether a task with its effective tags runs under --tags only and --skip-tags skip (char *
 * arrays, empty: none): always, never, tagged, untagged, all as in Ansible. */
gboolean playbook_tags_match(const GPtrArray *tags, const GPtrArray *only, const GPtrArray *skip);

#endif
