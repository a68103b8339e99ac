/*
 * Modules: what a task can do, as a declaration, a C part and a shell part.
 *
 * NAME.sh opens with the declaration, of which declare.py (it says how one is written) makes
 * `const struct module module_NAME`: the table that checks, documents and converts its parameters.
 * Below it is the function do_NAME that runs on the target (see lib/transport/runtime/ for what it
 * can use); each parameter NAME arrives there as p_NAME. NAME.c is only there when something is
 * decided here: the functions that the declaration names. A module without a script runs here
 * (run_here). Adding a module is NAME.sh and one line in meson.build.
 *
 * A call goes through: module_call_new() converts the evaluated arguments, prepare() adds what the
 * target needs (bodies, hashes, found files), the run sends call->line, remote_result() (remote.h)
 * makes the result of what came back, finish() completes it.
 */
#ifndef SUTLER_MODULES_MODULE_H
#define SUTLER_MODULES_MODULE_H

#include "base/cancel.h"
#include "base/payload.h"
#include "inventory/vault.h"
#include "modules/result.h"
#include "template/template.h"
#include "value/convert.h"

enum parameter_type {
	PARAMETER_TEXT = KIND_TEXT,
	PARAMETER_PATH = KIND_PATH, /* on the host: ~ is expanded there */
	PARAMETER_BOOL = KIND_BOOL,
	PARAMETER_INT = KIND_INT,
	PARAMETER_FLOAT = KIND_FLOAT,
	PARAMETER_LIST =
		KIND_LIST, /* of texts; a string is split at commas. In shell: quoted words */
	PARAMETER_DICT = KIND_DICT, /* In shell: quoted words key value key value */
	PARAMETER_ANY = KIND_ANY,   /* as it is; never sent to the shell */
	PARAMETER_MODE,             /* file mode: see mode.h */
};

struct parameter {
	const char *name;
	enum parameter_type type;
	guint flags;          /* enum parameter_flags */
	const char *fallback; /* default, as text; NULL: none */
	const char *choices;  /* "a|b|c"; NULL: anything */
	const char *aliases;  /* "dest|name"; NULL: none */
	const char *summary;
};

enum parameter_flags {
	PARAMETER_REQUIRED = 1 << 0,
	PARAMETER_SECRET = 1 << 1, /* its value is not shown in errors about it */
	PARAMETER_HERE = 1 << 2,   /* used here only, not sent to the shell */
	/* Ansible has it and we do not: taken when it says its default (no, when there is none),
	 * else refused with the summary, which says what to do instead. Never sent. */
	PARAMETER_LACKING = 1 << 3,
};

/* What must hold between parameters. Checked when the playbook is read, as far as no template
 * stands for a value, and again when there are none left. */
struct rule {
	enum rule_kind {
		RULE_NEEDS = 1, /* one of names, when `when` is true, or says text (unless NULL) */
		RULE_EXCLUSIVE, /* at most one of names */
		RULE_MATCH,     /* names: one; when: a regular expression; text: what it is then */
	} kind;
	const char *names; /* "a|b" */
	const char *when;
	const char *text;
};

enum module_flags {
	MODULE_FREE_FORM = 1 << 0,     /* takes a free text ("_raw_params") */
	MODULE_ATTRIBUTES = 1 << 1,    /* also takes mode, owner, group */
	MODULE_ANY_PARAMETER = 1 << 2, /* takes names that are not in its table (set_fact) */
	MODULE_COMMAND = 1 << 3,       /* effect cannot be told: unpredicted in a dry run */
	MODULE_WAITS = 1 << 4, /* has effects here: runs only once all earlier results are in */
	MODULE_SETS_FACTS = 1 << 5,         /* its result's ansible_facts become variables */
	MODULE_INCLUDES_VARIABLES = 1 << 7, /* these weigh as those of include_vars */
	MODULE_FOR_OTHERS = 1 << 8,         /* what it does is for other hosts, too (add_host) */
	MODULE_PRESERVE = 1 << 6,           /* its modes may be 'preserve' */
};

typedef struct call call;

struct module {
	const char *name;
	const char *summary;
	const struct parameter *parameters; /* ended by a row without a name */
	const struct rule *rules;           /* ended by a row without a kind; NULL: none */
	guint flags;
	const char *script;        /* text of NAME.sh; NULL: runs here */
	const struct module *base; /* whose script it needs too; NULL: none */
	/* Checks of the evaluated arguments and additions for the host; may be NULL. */
	gboolean (*prepare)(call *c, GError **error);
	/* The host asked for the body and gave content to make it of (`ask` in runtime/step.sh: a
	 * want frame with the field content). Sets body and variables anew; the line is then made
	 * and sent again, with the body if there is one. FALSE: the step failed. NULL: the body is
	 * sent as prepare left it. */
	gboolean (*answer)(call *c, GBytes *content, GError **error);
	/* Runs it here. NULL and an error: SUTLER_ERROR_INTERRUPTED and such; failures are results.
	 * Caller frees. */
	result *(*run_here)(call *c, GError **error);
	/* Completes the result of the host; may be NULL. */
	void (*finish)(call *c, result *r);
	/* For people; NULL: nothing was said. */
	const char *returns;
	const char *example; /* lines of a playbook */
};

/* What the run gives to a call. Pointers belong to the run and outlive the call. */
struct call_context {
	const struct template_scope *scope; /* variables and search folders at this task */
	const char *host;                   /* inventory name */
	/* Folders searched for files of variables, NULL-terminated, and the role's, when the task
	 * is of one; with passwords for them. Each may be NULL. */
	const char *const *variable_folders;
	const char *role_folder;
	const struct vault *passwords;
	gboolean check;     /* change nothing: a dry run, or check_mode: true */
	gboolean dry;       /* the whole run is a dry one, also when this step runs */
	gboolean diff;      /* contents before and after are wanted */
	struct position at; /* of the task's arguments */
	const cancel *cancel;
	deadline until; /* of this step */
};

/* One use of a module on one host. */
struct call {
	const struct module *module;
	struct call_context context;
	value *arguments; /* dict: converted; parameters not given and without default are absent */
	GString *variables; /* words for the step of the shell: p_NAME='...' */
	GBytes *body;       /* bytes to send when the host wants them; NULL: none */
	payload *files; /* instead, when it is big: what is read only when it is sent; NULL: none */
	char *body_sha256;
	gpointer data; /* the module's own, between prepare and finish */
	GDestroyNotify data_free;
};

/* By any spelling: "copy", "ansible.builtin.copy", "ansible.legacy.copy",
 * "ansible.posix.authorized_key". NULL: none of ours; `community.routeros.command` is not our
 * command. */
const struct module *module_find(const char *name);
/* All of them, sorted by name. */
const struct module *const *module_all(gsize *n);
/* Sorted names, for suggestions. */
const char *const *module_names(gsize *n);
gboolean module_is_free_form(const struct module *m);

/* Checks raw (not evaluated) arguments at load time: names, required ones, choices and types of
 * values that hold no template. */
gboolean module_check(
	const struct module *m, const value *arguments, struct position at, GError **error);

/* The parameters every MODULE_ATTRIBUTES module takes besides its own. */
extern const struct parameter module_attribute_parameters[];

/* Converts evaluated arguments by the tables and runs prepare. Errors: SUTLER_ERROR_USAGE for
 * arguments, or what prepare says. Caller frees. */
call *module_call_new(const struct module *m, const value *arguments,
	const struct call_context *context, GError **error);
void module_call_free(call *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(call, module_call_free)

/* Reading converted arguments. */
gboolean call_has(const call *c, const char *name);
const char *call_text(const call *c, const char *name); /* NULL: not given */
gboolean call_flag(const call *c, const char *name);
gint64 call_int(const call *c, const char *name, gint64 fallback);
const value *call_value(const call *c, const char *name);

/* For prepare: sets p_NAME for the shell, after those of the tables. */
void call_set_shell(call *c, const char *name, const char *text);
/* The same for a keyword of the task: sets t_NAME, which no parameter of a module can be called. */
void call_set_keyword(call *c, const char *name, const char *text);
/* Gives the bytes that a file shall have; takes body; sets p_sha256 and p_text. */
void call_set_body(call *c, GBytes *body);
/* The same for a file: one that is big is not read before it is sent. FALSE and an error: located.
 */
gboolean call_set_file(call *c, const char *path, GError **error);

/* Finds a local file as Ansible does: absolute, or in the search folders (file_folders; with
 * templates, template_folders). Error: located, naming where it was looked for. Caller frees. */
char *call_find_file(const call *c, const char *name, gboolean templates, GError **error);

/* What NAME.c may have of its own (declare.py: `here`). */
#define MODULE(name)                                                               \
	gboolean module_##name##_prepare(call *c, GError **error);                 \
	gboolean module_##name##_answer(call *c, GBytes *content, GError **error); \
	result *module_##name##_run_here(call *c, GError **error);                 \
	void module_##name##_finish(call *c, result *r);
#include "modules.inc"
#undef MODULE

/* Sets *error to "task's position: module NAME: " + format. */
void call_error(const call *c, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

#endif
