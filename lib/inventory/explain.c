/* `inventory --explain HOST [VAR]`: every value a variable had, where it was set, which one won. */
#include "inventory/explain.h"

#include "base/secret-names.h"
#include "base/secret.h"
#include "base/suggest.h"
#include "inventory/data.h"
#include "value/json.h"
#include "value/secrets.h"

#include <string.h>

struct explaining {
	const char *variable; /* NULL: all */
	GArray *found;        /* struct explained, from the least to the most specific */
};

static void add(struct explaining *explaining, const struct layer *layer, const value *key,
	const value *item)
{
	if (!value_is(key, VALUE_STRING) ||
		(explaining->variable != NULL &&
			strcmp(explaining->variable, value_string(key)) != 0)) {
		return;
	}
	struct explained row = { value_string(key), item, value_position(item),
		variable_level_name(layer->level), layer->owner, FALSE, FALSE };
	g_array_append_val(explaining->found, row);
}

static void add_layer(struct explaining *explaining, const struct layer *layer)
{
	const GPtrArray *before = layer->variables != NULL ? layer->variables->before : NULL;
	for (guint i = 0; before != NULL && i + 1 < before->len; i += 2) {
		add(explaining, layer, before->pdata[i], before->pdata[i + 1]);
	}
	value_dict_foreach (layer->dict, key, item) {
		add(explaining, layer, key, item);
	}
}

/* Later rows outweigh earlier ones; g_array_sort is not stable, so the place decides. */
static gint compare_rows(gconstpointer a, gconstpointer b, gpointer data)
{
	const GArray *rows = data;
	guint x = *(const guint *)a;
	guint y = *(const guint *)b;
	gint by_name = strcmp(g_array_index(rows, struct explained, x).name,
		g_array_index(rows, struct explained, y).name);
	return by_name != 0 ? by_name : x > y ? -1 : x < y;
}

/* Where inventory and playbook share a folder, each of its files is read as a file of both. */
static gboolean is_same(const struct explained *a, const struct explained *b)
{
	return strcmp(a->name, b->name) == 0 && a->at.file != NULL &&
	       g_strcmp0(a->at.file, b->at.file) == 0 && a->at.line == b->at.line &&
	       a->at.column == b->at.column && strcmp(a->owner, b->owner) == 0;
}

static GArray *in_order(const GArray *rows)
{
	g_autofree guint *order = g_new(guint, rows->len + 1);
	for (guint i = 0; i < rows->len; i++) {
		order[i] = i;
	}
	g_qsort_with_data(order, (gint)rows->len, sizeof *order, compare_rows, (gpointer)rows);
	GArray *sorted = g_array_new(FALSE, FALSE, sizeof(struct explained));
	const char *last = "";
	gboolean counts = FALSE;
	for (guint i = 0; i < rows->len; i++) {
		struct explained row = g_array_index(rows, struct explained, order[i]);
		row.wins = i == 0 || strcmp(row.name, last) != 0;
		counts = (row.wins || counts) && variables_are_merged() &&
			 value_is(row.item, VALUE_DICT);
		row.merged = counts && !row.wins;
		last = row.name;
		if (sorted->len > 0 &&
			is_same(&row, &g_array_index(sorted, struct explained, sorted->len - 1))) {
			continue;
		}
		g_array_append_val(sorted, row);
	}
	return sorted;
}

static gboolean refuse_unknown(
	const inventory *inv, const host *h, const char *variable, GError **error)
{
	g_autoptr(value) raw = inventory_host_raw(inv, h, error);
	if (raw == NULL) {
		return FALSE;
	}
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	value_dict_foreach (raw, key, item) {
		(void)item;
		if (value_is(key, VALUE_STRING)) {
			g_hash_table_add(names, (gpointer)value_string(key));
		}
	}
	g_autofree char *hint = suggest_phrase_keys(variable, names);
	error_set(error, SUTLER_ERROR_USAGE, "host '%s' has no variable '%s'%s", h->name, variable,
		hint);
	return FALSE;
}

GArray *inventory_explain(const inventory *inv, const host *h, const value *extra,
	const char *variable, GError **error)
{
	g_autoptr(GArray) layers = inventory_layers(inv, h, error);
	if (layers == NULL) {
		return NULL;
	}
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct explained));
	struct explaining explaining = { variable, found };
	for (guint i = 0; i < layers->len; i++) {
		secrets_register(g_array_index(layers, struct layer, i).dict);
		add_layer(&explaining, &g_array_index(layers, struct layer, i));
	}
	if (extra != NULL) {
		add_layer(&explaining, &(struct layer){ LEVEL_EXTRA_VARS, h->name, extra, NULL });
	}
	if (variable != NULL && found->len == 0) {
		refuse_unknown(inv, h, variable, error);
		return NULL;
	}
	return in_order(found);
}

/* On one line, as JSON; what is secret, or says so by its name, is not shown. Caller frees. */
static char *shown_value(const struct explained *row)
{
	if (value_is(row->item, VALUE_STRING) && (value_flags(row->item) & VALUE_VAULT) != 0) {
		return g_strdup("!vault " SECRET_MASK);
	}
	if (secret_name(row->name) || (value_flags(row->item) & VALUE_SECRET) != 0) {
		return g_strdup(SECRET_MASK);
	}
	const struct json_style style = { .utf8 = TRUE };
	g_autofree char *json = json_write(row->item, &style, NULL);
	g_autofree char *text = json != NULL ? g_steal_pointer(&json) : value_to_repr(row->item);
	return secret_masked(text);
}

/* "inventory:12:7: " without the last two characters, or the words for a place not known. */
static char *shown_place(const struct explained *row)
{
	char *place = position_prefix(row->at);
	gsize length = strlen(place);
	if (length < 2) {
		g_free(place);
		return g_strdup("-");
	}
	place[length - 2] = '\0';
	return place;
}

char *inventory_explain_text(const inventory *inv, const host *h, const value *extra,
	const char *variable, GError **error)
{
	g_autoptr(GArray) rows = inventory_explain(inv, h, extra, variable, error);
	if (rows == NULL) {
		return NULL;
	}
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < rows->len; i++) {
		const struct explained *row = &g_array_index(rows, struct explained, i);
		g_autofree char *text = shown_value(row);
		g_autofree char *place = shown_place(row);
		g_string_append_printf(out, "%s%s = %s  (%s, %s of '%s')\n",
			row->wins     ? ""
			: row->merged ? "    and "
				      : "    was ",
			row->name, text, place, row->level, row->owner);
	}
	return g_string_free(out, FALSE);
}
