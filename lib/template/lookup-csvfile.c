/* The lookup csvfile: a column of the row that has a key. */
#include "template/lookup.h"

#include <string.h>

#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"

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

static gboolean csv_find(struct jinja_call *c, const char *text, const char *key, char delimiter,
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
			jinja_fail_usage(c->e, "csvfile: list index out of range");
			return FALSE;
		}
		value_list_append(out, value_new_string(row->pdata[i]));
		*found = TRUE;
		return TRUE;
	}
	return TRUE;
}

value *lookup_csvfile(struct jinja_call *c)
{
	g_autoptr(value) out = value_new_list();
	for (guint i = 0; i < c->n_extra; i++) {
		const char *text = lookup_term(c, i);
		if (text == NULL) {
			return NULL;
		}
		g_autoptr(value) options = value_new_dict();
		if (c->named != NULL) {
			value_dict_update(options, c->named);
		}
		static const char *const known[] = { "col", "default", "delimiter", "encoding",
			"file", NULL };
		g_autofree char *key = lookup_key_known(c, text, options, known);
		if (key == NULL || *key == '\0') {
			return key == NULL ? NULL
					   : jinja_fail_usage(c->e, "csvfile: a key is required");
		}
		struct jinja_call inner = *c;
		inner.named = options;
		gsize length = 0;
		g_autofree char *content = lookup_read(
			&inner, lookup_given_text(&inner, "file", "ansible.csv"), &length);
		const char *delimiter = lookup_given_text(&inner, "delimiter", "TAB");
		const value *col = lookup_given(&inner, "col");
		gint64 column = 1;
		gboolean found = FALSE;
		if (content == NULL) {
			return NULL;
		}
		if (value_is(col, VALUE_STRING)) {
			column = g_ascii_strtoll(value_string(col), NULL, 10);
		} else if (col != NULL && !is_integer(col, &column)) {
			return jinja_fail_usage(c->e, "csvfile: col must be a number");
		}
		char mark = strcmp(delimiter, "TAB") == 0 ? '\t' : *delimiter;
		if (!csv_find(c, content, key, mark, column, out, &found)) {
			return NULL;
		}
		value *otherwise = lookup_given(&inner, "default");
		if (!found && otherwise != NULL) {
			value_list_append(out, value_ref(otherwise));
		}
	}
	return g_steal_pointer(&out);
}
