/* Values from vaults: decrypting those inside others, and marking what was decrypted. */
#include "inventory/vault.h"

#include "base/secret.h"
#include "value/secrets.h"

#include <string.h>

static gboolean holds_ciphertext(const value *raw)
{
	if (value_is(raw, VALUE_STRING)) {
		return (value_flags(raw) & VALUE_VAULT) != 0;
	}
	if (value_is_sequence(raw)) {
		for (gsize i = 0; i < value_list_length(raw); i++) {
			if (holds_ciphertext(value_list_get(raw, i))) {
				return TRUE;
			}
		}
	}
	if (value_is(raw, VALUE_DICT)) {
		for (gsize i = 0; i < value_dict_length(raw); i++) {
			if (holds_ciphertext(value_dict_item_at(raw, i))) {
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
	char *plain =
		vault_decrypt(v, value_string(raw), value_string_length(raw), name, &length, error);
	if (plain == NULL) {
		return NULL;
	}
	secret_add(plain, length);
	value *open = value_new_string_flags(plain, length, VALUE_SECRET);
	value_set_position(open, value_position(raw));
	vault_wipe(plain, length);
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
	if (!holds_ciphertext(raw)) {
		return value_ref(raw);
	}
	if (value_is(raw, VALUE_STRING)) {
		return resolve_string(v, raw, error);
	}
	return value_is(raw, VALUE_DICT) ? resolve_dict(v, raw, error)
					 : resolve_list(v, raw, error);
}

static void wipe_strings(const value *v)
{
	if (value_is(v, VALUE_STRING)) {
		explicit_bzero((char *)value_string(v), value_string_length(v));
	} else if (value_is_sequence(v)) {
		for (gsize i = 0; i < value_list_length(v); i++) {
			wipe_strings(value_list_get(v, i));
		}
	} else if (value_is(v, VALUE_DICT)) {
		for (gsize i = 0; i < value_dict_length(v); i++) {
			wipe_strings(value_dict_item_at(v, i));
		}
	}
}

value *vault_mark_secret(value *raw)
{
	secrets_register_all(raw);
	value *marked = value_with_flags(raw, VALUE_SECRET);
	wipe_strings(raw);
	value_unref(raw);
	return marked;
}
