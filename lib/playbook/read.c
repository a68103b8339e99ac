/* YAML files of playbooks, tasks and variables. */
#include "base/text.h"
#include "inventory/variable-files.h"
#include "inventory/vault.h"
#include "playbook/loader.h"
#include "playbook/keywords.h"
#include "value/secrets.h"
#include "value/yaml.h"

static value *resolve(const struct loader *l, value *raw, GError **error)
{
	if (raw == NULL || l->options->vault == NULL) {
		return raw;
	}
	value *v = vault_resolve(l->options->vault, raw, error);
	value_unref(raw);
	return v;
}

value *read_yaml_text(
	const struct loader *l, const char *text, gsize length, const char *path, GError **error)
{
	if (vault_is_encrypted(text, length)) {
		struct position at = { g_intern_string(path), 1, 1 };
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"an encrypted file here, only files of variables may be encrypted");
		return NULL;
	}
	value *v = resolve(l, yaml_parse(text, length, path, error), error);
	if (v != NULL) {
		secrets_register(v);
	}
	return v != NULL ? value_freeze(v) : NULL;
}

value *read_yaml(const struct loader *l, const char *path, GError **error)
{
	gsize length = 0;
	g_autofree char *text = text_read(path, TEXT_LIMIT, TEXT_KEEP_CRLF, &length, error);
	return text != NULL ? read_yaml_text(l, text, length, path, error) : NULL;
}

value *read_variables(const struct loader *l, const char *path, GError **error)
{
	value *v = resolve(l, variable_file_read(l->options->vault, path, error), error);
	if (v != NULL) {
		secrets_register(v);
	}
	if (v == NULL || value_is(v, VALUE_DICT)) {
		return v;
	}
	if (!value_is(v, VALUE_NULL)) {
		g_autofree char *found = describe_value(v);
		error_set_at(error, SUTLER_ERROR_USAGE, value_position(v),
			"variables must be a mapping of names to values, not %s", found);
	}
	value *empty = value_is(v, VALUE_NULL) ? value_new_dict() : NULL;
	value_unref(v);
	return empty;
}
