/* Playbooks: files of plays, what they import, and what is read while they run. */
#include "playbook/playbook.h"

#include <string.h>

#include "base/text.h"
#include "playbook/free-form.h"
#include "playbook/keywords.h"
#include "playbook/loader.h"
#include "template/template.h"

static gboolean read_plays(
	const struct loader *l, const value *list, const struct scope *scope, GError **error);

static const char *const import_keys[] = { "import_playbook", "ansible.builtin.import_playbook",
	"ansible.legacy.import_playbook" };

static value *import_name(const value *dict)
{
	for (gsize i = 0; i < G_N_ELEMENTS(import_keys); i++) {
		value *name = value_dict_get(dict, import_keys[i]);
		if (name != NULL) {
			return name;
		}
	}
	return NULL;
}

static gboolean is_import_key(const char *key, gconstpointer data)
{
	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(import_keys); i++) {
		if (strcmp(key, import_keys[i]) == 0) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean read_file(const struct loader *l, const char *path, struct scope *scope,
	struct position at, GError **error)
{
	for (const struct scope *s = scope->outer; s != NULL; s = s->outer) {
		if (s->file != NULL && strcmp(s->file, path) == 0) {
			error_set_at(error, SUTLER_ERROR_USAGE, at, "playbook '%s' imports itself",
				path);
			return FALSE;
		}
	}
	scope->file = g_intern_string(path);
	g_autoptr(value) list = read_yaml(l, path, error);
	g_autofree char *folder = g_path_get_dirname(path);
	scope->folder = g_intern_string(folder);
	own_modules_add(l->book, folder);
	return list != NULL && read_plays(l, list, scope, error);
}

static gboolean import_playbook(
	const struct loader *l, const value *dict, const struct scope *outer, GError **error)
{
	const value *raw = import_name(dict);
	if (!value_is(raw, VALUE_STRING)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(raw),
			"'import_playbook' needs the name of a file");
		return FALSE;
	}
	struct scope *scope = scope_new(l->book, outer);
	if (!directives_check(l, dict, IN_IMPORT, "import_playbook", is_import_key, NULL,
		    scope->directives, error) ||
		!directives_take(scope->directives, dict, error)) {
		return FALSE;
	}
	g_autofree char *text = scope_evaluate(l, scope, raw, error);
	g_autoptr(GPtrArray) words =
		text != NULL ? free_form_split(text, value_position(raw), error) : NULL;
	if (words == NULL) {
		return FALSE;
	}
	if (words->len != 1) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(raw),
			"'import_playbook' accepts one file name, write variables under 'vars'");
		return FALSE;
	}
	g_autofree char *path = g_canonicalize_filename(g_ptr_array_index(words, 0), outer->folder);
	if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(raw),
			"unable to find the playbook '%s' in '%s'",
			(char *)g_ptr_array_index(words, 0), outer->folder);
		return FALSE;
	}
	return read_file(l, path, scope, value_position(raw), error);
}

gboolean loader_go_on(const struct loader *l, GError **error)
{
	if (g_error_matches(*error, SUTLER_ERROR, SUTLER_ERROR_LIMIT)) {
		return FALSE;
	}
	problems_add(l->problems, g_steal_pointer(error), NULL);
	return TRUE;
}

static gboolean read_entry(
	const struct loader *l, const value *entry, const struct scope *scope, GError **error)
{
	if (!value_is(entry, VALUE_DICT)) {
		g_autofree char *found = describe_value(entry);
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(entry),
			"a play must be a mapping with 'hosts', not %s", found);
		return FALSE;
	}
	if (import_name(entry) != NULL) {
		return import_playbook(l, entry, scope, error);
	}
	struct play *play = play_read(l, entry, scope, error);
	if (play != NULL) {
		g_ptr_array_add(l->book->public.plays, play);
	}
	return play != NULL;
}

static gboolean read_plays(
	const struct loader *l, const value *list, const struct scope *scope, GError **error)
{
	if (!value_is(list, VALUE_LIST) || value_list_length(list) == 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(list),
			"a playbook must be a list of plays, begin it with '- hosts: ...'");
		return FALSE;
	}
	value_list_foreach (list, entry) {
		GError *problem = NULL;
		if (!read_entry(l, entry, scope, &problem) && !loader_go_on(l, &problem)) {
			g_propagate_error(error, problem);
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean add_fault(struct task *task, gpointer all)
{
	if (task->fault != NULL && playbook_task_is_certain(task) &&
		playbook_tags_match(task->tags, NULL, NULL)) {
		problems_add(all, g_error_copy(task->fault), NULL);
	}
	return TRUE;
}

/* What the run would refuse next is told with what is wrong already. */
static void add_faults(struct book *book, problems *all)
{
	for (guint i = 0; i < book->public.plays->len; i++) {
		const struct play *play = g_ptr_array_index(book->public.plays, i);
		playbook_visit(&book->public, play->tasks, add_fault, all);
	}
}

playbook *playbook_parse(const char *text, gsize length, const char *path,
	const struct playbook_options *options, GError **error)
{
	struct book *book = book_new(path);
	g_autoptr(problems) all = problems_new();
	GError *problem = NULL;
	const struct loader l = { book, options, NULL, all };
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	book->public.folder = g_path_get_dirname(absolute);
	book->problems = all;
	g_autoptr(value) list = read_yaml_text(&l, text, length, path, &problem);
	struct scope *scope = scope_new(book, NULL);
	scope->file = g_intern_string(absolute);
	scope->folder = g_intern_string(book->public.folder);
	own_modules_add(book, book->public.folder);
	if (list == NULL || !read_plays(&l, list, scope, &problem)) {
		problems_add(all, problem, NULL);
	}
	book->problems = NULL;
	if (problems_count(all) > 0) {
		add_faults(book, all);
	}
	if (!problems_none(all, error)) {
		book_free(book);
		return NULL;
	}
	return &book->public;
}

playbook *playbook_load(const char *path, const struct playbook_options *options, GError **error)
{
	gsize length = 0;
	g_autofree char *text = text_read(path, TEXT_LIMIT, TEXT_KEEP_CRLF, &length, error);
	return text != NULL ? playbook_parse(text, length, path, options, error) : NULL;
}

void playbook_free(playbook *book)
{
	book_free((struct book *)book);
}

/* Reading while the playbook runs. */

static struct included *included_new(void)
{
	struct included *included = g_new0(struct included, 1);
	included->tasks = g_ptr_array_new();
	included->handlers = g_ptr_array_new();
	return included;
}

/* Everything an include task brings, kept under key; read is given its scope. */
typedef gboolean (*include_reader)(const struct loader *l, struct scope *scope, gconstpointer what,
	struct included *included, GError **error);

static void note_brought(struct book *book, const struct task *parent, struct included *included)
{
	GPtrArray *brought = g_hash_table_lookup(book->brought, parent);
	if (brought == NULL) {
		brought = g_ptr_array_new();
		g_hash_table_insert(book->brought, (gpointer)parent, brought);
	}
	g_ptr_array_add(brought, included);
}

static const struct included *load(struct book *book, const struct task *parent, const char *what,
	const struct playbook_options *options, include_reader reader, gconstpointer data,
	GError **error)
{
	g_rec_mutex_lock(&book->lock);
	g_autofree char *key = g_strdup_printf("%p %s", (const void *)parent, what);
	struct included *included = g_hash_table_lookup(book->loaded, key);
	const struct scope *inside = g_hash_table_lookup(book->inside, parent);
	if (included == NULL && inside != NULL) {
		g_autoptr(problems) own = problems_new();
		const struct loader l = { book, options, NULL,
			book->problems != NULL ? book->problems : own };
		struct included *fresh = included_new();
		/* Stored first: what is read may look for it. */
		g_hash_table_insert(book->loaded, g_strdup(key), fresh);
		if (reader(&l, scope_new(book, inside), data, fresh, error) &&
			problems_none(own, error)) {
			included = fresh;
			note_brought(book, parent, fresh);
		} else {
			g_hash_table_remove(book->loaded, key);
		}
	}
	g_rec_mutex_unlock(&book->lock);
	return included;
}

static gboolean read_tasks(const struct loader *l, struct scope *scope, gconstpointer path,
	struct included *included, GError **error)
{
	scope->include = g_intern_string(path);
	return tasks_read_file(l, scope, path, scope->parent->arguments_at, included->tasks, error);
}

const GPtrArray *playbook_load_tasks(playbook *book, const struct play *play,
	const struct task *parent, const char *path, const struct playbook_options *options,
	GError **error)
{
	(void)play; /* the include knows its own */
	const struct included *included =
		load((struct book *)book, parent, path, options, read_tasks, path, error);
	return included != NULL ? included->tasks : NULL;
}

static gboolean read_role(const struct loader *l, struct scope *scope, gconstpointer arguments,
	struct included *included, GError **error)
{
	struct role_use use = { 0 };
	if (!role_use_take(&use, arguments, "include_role", scope->parent->arguments_at, error)) {
		return FALSE;
	}
	const GPtrArray *vars = scope->directives->vars;
	use.vars = vars->len > 0 ? g_ptr_array_index(vars, vars->len - 1) : NULL;
	return role_read(l, scope, &use, included->tasks, included->handlers, error) != NULL;
}

const GPtrArray *playbook_load_role(playbook *book, const struct play *play,
	const struct task *parent, const value *arguments, const struct playbook_options *options,
	GPtrArray **ret_handlers, GError **error)
{
	(void)play; /* the include knows its own */
	g_autofree char *what = value_to_repr(arguments);
	const struct included *included =
		load((struct book *)book, parent, what, options, read_role, arguments, error);
	if (included != NULL && ret_handlers != NULL) {
		*ret_handlers = included->handlers;
	}
	return included != NULL ? included->tasks : NULL;
}

char *playbook_find_tasks(playbook *public_book, const struct task *include, const char *name)
{
	struct book *book = (struct book *)public_book;
	g_rec_mutex_lock(&book->lock);
	const struct scope *inside = g_hash_table_lookup(book->inside, include);
	char *path = inside != NULL ? tasks_find_file(inside->outer, name, TRUE) : NULL;
	g_rec_mutex_unlock(&book->lock);
	return path;
}
