/* Fuzzes the reading of an INI file's lines, and their splitting into words and literals. */
#include "base/text.h"
#include "base/ini.h"
#include "inventory/literal.h"
#include "inventory/words.h"

#include <string.h>

static gboolean read_line(const struct ini_line *line, gpointer data, GError **error)
{
	const char *problem = NULL, *place = NULL;
	g_autoptr(GArray) words = words_split(line->text, &problem, &place);
	const char *equals = strchr(line->text, '=');

	(void)data;
	(void)error;
	g_assert_cmpuint(strlen(line->text), ==, line->length);
	if (equals != NULL) {
		g_autoptr(value) literal = literal_parse(equals + 1, strlen(equals + 1), NULL);
		(void)literal;
	}
	if (words == NULL) {
		g_assert_nonnull(problem);
		(void)ini_position(line, place);
	}
	return TRUE;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup((const char *)data, size);

	if (text_check((const char *)data, size, "input", NULL)) {
		(void)ini_read(text, size, "input", NULL, read_line, NULL, NULL);
	}
	return 0;
}
