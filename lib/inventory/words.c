/* Shell-like splitting of one line, as Python's shlex.split(line, comments=True). */
#include "inventory/words.h"

#include <string.h>

struct splitting {
	const char *p;
	const char *start; /* of the word */
	const char *problem;
	GString *word;
	gboolean in_word;
	gboolean quoted;
};

static void word_clear(gpointer data)
{
	g_free(((struct word *)data)->text);
}

static gboolean is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void begin(struct splitting *splitting)
{
	if (!splitting->in_word) {
		splitting->in_word = TRUE;
		splitting->start = splitting->p;
	}
}

static void end(struct splitting *splitting, GArray *words)
{
	if (splitting->word->len > 0 || splitting->quoted) {
		struct word word = { g_strndup(splitting->word->str, splitting->word->len),
			splitting->start };
		g_array_append_val(words, word);
	}
	g_string_truncate(splitting->word, 0);
	splitting->in_word = FALSE;
	splitting->quoted = FALSE;
}

/* p is at the opening quote; leaves it after the closing one. */
static gboolean take_quoted(struct splitting *splitting)
{
	char quote = *splitting->p;
	begin(splitting);
	splitting->quoted = TRUE;
	for (splitting->p++; *splitting->p != quote; splitting->p++) {
		if (*splitting->p == '\0') {
			splitting->problem = "no closing quotation mark";
			return FALSE;
		}
		if (quote == '"' && *splitting->p == '\\') {
			splitting->p++;
			if (*splitting->p == '\0') {
				splitting->problem = "nothing after the backslash";
				return FALSE;
			}
			if (*splitting->p != '"' && *splitting->p != '\\') {
				g_string_append_c(splitting->word, '\\');
			}
		}
		g_string_append_c(splitting->word, *splitting->p);
	}
	splitting->p++;
	return TRUE;
}

static gboolean take_escaped(struct splitting *splitting)
{
	begin(splitting);
	splitting->p++;
	if (*splitting->p == '\0') {
		splitting->problem = "nothing after the backslash";
		return FALSE;
	}
	g_string_append_c(splitting->word, *splitting->p++);
	return TRUE;
}

static gboolean split(struct splitting *splitting, GArray *words)
{
	while (*splitting->p != '\0' && *splitting->p != '#') {
		char c = *splitting->p;
		if (is_blank(c)) {
			end(splitting, words);
			splitting->p++;
		} else if (c == '\'' || c == '"') {
			if (!take_quoted(splitting)) {
				return FALSE;
			}
		} else if (c == '\\') {
			if (!take_escaped(splitting)) {
				return FALSE;
			}
		} else {
			begin(splitting);
			g_string_append_c(splitting->word, c);
			splitting->p++;
		}
	}
	end(splitting, words);
	return TRUE;
}

GArray *words_split(const char *line, const char **ret_problem, const char **ret_place)
{
	struct splitting splitting = { .p = line, .word = g_string_sized_new(64) };
	GArray *words = g_array_new(FALSE, FALSE, sizeof(struct word));
	g_array_set_clear_func(words, word_clear);
	if (!split(&splitting, words)) {
		*ret_problem = splitting.problem;
		*ret_place = splitting.start;
		g_clear_pointer(&words, g_array_unref);
	}
	g_string_free(splitting.word, TRUE);
	return words;
}
