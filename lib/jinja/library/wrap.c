/* Breaking text into lines, as Python's textwrap does. */
#include "jinja/library/wrap.h"

#include <string.h>

#include "jinja/library/text.h"

/* textwrap's own idea of where words end. */
static const char words_with_hyphens[] =
	"([\\t\\n\\x0b\\x0c\\r ]+"
	"|(?<=[\\w!\"'&.,?])-{2,}(?=\\w)"
	"|[^\\t\\n\\x0b\\x0c\\r ](?:[^\\t\\n\\x0b\\x0c\\r ]*?)"
	"(?:-(?:(?<=[^\\d\\W]{2}-)|(?<=[^\\d\\W]-[^\\d\\W]-))(?=[^\\d\\W]-?[^\\d\\W])"
	"|(?=[\\t\\n\\x0b\\x0c\\r ]|\\Z)"
	"|(?<=[\\w!\"'&.,?])(?=-{2,}\\w)))";
static const char words_plain[] = "([\\t\\n\\x0b\\x0c\\r ]+|[^\\t\\n\\x0b\\x0c\\r ]+)";

static GPtrArray *chunks_of(const char *text, gsize length, gboolean hyphens)
{
	GPtrArray *chunks = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GRegex) regex =
		g_regex_new(hyphens ? words_with_hyphens : words_plain, G_REGEX_OPTIMIZE, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	int at = 0;
	g_regex_match_full(regex, text, (gssize)length, 0, 0, &match, NULL);
	while (g_match_info_matches(match)) {
		int from = 0;
		int to = 0;
		g_match_info_fetch_pos(match, 0, &from, &to);
		if (from > at) {
			g_ptr_array_add(chunks, g_strndup(text + at, (gsize)(from - at)));
		}
		if (to > from) {
			g_ptr_array_add(chunks, g_strndup(text + from, (gsize)(to - from)));
		}
		at = to;
		g_match_info_next(match, NULL);
	}
	if ((gsize)at < length) {
		g_ptr_array_add(chunks, g_strndup(text + at, length - (gsize)at));
	}
	return chunks;
}

static gboolean is_blank(const char *chunk)
{
	while (*chunk != '\0' && text_is_space(g_utf8_get_char(chunk))) {
		chunk = g_utf8_next_char(chunk);
	}
	return *chunk == '\0';
}

/* Splits a chunk that is longer than a line: its head goes to line, the rest stays. */
static void split_long(GPtrArray *chunks, guint at, gsize space, gboolean hyphens, GString *line)
{
	char *chunk = chunks->pdata[at];
	const char *cut = g_utf8_offset_to_pointer(chunk, (glong)space);
	if (hyphens) {
		for (const char *p = cut - 1; p > chunk; p--) {
			gboolean solid = strspn(chunk, "-") < (gsize)(p - chunk);
			if (*p == '-' && solid) {
				cut = p + 1;
				break;
			}
		}
	}
	g_string_append_len(line, chunk, cut - chunk);
	chunks->pdata[at] = g_strdup(cut);
	g_free(chunk);
}

void wrap_line(const char *text, gsize length, gsize width, gboolean break_long,
	gboolean break_hyphens, const char *newline, GString *out)
{
	g_autoptr(GPtrArray) chunks = chunks_of(text, length, break_hyphens);
	gboolean first = TRUE;
	for (guint i = 0; i < chunks->len;) {
		g_autoptr(GString) line = g_string_new(NULL);
		gsize used = 0;
		gboolean full = FALSE;
		gsize last = 0; /* where the last chunk of the line begins */
		if (!first && is_blank(chunks->pdata[i])) {
			i++;
		}
		for (; i < chunks->len; i++) {
			gsize n = (gsize)g_utf8_strlen(chunks->pdata[i], -1);
			if (used + n > width) {
				break;
			}
			last = line->len;
			g_string_append(line, chunks->pdata[i]);
			used += n;
		}
		if (i < chunks->len && (gsize)g_utf8_strlen(chunks->pdata[i], -1) > width) {
			if (break_long) {
				full = used == width;
				last = line->len;
				split_long(chunks, i, MAX(width - used, width < 1 ? 1 : 0),
					break_hyphens, line);
				if (width == used && line->len == 0) {
					break;
				}
			} else if (line->len == 0) {
				g_string_append(line, chunks->pdata[i++]);
			}
		}
		/* Into a full line Python puts an empty chunk, and drops that, not the blank one.
		 */
		if (!full && is_blank(line->str + last)) {
			g_string_truncate(line, last);
		}
		if (line->len > 0) {
			g_string_append(out, first ? "" : newline);
			g_string_append_len(out, line->str, (gssize)line->len);
			first = FALSE;
		}
	}
}
