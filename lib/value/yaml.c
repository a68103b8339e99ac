/* YAML 1.1 in, through libyaml's events. */
#include "value/yaml.h"

#include <string.h>
#include <yaml.h>

#include "base/secret-reading.h"
#include "base/secret.h"
#include "base/text.h"
#include "value/scalar.h"

enum { DEPTH_MAX = 64, NODES_MAX = 1000000 };

struct reader {
	yaml_parser_t parser;
	yaml_event_t event; /* the current one */
	const char *text;
	gsize length;
	const char *name;
	GHashTable *anchors; /* name -> struct anchor */
	guint depth;
	guint nodes;
	gboolean last_wins; /* a key may come again */
	gboolean frozen;    /* aliases are the very values that they name */
};

struct anchor {
	value *v; /* NULL while still being read */
	guint nodes;
};

static void anchor_free(gpointer data)
{
	struct anchor *anchor = data;
	value_clear(&anchor->v);
	g_free(anchor);
}

static struct position at_mark(const struct reader *r, yaml_mark_t mark)
{
	return (struct position){ r->name, (guint32)mark.line + 1, (guint32)mark.column + 1 };
}

/* What to do about the commonest slips, told by libyaml's words for them. */
static const struct {
	const char *problem;
	const char *hint;
} hints[] = {
	{ "mapping values are not allowed in this context",
		"a ': ' inside text must be quoted, or the indentation is wrong" },
	{ "found unexpected end of stream", "a quote or bracket is not closed" },
	{ "did not find expected key",
		"check the indentation and quotes of this line and the one above" },
	{ "did not find expected '-' indicator", "check the indentation of this line" },
	{ "could not find expected ':'", "a key must be followed by ': '" },
	{ "tab character that violates indentation", "indent with spaces" },
	{ "found unknown escape character",
		"double a backslash inside double quotes, or use single quotes" },
	{ "did not find expected alphabetic or numeric character",
		"text that begins with '*' or '&' must be quoted" },
};

static const char *hint_for(const struct reader *r, const char *problem)
{
	const yaml_mark_t *mark = &r->parser.problem_mark;
	if (mark->index < r->length && strstr(problem, "cannot start any token") != NULL) {
		struct position at = at_mark(r, *mark);
		const char *line = r->text, *end = r->text + r->length;
		for (guint32 i = 1; i < at.line && line != NULL; i++) {
			line = memchr(line, '\n', end - line);
			line = line != NULL ? line + 1 : NULL;
		}
		const char *tab = line != NULL ? memchr(line, '\t', end - line) : NULL;
		if (tab != NULL && memchr(line, '\n', tab - line) == NULL) {
			return "indent with spaces, not tabs";
		}
		return "text that begins with '@' or '`' must be quoted";
	}
	for (gsize i = 0; i < G_N_ELEMENTS(hints); i++) {
		if (strstr(problem, hints[i].problem) != NULL) {
			return hints[i].hint;
		}
	}
	return NULL;
}

static void set_parser_error(const struct reader *r, GError **error)
{
	const yaml_parser_t *p = &r->parser;
	const char *problem = p->problem != NULL ? p->problem : "unable to parse";
	const char *hint = hint_for(r, problem);
	struct position at =
		p->error == YAML_READER_ERROR
			? text_position(r->text, MIN(p->problem_offset, r->length), r->name)
			: at_mark(r, p->problem_mark);
	g_autofree char *context = p->context != NULL
					   ? g_strdup_printf(" %s that starts at line %zu",
						     p->context, p->context_mark.line + 1)
					   : g_strdup("");
	error_set_at(error, SUTLER_ERROR_USAGE, at, "invalid YAML: %s%s%s%s%s", problem, context,
		hint != NULL ? " (" : "", hint != NULL ? hint : "", hint != NULL ? ")" : "");
}

static gboolean next(struct reader *r, GError **error)
{
	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event)) {
		return TRUE;
	}
	memset(&r->event, 0, sizeof r->event);
	set_parser_error(r, error);
	return FALSE;
}

static struct position here(const struct reader *r)
{
	return at_mark(r, r->event.start_mark);
}

static gboolean count(struct reader *r, guint nodes, GError **error)
{
	r->nodes += nodes;
	if (r->nodes <= NODES_MAX) {
		return TRUE;
	}
	error_set_at(error, SUTLER_ERROR_LIMIT, here(r),
		"more than %d values, counting what aliases repeat", NODES_MAX);
	return FALSE;
}

static const struct {
	const char *tag;
	enum scalar_tag scalar;
} scalar_tags[] = {
	{ "tag:yaml.org,2002:binary", SCALAR_BINARY },
	{ YAML_BOOL_TAG, SCALAR_BOOL },
	{ YAML_FLOAT_TAG, SCALAR_FLOAT },
	{ YAML_INT_TAG, SCALAR_INT },
	{ YAML_NULL_TAG, SCALAR_NULL },
	{ YAML_STR_TAG, SCALAR_STR },
	{ YAML_TIMESTAMP_TAG, SCALAR_TIMESTAMP },
	{ "tag:yaml.org,2002:python/unicode", SCALAR_STR },
};

static value *make_scalar(struct reader *r, GError **error)
{
	const char *text = (const char *)r->event.data.scalar.value;
	gsize length = r->event.data.scalar.length;
	const char *tag = (const char *)r->event.data.scalar.tag;
	if (tag == NULL || strcmp(tag, "!") == 0) {
		enum scalar_tag resolved =
			r->event.data.scalar.plain_implicit ? scalar_resolve(text) : SCALAR_STR;
		return scalar_construct(resolved, text, length, here(r), error);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(scalar_tags); i++) {
		if (strcmp(tag, scalar_tags[i].tag) == 0) {
			return scalar_construct(
				scalar_tags[i].scalar, text, length, here(r), error);
		}
	}
	guint flags = strcmp(tag, "!vault") == 0 || strcmp(tag, "!vault-encrypted") == 0
			      ? VALUE_VAULT
		      : strcmp(tag, "!unsafe") == 0 ? VALUE_UNSAFE
						    : 0;
	if (flags == 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, here(r),
			"unsupported tag '%s', quote text that begins with '!'",
			secret_reading_shown(tag));
		return NULL;
	}
	value *v = value_new_string_flags(text, length, flags);
	value_set_position(v, here(r));
	return v;
}

/* Of a secret text every string is a secret, also when the reading fails behind it. */
static value *read_scalar(struct reader *r, GError **error)
{
	value *v = make_scalar(r, error);
	if (!secret_reading() || !value_is(v, VALUE_STRING)) {
		return v;
	}
	value *secret = value_with_flags(v, VALUE_SECRET);
	value_unref(v);
	return secret;
}

static value *read_node(struct reader *r, GError **error);

/* Whether a collection's tag is one we read; *unsafe: it is !unsafe. */
static gboolean check_tag(struct reader *r, const char *tag, const char *plain, const char *python,
	gboolean *unsafe, GError **error)
{
	*unsafe = tag != NULL && strcmp(tag, "!unsafe") == 0;
	if (tag == NULL || *unsafe || strcmp(tag, "!") == 0 || strcmp(tag, plain) == 0 ||
		strcmp(tag, python) == 0) {
		return TRUE;
	}
	error_set_at(error, SUTLER_ERROR_USAGE, here(r), "unsupported tag '%s' on a %s, remove it",
		secret_reading_shown(tag), strcmp(plain, YAML_MAP_TAG) == 0 ? "mapping" : "list");
	return FALSE;
}

static value *read_list(struct reader *r, GError **error)
{
	gboolean unsafe = FALSE;
	if (!check_tag(r, (const char *)r->event.data.sequence_start.tag, YAML_SEQ_TAG,
		    YAML_SEQ_TAG, &unsafe, error)) {
		return NULL;
	}
	g_autoptr(value) list = value_new_list();
	value_set_position(list, here(r));
	for (;;) {
		if (!next(r, error)) {
			return NULL;
		}
		if (r->event.type == YAML_SEQUENCE_END_EVENT) {
			return unsafe ? value_with_flags(list, VALUE_UNSAFE)
				      : g_steal_pointer(&list);
		}
		value *item = read_node(r, error);
		if (item == NULL) {
			return NULL;
		}
		value_list_append(list, item);
	}
}

/* Whether the current event is the plain key <<. */
static gboolean at_merge_key(const struct reader *r)
{
	return r->event.type == YAML_SCALAR_EVENT && r->event.data.scalar.plain_implicit &&
	       strcmp((const char *)r->event.data.scalar.value, "<<") == 0;
}

/* Adds what << brings to merged: of a list, the earlier mappings win. */
static gboolean merge(value *merged, const value *source, GError **error)
{
	if (value_is(source, VALUE_DICT)) {
		value_dict_update(merged, source);
		return TRUE;
	}
	gsize length = value_is(source, VALUE_LIST) ? value_list_length(source) : 0;
	for (gsize i = length; i > 0; i--) {
		const value *item = value_list_get(source, i - 1);
		if (!value_is(item, VALUE_DICT)) {
			error_set_at(error, SUTLER_ERROR_USAGE, value_position(item),
				"'<<' can merge mappings only, not %s", value_type_name(item));
			return FALSE;
		}
		value_dict_update(merged, item);
	}
	if (!value_is(source, VALUE_LIST)) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(source),
			"'<<' needs a mapping or a list of mappings, not %s",
			value_type_name(source));
		return FALSE;
	}
	return TRUE;
}

static gboolean check_key(
	const struct reader *r, const value *dict, const value *key, GError **error)
{
	struct position at = value_position(key);
	if (!value_is_hashable(key)) {
		gboolean marks =
			value_is(key, VALUE_DICT) && g_strstr_len(r->text, r->length, "{{") != NULL;
		error_set_at(error, SUTLER_ERROR_USAGE, at, "a %s cannot be a key%s",
			value_is(key, VALUE_DICT) ? "mapping" : "list",
			marks ? ", quote a value that begins with '{{'" : "");
		return FALSE;
	}
	if (r->last_wins || value_dict_get_value(dict, key) == NULL) {
		return TRUE;
	}
	gsize first = 0;
	while (!value_equal(value_dict_key_at(dict, first), key)) {
		first++;
	}
	g_autofree char *text = value_to_string(key);
	error_set_at(error, SUTLER_ERROR_USAGE, at, "duplicate key '%s', first used in line %u",
		secret_reading_shown(text), value_position(value_dict_key_at(dict, first)).line);
	return FALSE;
}

/* Reads the key at the current event; *ret_merge: it is <<. */
static value *read_key(struct reader *r, gboolean *ret_merge, GError **error)
{
	*ret_merge = at_merge_key(r);
	gboolean equals = r->event.type == YAML_SCALAR_EVENT &&
			  r->event.data.scalar.plain_implicit &&
			  strcmp((const char *)r->event.data.scalar.value, "=") == 0;
	if (*ret_merge || equals) {
		value *key = value_new_string(*ret_merge ? "<<" : "=");
		value_set_position(key, here(r));
		return key;
	}
	return read_node(r, error);
}

static value *read_dict(struct reader *r, GError **error)
{
	gboolean unsafe = FALSE;
	if (!check_tag(r, (const char *)r->event.data.mapping_start.tag, YAML_MAP_TAG,
		    "tag:yaml.org,2002:python/dict", &unsafe, error)) {
		return NULL;
	}
	struct position at = here(r);
	g_autoptr(value) own = value_new_dict();
	g_autoptr(value) merged = NULL;
	for (;;) {
		if (!next(r, error)) {
			return NULL;
		}
		if (r->event.type == YAML_MAPPING_END_EVENT) {
			break;
		}
		gboolean merging = FALSE;
		g_autoptr(value) key = read_key(r, &merging, error);
		if (key == NULL || (!merging && !check_key(r, own, key, error)) ||
			!next(r, error)) {
			return NULL;
		}
		g_autoptr(value) item = read_node(r, error);
		if (item == NULL) {
			return NULL;
		}
		if (merging) {
			merged = merged != NULL ? merged : value_new_dict();
			if (!merge(merged, item, error)) {
				return NULL;
			}
		} else {
			value_dict_set_value(own, g_steal_pointer(&key), g_steal_pointer(&item));
		}
	}
	if (merged != NULL) {
		value_dict_update(merged, own);
	}
	value *dict = merged != NULL ? merged : own;
	value_set_position(dict, at);
	return unsafe ? value_with_flags(dict, VALUE_UNSAFE) : value_ref(dict);
}

static value *read_alias(struct reader *r, GError **error)
{
	const char *name = (const char *)r->event.data.alias.anchor;
	const struct anchor *anchor = g_hash_table_lookup(r->anchors, name);
	if (anchor == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, here(r),
			"undefined alias '*%s', quote text that begins with '*'",
			secret_reading_shown(name));
		return NULL;
	}
	if (anchor->v == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, here(r),
			"alias '*%s' refers to what it is in", secret_reading_shown(name));
		return NULL;
	}
	if (!count(r, anchor->nodes, error)) {
		return NULL;
	}
	/* A copy, when whoever built one of the two may still change it. */
	return r->frozen ? value_ref(value_freeze(anchor->v)) : value_thaw(anchor->v);
}

static struct anchor *add_anchor(struct reader *r, const yaml_char_t *name, GError **error)
{
	if (g_hash_table_contains(r->anchors, name)) {
		error_set_at(error, SUTLER_ERROR_USAGE, here(r), "anchor '&%s' is used twice",
			secret_reading_shown((const char *)name));
		return NULL;
	}
	struct anchor *anchor = g_new0(struct anchor, 1);
	g_hash_table_insert(r->anchors, g_strdup((const char *)name), anchor);
	return anchor;
}

static const yaml_char_t *event_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return NULL;
	}
}

static value *read_content(struct reader *r, GError **error)
{
	if (r->event.type == YAML_SCALAR_EVENT) {
		return read_scalar(r, error);
	}
	if (r->depth >= DEPTH_MAX) {
		error_set_at(error, SUTLER_ERROR_LIMIT, here(r), "nested deeper than %d levels",
			DEPTH_MAX);
		return NULL;
	}
	r->depth++;
	value *v = r->event.type == YAML_SEQUENCE_START_EVENT ? read_list(r, error)
							      : read_dict(r, error);
	r->depth--;
	return v;
}

static value *read_node(struct reader *r, GError **error)
{
	if (r->event.type == YAML_ALIAS_EVENT) {
		return read_alias(r, error);
	}
	const yaml_char_t *name = event_anchor(&r->event);
	struct anchor *anchor = name != NULL ? add_anchor(r, name, error) : NULL;
	guint before = r->nodes;
	if ((name != NULL && anchor == NULL) || !count(r, 1, error)) {
		return NULL;
	}
	value *v = read_content(r, error);
	if (v != NULL && anchor != NULL) {
		anchor->v = value_ref(v);
		anchor->nodes = r->nodes - before;
	}
	return v;
}

/* Appends the documents of the stream to list; with single, a second one is refused. */
static gboolean read_stream(struct reader *r, value *list, gboolean single, GError **error)
{
	if (!next(r, error)) { /* stream start */
		return FALSE;
	}
	for (;;) {
		if (!next(r, error)) {
			return FALSE;
		}
		if (r->event.type == YAML_STREAM_END_EVENT) {
			return TRUE;
		}
		if (single && value_list_length(list) > 0) {
			error_set_at(error, SUTLER_ERROR_USAGE, here(r),
				"a second document starts here, one file holds one document");
			return FALSE;
		}
		g_hash_table_remove_all(r->anchors);
		value *document = next(r, error) ? read_node(r, error) : NULL;
		if (document == NULL) {
			return FALSE;
		}
		value_list_append(list, document);
		if (!next(r, error)) { /* document end */
			return FALSE;
		}
	}
}

static value *read_text(const char *text, gsize length, const char *name, gboolean single,
	gboolean frozen, GError **error)
{
	if (!text_check(text, length, name, error)) {
		return NULL;
	}
	struct reader r = { .text = text,
		.length = length,
		.name = g_intern_string(name),
		.last_wins = !single,
		.frozen = frozen };
	if (!yaml_parser_initialize(&r.parser)) {
		error_set(error, SUTLER_ERROR_LIMIT, "%s: out of memory", name);
		return NULL;
	}
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	gsize skip = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	yaml_parser_set_input_string(&r.parser, (const guchar *)text + skip, length - skip);
	r.anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, anchor_free);
	g_autoptr(value) list = value_new_list();
	gboolean done = read_stream(&r, list, single, error);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	g_hash_table_unref(r.anchors);
	return done ? g_steal_pointer(&list) : NULL;
}

static value *parse_one(
	const char *text, gsize length, const char *name, gboolean frozen, GError **error)
{
	g_autoptr(value) list = read_text(text, length, name, TRUE, frozen, error);
	if (list == NULL) {
		return NULL;
	}
	if (value_list_length(list) > 0) {
		return value_ref(value_list_get(list, 0));
	}
	value *nothing = value_new_null();
	value_set_position(nothing, (struct position){ g_intern_string(name), 1, 1 });
	return nothing;
}

value *yaml_parse(const char *text, gsize length, const char *name, GError **error)
{
	return parse_one(text, length, name, FALSE, error);
}

value *yaml_parse_frozen(const char *text, gsize length, const char *name, GError **error)
{
	value *v = parse_one(text, length, name, TRUE, error);
	return v != NULL ? value_freeze(v) : NULL;
}

value *yaml_parse_all(const char *text, gsize length, const char *name, GError **error)
{
	return read_text(text, length, name, FALSE, FALSE, error);
}

value *yaml_parse_file(const char *path, GError **error)
{
	gsize length = 0;
	g_autofree char *text = text_read(path, TEXT_LIMIT, TEXT_KEEP_CRLF, &length, error);
	return text != NULL ? yaml_parse(text, length, path, error) : NULL;
}
