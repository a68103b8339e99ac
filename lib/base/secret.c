/* Secrets: which texts are secret, and masking them in output. */
#include "base/secret.h"

#include <string.h>

#include "base/secret-memory.h"

enum {
	SECRET_MIN = 4,      /* bytes of a text worth masking */
	SECRET_LINE_MIN = 8, /* bytes of a line of a longer secret */
	SECRET_NUMBER_MIN =
		6, /* digits: shorter numbers are ports and counts, and stand everywhere */
	FORMS_MAX = 2000000,
	STARTS = 65536,
};

/* One form of a secret: its bytes, JSON-escaped, or base64, always without line breaks. */
struct form {
	guchar *bytes;
	gsize length;
	gboolean base64;           /* a neighbouring character may hold some bits more */
	const struct form *prefix; /* the longest other form that this one begins with; or NULL */
};

/* Any number of hosts may bring a secret each: a text is only noted when it becomes known; its
 * forms are made when something is to be masked, and are kept in order, to be found in a few
 * comparisons. */
static GRWLock lock;
static GHashTable *known; /* set of GBytes *: the texts that are registered */
static GPtrArray *noted;  /* those of them that have no forms yet */
static GTree *forms;      /* struct form * in the order of their bytes; NULL: none */
static guchar *starts;    /* by the first two bytes: whether a form begins so */
static gsize longest;
static gboolean overflown; /* more forms than can be kept: all is masked */

static void form_free(gpointer data)
{
	struct form *form = data;
	secret_memory_free((char *)form->bytes);
	g_free(form);
}

static void text_free(gpointer text)
{
	secret_memory_free(text);
}

static GBytes *text_new(const char *text, gsize length)
{
	char *copy = secret_memory_copy(text, length);
	return g_bytes_new_with_free_func(copy, length, text_free, copy);
}

static void text_unref(gpointer text)
{
	g_bytes_unref(text);
}

static gint compare_forms(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct form *x = a;
	const struct form *y = b;
	(void)data;
	int order = memcmp(x->bytes, y->bytes, MIN(x->length, y->length));
	return order != 0 ? order : x->length < y->length ? -1 : x->length > y->length;
}

static guint start_of(const guchar *bytes)
{
	return (guint)bytes[0] << 8 | bytes[1];
}

static void prepare(void)
{
	if (known == NULL) {
		known = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, text_unref, NULL);
		noted = g_ptr_array_new();
		forms = g_tree_new_full(compare_forms, NULL, form_free, NULL);
		starts = g_malloc0(STARTS);
	}
}

static gboolean begins_with(const guchar *bytes, gsize length, const struct form *form)
{
	return form->length <= length && memcmp(bytes, form->bytes, form->length) == 0;
}

/* The longest form that bytes begin with; NULL: none. What stands before bytes in the order either
 * is it, or begins with it as well. */
static const struct form *longest_form(const guchar *bytes, gsize length)
{
	const struct form key = { .bytes = (guchar *)bytes, .length = length };
	GTreeNode *above = g_tree_upper_bound(forms, &key);
	GTreeNode *node = above != NULL ? g_tree_node_previous(above) : g_tree_node_last(forms);
	const struct form *form = node != NULL ? g_tree_node_key(node) : NULL;
	while (form != NULL && !begins_with(bytes, length, form)) {
		form = form->prefix;
	}
	return form;
}

/* Takes form, which is not in the tree yet. */
static void insert_form(struct form *form)
{
	form->prefix = longest_form(form->bytes, form->length);
	GTreeNode *node = g_tree_insert_node(forms, form, NULL);
	for (node = g_tree_node_next(node); node != NULL; node = g_tree_node_next(node)) {
		struct form *longer = g_tree_node_key(node);
		if (!begins_with(longer->bytes, longer->length, form)) {
			break;
		}
		if (longer->prefix == NULL || longer->prefix->length < form->length) {
			longer->prefix = form;
		}
	}
	starts[start_of(form->bytes)] = 1;
	longest = MAX(longest, form->length);
}

/* Line breaks, and blanks after them, are left out on both sides of the comparison. */
static gsize compact(
	const char *text, gsize length, guchar *out, guint32 *places, gboolean skip_mark)
{
	gsize n = 0;
	gboolean line_start = FALSE;
	gboolean mark_left = FALSE;
	for (gsize i = 0; i < length; i++) {
		char c = text[i];
		if (c == '\n' || c == '\r') {
			line_start = TRUE;
			mark_left = skip_mark;
			continue;
		}
		if (line_start && mark_left && (c == '+' || c == '-' || c == ' ')) {
			mark_left = FALSE; /* of a unified diff */
			continue;
		}
		if (line_start && (c == ' ' || c == '\t')) {
			continue;
		}
		line_start = FALSE;
		if (places != NULL) {
			places[n] = (guint32)i;
		}
		out[n++] = (guchar)c;
	}
	return n;
}

static void add_form(const char *text, gsize length, gboolean base64)
{
	guchar *bytes = (guchar *)secret_memory_new(length);
	gsize n = compact(text, length, bytes, NULL, FALSE);
	struct form *form = g_new0(struct form, 1);
	*form = (struct form){ .bytes = bytes, .length = n, .base64 = base64 };
	overflown = overflown || (guint)g_tree_nnodes(forms) >= FORMS_MAX;
	if (n < SECRET_MIN || overflown || g_tree_lookup_node(forms, form) != NULL) {
		form_free(form);
	} else {
		insert_form(form);
	}
}

/* What of the base64 of anything that contains text at offset (mod 3) depends on text alone. */
static void add_base64_at(const char *text, gsize length, gsize offset)
{
	g_autosecret char *padded = secret_memory_new(length + offset);
	memcpy(padded + offset, text, length);
	char *encoded = g_base64_encode((guchar *)padded, length + offset);
	gsize first = offset == 0 ? 0 : offset + 1;
	gsize end = (length + offset) * 8 / 6;
	if (end > first) {
		add_form(encoded + first, end - first, TRUE);
		gboolean differs = FALSE;
		for (char *p = encoded; *p != '\0'; p++) {
			differs = differs || *p == '+' || *p == '/';
			*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
		}
		if (differs) {
			add_form(encoded + first, end - first, TRUE);
		}
	}
	secret_wipe_string(encoded);
}

/* As it stands in a JSON string, when that differs. */
static void add_escaped(const char *text, gsize length)
{
	g_autosecret char *out = secret_memory_new(length * 2);
	gsize n = 0;
	for (gsize i = 0; i < length; i++) {
		static const char plain[] = "\n\r\t\"\\";
		static const char marks[] = "nrt\"\\";
		const char *special = text[i] != '\0' ? strchr(plain, text[i]) : NULL;
		if (special != NULL) {
			out[n++] = '\\';
			out[n++] = marks[special - plain];
		} else {
			out[n++] = text[i];
		}
	}
	if (n != length) {
		add_form(out, n, FALSE);
	}
}

static void add_forms(const char *text, gsize length)
{
	add_form(text, length, FALSE);
	add_escaped(text, length);
	for (gsize offset = 0; offset < 3; offset++) {
		add_base64_at(text, length, offset);
	}
}

static void add_lines(const char *text, gsize length)
{
	const char *end = text + length;
	while (text < end) {
		const char *stop = memchr(text, '\n', (gsize)(end - text));
		stop = stop != NULL ? stop : end;
		gsize n = (gsize)(stop - text);
		if (n > 0 && text[n - 1] == '\r') {
			n--;
		}
		gboolean frame = n > 5 && strncmp(text, "-----", 5) == 0; /* of a PEM file */
		if (n >= SECRET_LINE_MIN && n < length && !frame) {
			add_form(text, n, FALSE);
		}
		text = stop + 1;
	}
}

/* Drops the blanks around text. */
static const char *strip(const char *text, gsize *length)
{
	while (*length > 0 && g_ascii_isspace(text[*length - 1])) {
		(*length)--;
	}
	while (*length > 0 && g_ascii_isspace(*text)) {
		text++;
		(*length)--;
	}
	return text;
}

void secret_add(const char *text, gsize length)
{
	text = strip(text, &length);
	if (length < SECRET_MIN) {
		return;
	}
	GBytes *own = text_new(text, length);
	g_rw_lock_writer_lock(&lock);
	prepare();
	if (!g_hash_table_contains(known, own)) {
		g_hash_table_add(known, own);
		g_ptr_array_add(noted, own);
	} else {
		g_bytes_unref(own);
	}
	g_rw_lock_writer_unlock(&lock);
}

static int compare_word(const void *text, const void *word)
{
	return g_ascii_strcasecmp(text, *(const char *const *)word);
}

/* Words that stand everywhere, and protect nothing: masking them would only hide the output. */
static gboolean is_common(const char *text, gsize length)
{
	static const char *const words[] = { "admin", "always", "auto", "default", "disabled",
		"enabled", "false", "guest", "latest", "never", "none", "null", "on_create",
		"optional", "passwd", "password", "present", "prompt", "required", "root", "secret",
		"sudo", "test", "token", "true", "undefined", "user" };
	char word[16] = { 0 };
	if (length >= sizeof word) {
		return FALSE;
	}
	memcpy(word, text, length);
	gboolean number = strspn(word, "0123456789.+-") == length;
	gboolean common = number ? length < SECRET_NUMBER_MIN
				 : bsearch(word, words, G_N_ELEMENTS(words), sizeof *words,
					   compare_word) != NULL;
	explicit_bzero(word, sizeof word);
	return common;
}

void secret_add_likely(const char *text, gsize length)
{
	text = strip(text, &length);
	if (!is_common(text, length)) {
		secret_add(text, length);
	}
}

/* Makes the forms of what was noted. */
static void make_forms(void)
{
	g_rw_lock_writer_lock(&lock);
	for (guint i = 0; noted != NULL && i < noted->len; i++) {
		gsize length = 0;
		const char *text = g_bytes_get_data(noted->pdata[i], &length);
		add_forms(text, length);
		add_lines(text, length);
	}
	if (noted != NULL) {
		g_ptr_array_set_size(noted, 0);
	}
	g_rw_lock_writer_unlock(&lock);
}

/* Locks for reading, with all forms made. */
static void begin_reading(void)
{
	g_rw_lock_reader_lock(&lock);
	while (noted != NULL && noted->len > 0) {
		g_rw_lock_reader_unlock(&lock);
		make_forms();
		g_rw_lock_reader_lock(&lock);
	}
}

gboolean secret_any(void)
{
	g_rw_lock_reader_lock(&lock);
	gboolean any = known != NULL && g_hash_table_size(known) > 0;
	g_rw_lock_reader_unlock(&lock);
	return any;
}

void secret_forget(void)
{
	g_rw_lock_writer_lock(&lock);
	g_clear_pointer(&starts, g_free);
	g_clear_pointer(&forms, g_tree_unref);
	g_clear_pointer(&noted, g_ptr_array_unref);
	g_clear_pointer(&known, g_hash_table_unref);
	longest = 0;
	overflown = FALSE;
	g_rw_lock_writer_unlock(&lock);
}

/* Masking. */

static gboolean is_base64(char c)
{
	return g_ascii_isalnum(c) || strchr("+/-_=", c) != NULL;
}

static void mark_range(
	guchar *marks, const char *text, gsize length, gsize first, gsize last, gboolean base64)
{
	if (base64 && first > 0 && is_base64(text[first - 1])) {
		first--;
	}
	if (base64 && last + 1 < length && text[last + 1] != '\0' && is_base64(text[last + 1])) {
		last++;
	}
	memset(marks + first, 1, last - first + 1);
}

/* Marks the bytes of text that belong to a secret; whether there are any. */
static gboolean mark_all(const char *text, gsize length, gboolean skip_mark, guchar *marks)
{
	g_autofree guchar *bytes = g_malloc(length + 1);
	g_autofree guint32 *places = g_new(guint32, length + 1);
	gsize n = compact(text, length, bytes, places, skip_mark);
	gboolean any = FALSE;
	for (gsize i = 0; i + SECRET_MIN <= n; i++) {
		const struct form *form = starts[start_of(bytes + i)]
						  ? longest_form(bytes + i, MIN(n - i, longest))
						  : NULL;
		if (form != NULL) {
			any = TRUE;
			mark_range(marks, text, length, places[i], places[i + form->length - 1],
				form->base64);
		}
	}
	return any;
}

static GString *replace_marked(const char *text, gsize length, const guchar *marks)
{
	GString *out = g_string_sized_new(length);
	for (gsize i = 0; i < length; i++) {
		if (!marks[i]) {
			g_string_append_c(out, text[i]);
		} else if (i == 0 || !marks[i - 1]) {
			g_string_append(out, SECRET_MASK);
		}
	}
	return out;
}

/* Marks of text, or NULL when nothing in it is secret. */
static guchar *marks_of(const char *text, gsize length)
{
	guchar *marks = NULL;
	begin_reading();
	if (overflown && length >= SECRET_MIN) {
		marks = g_malloc(length + 1);
		memset(marks, 1, length);
	} else if (longest > 0 && length >= SECRET_MIN && length < G_MAXUINT32) {
		marks = g_malloc0(length + 1);
		gboolean any = mark_all(text, length, FALSE, marks);
		if (memchr(text, '\n', length) != NULL) {
			any = mark_all(text, length, TRUE, marks) || any;
		}
		if (!any) {
			g_clear_pointer(&marks, g_free);
		}
	}
	g_rw_lock_reader_unlock(&lock);
	return marks;
}

char *secret_mask(const char *text, gsize length, gsize *ret_length)
{
	g_autofree guchar *marks = marks_of(text, length);
	if (marks == NULL) {
		return NULL;
	}
	GString *out = replace_marked(text, length, marks);
	if (ret_length != NULL) {
		*ret_length = out->len;
	}
	return g_string_free(out, FALSE);
}

char *secret_masked(const char *text)
{
	char *masked = secret_mask(text, strlen(text), NULL);
	return masked != NULL ? masked : g_strdup(text);
}

/* Streams. */

struct secret_stream {
	GString *held;
};

struct secret_stream *secret_stream_new(void)
{
	struct secret_stream *stream = g_new0(struct secret_stream, 1);
	stream->held = g_string_new(NULL);
	return stream;
}

void secret_stream_free(struct secret_stream *stream)
{
	if (stream != NULL) {
		g_string_free(stream->held, TRUE);
		g_free(stream);
	}
}

char *secret_stream_take(
	struct secret_stream *stream, const char *text, gsize length, gsize *ret_length)
{
	if (text != NULL) {
		g_string_append_len(stream->held, text, (gssize)length);
	}
	begin_reading();
	gsize hold = text == NULL || longest == 0 ? 0 : longest * 2 + 64;
	g_rw_lock_reader_unlock(&lock);
	gsize all = stream->held->len;
	gsize ready = all > hold ? all - hold : 0;
	g_autofree guchar *marks = marks_of(stream->held->str, all);
	while (marks != NULL && ready > 0 && ready < all && marks[ready - 1] && marks[ready]) {
		ready--; /* not in the middle of a secret */
	}
	GString *out = marks != NULL ? replace_marked(stream->held->str, ready, marks)
				     : g_string_new_len(stream->held->str, (gssize)ready);
	g_string_erase(stream->held, 0, (gssize)ready);
	*ret_length = out->len;
	return g_string_free(out, FALSE);
}
