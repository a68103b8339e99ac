/*
 * The variables of one host at one point of a run, in Ansible's order of precedence.
 *
 * Ansible documentation: "Using Variables", "Understanding variable precedence". The order
 * is that of inventory/precedence.h.
 */
#ifndef SUTLER_RUN_VARIABLES_H
#define SUTLER_RUN_VARIABLES_H

#include "inventory/inventory.h"
#include "playbook/playbook.h"
#include "template/template.h"

#define VARIABLES_ANY "*"

typedef struct variables variables;

/* What all hosts of a run share; pointers borrowed. */
struct variables_shared {
	const inventory *inventory;
	const playbook *playbook;
	const value *extra; /* dict */
	gboolean check, diff;
	const char *limit;                 /* as given; NULL: none */
	const GPtrArray *tags, *skip_tags; /* char *; NULL or empty: none */
	GHashTable *hosts; /* name -> variables *, of all hosts of the run; for hostvars */
	/* The same for hosts that take no part in the run, made when hostvars asks for them; owned.
	 * NULL: they are not seen. Guarded by others_lock. */
	GHashTable *others;
	GMutex *others_lock;
	value *groups; /* inventory_groups() */
};

variables *variables_new(const struct variables_shared *shared, const host *h);
void variables_free(variables *v);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(variables, variables_free)

/* Enters a play on hosts, a list of names. */
void variables_enter_play(variables *v, const struct play *play, value *hosts);
/* Which of them are left, and which of those belong to the host's batch. */
void variables_set_batch(variables *v, value *left, value *batch);
/* A dict from vars_files; takes it. */
void variables_add_play_file(variables *v, value *dict);

/* Points at a task (its vars, its role); NULL: none. */
void variables_set_task(variables *v, const struct task *task);
/* Variables of the loop (item, index, ansible_loop); a dict or NULL; takes it. */
void variables_set_loop(variables *v, value *dict);

/* Facts and registered results of the host; taken. Seen by hostvars of other hosts at once. */
void variables_set(variables *v, const char *name, value *item);
/* A variable from include_vars; taken; seen as they are. */
void variables_include(variables *v, const char *name, value *item);
/* A fact that the host returned, with or without the prefix "ansible_". FALSE: not taken, because
 * variables of this name say how to reach the host or whom to become there. */
gboolean variables_add_fact(variables *v, const char *name, const value *fact);

/* Forgets the facts of the host (`meta: clear_facts`). */
void variables_clear_facts(variables *v);

/* A fact or variable for a host from the thread of another one (delegate_facts); copied. FALSE: not
 * taken, as above. */
gboolean variables_give(variables *v, const char *name, const value *item, gboolean plain);
/* The variables of another host of the run, or of the inventory; NULL: there is none. Borrowed. */
variables *variables_of_other(variables *v, const char *name);

/* Those of any host that a step is delegated to, also of one that the inventory does not have: h is
 * inventory_any_host()'s. Borrowed. */
variables *variables_of_target(variables *v, const host *h);
/* A variable of a host, evaluated, as hostvars shows it to others; any thread. NULL without error:
 * not defined. Caller unrefs. */
value *variables_get_of_host(variables *v, const char *name, GError **error);

/* The value of a name that is not evaluated: as the host has it wherever it is in the run (any
 * thread), and as its current task sees it, whatever is not known yet (own thread). NULL: none.
 * Caller unrefs. */
value *variables_find_of_host(variables *v, const char *name);
value *variables_raw(variables *v, const char *name);
/* Whether a result or set_fact of this host has brought the name, or is about to. */
gboolean variables_is_found_out(variables *v, const char *name);
/* Whether the name means something that changes while other hosts fail. */
gboolean variables_is_about_others(const char *name);
/* Whether the name is a fact of the host, or may become one. */
gboolean variables_may_be_fact(variables *v, const char *name);

/* Whether other hosts have come as far, so that `hostvars` may look at theirs; until then that is
 * SUTLER_ERROR_PENDING, and variables_wants_others() says afterwards that somebody has tried. */
void variables_set_others_settled(variables *v, gboolean settled);
gboolean variables_wants_others(const variables *v);

/* Marks a name (NULL: facts; VARIABLES_ANY: whatever include_vars may set) as not known yet, or as
 * known again; marks nest. */
void variables_set_pending(variables *v, const char *name, gboolean pending);
/* Marks a name as depending on a command that a dry run did not run. */
void variables_set_unpredicted(variables *v, const char *name);

/* Whether a value is what the variable `omit` gives. */
gboolean variables_is_omit(const value *v);

/* The scope for templates; valid as long as v; search folders follow the task. */
const struct template_scope *variables_scope(variables *v);

/* Folders searched for files of variables, NULL-terminated; they follow the task. */
const char *const *variables_folders(variables *v);
/* The same for any task of a playbook in this folder. Caller frees. */
char **variables_folders_of(const struct task *task, const char *playbook_folder);
/* For with_first_found: the scope with the folders searched that go with the task's module: vars/
 * for include_vars, templates/ for template, else files/. */
struct template_scope variables_first_found_scope(variables *v);

/* A variable, evaluated; NULL without error: not defined. Caller unrefs. */
value *variables_get(variables *v, const char *name, GError **error);

/* Evaluates raw; NULL raw gives NULL. Caller unrefs. */
value *variables_evaluate(variables *v, const value *raw, GError **error);

#endif
