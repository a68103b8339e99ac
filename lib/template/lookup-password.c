/* The lookup password: made once and kept in a file here. */
#include "template/lookup.h"

#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>

#include "jinja/engine/operators.h"
#include "jinja/library/random.h"
#include "template/password.h"
#include "template/run.h"

/* The characters a word of `chars` stands for. */
static void add_characters(const char *word, GString *out)
{
	static const struct {
		const char *name, *characters;
	} sets[] = { { "ascii_lowercase", "abcdefghijklmnopqrstuvwxyz" },
		{ "ascii_uppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
		{ "ascii_letters", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" },
		{ "digits", "0123456789" }, { "hexdigits", "0123456789abcdefABCDEF" },
		{ "octdigits", "01234567" },
		{ "punctuation", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" } };
	for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
		if (strcmp(word, sets[i].name) == 0) {
			g_string_append(out, sets[i].characters);
			return;
		}
	}
	g_string_append(out, word);
}

static char *characters_of(const value *chars)
{
	GString *out = g_string_new(NULL);
	if (value_is_sequence(chars)) {
		value_list_foreach (chars, item) {
			g_autofree char *word = value_to_string(item);
			add_characters(word, out);
		}
	} else if (value_is(chars, VALUE_STRING)) {
		GString *text = g_string_new(value_string(chars));
		if (strstr(text->str, ",,") != NULL) {
			g_string_append_c(out, ',');
			g_string_replace(text, ",,", ",", 0);
		}
		g_auto(GStrv) words = g_strsplit(text->str, ",", -1);
		for (gsize i = 0; words[i] != NULL; i++) {
			add_characters(words[i], out);
		}
		g_string_free(text, TRUE);
	}
	if (out->len == 0) {
		g_string_append(out,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			".,:-_");
	}
	return g_string_free(out, FALSE);
}

/* Random characters, each as likely as the others; with a seed, Python's sequence. */
static char *make_password(const char *characters, gint64 length, const value *seed)
{
	GString *out = g_string_new(NULL);
	gsize n = strlen(characters);
	struct random random;
	if (seed != NULL) {
		random_init(&random, seed);
	}
	while ((gint64)out->len < length) {
		guint32 word = 0;
		if (seed != NULL) {
			word = (guint32)random_below(&random, n);
		} else if (RAND_bytes((unsigned char *)&word, sizeof word) != 1) {
			g_string_free(out, TRUE);
			return NULL;
		} else if (word >= G_MAXUINT32 - G_MAXUINT32 % n) {
			continue;
		}
		g_string_append_c(out, characters[word % n]);
	}
	return g_string_free(out, FALSE);
}

static char *password_path(struct jinja_call *c, const char *name)
{
	const char *const *folders = run_of(c->e)->scope->file_folders;
	if (*name == '/' || strcmp(name, "/dev/null") == 0) {
		return g_strdup(name);
	}
	return g_build_filename(
		folders != NULL && folders[0] != NULL ? folders[0] : ".", name, NULL);
}

static gboolean save(struct jinja_call *c, const char *path, const char *line)
{
	GError *error = NULL;
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *text = g_strconcat(line, "\n", NULL);
	if (g_mkdir_with_parents(folder, 0700) != 0 ||
		!g_file_set_contents_full(
			path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)) {
		jinja_fail_usage(c->e, "unable to write '%s': %s", path,
			error != NULL ? error->message : g_strerror(errno));
		g_clear_error(&error);
		return FALSE;
	}
	return TRUE;
}

/* "password salt=xyz ident=2b" as the file keeps it. */
static void take_apart(char *line, char **salt)
{
	char *mark = strstr(line, " salt=");
	if (mark != NULL) {
		*salt = g_strndup(mark + 6, strcspn(mark + 6, " \n"));
		*mark = '\0';
	}
}

/* The length asked for; 0 after an error. */
static gint64 length_wanted(struct jinja_call *c)
{
	const value *given = lookup_given(c, "length");
	gint64 length = 20;
	if (value_is(given, VALUE_STRING)) {
		char *end = NULL;
		length = g_ascii_strtoll(value_string(given), &end, 10);
		length = *end == '\0' && *value_string(given) != '\0' ? length : -1;
	} else if (given != NULL) {
		is_integer(given, &length);
	}
	if (length < 0 || length > 10000) {
		jinja_fail_usage(c->e, "password: length must be 0 to 10000");
		return -1;
	}
	return length;
}

static char *make_salt(const char *scheme)
{
	static const char characters[] =
		"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	gboolean longer = strcmp(scheme, "bcrypt") == 0 || strcmp(scheme, "blowfish") == 0;
	return make_password(characters, longer ? 22 : 8, NULL);
}

static gboolean keep(struct jinja_call *c, const char *path, const char *line, const char *salt)
{
	g_autofree char *whole =
		salt != NULL ? g_strdup_printf("%s salt=%s", line, salt) : g_strdup(line);
	return save(c, path, whole);
}

/* The password of the file, or a new one that is kept there. c has the options of the term. */
static value *password_find(struct jinja_call *c, const char *name, gint64 length)
{
	const char *encrypt = lookup_given_text(c, "encrypt", NULL);
	g_autofree char *path = password_path(c, name);
	g_autofree char *salt = NULL;
	g_autofree char *line = NULL;
	gboolean kept = strcmp(path, "/dev/null") != 0;
	gboolean changed = FALSE;
	if (kept && g_file_get_contents(path, &line, NULL, NULL)) {
		g_strchomp(line);
		take_apart(line, &salt);
	} else {
		g_autofree char *characters = characters_of(lookup_given(c, "chars"));
		line = make_password(characters, length, lookup_given(c, "seed"));
		changed = TRUE;
	}
	if (line == NULL) {
		return jinja_fail_usage(c->e, "password: no random numbers");
	}
	if (encrypt != NULL && salt == NULL) {
		salt = make_salt(encrypt);
		changed = TRUE;
	}
	if (kept && changed && !keep(c, path, line, salt)) {
		return NULL;
	}
	if (encrypt == NULL) {
		return value_new_string(line);
	}
	char *hash = password_crypt(
		c->e, line, encrypt, salt, 0, 0, lookup_given_text(c, "ident", NULL));
	return hash != NULL ? value_new_string_take(hash, strlen(hash)) : NULL;
}

static value *password_one(struct jinja_call *c, const char *text)
{
	g_autoptr(value) options = value_new_dict();
	if (c->named != NULL) {
		value_dict_update(options, c->named);
	}
	static const char *const known[] = { "chars", "encrypt", "ident", "length", "seed", NULL };
	g_autofree char *name = lookup_key_known(c, text, options, known);
	if (name == NULL) {
		return NULL;
	}
	struct jinja_call inner = *c;
	inner.named = options;
	gint64 length = length_wanted(&inner);
	return length >= 0 ? password_find(&inner, name, length) : NULL;
}

value *lookup_password(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = lookup_term(c, i);
		value *v = text != NULL ? password_one(c, text) : NULL;
		if (v == NULL) {
			return NULL;
		}
		value_list_append(out, v);
	}
	return g_steal_pointer(&out);
}
