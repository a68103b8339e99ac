/* What marks of due work are called, and what they say. */
#include "run/due-names.h"

#include "base/digest.h"

#include <string.h>

enum { KEY_LENGTH = 32, PLAY_LENGTH = 16, HANDLER_LENGTH = 32, SINCE_MAX = 40 };

/* The first characters of the SHA-256 of a text. Caller frees. */
static char *short_digest(const char *text, gsize length)
{
	char *hex = digest_hex("sha256", text, strlen(text));
	hex[length] = '\0';
	return hex;
}

char *due_host_key(const char *scope, const char *name)
{
	g_autofree char *text = g_strdup_printf("%s\n%s", scope, name);
	return short_digest(text, KEY_LENGTH);
}

/* What a play is called in marks: as it is written, and which of those that are called so. Caller
 * frees. */
static char *play_words(const playbook *book, const struct play *play)
{
	guint same = 0;
	const value *name = play->name != NULL ? play->name : play->hosts;
	g_autofree char *words = value_to_string(name);
	for (guint i = 0; i < book->plays->len; i++) {
		const struct play *other = g_ptr_array_index(book->plays, i);
		if (other == play) {
			break;
		}
		g_autofree char *others =
			value_to_string(other->name != NULL ? other->name : other->hosts);
		same += g_str_equal(words, others) ? 1 : 0;
	}
	return g_strdup_printf("%s\n%u", words, same);
}

char *due_play_digest(const playbook *book, const struct play *play)
{
	g_autofree char *words = play_words(book, play);
	return short_digest(words, PLAY_LENGTH);
}

/* The handler's name as written; without one, what it does and listens to. Caller frees. */
char *due_handler_words(const struct task *handler)
{
	if (handler->name != NULL) {
		return value_to_string(handler->name);
	}
	GString *text = g_string_new(handler->module_name);
	for (guint i = 0; handler->listen != NULL && i < handler->listen->len; i++) {
		g_string_append_printf(text, " %s", (char *)g_ptr_array_index(handler->listen, i));
	}
	return g_string_free(text, FALSE);
}

static gboolean same_words(const struct task *a, const struct task *b)
{
	g_autofree char *left = due_handler_words(a);
	g_autofree char *right = due_handler_words(b);
	const char *role_a = a->role == NULL ? NULL : a->role->name;
	const char *role_b = b->role == NULL ? NULL : b->role->name;
	return g_str_equal(left, right) && g_strcmp0(role_a, role_b) == 0;
}

/* Which it is of the handlers called so. */
guint due_ordinal(const GPtrArray *handlers, const struct task *handler)
{
	guint same = 0;
	for (guint i = 0; handlers != NULL && i < handlers->len; i++) {
		const struct task *other = g_ptr_array_index(handlers, i);
		if (other == handler) {
			return same;
		}
		same += same_words(other, handler) ? 1 : 0;
	}
	return 0;
}

char *due_handler_digest(const struct task *handler, const char *shown, guint number)
{
	g_autofree char *words = g_strdup_printf(
		"%s\n%s\n%u", handler->role == NULL ? "" : handler->role->name, shown, number);
	return short_digest(words, HANDLER_LENGTH);
}

gboolean due_is_name(const char *text, gsize length)
{
	return length == KEY_LENGTH + PLAY_LENGTH + HANDLER_LENGTH + 2 &&
	       strspn(text, "0123456789abcdef.") >= length;
}

gboolean due_is_of_play(const char *name, const char *play)
{
	return strncmp(name + KEY_LENGTH + 1, play, PLAY_LENGTH) == 0;
}

char *due_text(const value *told, const char *key)
{
	const value *v = value_is(told, VALUE_DICT) ? value_dict_get(told, key) : NULL;
	return value_is(v, VALUE_STRING) ? g_strdup(value_string(v)) : NULL;
}

/* A time is all that it may say: it comes from the host. */
char *due_since(const value *told)
{
	g_autofree char *text = due_text(told, "since");
	gsize length = text == NULL ? 0 : strspn(text, "0123456789-:TZ");
	if (length == 0 || length > SINCE_MAX || text[length] != '\0') {
		return g_strdup("an earlier run");
	}
	return g_steal_pointer(&text);
}
