/* Text files: encoding, line ends, positions, limits. */
#include "base/text.h"

#include <string.h>

#include <glib/gstdio.h>

static const struct {
	const char *name;
	const char *bytes;
	gsize length;
	guint flags;
	const char *text;  /* NULL: refused */
	const char *error; /* what the message ends with */
} cases[] = {
	{ "plain", "a\nb\n", 4, 0, "a\nb\n", NULL },
	{ "empty", "", 0, 0, "", NULL },
	{ "bom",
		"\xEF\xBB\xBF"
		"a",
		4, 0, "a", NULL },
	{ "crlf", "a\r\nb\r\n", 6, 0, "a\nb\n", NULL },
	{ "lone-cr", "a\rb", 3, 0, "a\rb", NULL },
	{ "keep-crlf", "a\r\nb", 4, TEXT_KEEP_CRLF, "a\r\nb", NULL },
	{ "nul", "ab\nc\0d", 6, 0, NULL,
		":2:2: NUL byte in the text, remove it or save the file as UTF-8" },
	{ "latin1", "\xC3\xA9\n\xC3\xA9\xE9x", 6, 0, NULL,
		":2:2: invalid UTF-8 byte 0xe9, save the file as UTF-8" },
	{ "utf16",
		"\xFF\xFE"
		"a",
		3, 0, NULL, ":1:1: invalid UTF-8 byte 0xff, save the file as UTF-8" },
	{ "too-large", "0123456789abcdef", 16, 0, NULL, "larger than 12 bytes" },
};

static void test_read(gconstpointer data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	g_autofree char *folder = g_dir_make_tmp("sutler-text-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "file", NULL);
	g_assert_true(g_file_set_contents(path, cases[i].bytes, (gssize)cases[i].length, NULL));
	g_autoptr(GError) error = NULL;
	gsize length = 0;
	g_autofree char *text = text_read(path, 12, cases[i].flags, &length, &error);
	if (cases[i].text == NULL) {
		g_assert_null(text);
		g_assert_true(g_str_has_suffix(error->message, cases[i].error));
	} else {
		g_assert_no_error(error);
		g_assert_cmpmem(text, length, cases[i].text, strlen(cases[i].text));
	}
	g_unlink(path);
	g_rmdir(folder);
}

static void test_missing(void)
{
	g_autoptr(GError) error = NULL;
	g_assert_null(text_read("/no/such/file", TEXT_LIMIT, 0, NULL, &error));
	g_assert_error(error, SUTLER_ERROR, SUTLER_ERROR_USAGE);
	g_assert_cmpstr(
		error->message, ==, "unable to read '/no/such/file': No such file or directory");
	g_clear_error(&error);
	g_assert_null(text_read("/", TEXT_LIMIT, 0, NULL, &error));
	g_assert_cmpstr(error->message, ==, "unable to read '/': Is a directory");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/text/read/", cases[i].name, NULL);
		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_read);
	}
	g_test_add_func("/text/missing", test_missing);
	return g_test_run();
}
