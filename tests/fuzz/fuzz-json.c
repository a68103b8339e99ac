/* Fuzzes the JSON reader: what it accepts is written so that it can be read again. */
#include "value/json.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	const struct json_style style = { .sort_keys = TRUE };
	g_autoptr(value) document = json_parse((const char *)data, size, "input", NULL);

	if (document == NULL) {
		return 0;
	}
	g_autofree char *text = json_write(document, &style, NULL);
	if (text != NULL) {
		g_autoptr(GError) error = NULL;
		g_autoptr(value) again = json_parse(text, strlen(text), "written", &error);
		g_assert_no_error(error);
		g_assert_nonnull(again);
	}
	return 0;
}
