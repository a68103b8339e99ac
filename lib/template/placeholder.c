/* Placeholders: bare words (SITENAME) in the text of a template file that stand for variables. */
#include "template/placeholder.h"

#include <string.h>

#include "jinja/engine/frame.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/engine/output.h"
#include "template/run.h"

struct placeholders {
	GPtrArray *words;
	GPtrArray *warnings;
	GHashTable *warned;
};

static gboolean add_word(struct jinja_evaluation *e, struct placeholders *p, const value *word)
{
	if (!value_is(word, VALUE_STRING) || value_string_length(word) == 0) {
		jinja_fail_usage(e, "variable 'placeholders' must be a list of words, not %s",
			value_type_name(word));
		return FALSE;
	}
	g_ptr_array_add(p->words, g_strdup(value_string(word)));
	return TRUE;
}

static gboolean read_words(struct jinja_evaluation *e, struct placeholders *p)
{
	g_autoptr(value) words = variable_get(e, "placeholders");
	if (words == NULL) {
		g_ptr_array_add(p->words, g_strdup("SITENAME"));
		return e->error == NULL;
	}
	if (undefined_of(words) != NULL) {
		jinja_fail_undefined(e, words);
		return FALSE;
	}
	if (!value_is_sequence(words)) {
		return add_word(e, p, words);
	}
	value_list_foreach (words, word) {
		if (!add_word(e, p, word)) {
			return FALSE;
		}
	}
	return TRUE;
}

struct placeholders *placeholders_new(struct jinja_evaluation *e, GPtrArray *warnings)
{
	struct placeholders *p = g_new0(struct placeholders, 1);
	p->words = g_ptr_array_new_with_free_func(g_free);
	p->warnings = warnings;
	p->warned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (!read_words(e, p)) {
		placeholders_free(p);
		return NULL;
	}
	return p;
}

void placeholders_free(struct placeholders *p)
{
	if (p != NULL) {
		g_ptr_array_unref(p->words);
		g_hash_table_unref(p->warned);
		g_free(p);
	}
}

static gboolean is_word(char c)
{
	return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

/* The position of an offset in the text of n. */
static struct position position_in(
	const struct jinja_evaluation *e, const struct node *n, const char *at)
{
	struct position position = { e->t->name, n->line, n->column };
	for (const char *p = node_text(n); p < at; p++) {
		if (*p == '\n') {
			position.line++;
			position.column = 1;
		} else if (((guchar)*p & 0xC0) != 0x80) {
			position.column++;
		}
	}
	return position;
}

static void warn(struct jinja_evaluation *e, const struct node *n, const char *at, const char *word,
	const char *text, const char *end)
{
	struct placeholders *p = run_of(e)->placeholders;
	if (p->warnings == NULL) {
		return;
	}
	const char *from = at;
	const char *to = at;
	while (from > text && is_word(from[-1])) {
		from--;
	}
	while (to < end && is_word(*to)) {
		to++;
	}
	g_autofree char *prefix = position_prefix(position_in(e, n, at));
	g_autofree char *message =
		g_strdup_printf("%splaceholder '%s' inside '%.*s' is left as it is", prefix, word,
			(int)(to - from), from);
	if (g_hash_table_add(p->warned, g_strdup(message))) {
		g_ptr_array_add(p->warnings, g_strdup(message));
	}
}

static gboolean append_value(
	struct jinja_evaluation *e, const struct node *n, const char *at, const char *word)
{
	g_autoptr(value) v = variable_get(e, word);
	if (v == NULL && e->error != NULL) {
		return FALSE;
	}
	if (v != NULL && undefined_of(v) == NULL && !value_is(v, VALUE_NULL)) {
		return output_value(e, v);
	}
	struct position position = position_in(e, n, at);
	if (v != NULL && undefined_of(v) != NULL) {
		error_set_at(&e->error, SUTLER_ERROR_UNDEFINED, position,
			"placeholder '%s' is undefined: %s", word, undefined_of(v)->message);
	} else {
		error_set_at(&e->error, SUTLER_ERROR_UNDEFINED, position,
			"placeholder '%s' has no value, set the variable '%s'", word, word);
	}
	return FALSE;
}

/* memmem(), quicker where nearly every text is short and without the word. */
static const char *find_word(const char *from, const char *end, const char *word)
{
	gsize length = strlen(word);
	const char *last = end - MIN(length, (gsize)(end - from));
	if ((gsize)(end - from) < length) {
		return NULL;
	}
	while ((from = memchr(from, *word, (gsize)(last - from) + 1)) != NULL) {
		if (memcmp(from, word, length) == 0) {
			return from;
		}
		if (++from > last) {
			break;
		}
	}
	return NULL;
}

/* The first of the words at or after p; NULL: none. */
static const char *next_word(
	const struct placeholders *p, const char *from, const char *end, const char **ret_word)
{
	const char *first = NULL;
	for (guint i = 0; i < p->words->len; i++) {
		const char *word = p->words->pdata[i];
		const char *at = find_word(from, end, word);
		gboolean longer = at != NULL && at == first && strlen(word) > strlen(*ret_word);
		if (at != NULL && (first == NULL || at < first || longer)) {
			first = at;
			*ret_word = word;
		}
	}
	return first;
}

gboolean placeholders_append(struct jinja_evaluation *e, const struct node *n)
{
	const struct placeholders *p = run_of(e)->placeholders;
	const char *text = node_text(n);
	const char *end = text + n->length;
	const char *from = text;
	const char *word = NULL;
	const char *at = NULL;
	while ((at = next_word(p, from, end, &word)) != NULL) {
		const char *after = at + strlen(word);
		gboolean inside =
			(at > text && is_word(at[-1])) || (after < end && is_word(*after));
		gboolean is_key = after < end && *after == '=';
		g_string_append_len(e->out, from, at - from);
		if (inside || is_key) {
			if (inside) {
				warn(e, n, at, word, text, end);
			}
			g_string_append_len(e->out, at, after - at);
		} else if (!append_value(e, n, at, word)) {
			return FALSE;
		}
		from = after;
	}
	g_string_append_len(e->out, from, end - from);
	return check_size(e, e->out->len);
}
