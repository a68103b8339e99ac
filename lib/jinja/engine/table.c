/* Finding filters, tests, lookups and globals by name, and binding their arguments. */
#include "jinja/engine/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/text.h"

struct family {
	const void *rows;
	const gsize *n;
};

static const struct family filter_families[] = {
	{ filters_ansible, &n_filters_ansible },
	{ filters_data, &n_filters_data },
	{ filters_hash, &n_filters_hash },
	{ filters_html, &n_filters_html },
	{ filters_list, &n_filters_list },
	{ filters_number, &n_filters_number },
	{ filters_path, &n_filters_path },
	{ filters_regex, &n_filters_regex },
	{ filters_select, &n_filters_select },
	{ filters_set, &n_filters_set },
	{ filters_string, &n_filters_string },
	{ filters_time, &n_filters_time },
};

static const struct family test_families[] = {
	{ tests_ansible, &n_tests_ansible },
	{ tests_basic, &n_tests_basic },
};

/* Every row starts with its name. */
static int compare_name(gconstpointer name, gconstpointer row)
{
	return strcmp(name, *(const char *const *)row);
}

static gconstpointer find(const struct family *families, gsize n, gsize size, const char *name)
{
	static const char *const prefixes[] = { "ansible.builtin.", "ansible.legacy." };
	for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		if (g_str_has_prefix(name, prefixes[i])) {
			name += strlen(prefixes[i]);
			break;
		}
	}
	for (gsize i = 0; i < n; i++) {
		gconstpointer row =
			bsearch(name, families[i].rows, *families[i].n, size, compare_name);
		if (row != NULL) {
			return row;
		}
	}
	return NULL;
}

/* Known elsewhere, and what to say about it. */
static const struct refusal {
	const char *name;
	const char *why;
} refusals[] = {
	{ "cidr_merge",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "community.general.json_query",
		"is not supported (JMESPath): use selectattr, map and the like" },
	{ "ipaddr",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipmath",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipsubnet",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipv4",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipv6",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "ipwrap",
		"needs the netaddr collection, which is not supported: compute it in a variable" },
	{ "json_query", "is not supported (JMESPath): use selectattr, map and the like" },
	{ "win_basename", "is not supported: Windows hosts are not" },
	{ "win_dirname", "is not supported: Windows hosts are not" },
	{ "win_splitdrive", "is not supported: Windows hosts are not" },
};

static char *explain(
	const struct family *families, gsize n, gsize size, const char *what, const char *name)
{
	const struct refusal *refusal =
		bsearch(name, refusals, G_N_ELEMENTS(refusals), sizeof refusals[0], compare_name);
	if (refusal == NULL && g_str_has_prefix(name, "ansible.utils.ip")) {
		refusal = &refusals[2];
	}
	if (refusal != NULL) {
		return g_strdup_printf("%s '%s' %s", what, name, refusal->why);
	}
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	for (gsize i = 0; i < n; i++) {
		for (gsize k = 0; k < *families[i].n; k++) {
			const char *row = (const char *)families[i].rows + k * size;
			g_ptr_array_add(names, (gpointer) * (const char *const *)(const void *)row);
		}
	}
	g_autofree char *hint = suggest_phrase(name, (const char *const *)names->pdata, names->len);
	return g_strdup_printf("unknown %s '%s'%s", what, name, hint);
}

const struct filter *filter_find(const char *name, char **why)
{
	const struct filter *row =
		find(filter_families, G_N_ELEMENTS(filter_families), sizeof *row, name);
	if (row == NULL && why != NULL) {
		*why = explain(filter_families, G_N_ELEMENTS(filter_families), sizeof *row,
			"filter", name);
	}
	return row;
}

const struct test *test_find(const char *name, char **why)
{
	const struct test *row =
		find(test_families, G_N_ELEMENTS(test_families), sizeof *row, name);
	if (row == NULL && why != NULL) {
		*why = explain(
			test_families, G_N_ELEMENTS(test_families), sizeof *row, "test", name);
	}
	return row;
}

const struct global *lookup_find(const char *name, char **why)
{
	const struct family family = { lookups, &n_lookups };
	const struct global *row = find(&family, 1, sizeof *row, name);
	if (row == NULL && why != NULL) {
		*why = explain(&family, 1, sizeof *row, "lookup", name);
	}
	return row;
}

const struct global *global_find(const char *name)
{
	return bsearch(name, globals, n_globals, sizeof globals[0], compare_name);
}

void table_each(const char *kind,
	void (*each)(
		const char *name, const char *signature, const char *documentation, gpointer data),
	gpointer data)
{
	if (strcmp(kind, "filter") == 0) {
		for (gsize i = 0; i < G_N_ELEMENTS(filter_families); i++) {
			const struct filter *rows = filter_families[i].rows;
			for (gsize k = 0; k < *filter_families[i].n; k++) {
				each(rows[k].name, rows[k].signature, rows[k].documentation, data);
			}
		}
	} else if (strcmp(kind, "test") == 0) {
		for (gsize i = 0; i < G_N_ELEMENTS(test_families); i++) {
			const struct test *rows = test_families[i].rows;
			for (gsize k = 0; k < *test_families[i].n; k++) {
				each(rows[k].name, rows[k].signature, rows[k].documentation, data);
			}
		}
	} else {
		gboolean is_lookup = strcmp(kind, "lookup") == 0;
		const struct global *rows = is_lookup ? lookups : globals;
		for (gsize k = 0; k < (is_lookup ? n_lookups : n_globals); k++) {
			each(rows[k].name, rows[k].signature, rows[k].documentation, data);
		}
	}
}
