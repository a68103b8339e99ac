/* Tests of lib/inventory/vault.c. */
#include "base/secret-memory.h"
#include "inventory/vault.h"

#include "base/secret.h"

#include <string.h>

static vault *passwords(const char *id, const char *password)
{
	vault *v = vault_new();
	g_assert_true(vault_add_password(v, id, password, strlen(password), NULL));
	return v;
}

/* Made by ansible-vault 2.14 with the password "correct horse". */
static const char from_ansible[] =
	"$ANSIBLE_VAULT;1.1;AES256\n"
	"62303764383139336365376332396466333737313638326636663763666263323633653062636439\n"
	"3664353032646433383131343934663536666561626466330a626239656162623736656237383266\n"
	"32646534653831633338353866663066663236303364316139353232653833313466613764363636\n"
	"3862646135353135360a393265396564353361323233646435303863356336353262366632396636\n"
	"6532\n";

static void test_from_ansible(void)
{
	g_autoptr(vault) v = passwords(NULL, "correct horse");
	g_autoptr(GError) error = NULL;
	gsize length = 0;
	char *plain = vault_decrypt(v, from_ansible, strlen(from_ansible), "x", &length, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(plain, ==, "s3cret value");
	g_assert_cmpuint(length, ==, 12);
	secret_memory_free(plain);
}

static void test_round_trip(void)
{
	static const char *const ids[] = { "default", "prod" };
	for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(vault) v = passwords(ids[i], "pässword");
		for (gsize n = 0; n < 70; n += 7) {
			g_autofree char *text = g_strnfill(n, 'x');
			g_autofree char *cipher = vault_encrypt(v, NULL, text, n, NULL);
			gsize length = 0;
			g_assert_true(g_str_has_prefix(
				cipher, i == 0 ? "$ANSIBLE_VAULT;1.1;AES256\n"
					       : "$ANSIBLE_VAULT;1.2;AES256;prod\n"));
			g_assert_true(g_str_has_suffix(cipher, "\n"));
			char *plain = vault_decrypt(v, cipher, strlen(cipher), "x", &length, NULL);
			g_assert_cmpstr(plain, ==, text);
			g_assert_cmpuint(length, ==, n);
			secret_memory_free(plain);
		}
	}
}

static void test_ids(void)
{
	g_autoptr(vault) v = passwords("dev", "one");
	g_assert_true(vault_add_password(v, "prod", "two", 3, NULL));
	g_autoptr(GError) error = NULL;
	g_assert_null(vault_encrypt(v, NULL, "x", 1, &error));
	g_assert_nonnull(strstr(error->message, "--encrypt-vault-id"));
	g_clear_error(&error);
	g_assert_null(vault_encrypt(v, "nosuch", "x", 1, &error));
	g_autofree char *cipher = vault_encrypt(v, "prod", "x", 1, NULL);
	g_autoptr(vault) other = passwords("renamed", "two");
	gsize length = 0;
	char *plain = vault_decrypt(other, cipher, strlen(cipher), "x", &length, NULL);
	g_assert_cmpstr(plain, ==, "x"); /* any id is tried */
	secret_memory_free(plain);
}

static void refused(const vault *v, const char *text, const char *expected)
{
	g_autoptr(GError) error = NULL;
	gsize length = 0;
	g_assert_null(vault_decrypt(v, text, strlen(text), "file", &length, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, expected));
	g_assert_true(g_str_has_prefix(error->message, "file: "));
}

static void test_refused(void)
{
	g_autoptr(vault) v = passwords(NULL, "correct horse");
	g_autoptr(vault) wrong = passwords(NULL, "wrong");
	g_autofree char *cipher = vault_encrypt(v, NULL, "some text", 9, NULL);
	refused(NULL, cipher, "no vault password was given");
	refused(wrong, cipher, "password is wrong");

	g_autofree char *cut = g_strndup(cipher, strlen(cipher) / 2);
	refused(v, cut, "damaged or cut short");
	for (gsize i = 0; i < 200; i += 13) { /* one digit changed anywhere */
		g_autofree char *tampered = g_strdup(cipher);
		char *digit = strchr(tampered, '\n') + 1 + i;
		if (g_ascii_isxdigit(*digit)) {
			*digit = *digit == '3' ? '4' : '3';
			refused(v, tampered, "vault");
		}
	}
	refused(v, "$ANSIBLE_VAULT", "header is damaged");
	refused(v, "$ANSIBLE_VAULT;1.1", "header is damaged");
	refused(v, "$ANSIBLE_VAULT;1.1;AES256", "damaged");
	refused(v, "$ANSIBLE_VAULT;1.1;AES256\n\n", "damaged");
	refused(v, "$ANSIBLE_VAULT;1.1;AES256\nzz\n", "damaged");
	refused(v, "$ANSIBLE_VAULT;1.0;AES256\n00\n", "'1.0' is not supported");
	refused(v, "$ANSIBLE_VAULT;1.1;AES\n00\n", "'AES' is not supported");
	g_assert_false(vault_add_password(v, NULL, "", 0, NULL));
}

static void test_resolve(void)
{
	g_autoptr(vault) v = passwords(NULL, "correct horse");
	g_autoptr(value) raw = value_new_dict();
	value *list = value_new_list();
	value_list_append(
		list, value_new_string_flags(from_ansible, strlen(from_ansible), VALUE_VAULT));
	value_dict_set(raw, "list", list);
	value_dict_set(raw, "plain", value_new_string("x"));
	secret_forget();
	g_autoptr(value) open = vault_resolve(v, raw, NULL);
	const value *item = value_list_get(value_dict_get(open, "list"), 0);
	g_assert_cmpstr(value_string(item), ==, "s3cret value");
	g_assert_cmpuint(value_flags(item), ==, VALUE_SECRET);
	g_autofree char *masked = secret_mask("a s3cret value", 14, NULL);
	g_assert_cmpstr(masked, ==, "a ********");
	g_autoptr(value) same = vault_resolve(v, value_dict_get(raw, "plain"), NULL);
	g_assert_true(same == value_dict_get(raw, "plain"));
	g_autoptr(GError) error = NULL;
	g_assert_null(vault_resolve(NULL, raw, &error));
	g_assert_nonnull(strstr(error->message, "no vault password"));
	secret_forget();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vault/from-ansible", test_from_ansible);
	g_test_add_func("/vault/round-trip", test_round_trip);
	g_test_add_func("/vault/ids", test_ids);
	g_test_add_func("/vault/refused", test_refused);
	g_test_add_func("/vault/resolve", test_resolve);
	return g_test_run();
}
