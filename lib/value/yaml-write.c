/* YAML out: the events PyYAML's representer and serializer would send to libyaml's emitter. */
#include "value/yaml.h"

#include <string.h>
#include <yaml.h>

#include "value/order.h"
#include "value/scalar.h"

struct writer {
	yaml_emitter_t emitter;
	const struct yaml_style *style;
	GString *out;
	GHashTable *anchors; /* list or dict -> number of its anchor; 0: met once */
	GHashTable *written; /* those whose anchor is out */
	guint last_anchor;
};

static int append_output(void *data, guchar *buffer, size_t size)
{
	g_string_append_len(data, (const char *)buffer, (gssize)size);
	return 1;
}

static gboolean is_collection(const value *v)
{
	return value_is_sequence(v) || value_is(v, VALUE_DICT);
}

/* PyYAML leaves a dict unsorted when its keys cannot be compared. */
static guint *order_of(const struct writer *w, const value *dict)
{
	guint *order = value_dict_order(dict, w->style->sort_keys, NULL);
	return order != NULL ? order : value_dict_order(dict, FALSE, NULL);
}

/* Numbers the collections that appear twice, in the order of their second appearance. */
static void find_anchors(struct writer *w, const value *v)
{
	if (!is_collection(v) || (value_is(v, VALUE_TUPLE) && value_list_length(v) == 0)) {
		return;
	}
	gpointer number = NULL;
	if (g_hash_table_lookup_extended(w->anchors, v, NULL, &number)) {
		if (GPOINTER_TO_UINT(number) == 0) {
			g_hash_table_insert(
				w->anchors, (gpointer)v, GUINT_TO_POINTER(++w->last_anchor));
		}
		return;
	}
	g_hash_table_insert(w->anchors, (gpointer)v, GUINT_TO_POINTER(0));
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			find_anchors(w, item);
		}
		return;
	}
	g_autofree guint *order = order_of(w, v);
	for (gsize i = 0; i < value_dict_length(v); i++) {
		find_anchors(w, value_dict_key_at(v, order[i]));
		find_anchors(w, value_dict_item_at(v, order[i]));
	}
}

static gboolean is_plain_scalar(const struct writer *w, const value *v)
{
	return !is_collection(v) && !(value_flags(v) & VALUE_VAULT) && w->style->scalar_style == 0;
}

/* Whether PyYAML puts v on one line: asked to by block = FALSE, and nothing in it is nested. */
static gboolean is_flow(const struct writer *w, const value *v)
{
	if (w->style->block || w->style->flow) {
		return w->style->flow;
	}
	if (value_is_sequence(v)) {
		value_list_foreach (v, item) {
			if (!is_plain_scalar(w, item)) {
				return FALSE;
			}
		}
		return TRUE;
	}
	value_dict_foreach (v, key, item) {
		if (!is_plain_scalar(w, key) || !is_plain_scalar(w, item)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* The name of v's anchor, "" when it has none; *ret_alias: it was written already. */
static void anchor_name(
	struct writer *w, const value *v, char *name, gsize size, gboolean *ret_alias)
{
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(w->anchors, v));
	*name = '\0';
	*ret_alias = FALSE;
	if (number > 0) {
		g_snprintf(name, size, "id%03u", number);
		*ret_alias = !g_hash_table_add(w->written, (gpointer)v);
	}
}

static gboolean emit(struct writer *w, yaml_event_t *event, int made)
{
	return made && yaml_emitter_emit(&w->emitter, event);
}

static char *scalar_text(const value *v, enum scalar_tag *tag)
{
	switch (value_type(v)) {
	case VALUE_NULL:
		*tag = SCALAR_NULL;
		return g_strdup("null");
	case VALUE_BOOL:
		*tag = SCALAR_BOOL;
		return g_strdup(value_bool(v) ? "true" : "false");
	case VALUE_INT:
	case VALUE_BIG_INT:
		*tag = SCALAR_INT;
		return value_to_string(v);
	case VALUE_FLOAT:
		*tag = SCALAR_FLOAT;
		break;
	default:
		*tag = SCALAR_STR;
		return g_utf8_make_valid(value_string(v), (gssize)value_string_length(v));
	}
	g_autofree char *text = value_to_string(v);
	if (strcmp(text, "inf") == 0 || strcmp(text, "nan") == 0) {
		return g_strconcat(".", text, NULL);
	}
	if (strcmp(text, "-inf") == 0) {
		return g_strdup("-.inf");
	}
	/* 1e+16 is no YAML float without the point. */
	char *e = strchr(text, 'e');
	return e != NULL && strchr(text, '.') == NULL
		       ? g_strdup_printf("%.*s.0%s", (int)(e - text), text, e)
		       : g_steal_pointer(&text);
}

static yaml_scalar_style_t scalar_style(const struct writer *w)
{
	switch (w->style->scalar_style) {
	case '\'':
		return YAML_SINGLE_QUOTED_SCALAR_STYLE;
	case '"':
		return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	case '|':
		return YAML_LITERAL_SCALAR_STYLE;
	case '>':
		return YAML_FOLDED_SCALAR_STYLE;
	default:
		return YAML_ANY_SCALAR_STYLE;
	}
}

static gboolean write_scalar(struct writer *w, const value *v)
{
	static const char *const tags[] = { YAML_STR_TAG, YAML_NULL_TAG, YAML_BOOL_TAG,
		YAML_INT_TAG, YAML_FLOAT_TAG };
	enum scalar_tag tag = SCALAR_STR;
	g_autofree char *text = scalar_text(v, &tag);
	gsize length =
		value_is(v, VALUE_STRING) && memchr(text, '\0', value_string_length(v)) != NULL
			? value_string_length(v)
			: strlen(text);
	yaml_event_t event;
	if (value_flags(v) & VALUE_VAULT) {
		return emit(w, &event,
			yaml_scalar_event_initialize(&event, NULL, (const guchar *)"!vault",
				(const guchar *)text, (int)length, 0, 0,
				YAML_LITERAL_SCALAR_STYLE));
	}
	return emit(w, &event,
		yaml_scalar_event_initialize(&event, NULL, (const guchar *)tags[tag],
			(const guchar *)text, (int)length, scalar_resolve(text) == tag,
			tag == SCALAR_STR, scalar_style(w)));
}

static gboolean write_node(struct writer *w, const value *v);

static gboolean write_list(struct writer *w, const value *v, const guchar *anchor)
{
	yaml_event_t event;
	if (!emit(w, &event,
		    yaml_sequence_start_event_initialize(&event, anchor,
			    (const guchar *)YAML_SEQ_TAG, 1,
			    is_flow(w, v) ? YAML_FLOW_SEQUENCE_STYLE
					  : YAML_BLOCK_SEQUENCE_STYLE))) {
		return FALSE;
	}
	value_list_foreach (v, item) {
		if (!write_node(w, item)) {
			return FALSE;
		}
	}
	return emit(w, &event, yaml_sequence_end_event_initialize(&event));
}

static gboolean write_dict(struct writer *w, const value *v, const guchar *anchor)
{
	yaml_event_t event;
	if (!emit(w, &event,
		    yaml_mapping_start_event_initialize(&event, anchor,
			    (const guchar *)YAML_MAP_TAG, 1,
			    is_flow(w, v) ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE))) {
		return FALSE;
	}
	g_autofree guint *order = order_of(w, v);
	for (gsize i = 0; i < value_dict_length(v); i++) {
		if (!write_node(w, value_dict_key_at(v, order[i])) ||
			!write_node(w, value_dict_item_at(v, order[i]))) {
			return FALSE;
		}
	}
	return emit(w, &event, yaml_mapping_end_event_initialize(&event));
}

static gboolean write_node(struct writer *w, const value *v)
{
	if (!is_collection(v)) {
		return write_scalar(w, v);
	}
	char name[32];
	gboolean alias = FALSE;
	anchor_name(w, v, name, sizeof name, &alias);
	const guchar *anchor = *name != '\0' ? (const guchar *)name : NULL;
	if (alias) {
		yaml_event_t event;
		return emit(w, &event, yaml_alias_event_initialize(&event, anchor));
	}
	return value_is_sequence(v) ? write_list(w, v, anchor) : write_dict(w, v, anchor);
}

static gboolean write_document(struct writer *w, const value *v)
{
	yaml_event_t event;
	yaml_version_directive_t version = { w->style->version[0], w->style->version[1] };
	return emit(w, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)) &&
	       emit(w, &event,
		       yaml_document_start_event_initialize(&event,
			       version.major > 0 ? &version : NULL, NULL, NULL,
			       !w->style->start_mark)) &&
	       write_node(w, v) &&
	       emit(w, &event, yaml_document_end_event_initialize(&event, !w->style->end_mark)) &&
	       emit(w, &event, yaml_stream_end_event_initialize(&event));
}

/* The first object in v, which has no YAML form; NULL: none. */
static const value *find_object(const value *v)
{
	const value *found = value_is(v, VALUE_OBJECT) ? v : NULL;
	if (value_is_sequence(v)) {
		for (gsize i = 0; found == NULL && i < value_list_length(v); i++) {
			found = find_object(value_list_get(v, i));
		}
	} else if (value_is(v, VALUE_DICT)) {
		for (gsize i = 0; found == NULL && i < value_dict_length(v); i++) {
			found = find_object(value_dict_item_at(v, i));
		}
	}
	return found;
}

char *yaml_write(const value *v, const struct yaml_style *style, GError **error)
{
	static const struct yaml_style plain = { .sort_keys = TRUE };
	const value *object = find_object(v);
	if (object != NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(object),
			"cannot represent an object of type '%s' as YAML", value_type_name(object));
		return NULL;
	}
	struct writer w = { .style = style != NULL ? style : &plain, .out = g_string_new(NULL) };
	w.anchors = g_hash_table_new(NULL, NULL);
	w.written = g_hash_table_new(NULL, NULL);
	find_anchors(&w, v);
	gboolean done = yaml_emitter_initialize(&w.emitter);
	if (done) {
		yaml_emitter_set_output(&w.emitter, append_output, w.out);
		yaml_emitter_set_canonical(&w.emitter, w.style->canonical);
		yaml_emitter_set_unicode(&w.emitter, 1);
		yaml_emitter_set_indent(&w.emitter, (int)w.style->indent);
		yaml_emitter_set_width(&w.emitter, (int)w.style->width);
		done = write_document(&w, v);
		if (!done) {
			error_set(error, SUTLER_ERROR_USAGE, "unable to write YAML: %s",
				w.emitter.problem != NULL ? w.emitter.problem : "out of memory");
		}
		yaml_emitter_delete(&w.emitter);
	}
	g_hash_table_unref(w.anchors);
	g_hash_table_unref(w.written);
	return g_string_free(w.out, !done);
}
