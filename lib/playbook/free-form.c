/* Free-form module arguments, split and unquoted as Ansible's parser of k=v does. */
#include "playbook/free-form.h"

#include <string.h>

struct splitter {
	GPtrArray *words; /* GString * */
	char quote;       /* the quote we are in; 0: none */
	guint depth[3];   /* open {{, {% and {# */
};

static const char *const open_marks[] = { "{{", "{%", "{#" };
static const char *const close_marks[] = { "}}", "%}", "#}" };

static gboolean in_marks(const struct splitter *s)
{
	return s->depth[0] > 0 || s->depth[1] > 0 || s->depth[2] > 0;
}

static char quote_after(const char *token, char quote)
{
	for (const char *p = token; *p != '\0'; p++) {
		gboolean escaped = p > token && p[-1] == '\\';
		if ((*p == '"' || *p == '\'') && !escaped) {
			quote = quote == '\0' ? *p : *p == quote ? '\0' : quote;
		}
	}
	return quote;
}

static guint count_of(const char *text, const char *mark)
{
	guint n = 0;
	for (const char *p = strstr(text, mark); p != NULL; p = strstr(p + strlen(mark), mark)) {
		n++;
	}
	return n;
}

static GString *last_word(const struct splitter *s)
{
	return s->words->len > 0 ? g_ptr_array_index(s->words, s->words->len - 1) : NULL;
}

static void add_word(struct splitter *s, const char *text)
{
	g_ptr_array_add(s->words, g_string_new(text));
}

/* Joins token to the last word, with what stood between them. */
static gboolean extend_word(struct splitter *s, const char *between, const char *token)
{
	GString *word = last_word(s);
	if (word == NULL) {
		return FALSE;
	}
	g_string_append(word, between);
	g_string_append(word, token);
	return TRUE;
}

/* One blank-separated token of a line of n tokens, the index-th. FALSE: nothing to join it to. */
static gboolean take_token(struct splitter *s, const char *token, guint index, guint n)
{
	char before = s->quote;
	s->quote = quote_after(token, before);
	gboolean placed = FALSE;
	if (s->quote != '\0' && before == '\0' && !in_marks(s)) {
		add_word(s, token);
		placed = TRUE;
	} else if (in_marks(s) || s->quote != '\0' || before != '\0') {
		const char *between = index == 0 && before != '\0' ? ""
				      : n > 1                      ? (index > 0 ? " " : "")
								   : "\n";
		if (!extend_word(s, between, token)) {
			return FALSE;
		}
		placed = TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(open_marks); i++) {
		guint old = s->depth[i];
		guint opened = count_of(token, open_marks[i]);
		guint closed = count_of(token, close_marks[i]);
		s->depth[i] = old + opened > closed ? old + opened - closed : 0;
		if (s->depth[i] != old && !placed) {
			add_word(s, token);
			placed = TRUE;
		}
	}
	if (!placed && !in_marks(s) && s->quote == '\0' && *token != '\0') {
		add_word(s, token);
	}
	return TRUE;
}

static gboolean take_line(struct splitter *s, const char *line, gboolean last, gboolean several)
{
	g_auto(GStrv) tokens = g_strsplit(line, " ", -1);
	guint n = MAX(1, g_strv_length(tokens));
	gboolean continued = FALSE;
	for (guint i = 0; i < n; i++) {
		const char *token = tokens[i] != NULL ? tokens[i] : "";
		if (*token == '\0' && i != 0) {
			if (!extend_word(s, " ", "")) {
				return FALSE;
			}
		} else if (strcmp(token, "\\") == 0 && s->quote == '\0') {
			continued = TRUE;
		} else if (!take_token(s, token, i, n)) {
			return FALSE;
		}
	}
	return !several || last || continued || extend_word(s, "\n", "");
}

static void free_word(gpointer word)
{
	g_string_free(word, TRUE);
}

GPtrArray *free_form_split(const char *text, struct position at, GError **error)
{
	struct splitter s = { .words = g_ptr_array_new_with_free_func(free_word) };
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = g_strv_length(lines);
	gboolean done = TRUE;
	for (guint i = 0; done && i < n; i++) {
		done = take_line(&s, lines[i], i == n - 1, n > 1);
	}
	const char *fault = !done             ? "begins with blanks"
			    : in_marks(&s)    ? "has template marks that are not closed"
			    : s.quote != '\0' ? "has a quote that is not closed"
					      : NULL;
	if (fault != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"argument text '%.60s' %s, write the arguments as a mapping", text, fault);
		g_ptr_array_unref(s.words);
		return NULL;
	}
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < s.words->len; i++) {
		GString *word = g_ptr_array_index(s.words, i);
		g_ptr_array_add(words, g_strdup(word->str));
	}
	g_ptr_array_unref(s.words);
	return words;
}

char *free_form_join(const GPtrArray *words, gsize from)
{
	GString *out = g_string_new(NULL);
	for (gsize i = from; i < words->len; i++) {
		if (out->len > 0 && out->str[out->len - 1] != '\n') {
			g_string_append_c(out, ' ');
		}
		g_string_append(out, g_ptr_array_index(words, i));
	}
	return g_string_free(out, FALSE);
}

/* Appends the code point of n hexadecimal digits at p; FALSE when they are not there. */
static gboolean append_hex(GString *out, const char *p, guint n)
{
	gunichar c = 0;
	for (guint i = 0; i < n; i++) {
		int digit = g_ascii_xdigit_value(p[i]);
		if (digit < 0) {
			return FALSE;
		}
		c = c * 16 + (gunichar)digit;
	}
	if (!g_unichar_validate(c) || c == 0) {
		return FALSE;
	}
	g_string_append_unichar(out, c);
	return TRUE;
}

/* Backslash escapes as in Python's strings; unknown ones stay. */
static char *decode_escapes(const char *text)
{
	static const char letters[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
	static const struct {
		char letter;
		guint digits;
	} hexes[] = { { 'x', 2 }, { 'u', 4 }, { 'U', 8 } };
	GString *out = g_string_new(NULL);
	for (const char *p = text; *p != '\0'; p++) {
		guint skip = 0;
		for (gsize i = 0; *p == '\\' && p[1] != '\0' && i < sizeof letters - 1; i += 2) {
			if (letters[i] == p[1]) {
				g_string_append_c(out, letters[i + 1]);
				skip = 1;
				break;
			}
		}
		for (gsize i = 0; *p == '\\' && skip == 0 && i < G_N_ELEMENTS(hexes); i++) {
			if (p[1] == hexes[i].letter && append_hex(out, p + 2, hexes[i].digits)) {
				skip = 1 + hexes[i].digits;
			}
		}
		if (skip == 0) {
			g_string_append_c(out, *p);
		}
		p += skip;
	}
	return g_string_free(out, FALSE);
}

/* The first = after the first character that no backslash precedes; NULL: none. */
static const char *find_equals(const char *word)
{
	if (*word == '\0') {
		return NULL;
	}
	for (const char *p = strchr(word + 1, '='); p != NULL; p = strchr(p + 1, '=')) {
		if (p[-1] != '\\') {
			return p;
		}
	}
	return NULL;
}

static char *unescape_equals(const char *word)
{
	g_auto(GStrv) parts = g_strsplit(word, "\\=", -1);
	return g_strjoinv("=", parts);
}

/* Without blanks around it and without one pair of quotes. Takes text. */
static char *unquote(char *text)
{
	g_strstrip(text);
	gsize length = strlen(text);
	gboolean quoted = length > 1 && (*text == '"' || *text == '\'') &&
			  text[length - 1] == *text && text[length - 2] != '\\';
	if (quoted) {
		memmove(text, text + 1, length - 2);
		text[length - 2] = '\0';
	}
	return text;
}

static gboolean is_command_option(const char *key)
{
	static const char *const options[] = { "chdir", "creates", "executable", "removes", "stdin",
		"stdin_add_newline", "strip_empty_ends", "warn" };
	for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
		if (strcmp(key, options[i]) == 0) {
			return TRUE;
		}
	}
	return FALSE;
}

static void set_text(value *dict, const char *key, char *text, struct position at)
{
	value *v = value_new_string_take(text, strlen(text));
	value_set_position(v, at);
	value *name = value_new_string(key);
	value_set_position(name, at);
	value_dict_set_value(dict, name, v);
}

static void take_word(
	value *dict, GPtrArray *rest, const char *word, gboolean raw, struct position at)
{
	g_autofree char *decoded = decode_escapes(word);
	if (strchr(decoded, '=') == NULL) {
		g_ptr_array_add(rest, g_strdup(word));
		return;
	}
	const char *equals = find_equals(decoded);
	if (equals == NULL) {
		g_ptr_array_add(rest, unescape_equals(decoded));
		return;
	}
	g_autofree char *key = g_strndup(decoded, (gsize)(equals - decoded));
	if (raw && !is_command_option(key)) {
		g_ptr_array_add(rest, g_strdup(word));
		return;
	}
	set_text(dict, g_strstrip(key), unquote(g_strdup(equals + 1)), at);
}

value *free_form_parse(const char *text, gboolean raw, struct position at, GError **error)
{
	g_autoptr(GPtrArray) words = free_form_split(text, at, error);
	if (words == NULL) {
		return NULL;
	}
	value *dict = value_new_dict();
	value_set_position(dict, at);
	g_autoptr(GPtrArray) rest = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < words->len; i++) {
		take_word(dict, rest, g_ptr_array_index(words, i), raw, at);
	}
	if (rest->len > 0) {
		set_text(dict, "_raw_params", free_form_join(rest, 0), at);
	}
	return dict;
}
