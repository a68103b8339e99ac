/* The lookups ini, csvfile, password and url. */
#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>

#include "base/http.h"
#include "template/loader.h"
#include "template/lookup-file.h"
#include "template/objects.h"
#include "template/operators.h"
#include "template/password.h"
#include "template/random.h"
#include "template/text.h"

static value *option(struct call *c, const char *name)
{
	value *v = c->named != NULL ? value_dict_get(c->named, name) : NULL;
	return value_is(v, VALUE_NULL) ? NULL : v;
}

static const char *option_text(struct call *c, const char *name, const char *otherwise)
{
	const value *v = option(c, name);
	return value_is(v, VALUE_STRING) ? value_string(v) : otherwise;
}

static const char *term(struct call *c, guint i)
{
	if (value_is(c->extra[i], VALUE_STRING)) {
		return value_string(c->extra[i]);
	}
	return template_fail_usage(
		c->e, "lookup '%s' needs strings, not %s", c->name, value_type_name(c->extra[i]));
}

static char *read_file(struct call *c, const char *name, gsize *length)
{
	g_autofree char *path = lookup_file_find(c->e, name);
	char *text = NULL;
	if (path == NULL) {
		return template_fail_usage(c->e, "could not locate file in lookup: %s", name);
	}
	return loader_read(c->e, path, &text, length) ? text : NULL;
}

/* "key a=b c=d": words of the term; the first without '=' is the key, the others are options. */
static char *key_and_options(const char *text, value *options)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t\n", -1);
	GString *key = g_string_new(NULL);
	for (gsize i = 0; words[i] != NULL; i++) {
		char *equals = strchr(words[i], '=');
		if (equals == NULL) {
			g_string_append(key, *words[i] != '\0' && key->len > 0 ? " " : "");
			g_string_append(key, words[i]);
			continue;
		}
		*equals = '\0';
		value_dict_set(options, words[i], value_new_string(equals + 1));
	}
	return g_string_free(key, FALSE);
}

/* The same, and only these options may stand in the text. NULL after template_fail(). */
static char *key_and_known_options(
	struct call *c, const char *text, value *options, const char *const *known)
{
	g_autoptr(value) written = value_new_dict();
	g_autofree char *key = key_and_options(text, written);
	value_dict_foreach (written, name, item) {
		(void)item;
		if (!g_strv_contains(known, value_string(name))) {
			return template_fail_usage(c->e, "lookup '%s' has no option '%s'", c->name,
				value_string(name));
		}
	}
	value_dict_update(options, written);
	return g_steal_pointer(&key);
}

/* --- csvfile --- */

/* One field from *p; *p ends behind its delimiter. *last: the row ends here. */
static char *csv_field(const char **p, char delimiter, gboolean *last)
{
	GString *field = g_string_new(NULL);
	const char *q = *p;
	gboolean quoted = *q == '"';
	q += quoted;
	for (; *q != '\0'; q++) {
		if (quoted && q[0] == '"' && q[1] == '"') {
			q++;
		} else if (quoted && *q == '"') {
			quoted = FALSE;
			continue;
		} else if (!quoted && (*q == delimiter || *q == '\n' || *q == '\r')) {
			break;
		}
		g_string_append_c(field, *q);
	}
	*last = *q != delimiter || *q == '\0';
	if (*q == '\r' && q[1] == '\n') {
		q++;
	}
	*p = *q != '\0' ? q + 1 : q;
	return g_string_free(field, FALSE);
}

static gboolean csv_find(struct call *c, const char *text, const char *key, char delimiter,
	gint64 column, value *out, gboolean *found)
{
	for (const char *p = text; *p != '\0';) {
		g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);
		for (gboolean last = FALSE; !last;) {
			g_ptr_array_add(row, csv_field(&p, delimiter, &last));
		}
		if (strcmp(row->pdata[0], key) != 0) {
			continue;
		}
		gint64 i = column < 0 ? column + (gint64)row->len : column;
		if (i < 0 || i >= (gint64)row->len) {
			template_fail_usage(c->e, "csvfile: list index out of range");
			return FALSE;
		}
		value_list_append(out, value_new_string(row->pdata[i]));
		*found = TRUE;
		return TRUE;
	}
	return TRUE;
}

value *lookup_csvfile(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = term(c, i);
		if (text == NULL) {
			return NULL;
		}
		g_autoptr(value) options = value_new_dict();
		if (c->named != NULL) {
			value_dict_update(options, c->named);
		}
		static const char *const known[] = { "col", "default", "delimiter", "encoding",
			"file", NULL };
		g_autofree char *key = key_and_known_options(c, text, options, known);
		if (key == NULL || *key == '\0') {
			return key == NULL
				       ? NULL
				       : template_fail_usage(c->e, "csvfile: a key is required");
		}
		struct call inner = *c;
		inner.named = options;
		gsize length = 0;
		g_autofree char *content =
			read_file(&inner, option_text(&inner, "file", "ansible.csv"), &length);
		const char *delimiter = option_text(&inner, "delimiter", "TAB");
		const value *col = option(&inner, "col");
		gint64 column = 1;
		gboolean found = FALSE;
		if (content == NULL) {
			return NULL;
		}
		if (value_is(col, VALUE_STRING)) {
			column = g_ascii_strtoll(value_string(col), NULL, 10);
		} else if (col != NULL && !is_integer(col, &column)) {
			return template_fail_usage(c->e, "csvfile: col must be a number");
		}
		char mark = strcmp(delimiter, "TAB") == 0 ? '\t' : *delimiter;
		if (!csv_find(c, content, key, mark, column, out, &found)) {
			return NULL;
		}
		value *otherwise = option(&inner, "default");
		if (!found && otherwise != NULL) {
			value_list_append(out, value_ref(otherwise));
		}
	}
	return g_steal_pointer(&out);
}

/* --- ini --- */

struct ini_query {
	const char *section, *key;
	gboolean properties, case_sensitive, is_pattern;
	gboolean section_found;
	GPtrArray *values;
};

static void ini_option(struct ini_query *q, const char *line, GString **current)
{
	gsize n = strcspn(line, "=:");
	g_autofree char *name = g_strstrip(g_strndup(line, n));
	const char *text = line[n] != '\0' ? line + n + 1 : "";
	g_autofree char *low = q->case_sensitive ? g_strdup(name) : g_utf8_strdown(name, -1);
	g_autofree char *wanted = q->case_sensitive ? g_strdup(q->key) : g_utf8_strdown(q->key, -1);
	gboolean hit = q->is_pattern ? g_regex_match_simple(q->key, low, 0, G_REGEX_MATCH_ANCHORED)
				     : strcmp(low, wanted) == 0;
	*current = NULL;
	if (hit) {
		g_autofree char *clean = g_strstrip(g_strdup(text));
		*current = g_string_new(clean);
		g_ptr_array_add(q->values, *current);
	}
}

static void ini_read(struct ini_query *q, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gboolean inside = q->properties;
	gboolean in_default = FALSE;
	GString *current = NULL;
	q->section_found = q->properties || strcmp(q->section, "DEFAULT") == 0;
	for (gsize i = 0; lines[i] != NULL; i++) {
		char *line = lines[i];
		const char *start = line + strspn(line, " \t\r");
		if (*start == '\0' || *start == '#' || *start == ';') {
			continue;
		}
		if (*start == '[' && strchr(start, ']') != NULL && !q->properties) {
			g_autofree char *name = g_strndup(start + 1, strcspn(start + 1, "]"));
			in_default = strcmp(name, "DEFAULT") == 0;
			inside = strcmp(name, q->section) == 0;
			q->section_found = q->section_found || inside;
			current = NULL;
		} else if (start > line && current != NULL) {
			/* an indented line goes on with the value before */
			g_string_append_c(current, '\n');
			g_string_append(current, g_strstrip(line));
		} else if (inside || in_default) {
			ini_option(q, g_strstrip(line), &current);
		}
	}
}

static void free_string(gpointer data)
{
	g_string_free(data, TRUE);
}

static gboolean ini_one(struct call *c, const char *text, value *out)
{
	g_autoptr(value) options = value_new_dict();
	if (c->named != NULL) {
		value_dict_update(options, c->named);
	}
	g_autofree char *key =
		strpbrk(text, "= ") != NULL ? key_and_options(text, options) : g_strdup(text);
	struct call inner = *c;
	inner.named = options;
	gsize length = 0;
	g_autofree char *content =
		read_file(&inner, option_text(&inner, "file", "ansible.ini"), &length);
	if (content == NULL) {
		return FALSE;
	}
	const value *pattern = option(&inner, "re");
	const value *case_sensitive = option(&inner, "case_sensitive");
	struct ini_query q = { .key = key,
		.section = option_text(&inner, "section", "global"),
		.properties = strcmp(option_text(&inner, "type", "ini"), "properties") == 0,
		.is_pattern = pattern != NULL && value_truth(pattern),
		.case_sensitive = case_sensitive != NULL && value_truth(case_sensitive) };
	q.values = g_ptr_array_new_with_free_func(free_string);
	ini_read(&q, content);
	if (!q.section_found) {
		template_fail_usage(c->e, "no section '%s' in %s", q.section,
			option_text(&inner, "file", "ansible.ini"));
	} else if (q.values->len == 0) {
		if (!q.is_pattern) {
			value *otherwise = option(&inner, "default");
			value_list_append(out,
				otherwise != NULL ? value_ref(otherwise) : value_new_string(""));
		}
	} else {
		/* a section's own value wins over the default section's, which comes first */
		guint first = q.is_pattern ? 0 : q.values->len - 1;
		for (guint i = first; i < q.values->len; i++) {
			value_list_append(
				out, value_new_string(((GString *)q.values->pdata[i])->str));
		}
	}
	g_ptr_array_unref(q.values);
	return c->e->error == NULL;
}

value *lookup_ini(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = term(c, i);
		if (text == NULL || !ini_one(c, text, out)) {
			return NULL;
		}
	}
	return g_steal_pointer(&out);
}

/* --- password --- */

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

static char *password_path(struct call *c, const char *name)
{
	const char *const *folders = c->e->shared->scope->file_folders;
	if (*name == '/' || strcmp(name, "/dev/null") == 0) {
		return g_strdup(name);
	}
	return g_build_filename(
		folders != NULL && folders[0] != NULL ? folders[0] : ".", name, NULL);
}

static gboolean save(struct call *c, const char *path, const char *line)
{
	GError *error = NULL;
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *text = g_strconcat(line, "\n", NULL);
	if (g_mkdir_with_parents(folder, 0700) != 0 ||
		!g_file_set_contents_full(
			path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)) {
		template_fail_usage(c->e, "unable to write '%s': %s", path,
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

static value *password_one(struct call *c, const char *text)
{
	g_autoptr(value) options = value_new_dict();
	if (c->named != NULL) {
		value_dict_update(options, c->named);
	}
	static const char *const known[] = { "chars", "encrypt", "ident", "length", "seed", NULL };
	g_autofree char *name = key_and_known_options(c, text, options, known);
	if (name == NULL) {
		return NULL;
	}
	struct call inner = *c;
	inner.named = options;
	const value *length_option = option(&inner, "length");
	const char *encrypt = option_text(&inner, "encrypt", NULL);
	gint64 length = 20;
	if (value_is(length_option, VALUE_STRING)) {
		char *end = NULL;
		length = g_ascii_strtoll(value_string(length_option), &end, 10);
		length = *end == '\0' && *value_string(length_option) != '\0' ? length : -1;
	} else if (length_option != NULL) {
		is_integer(length_option, &length);
	}
	if (length < 0 || length > 10000) {
		return template_fail_usage(c->e, "password: length must be 0 to 10000");
	}
	g_autofree char *path = password_path(c, name);
	g_autofree char *salt = NULL;
	g_autofree char *line = NULL;
	gboolean keep = strcmp(path, "/dev/null") != 0;
	gboolean changed = FALSE;
	if (keep && g_file_get_contents(path, &line, NULL, NULL)) {
		g_strchomp(line);
		take_apart(line, &salt);
	} else {
		g_autofree char *characters = characters_of(option(&inner, "chars"));
		line = make_password(characters, length, option(&inner, "seed"));
		changed = TRUE;
	}
	if (line == NULL) {
		return template_fail_usage(c->e, "password: no random numbers");
	}
	if (encrypt != NULL && salt == NULL) {
		static const char salt_characters[] =
			"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
		salt = make_password(salt_characters,
			strcmp(encrypt, "bcrypt") == 0 || strcmp(encrypt, "blowfish") == 0 ? 22 : 8,
			NULL);
		changed = TRUE;
	}
	if (keep && changed) {
		g_autofree char *whole =
			salt != NULL ? g_strdup_printf("%s salt=%s", line, salt) : g_strdup(line);
		if (!save(c, path, whole)) {
			return NULL;
		}
	}
	if (encrypt == NULL) {
		return value_new_string(line);
	}
	char *hash =
		password_crypt(c->e, line, encrypt, salt, 0, 0, option_text(&inner, "ident", NULL));
	return hash != NULL ? value_new_string_take(hash, strlen(hash)) : NULL;
}

value *lookup_password(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = term(c, i);
		value *v = text != NULL ? password_one(c, text) : NULL;
		if (v == NULL) {
			return NULL;
		}
		value_list_append(out, v);
	}
	return g_steal_pointer(&out);
}

/* --- url --- */

static gboolean url_one(struct call *c, const char *url, value *out)
{
	const value *verify = option(c, "validate_certs");
	const value *split = option(c, "split_lines");
	GError *error = NULL;
	struct http_request request = { .url = url,
		.user = option_text(c, "username", NULL),
		.password = option_text(c, "password", NULL),
		.redirects = HTTP_REDIRECTS_SAFE,
		.insecure = verify != NULL && !value_truth(verify) };
	g_autoptr(http_response) response = http_perform(&request, NULL, &error);
	if (response == NULL) {
		template_fail_usage(c->e, "failed lookup url: %s", error->message);
		g_error_free(error);
		return FALSE;
	}
	if (response->status >= 400) {
		template_fail_usage(c->e, "received HTTP error for %s: %u %s", url,
			response->status, response->reason);
		return FALSE;
	}
	g_autoptr(value) body = value_new_string_length(response->body, response->length);
	if (split != NULL && !value_truth(split)) {
		value_list_append(out, g_steal_pointer(&body));
		return TRUE;
	}
	g_autoptr(value) lines = text_splitlines(body, FALSE);
	value_list_foreach (lines, line) {
		value_list_append(out, value_ref(line));
	}
	return TRUE;
}

value *lookup_url(struct call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *url = term(c, i);
		if (url == NULL || !url_one(c, url, out)) {
			return NULL;
		}
	}
	return g_steal_pointer(&out);
}

/* --- subelements --- */

/* Takes the list at path out of item, which stays as it is: *ret_rest is a copy without the list.
 * *ret_list is NULL when it is missing and may be. */
static gboolean take_list(struct call *c, const value *item, char **path, gboolean may_miss,
	value **ret_rest, value **ret_list)
{
	value *inner = value_dict_get(item, *path);
	g_autoptr(value) rest = value_new_dict();
	value_dict_update(rest, item);
	*ret_list = NULL;
	if (inner == NULL && !may_miss) {
		template_fail_usage(
			c->e, "subelements: could not find the key '%s' in an item", *path);
		return FALSE;
	}
	gboolean last = path[1] == NULL;
	if (inner != NULL && !value_is(inner, last ? VALUE_LIST : VALUE_DICT)) {
		if (!last && may_miss) {
			inner = NULL;
		} else {
			template_fail_usage(c->e,
				"subelements: the key '%s' should point to a %s, not %s", *path,
				last ? "list" : "dict", value_type_name(inner));
			return FALSE;
		}
	}
	if (inner != NULL && last) {
		g_autoptr(value) key = value_new_string(*path);
		(void)value_dict_remove(rest, key);
		*ret_list = value_ref(inner);
	} else if (inner != NULL) {
		value *changed = NULL;
		if (!take_list(c, inner, path + 1, may_miss, &changed, ret_list)) {
			return FALSE;
		}
		value_dict_set(rest, *path, changed);
	}
	*ret_rest = g_steal_pointer(&rest);
	return TRUE;
}

static gboolean is_skipped(const value *v)
{
	const value *skipped = value_dict_get(v, "skipped");
	return skipped != NULL && !(value_is(skipped, VALUE_BOOL) && !value_bool(skipped));
}

value *lookup_subelements(struct call *c)
{
	const value *items = c->n_extra > 0 ? c->extra[0] : NULL;
	gboolean dict = value_is(items, VALUE_DICT);
	const value *flags = c->n_extra > 2 ? c->extra[2] : NULL;
	if (c->n_extra < 2 || c->n_extra > 3 || (flags != NULL && !value_is(flags, VALUE_DICT)) ||
		(!dict && !value_is(items, VALUE_LIST)) || !value_is(c->extra[1], VALUE_STRING)) {
		return template_fail_usage(c->e, "subelements takes a list or a dict, the key of a "
						 "list in each item, and flags");
	}
	const value *miss = flags != NULL ? value_dict_get(flags, "skip_missing") : NULL;
	g_autofree char *word = miss != NULL ? value_to_string(miss) : g_strdup("");
	g_autofree char *low = g_ascii_strdown(word, -1);
	static const char *const yes[] = { "1", "on", "t", "true", "y", "yes", NULL };
	g_auto(GStrv) path = g_strsplit(value_string(c->extra[1]), ".", -1);
	g_autoptr(value) out = value_new_list();
	gsize n = dict && is_skipped(items) ? 0
		  : dict                    ? value_dict_length(items)
					    : value_list_length(items);
	for (gsize i = 0; i < n; i++) {
		const value *item = dict ? value_dict_item_at(items, i) : value_list_get(items, i);
		g_autoptr(value) rest = NULL;
		g_autoptr(value) list = NULL;
		if (!value_is(item, VALUE_DICT)) {
			return template_fail_usage(
				c->e, "subelements needs dicts, not %s", value_type_name(item));
		}
		if (is_skipped(item)) {
			continue;
		}
		if (*path == NULL ||
			!take_list(c, item, path, g_strv_contains(yes, low), &rest, &list)) {
			return c->e->error != NULL
				       ? NULL
				       : template_fail_usage(c->e, "subelements: the key is empty");
		}
		for (gsize k = 0; list != NULL && k < value_list_length(list); k++) {
			value *pair = value_new_tuple();
			value_list_append(pair, value_ref(rest));
			value_list_append(pair, value_ref(value_list_get(list, k)));
			value_list_append(out, pair);
		}
	}
	return g_steal_pointer(&out);
}
