/* Fuzzes whole inventories, INI and YAML alike, and patterns over what they bring. */
#include "base/text.h"
#include "inventory/data.h"
#include "inventory/inventory.h"
#include "inventory/listing.h"
#include "value/yaml.h"

#include <string.h>

static gboolean read_input(inventory *inv, const char *text, gsize length)
{
	g_autoptr(value) v = *text == '-' ? yaml_parse(text, length, "input", NULL) : NULL;
	return v != NULL ? source_read_yaml(inv, v, NULL)
			 : source_read_ini(inv, text, length, "input", NULL);
}

/* The first line is a pattern, the rest an inventory. */
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	const struct listing_style style = { .export = TRUE };
	g_autofree char *text = g_strndup((const char *)data, size);
	gsize length = strlen(text);
	char *line_end = strchr(text, '\n');
	if (size > 4096 || length != size || !text_check(text, length, "input", NULL) ||
		line_end == NULL) {
		return 0;
	}
	*line_end = '\0';
	g_autoptr(inventory) inv = inventory_load(NULL, NULL, NULL);
	const char *rest = line_end + 1;
	if (!read_input(inv, rest, length - (gsize)(rest - text)) ||
		!inventory_reconcile(inv, NULL)) {
		return 0;
	}
	g_autoptr(GPtrArray) hosts = *text != '@' ? inventory_match(inv, text, NULL, NULL) : NULL;
	g_autofree char *listing = inventory_list_text(inv, &style, NULL);
	g_assert_nonnull(listing);
	return 0;
}
