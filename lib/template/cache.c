/* Compiled forms of strings that are evaluated again and again, shared by all threads. */
#include "template/cache.h"

#include <string.h>

#include "base/text.h"
#include "template/environment.h"
#include "template/header.h"

enum { CACHE_MAX = 20000 }; /* strings; when there are more it starts anew */

struct key {
	const char *text;
	gsize length;
	enum jinja_mode bare;
};

static GRWLock lock;
static GHashTable *table;

static guint key_hash(gconstpointer data)
{
	const struct key *key = data;
	return text_hash(key->text, key->length) + key->bare;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
	const struct key *x = a;
	const struct key *y = b;
	return x->length == y->length && x->bare == y->bare &&
	       memcmp(x->text, y->text, x->length) == 0;
}

static void key_free(gpointer data)
{
	struct key *key = data;
	g_free((char *)key->text);
	g_free(key);
}

static struct jinja_template *lookup(const struct key *key)
{
	g_rw_lock_reader_lock(&lock);
	struct jinja_template *t = table != NULL ? g_hash_table_lookup(table, key) : NULL;
	if (t != NULL) {
		jinja_template_ref(t);
	}
	g_rw_lock_reader_unlock(&lock);
	return t;
}

static void store(const struct key *key, struct jinja_template *t)
{
	g_rw_lock_writer_lock(&lock);
	if (table == NULL || g_hash_table_size(table) >= CACHE_MAX) {
		g_clear_pointer(&table, g_hash_table_unref);
		table = g_hash_table_new_full(
			key_hash, key_equal, key_free, (GDestroyNotify)jinja_template_unref);
	}
	struct key *copy = g_new(struct key, 1);
	*copy = *key;
	copy->text = g_memdup2(key->text, key->length);
	g_hash_table_replace(table, copy, jinja_template_ref(t));
	g_rw_lock_writer_unlock(&lock);
}

/* What people mean by what does not compile. */
static const char *hint_for(const char *text, enum jinja_mode bare, const char *message)
{
	if (bare == JINJA_TEXT && strstr(text, "{{.") != NULL) {
		return ": to hand the text on as it is, write {% raw %} before it and {% endraw %} "
		       "behind it";
	}
	if (strstr(message, "got '='") != NULL && bare != JINJA_TEXT) {
		return ": to compare, write '=='";
	}
	return "";
}

/* "<template>:2:5: what" becomes "site.yml:12:5: what", with what to write instead. Frees error. */
static GError *relocated(GError *error, const char *text, enum jinja_mode bare, struct position at)
{
	static const char name[] = "<template>";
	if (at.file == NULL || !g_str_has_prefix(error->message, name)) {
		return error;
	}
	const char *p = error->message + strlen(name);
	guint64 line = 1;
	guint64 column = 0;
	if (*p == ':' && g_ascii_isdigit(p[1])) {
		line = g_ascii_strtoull(p + 1, (char **)&p, 10);
	}
	if (*p == ':' && g_ascii_isdigit(p[1])) {
		column = g_ascii_strtoull(p + 1, (char **)&p, 10);
	}
	p += strspn(p, ": ");
	if (line > 1) {
		at.line += at.line > 0 ? (guint32)line - 1 : 0;
		at.column = (guint32)column;
	}
	GError *moved = NULL;
	error_set_at(
		&moved, (enum sutler_error)error->code, at, "%s%s", p, hint_for(text, bare, p));
	g_error_free(error);
	return moved;
}

struct jinja_template *cache_get(
	const char *text, gsize length, enum jinja_mode bare, struct position at, GError **error)
{
	struct key key = { text, length, bare };
	struct jinja_template *t = lookup(&key);
	if (t != NULL) {
		return t;
	}
	GError *failed = NULL;
	struct jinja_syntax syntax;
	header_defaults(&syntax);
	syntax.raw_strings = bare == JINJA_TEXT || bare == JINJA_EXPRESSION;
	gsize skipped = 0;
	if (bare != JINJA_TEXT ||
		header_read(text, length, "<template>", &syntax, &skipped, &failed)) {
		t = jinja_compile(&template_environment, text + skipped, length - skipped,
			"<template>", &syntax, bare, &failed);
	}
	jinja_syntax_finish(&syntax);
	if (t == NULL) {
		g_propagate_error(error, relocated(failed, text, bare, at));
		return NULL;
	}
	store(&key, t);
	return t;
}
