/* The "#jinja2: trim_blocks: False" line at the top of a template. */
#include "template/header.h"

#include <string.h>

#include "jinja/syntax/literal.h"

static const char mark[] = "#jinja2:";

static const struct setting {
	const char *name;
	gsize offset;
	gboolean is_text;
} settings_table[] = {
	{ "block_end_string", G_STRUCT_OFFSET(struct jinja_syntax, block_end), TRUE },
	{ "block_start_string", G_STRUCT_OFFSET(struct jinja_syntax, block_start), TRUE },
	{ "comment_end_string", G_STRUCT_OFFSET(struct jinja_syntax, comment_end), TRUE },
	{ "comment_start_string", G_STRUCT_OFFSET(struct jinja_syntax, comment_start), TRUE },
	{ "keep_trailing_newline", G_STRUCT_OFFSET(struct jinja_syntax, keep_trailing_newline),
		FALSE },
	{ "line_comment_prefix", G_STRUCT_OFFSET(struct jinja_syntax, line_comment), TRUE },
	{ "line_statement_prefix", G_STRUCT_OFFSET(struct jinja_syntax, line_statement), TRUE },
	{ "lstrip_blocks", G_STRUCT_OFFSET(struct jinja_syntax, lstrip_blocks), FALSE },
	{ "newline_sequence", G_STRUCT_OFFSET(struct jinja_syntax, newline), TRUE },
	{ "trim_blocks", G_STRUCT_OFFSET(struct jinja_syntax, trim_blocks), FALSE },
	{ "variable_end_string", G_STRUCT_OFFSET(struct jinja_syntax, variable_end), TRUE },
	{ "variable_start_string", G_STRUCT_OFFSET(struct jinja_syntax, variable_start), TRUE },
};

void header_defaults(struct jinja_syntax *syntax)
{
	jinja_syntax_init(syntax);
	syntax->trim_blocks = TRUE;
}

static gboolean set(struct jinja_syntax *syntax, const struct setting *setting, const value *v,
	struct position at, GError **error)
{
	gpointer field = (char *)syntax + setting->offset;
	if (!setting->is_text) {
		*(gboolean *)field = value_truth(v);
		return TRUE;
	}
	gboolean optional = g_str_has_prefix(setting->name, "line_");
	if (optional && value_is(v, VALUE_NULL)) {
		g_clear_pointer((char **)field, g_free);
		return TRUE;
	}
	if (!value_is(v, VALUE_STRING) || value_string_length(v) == 0) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"jinja2 setting '%s' must be a string that is not empty", setting->name);
		return FALSE;
	}
	g_free(*(char **)field);
	*(char **)field = g_strdup(value_string(v));
	return TRUE;
}

static gboolean pair(
	struct jinja_syntax *syntax, const char *text, struct position at, GError **error)
{
	const char *colon = strchr(text, ':');
	if (colon == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"jinja2 setting '%s' has no value, write 'name: value'", text);
		return FALSE;
	}
	g_autofree char *name = g_strstrip(g_strndup(text, (gsize)(colon - text)));
	g_autofree char *literal = g_strstrip(g_strdup(colon + 1));
	g_autoptr(value) v = literal_read(literal, strlen(literal), FALSE, 0);
	if (v == NULL) {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"jinja2 setting '%s': '%s' is not a Python literal, use True, False or a "
			"string "
			"in quotes",
			name, literal);
		return FALSE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(settings_table); i++) {
		if (strcmp(name, settings_table[i].name) == 0) {
			return set(syntax, &settings_table[i], v, at, error);
		}
	}
	return TRUE; /* Jinja2 has more, without effect here; Ansible asks no names */
}

gboolean header_take(const value *settings, struct jinja_syntax *syntax, GError **error)
{
	for (gsize i = 0; settings != NULL && i < G_N_ELEMENTS(settings_table); i++) {
		const value *v = value_dict_get(settings, settings_table[i].name);
		if (v != NULL && !set(syntax, &settings_table[i], v, value_position(v), error)) {
			return FALSE;
		}
	}
	return TRUE;
}

gboolean header_read(const char *source, gsize length, const char *name,
	struct jinja_syntax *syntax, gsize *skipped, GError **error)
{
	*skipped = 0;
	if (length < strlen(mark) || memcmp(source, mark, strlen(mark)) != 0) {
		return TRUE;
	}
	const char *newline = memchr(source, '\n', length);
	/* Without a newline Ansible takes all but the last byte, and renders the line, too. */
	const char *end = newline != NULL ? newline : source + MAX(length - 1, strlen(mark));
	*skipped = newline != NULL ? (gsize)(end - source) + 1 : 0;
	g_autofree char *line =
		g_strndup(source + strlen(mark), (gsize)(end - source) - strlen(mark));
	g_auto(GStrv) pairs = g_strsplit(line, ",", -1);
	struct position at = { name, 1, 1 };
	if (pairs[0] == NULL) {
		return pair(syntax, "", at, error);
	}
	for (gsize i = 0; pairs[i] != NULL; i++) {
		if (!pair(syntax, pairs[i], at, error)) {
			return FALSE;
		}
	}
	return TRUE;
}
