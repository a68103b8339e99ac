/* Playbooks: whatever the bytes, a playbook or a located error. */
#include "playbook/free-form.h"
#include "playbook/playbook.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

struct module {
	const char *name;
};

static const struct module command = { "command" };
static const struct module copy = { "copy" };

static const struct module *find(const char *name)
{
	return strcmp(name, "command") == 0 ? &command : strcmp(name, "copy") == 0 ? &copy : NULL;
}

static gboolean is_free_form(const struct module *module)
{
	return module == &command;
}

static gboolean check(
	const struct module *module, const value *arguments, struct position at, GError **error)
{
	(void)module;
	(void)arguments;
	(void)at;
	(void)error;
	return TRUE;
}

static const char *const *names(gsize *n)
{
	static const char *const list[] = { "command", "copy" };
	*n = G_N_ELEMENTS(list);
	return list;
}

/* One problem, or the first of several. */
static gboolean is_located(const char *message)
{
	const char *several = strstr(message, " problems\n");
	return g_str_has_prefix(several != NULL ? several + strlen(" problems\n") : message, "/");
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const struct module_catalog catalog = { find, is_free_form, check, names };
	const struct playbook_options options = { .catalog = &catalog };
	g_autoptr(GError) error = NULL;
	g_autoptr(playbook) book =
		playbook_parse((const char *)data, size, "/nonexistent/fuzz.yml", &options, &error);
	g_assert_true((book == NULL) == (error != NULL));
	g_assert_true(book != NULL || is_located(error->message));
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(value) arguments =
		free_form_parse(text, size % 2 == 0, (struct position){ "fuzz", 1, 1 }, NULL);
	(void)arguments;
	return 0;
}
