/* Tests of lib/base/secret.c. */
#include "base/secret-names.h"
#include "base/secret.h"

#include <string.h>

struct row {
	const char *name;
	const char *secret;
	const char *text;
	const char *expected; /* NULL: nothing to mask */
};

static const struct row rows[] = {
	{ "plain", "hunter22", "the password is hunter22!", "the password is ********!" },
	{ "twice", "hunter22", "hunter22 hunter22", "******** ********" },
	{ "none", "hunter22", "hunter2", NULL },
	{ "too short to be one", "abc", "abc", NULL },
	{ "split over lines", "hunter22", "x hun\nter22 y", "x ******** y" },
	{ "split over many lines", "hunter22", "h\nu\nn\r\nt\ne\nr\n2\n2", "********" },
	{ "split with indentation", "hunter22", "hun\n    ter22", "********" },
	{ "split in a diff", "hunter22", "+hun\n+ter22\n", "+********\n" },
	{ "of several lines", "first line\nsecond line", "a: first line\nsecond line\n",
		"a: ********\n" },
	{ "a line of several", "first line\nsecond line", "> second line <", "> ******** <" },
	{ "lines of a diff", "first line\nsecond line", "+first line\n+second line\n",
		"+********\n" },
	{ "JSON escapes", "a\"b\\c\nd", "{\"x\":\"a\\\"b\\\\c\\nd\"}", "{\"x\":\"********\"}" },
	{ "base64", "hunter22", "aHVudGVyMjI=", "********=" },
	{ "base64 inside", "hunter22", "eHh4aHVudGVyMjI=", "eHh********=" },
	{ "base64 at offset 1", "hunter22", "eGh1bnRlcjIy", "e********" },
	{ "base64 at offset 2", "hunter22", "eHhodW50ZXIyMg==", "eH********==" },
	{ "base64 wrapped", "hunter22", "aHVud\nGVyMjI=", "********=" },
	{ "blanks around the secret", "  hunter22\n", "x hunter22", "x ********" },
	{ "longest of two at one place", "hunter2222", "hunter2222", "********" },
};

static void test_mask(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct row *row = &rows[i];
		g_test_message("%s", row->name);
		secret_forget();
		secret_add(row->secret, strlen(row->secret));
		gsize length = 0;
		g_autofree char *masked = secret_mask(row->text, strlen(row->text), &length);
		g_assert_cmpstr(masked, ==, row->expected);
		if (masked != NULL) {
			g_assert_cmpuint(length, ==, strlen(masked));
		}
	}
	secret_forget();
	g_assert_false(secret_any());
	g_assert_null(secret_mask("hunter22", 8, NULL));
}

/* Every base64 alphabet text that contains the secret hides it, whatever is around it. */
static void test_base64_everywhere(void)
{
	static const char secret[] = "correct horse/battery";
	secret_forget();
	secret_add(secret, strlen(secret));
	for (gsize before = 0; before < 7; before++) {
		for (gsize after = 0; after < 7; after++) {
			g_autofree char *text = g_strdup_printf("%.*s%s%.*s", (int)before,
				"abcdefg", secret, (int)after, "hijklmn");
			g_autofree char *encoded =
				g_base64_encode((const guchar *)text, strlen(text));
			g_autofree char *masked = secret_mask(encoded, strlen(encoded), NULL);
			g_assert_nonnull(masked);
			g_assert_null(strstr(masked, "bGF0"));
			g_assert_cmpuint(strlen(masked), <=,
				strlen(SECRET_MASK) + (before + after) * 4 / 3 + 4);
		}
	}
	secret_forget();
}

static void test_stream(void)
{
	static const char text[] = "before hunter22 between hun\nter22 after\n";
	secret_forget();
	secret_add("hunter22", 8);
	for (gsize piece = 1; piece < sizeof text; piece++) {
		struct secret_stream *stream = secret_stream_new();
		g_autoptr(GString) out = g_string_new(NULL);
		gsize n = 0;
		for (gsize i = 0; i < sizeof text - 1; i += piece) {
			g_autofree char *ready = secret_stream_take(
				stream, text + i, MIN(piece, sizeof text - 1 - i), &n);
			g_string_append_len(out, ready, (gssize)n);
		}
		g_autofree char *last = secret_stream_take(stream, NULL, 0, &n);
		g_string_append_len(out, last, (gssize)n);
		g_assert_cmpstr(out->str, ==, "before ******** between ******** after\n");
		secret_stream_free(stream);
	}
	secret_forget();
}

/* Among many that begin alike, the longest that fits is found, in whatever order they came. */
static void test_many(void)
{
	static const char *const secrets[] = { "prefix-long-1234", "prefix-", "prefix-long",
		"prefix-long-12", "prefiy-long", "prefix-m" };
	static const struct {
		const char *text;
		const char *expected;
	} texts[] = {
		{ "<prefix-long-123>", "<********3>" },
		{ "<prefix-long-1234>", "<********>" },
		{ "<prefix-lon>", "<********lon>" },
		{ "<prefix-maybe>", "<********aybe>" },
		{ "<prefiy-long>", "<********>" },
		{ "<prefiy-lon>", NULL },
		{ "<prefix-zzz>", "<********zzz>" },
	};
	secret_forget();
	for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++) {
		secret_add(secrets[i], strlen(secrets[i]));
		g_autofree char *masked = secret_mask("<prefix-long-1234>", 18, NULL);
		g_assert_cmpstr(masked, ==, "<********>");
	}
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *masked = secret_mask(texts[i].text, strlen(texts[i].text), NULL);
		g_assert_cmpstr(masked, ==, texts[i].expected);
	}
	secret_forget();
}

static void test_likely(void)
{
	static const struct {
		const char *text;
		gboolean masked;
	} texts[] = { { "hunter", TRUE }, { "abc", FALSE }, { "", FALSE }, { "true", FALSE },
		{ "Root", FALSE }, { "8080", FALSE }, { "12345", FALSE }, { "123456", TRUE },
		{ "a123", TRUE }, { "-1.5", FALSE }, { " always\n", FALSE },
		{ "always-on-duty-and-more", TRUE } };
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		secret_forget();
		secret_add_likely(texts[i].text, strlen(texts[i].text));
		g_test_message("%s", texts[i].text);
		g_assert_cmpint(secret_any(), ==, texts[i].masked);
	}
	secret_forget();
}

static void test_names(void)
{
	static const struct {
		const char *name;
		gboolean secret;
	} names[] = {
		{ "db_password", TRUE },
		{ "ansible_become_pass", TRUE },
		{ "API_TOKEN", TRUE },
		{ "secret_key", TRUE },
		{ "vault_password_file", FALSE },
		{ "user", FALSE },
		{ "passenger", FALSE },
		{ "token_url", FALSE },
		{ "api-key", TRUE },
		{ "update_password", TRUE },
		{ "secret_id", TRUE },
		{ "access_key_id", FALSE },
		{ "password_length", FALSE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_test_message("%s", names[i].name);
		g_assert_cmpint(secret_name(names[i].name), ==, names[i].secret);
	}
	g_assert_false(secret_name("my_pin"));
	secret_add_name("PIN");
	g_assert_true(secret_name("my_pin"));
	g_assert_false(secret_name("username"));
	secret_add_name("username");
	g_assert_true(secret_name("username"));
	g_assert_cmpint(secret_name_kind("path"), ==, SECRET_KIND_HARMLESS);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret/mask", test_mask);
	g_test_add_func("/secret/base64", test_base64_everywhere);
	g_test_add_func("/secret/stream", test_stream);
	g_test_add_func("/secret/many", test_many);
	g_test_add_func("/secret/likely", test_likely);
	g_test_add_func("/secret/names", test_names);
	return g_test_run();
}
