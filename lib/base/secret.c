/* Secrets: which texts are secret, masking them in output, wiping them from memory. */
#include "base/secret.h"

#include <string.h>

enum {
	SECRET_MIN = 4,      /* bytes of a text worth masking */
	SECRET_LINE_MIN = 8, /* bytes of a line of a longer secret */
	FORMS_MAX = 100000,
};

/* One form of a secret: its bytes, JSON-escaped, or base64, always without line breaks. */
struct form {
	guchar *bytes;
	gsize length;
	gboolean base64; /* a neighbouring character may hold some bits more */
};

static GRWLock lock;
static GPtrArray *forms;   /* struct form * */
static GHashTable *known;  /* set of GBytes: what is registered */
static GPtrArray **starts; /* by the first two bytes: struct form *, or NULL */
static gsize longest;

void secret_wipe(char *text, gsize length)
{
	explicit_bzero(text, length);
}

void secret_free(char *text)
{
	if (text != NULL) {
		explicit_bzero(text, strlen(text));
		g_free(text);
	}
}

static void form_free(gpointer data)
{
	struct form *form = data;
	explicit_bzero(form->bytes, form->length);
	g_free(form->bytes);
	g_free(form);
}

static guint start_of(const guchar *bytes)
{
	return (guint)bytes[0] << 8 | bytes[1];
}

static void prepare(void)
{
	if (forms == NULL) {
		forms = g_ptr_array_new_with_free_func(form_free);
		known = g_hash_table_new_full(
			g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
		starts = g_new0(GPtrArray *, 65536);
	}
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
	guchar *bytes = g_malloc(length + 1);
	gsize n = compact(text, length, bytes, NULL, FALSE);
	if (n < SECRET_MIN || forms->len >= FORMS_MAX) {
		explicit_bzero(bytes, length);
		g_free(bytes);
		return;
	}
	struct form *form = g_new0(struct form, 1);
	form->bytes = bytes;
	form->length = n;
	form->base64 = base64;
	g_ptr_array_add(forms, form);
	guint start = start_of(bytes);
	if (starts[start] == NULL) {
		starts[start] = g_ptr_array_new();
	}
	g_ptr_array_add(starts[start], form);
	longest = MAX(longest, n);
}

/* What of the base64 of anything that contains text at offset (mod 3) depends on text alone. */
static void add_base64_at(const char *text, gsize length, gsize offset)
{
	guchar *padded = g_malloc0(length + offset);
	memcpy(padded + offset, text, length);
	char *encoded = g_base64_encode(padded, length + offset);
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
	secret_free(encoded);
	explicit_bzero(padded, length + offset);
	g_free(padded);
}

/* As it stands in a JSON string, when that differs. */
static void add_escaped(const char *text, gsize length)
{
	GString *out = g_string_sized_new(length * 2);
	for (gsize i = 0; i < length; i++) {
		static const char plain[] = "\n\r\t\"\\";
		static const char marks[] = "nrt\"\\";
		const char *special = text[i] != '\0' ? strchr(plain, text[i]) : NULL;
		if (special != NULL) {
			g_string_append_c(out, '\\');
			g_string_append_c(out, marks[special - plain]);
		} else {
			g_string_append_c(out, text[i]);
		}
	}
	if (out->len != length) {
		add_form(out->str, out->len, FALSE);
	}
	explicit_bzero(out->str, out->len);
	g_string_free(out, TRUE);
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
		if (n >= SECRET_LINE_MIN && n < length) {
			add_form(text, n, FALSE);
		}
		text = stop + 1;
	}
}

void secret_add(const char *text, gsize length)
{
	while (length > 0 && g_ascii_isspace(text[length - 1])) {
		length--;
	}
	while (length > 0 && g_ascii_isspace(*text)) {
		text++;
		length--;
	}
	if (length < SECRET_MIN) {
		return;
	}
	g_rw_lock_writer_lock(&lock);
	prepare();
	/* Only a digest is kept to tell what is known already. */
	g_autofree char *digest =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
	g_autoptr(GBytes) key = g_bytes_new(digest, strlen(digest));
	if (!g_hash_table_contains(known, key)) {
		g_hash_table_add(known, g_bytes_ref(key));
		add_forms(text, length);
		add_lines(text, length);
	}
	g_rw_lock_writer_unlock(&lock);
}

gboolean secret_any(void)
{
	g_rw_lock_reader_lock(&lock);
	gboolean any = forms != NULL && forms->len > 0;
	g_rw_lock_reader_unlock(&lock);
	return any;
}

void secret_forget(void)
{
	g_rw_lock_writer_lock(&lock);
	for (guint i = 0; starts != NULL && i < 65536; i++) {
		g_clear_pointer(&starts[i], g_ptr_array_unref);
	}
	g_clear_pointer(&starts, g_free);
	g_clear_pointer(&forms, g_ptr_array_unref);
	g_clear_pointer(&known, g_hash_table_unref);
	longest = 0;
	g_rw_lock_writer_unlock(&lock);
}

/* Masking. */

static gboolean is_base64(char c)
{
	return g_ascii_isalnum(c) || strchr("+/-_=", c) != NULL;
}

/* The longest form at p; NULL: none. */
static const struct form *form_at(const guchar *p, gsize left)
{
	const struct form *best = NULL;
	const GPtrArray *candidates = left >= 2 ? starts[start_of(p)] : NULL;
	for (guint i = 0; candidates != NULL && i < candidates->len; i++) {
		const struct form *form = candidates->pdata[i];
		if (form->length <= left && memcmp(form->bytes, p, form->length) == 0 &&
			(best == NULL || form->length > best->length)) {
			best = form;
		}
	}
	return best;
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
		const struct form *form = form_at(bytes + i, n - i);
		if (form != NULL) {
			any = TRUE;
			mark_range(marks, text, length, places[i], places[i + form->length - 1],
				form->base64);
		}
	}
	explicit_bzero(bytes, length);
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
	g_rw_lock_reader_lock(&lock);
	if (forms != NULL && forms->len > 0 && length >= SECRET_MIN && length < G_MAXUINT32) {
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
		explicit_bzero(stream->held->str, stream->held->len);
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
	g_rw_lock_reader_lock(&lock);
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

/* Names. */

static GPtrArray *more_words; /* char *, behind the lock */

void secret_add_name(const char *word)
{
	g_rw_lock_writer_lock(&lock);
	if (more_words == NULL) {
		more_words = g_ptr_array_new_with_free_func(g_free);
	}
	g_ptr_array_add(more_words, g_ascii_strdown(word, -1));
	g_rw_lock_writer_unlock(&lock);
}

static gboolean has_more_word(const char *lower)
{
	gboolean found = FALSE;
	g_rw_lock_reader_lock(&lock);
	for (guint i = 0; more_words != NULL && i < more_words->len; i++) {
		found = found || strstr(lower, more_words->pdata[i]) != NULL;
	}
	g_rw_lock_reader_unlock(&lock);
	return found;
}

gboolean secret_name(const char *name)
{
	static const char *const words[] = { "password", "passwd", "passphrase", "secret", "token",
		"apikey", "api_key", "private_key", "privatekey", "access_key", "credential",
		"become_pass", "sudo_pass", "su_pass", "ssh_pass" };
	static const char *const harmless[] = { "_file", "_path", "_url", "_length", "_name", "_id",
		"_dir", "_user", "_method", "_prompt", "_ttl", "_age" };
	g_autofree char *lower = g_ascii_strdown(name, -1);
	for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
		if (g_str_has_suffix(lower, harmless[i])) {
			return FALSE;
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strstr(lower, words[i]) != NULL) {
			return TRUE;
		}
	}
	return has_more_word(lower);
}
