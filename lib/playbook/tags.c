/* Which tasks --tags and --skip-tags select. */
#include "playbook/playbook.h"

#include <string.h>

static gboolean has(const GPtrArray *tags, const char *tag)
{
	for (guint i = 0; tags != NULL && i < tags->len; i++) {
		if (strcmp(g_ptr_array_index(tags, i), tag) == 0) {
			return TRUE;
		}
	}
	return FALSE;
}

/* An untagged task counts as tagged "untagged". */
static gboolean common(const GPtrArray *tags, const GPtrArray *chosen)
{
	if (tags->len == 0) {
		return has(chosen, "untagged");
	}
	for (guint i = 0; i < tags->len; i++) {
		if (has(chosen, g_ptr_array_index(tags, i))) {
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean selected(const GPtrArray *tags, const GPtrArray *only)
{
	gboolean all = only == NULL || only->len == 0 || has(only, "all");
	return has(tags, "always") || (all && !has(tags, "never")) || common(tags, only) ||
	       (has(only, "tagged") && tags->len > 0 && !has(tags, "never"));
}

static gboolean skipped(const GPtrArray *tags, const GPtrArray *skip)
{
	if (has(skip, "all")) {
		return !has(tags, "always") || has(skip, "always");
	}
	return common(tags, skip) || (has(skip, "tagged") && tags->len > 0);
}

gboolean playbook_tags_match(const GPtrArray *tags, const GPtrArray *only, const GPtrArray *skip)
{
	return selected(tags, only) && !skipped(tags, skip);
}
