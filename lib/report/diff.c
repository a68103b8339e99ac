/* Unified diffs of two texts. */
#include "report/diff.h"

#include <string.h>

#include "base/text.h"
#include "report/compare.h"

enum {
	CONTEXT = 3,
	SIZE_LIMIT =
		4 << 20, /* bytes of a side: hosts send no more of a file (runtime/frames.sh) */
};

struct line {
	const char *text;
	gsize length; /* with its newline, if it has one */
};

struct side {
	const char *text;
	gsize length;
	GArray *lines;   /* struct line */
	GArray *symbols; /* guint32: equal lines have equal symbols */
	gboolean *changed;
};
typedef struct side side_auto;

static void side_clear(struct side *side)
{
	g_clear_pointer(&side->lines, g_array_unref);
	g_clear_pointer(&side->symbols, g_array_unref);
	g_clear_pointer(&side->changed, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(side_auto, side_clear)

static guint line_hash(gconstpointer data)
{
	const struct line *line = data;
	return text_hash(line->text, line->length);
}

static gboolean line_equal(gconstpointer a, gconstpointer b)
{
	const struct line *left = a;
	const struct line *right = b;
	return left->length == right->length && memcmp(left->text, right->text, left->length) == 0;
}

static void side_init(struct side *side, GBytes *content)
{
	gconstpointer data = content != NULL ? g_bytes_get_data(content, &side->length) : NULL;
	side->text = data != NULL ? data : "";
	side->lines = g_array_new(FALSE, FALSE, sizeof(struct line));
	side->symbols = g_array_new(FALSE, FALSE, sizeof(guint32));
	const char *end = side->text + side->length;
	for (const char *at = side->text; at < end;) {
		const char *newline = memchr(at, '\n', (gsize)(end - at));
		const char *next = newline != NULL ? newline + 1 : end;
		struct line line = { at, (gsize)(next - at) };
		g_array_append_val(side->lines, line);
		at = next;
	}
	side->changed = g_new0(gboolean, side->lines->len + 1);
}

/* table holds struct line * -> symbol + 1. */
static void side_intern(struct side *side, GHashTable *table)
{
	for (guint i = 0; i < side->lines->len; i++) {
		struct line *line = &g_array_index(side->lines, struct line, i);
		guint32 symbol = GPOINTER_TO_UINT(g_hash_table_lookup(table, line));
		if (symbol == 0) {
			symbol = g_hash_table_size(table) + 1;
			g_hash_table_insert(table, line, GUINT_TO_POINTER(symbol));
		}
		symbol--;
		g_array_append_val(side->symbols, symbol);
	}
}

static void compare_sides(struct side *a, struct side *b)
{
	g_autoptr(GHashTable) table = g_hash_table_new(line_hash, line_equal);
	side_intern(a, table);
	side_intern(b, table);
	struct sequence left = { (guint32 *)(void *)a->symbols->data, a->changed, a->lines->len };
	struct sequence right = { (guint32 *)(void *)b->symbols->data, b->changed, b->lines->len };
	compare_sequences(&left, &right, g_hash_table_size(table));
}

static void append_line(GString *out, char sign, const struct side *side, guint i)
{
	const struct line *line = &g_array_index(side->lines, struct line, i);
	g_string_append_c(out, sign);
	g_string_append_len(out, line->text, (gssize)line->length);
	if (line->text[line->length - 1] != '\n') {
		g_string_append(out, "\n\\ No newline at end of file\n");
	}
}

/* "3", "3,2", or, for no lines at all, the line before and 0. */
static void append_range(GString *out, guint start, guint end)
{
	guint count = end - start;
	g_string_append_printf(out, "%u", count == 0 ? start : start + 1);
	if (count != 1) {
		g_string_append_printf(out, ",%u", count);
	}
}

/* Where a hunk begins and ends on both sides. */
struct hunk {
	guint a1, a2, b1, b2;
};

static void append_hunk(
	GString *out, const struct side *a, const struct side *b, const struct hunk *hunk)
{
	g_string_append(out, "@@ -");
	append_range(out, hunk->a1, hunk->a2);
	g_string_append(out, " +");
	append_range(out, hunk->b1, hunk->b2);
	g_string_append(out, " @@\n");
	guint i = hunk->a1;
	guint j = hunk->b1;
	while (i < hunk->a2 || j < hunk->b2) {
		if (i < hunk->a2 && a->changed[i]) {
			append_line(out, '-', a, i++);
		} else if (j < hunk->b2 && b->changed[j]) {
			append_line(out, '+', b, j++);
		} else {
			append_line(out, ' ', a, i++);
			j++;
		}
	}
}

/* Hunks are joined when no more than twice the context lies between their changes. */
static void append_hunks(GString *out, const struct side *a, const struct side *b)
{
	guint i = 0;
	guint j = 0;
	struct hunk hunk = { 0, 0, 0, 0 };
	gboolean open = FALSE;
	guint quiet = 0; /* unchanged lines since the last change */
	while (i < a->lines->len || j < b->lines->len) {
		gboolean removed = i < a->lines->len && a->changed[i];
		gboolean added = j < b->lines->len && b->changed[j];
		if (!removed && !added) {
			i++;
			j++;
			if (open && ++quiet > 2 * CONTEXT) {
				append_hunk(out, a, b, &hunk);
				open = FALSE;
			}
			continue;
		}
		if (!open) {
			guint context = MIN(CONTEXT, i);
			hunk = (struct hunk){ i - context, 0, j - context, 0 };
			open = TRUE;
		}
		i += removed;
		j += !removed && added;
		quiet = 0;
		hunk.a2 = MIN(i + CONTEXT, a->lines->len);
		hunk.b2 = MIN(j + CONTEXT, b->lines->len);
	}
	if (open) {
		append_hunk(out, a, b, &hunk);
	}
}

static gboolean is_binary(const struct side *side)
{
	return memchr(side->text, '\0', side->length) != NULL;
}

char *diff_unified(const char *path, GBytes *before, GBytes *after)
{
	g_auto(side_auto) a = { 0 };
	g_auto(side_auto) b = { 0 };
	side_init(&a, before);
	side_init(&b, after);
	gboolean same = a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
	gboolean big = a.length >= SIZE_LIMIT || b.length >= SIZE_LIMIT;
	if (same && !big && (before == NULL) == (after == NULL)) {
		return g_strdup("");
	}
	g_autoptr(GString) out = g_string_new("--- before");
	g_string_append_printf(
		out, "%s%s\n", before != NULL ? ": " : "", before != NULL ? path : "");
	g_string_append_printf(
		out, "+++ after%s%s\n", after != NULL ? ": " : "", after != NULL ? path : "");
	if (big) {
		/* Their sizes may be those of what was sent. */
		g_string_append(out, "files differ, too big for a diff (more than 4 MiB)\n");
	} else if (is_binary(&a) || is_binary(&b)) {
		g_string_append_printf(out,
			"binary files differ (%" G_GSIZE_FORMAT " bytes before, %" G_GSIZE_FORMAT
			" after)\n",
			a.length, b.length);
	} else {
		compare_sides(&a, &b);
		append_hunks(out, &a, &b);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}
