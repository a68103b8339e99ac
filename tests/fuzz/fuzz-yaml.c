/* Fuzzes the YAML reader: what it accepts must be written and read again as the same value. */
#include "value/yaml.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	const struct yaml_style style = { .block = TRUE };
	g_autoptr(value) document = yaml_parse((const char *)data, size, "input", NULL);

	if (document == NULL) {
		return 0;
	}
	g_autofree char *text = yaml_write(document, &style, NULL);
	if (text != NULL) {
		g_autoptr(value) again = yaml_parse(text, strlen(text), "written", NULL);
		(void)again;
	}
	return 0;
}
