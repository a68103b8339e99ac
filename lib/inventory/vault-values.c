/* Values from vaults: decrypting those inside others. */
#include "inventory/vault.h"

#include "base/secret-memory.h"
#include "base/secret.h"

#include <string.h>

gboolean vault_flags_inside(const value *v, guint flags)
{
	if (value_is(v, VALUE_STRING)) {
		return (value_flags(v) & flags) != 0;
	}
	if (value_is_sequence(v)) {
		for (gsize i = 0; i < value_list_length(v); i++) {
			if (vault_flags_inside(value_list_get(v, i), flags)) {
				return TRUE;
			}
		}
	}
	if (value_is(v, VALUE_DICT)) {
		for (gsize i = 0; i < value_dict_length(v); i++) {
			if (vault_flags_inside(value_dict_item_at(v, i), flags)) {
				return TRUE;
			}
		}
	}
	return FALSE;
}

static value *resolve_string(const vault *v, const value *raw, GError **error)
{
	g_autofree char *prefix = position_prefix(value_position(raw));
	g_autofree char *name = *prefix != '\0' ? g_strconcat(prefix, "a !vault value", NULL)
						: g_strdup("a !vault value");
	gsize length = 0;
	g_autosecret char *plain =
		vault_decrypt(v, value_string(raw), value_string_length(raw), name, &length, error);
	if (plain == NULL) {
		return NULL;
	}
	secret_add(plain, length);
	value *open = value_new_string_flags(plain, length, VALUE_SECRET);
	value_set_position(open, value_position(raw));
	return open;
}

static value *resolve_list(const vault *v, const value *raw, GError **error)
{
	g_autoptr(value) list = value_is(raw, VALUE_LIST) ? value_new_list() : value_new_tuple();
	for (gsize i = 0; i < value_list_length(raw); i++) {
		value *item = vault_resolve(v, value_list_get(raw, i), error);
		if (item == NULL) {
			return NULL;
		}
		value_list_append(list, item);
	}
	value_set_position(list, value_position(raw));
	return g_steal_pointer(&list);
}

static value *resolve_dict(const vault *v, const value *raw, GError **error)
{
	g_autoptr(value) dict = value_new_dict();
	for (gsize i = 0; i < value_dict_length(raw); i++) {
		value *item = vault_resolve(v, value_dict_item_at(raw, i), error);
		if (item == NULL) {
			return NULL;
		}
		value_dict_set_value(dict, value_ref(value_dict_key_at(raw, i)), item);
	}
	value_set_position(dict, value_position(raw));
	return g_steal_pointer(&dict);
}

value *vault_resolve(const vault *v, const value *raw, GError **error)
{
	if (!vault_flags_inside(raw, VALUE_VAULT)) {
		return value_ref(raw);
	}
	if (value_is(raw, VALUE_STRING)) {
		return resolve_string(v, raw, error);
	}
	return value_is(raw, VALUE_DICT) ? resolve_dict(v, raw, error)
					 : resolve_list(v, raw, error);
}

void vault_hide_text(GError **error)
{
	char *message = error != NULL && *error != NULL ? (*error)->message : NULL;
	char *first = message != NULL ? strchr(message, '\'') : NULL;
	const char *last = first != NULL ? strrchr(message, '\'') : NULL;
	if (first == last) {
		return;
	}
	*first = '\0';
	(*error)->message = g_strdup_printf("%s'...%s", message, last);
	g_free(message);
}
