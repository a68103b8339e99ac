/* The INI dialect of Ansible inventories. */
#include "inventory/data.h"
#include "inventory/host-names.h"
#include "base/ini.h"
#include "inventory/literal.h"
#include "inventory/words.h"
#include "base/suggest.h"

#include <string.h>

enum section_kind { SECTION_HOSTS, SECTION_VARS, SECTION_CHILDREN };

static const char *const kind_names[] = { "hosts", "vars", "children" };

/* A group that was named before it was declared. */
struct pending {
	enum section_kind kind; /* by what it was named: vars or children */
	struct position at;
	GPtrArray *parents; /* group * */
};

struct ini_source {
	inventory *inv;
	group *group;
	enum section_kind kind;
	GHashTable *pending;  /* name -> struct pending */
	GPtrArray *unsettled; /* names in the order they became pending */
};

static void pending_free(gpointer data)
{
	struct pending *pending = data;
	g_ptr_array_unref(pending->parents);
	g_free(pending);
}

static const char *skip_spaces(const char *p)
{
	while (*p != '\0' && ini_is_blank(g_utf8_get_char(p))) {
		p = g_utf8_next_char(p);
	}
	return p;
}

/* Characters of a group's name: neither ':' nor ']' nor a blank. */
static const char *name_end(const char *p)
{
	while (*p != '\0' && *p != ':' && *p != ']' && !ini_is_blank(g_utf8_get_char(p))) {
		p = g_utf8_next_char(p);
	}
	return p;
}

/* Only blanks or a comment from here on. */
static gboolean is_over(const char *p)
{
	p = skip_spaces(p);
	return *p == '\0' || *p == '#';
}

struct header {
	const char *name;
	gsize name_length;
	const char *kind; /* NULL: none */
	gsize kind_length;
};

/* "[name]", "[name:kind]", each with blanks and a comment after it. */
static gboolean parse_header(const char *text, struct header *header)
{
	*header = (struct header){ .name = text + 1 };
	const char *p = name_end(header->name);
	header->name_length = (gsize)(p - header->name);
	if (header->name_length == 0) {
		return FALSE;
	}
	if (*p == ':') {
		header->kind = ++p;
		while (*p == '_' || g_unichar_isalnum(g_utf8_get_char(p))) {
			p = g_utf8_next_char(p);
		}
		header->kind_length = (gsize)(p - header->kind);
		if (header->kind_length == 0) {
			return FALSE;
		}
	}
	return *p == ']' && is_over(p + 1);
}

static gboolean is_header(const char *text)
{
	struct header header;
	return parse_header(text, &header);
}

static struct pending *add_pending(
	struct ini_source *source, const char *name, enum section_kind kind, struct position at)
{
	struct pending *pending = g_new0(struct pending, 1);
	pending->kind = kind;
	pending->at = at;
	pending->parents = g_ptr_array_new();
	char *key = g_strdup(name);
	g_hash_table_insert(source->pending, key, pending);
	g_ptr_array_add(source->unsettled, key);
	return pending;
}

/* A section declares its group: whoever waited for it gets it. */
static void settle(struct ini_source *source, group *g)
{
	const struct pending *pending = g_hash_table_lookup(source->pending, g->name);
	if (pending == NULL) {
		return;
	}
	for (guint i = 0; i < pending->parents->len; i++) {
		inventory_add_child(source->inv, pending->parents->pdata[i], g, pending->at);
	}
	for (guint i = 0; i < source->unsettled->len; i++) {
		if (strcmp(source->unsettled->pdata[i], g->name) == 0) {
			g_ptr_array_remove_index(source->unsettled, i);
			break;
		}
	}
	g_hash_table_remove(source->pending, g->name);
}

static gboolean begin_section(
	struct ini_source *source, const struct ini_line *line, GError **error)
{
	struct header header;
	(void)parse_header(line->text, &header);
	g_autofree char *name = g_strndup(header.name, header.name_length);
	gsize kind = 0;
	if (header.kind != NULL) {
		g_autofree char *word = g_strndup(header.kind, header.kind_length);
		while (kind < G_N_ELEMENTS(kind_names) && strcmp(kind_names[kind], word) != 0) {
			kind++;
		}
		if (kind == G_N_ELEMENTS(kind_names)) {
			error_set_at(error, SUTLER_ERROR_USAGE, ini_position(line, header.kind),
				"section [%s:%s]: unknown kind '%s', use hosts, vars or children",
				name, word, word);
			return FALSE;
		}
	}
	source->kind = (enum section_kind)kind;
	gboolean known = inventory_group(source->inv, name) != NULL;
	if (!known && source->kind == SECTION_VARS &&
		!g_hash_table_contains(source->pending, name)) {
		add_pending(source, name, SECTION_VARS, line->at);
	}
	source->group = inventory_add_group(source->inv, name, line->at);
	if (source->kind != SECTION_VARS) {
		settle(source, source->group);
	}
	return TRUE;
}

/* What a value means, at its place. */
static value *read_value(const char *text, gsize length, struct position at, GError **error)
{
	const char *problem = NULL;
	value *v = literal_parse(text, length, &problem);
	if (problem != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "'%s': %s", text, problem);
		return NULL;
	}
	if (v == NULL) {
		v = value_new_string_length(text, length);
	}
	value_set_position(v, at);
	return v;
}

static gboolean take_host_variable(struct ini_source *source, const struct ini_line *line,
	const struct word *word, const GPtrArray *hosts, GError **error)
{
	struct position at = ini_position(line, word->start);
	const char *equals = strchr(word->text, '=');
	if (equals == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"expected key=value after the host, got '%s'", word->text);
		return FALSE;
	}
	g_autofree char *key = g_strndup(word->text, (gsize)(equals - word->text));
	g_autoptr(value) v = read_value(equals + 1, strlen(equals + 1), at, error);
	if (v == NULL) {
		return FALSE;
	}
	(void)value_freeze(v);
	for (guint i = 0; i < hosts->len; i++) {
		if (!host_set_variable(source->inv, hosts->pdata[i], key, value_ref(v), error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean take_words(
	struct ini_source *source, const struct ini_line *line, const GArray *words, GError **error)
{
	const struct word *first = &g_array_index(words, struct word, 0);
	struct position at = ini_position(line, first->start);
	gint64 port = -1;
	g_autoptr(GPtrArray) names = host_names_expand(first->text, &port, at, error);
	if (names == NULL) {
		return FALSE;
	}
	g_autoptr(GPtrArray) hosts = g_ptr_array_new();
	for (guint i = 0; i < names->len; i++) {
		g_ptr_array_add(hosts,
			inventory_add_host(source->inv, names->pdata[i], source->group, port, at));
	}
	for (guint i = 1; i < words->len; i++) {
		const struct word *word = &g_array_index(words, struct word, i);
		if (!take_host_variable(source, line, word, hosts, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean take_host_line(
	struct ini_source *source, const struct ini_line *line, GError **error)
{
	const char *problem = NULL;
	const char *place = NULL;
	g_autoptr(GArray) words = words_split(line->text, &problem, &place);
	if (words == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE,
			ini_position(line, place != NULL ? place : line->text), "%s in '%s'",
			problem, line->text);
		return FALSE;
	}
	return words->len == 0 || take_words(source, line, words, error);
}

/* Everything before the first '=' is the key, everything after it the value. */
static gboolean take_variable_line(
	struct ini_source *source, const struct ini_line *line, GError **error)
{
	const char *equals = strchr(line->text, '=');
	if (equals == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, line->at, "expected key=value, got '%s'",
			line->text);
		return FALSE;
	}
	const char *key_end = equals;
	while (key_end > line->text) {
		const char *last = g_utf8_prev_char(key_end);
		if (!ini_is_blank(g_utf8_get_char(last))) {
			break;
		}
		key_end = last;
	}
	g_autofree char *key = g_strndup(line->text, (gsize)(key_end - line->text));
	const char *text = skip_spaces(equals + 1);
	value *v = read_value(text, strlen(text), ini_position(line, text), error);
	return v != NULL &&
	       group_set_variable(source->inv, source->group, key, value_freeze(v), error);
}

static gboolean take_child_line(
	struct ini_source *source, const struct ini_line *line, GError **error)
{
	const char *end = name_end(line->text);
	if (end == line->text || !is_over(end)) {
		error_set_at(error, SUTLER_ERROR_USAGE, line->at,
			"expected the name of a group, got '%s'", line->text);
		return FALSE;
	}
	g_autofree char *name = g_strndup(line->text, (gsize)(end - line->text));
	group *child = g_hash_table_lookup(source->inv->group_names, name);
	if (child != NULL) {
		inventory_add_child(source->inv, source->group, child, line->at);
		return TRUE;
	}
	struct pending *pending = g_hash_table_lookup(source->pending, name);
	if (pending == NULL) {
		pending = add_pending(source, name, SECTION_CHILDREN, line->at);
	}
	g_ptr_array_add(pending->parents, source->group);
	return TRUE;
}

static gboolean take_line(const struct ini_line *line, gpointer data, GError **error)
{
	struct ini_source *source = data;
	if (line->header) {
		return begin_section(source, line, error);
	}
	if (line->text[0] == '[' && line->text[line->length - 1] == ']') {
		error_set_at(error, SUTLER_ERROR_USAGE, line->at,
			"invalid section '%s': write [group], [group:vars] or [group:children], "
			"without spaces",
			line->text);
		return FALSE;
	}
	switch (source->kind) {
	case SECTION_VARS:
		return take_variable_line(source, line, error);
	case SECTION_CHILDREN:
		return take_child_line(source, line, error);
	case SECTION_HOSTS:
		break;
	}
	return take_host_line(source, line, error);
}

/* Whatever was named but never declared. */
static gboolean check_settled(struct ini_source *source, GError **error)
{
	if (source->unsettled->len == 0) {
		return TRUE;
	}
	const char *name = source->unsettled->pdata[0];
	const struct pending *pending = g_hash_table_lookup(source->pending, name);
	g_autofree char *hint = suggest_phrase_keys(name, source->inv->group_names);
	if (pending->kind == SECTION_VARS) {
		error_set_at(error, SUTLER_ERROR_USAGE, pending->at,
			"section [%s:vars] is for an undefined group '%s'%s", name, name, hint);
	} else {
		const group *parent = pending->parents->pdata[pending->parents->len - 1];
		error_set_at(error, SUTLER_ERROR_USAGE, pending->at,
			"section [%s:children] names an undefined group '%s'%s", parent->name, name,
			hint);
	}
	return FALSE;
}

gboolean source_read_ini(
	inventory *inv, const char *text, gsize length, const char *name, GError **error)
{
	struct ini_source source = {
		.inv = inv,
		.group = g_hash_table_lookup(inv->group_names, "ungrouped"),
		.kind = SECTION_HOSTS,
		.pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, pending_free),
		.unsettled = g_ptr_array_new(),
	};
	gboolean well = ini_read(text, length, name, is_header, take_line, &source, error) &&
			check_settled(&source, error);
	g_ptr_array_unref(source.unsettled);
	g_hash_table_unref(source.pending);
	return well;
}
