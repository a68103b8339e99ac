/* Unified diffs: the same as GNU diff writes, headed as Ansible heads them. */
#include "report/diff.h"

#include <glib/gstdio.h>
#include <string.h>

static GBytes *bytes(const char *text)
{
	return text != NULL ? g_bytes_new(text, strlen(text)) : NULL;
}

static char *diff_of(const char *before, const char *after)
{
	g_autoptr(GBytes) a = bytes(before);
	g_autoptr(GBytes) b = bytes(after);
	return diff_unified("/f", a, b);
}

#define BOTH "--- before: /f\n+++ after: /f\n"

static void test_table(void)
{
	static const struct {
		const char *before, *after, *diff;
	} cases[] = {
		{ "", "", "" },
		{ "a\n", "a\n", "" },
		{ NULL, NULL, "" },
		{ "a\n", "b\n", BOTH "@@ -1 +1 @@\n-a\n+b\n" },
		{ NULL, "a\nb\n", "--- before\n+++ after: /f\n@@ -0,0 +1,2 @@\n+a\n+b\n" },
		{ "a\n", NULL, "--- before: /f\n+++ after\n@@ -1 +0,0 @@\n-a\n" },
		{ NULL, "", "--- before\n+++ after: /f\n" },
		{ "a", "a\n", BOTH "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n" },
		{ "a\n", "a", BOTH "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n" },
		{ "x\ny", "z\ny",
			BOTH "@@ -1,2 +1,2 @@\n-x\n+z\n y\n\\ No newline at end of file\n" },
		{ "a\r\n", "a\n", BOTH "@@ -1 +1 @@\n-a\r\n+a\n" },
		{ "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
			BOTH "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
		{ "{\n a\n}\n", "{\n a\n}\n{\n b\n}\n",
			BOTH "@@ -1,3 +1,6 @@\n {\n  a\n }\n+{\n+ b\n+}\n" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *diff = diff_of(cases[i].before, cases[i].after);
		g_assert_cmpstr(diff, ==, cases[i].diff);
	}
}

static void test_binary(void)
{
	g_autoptr(GBytes) a = g_bytes_new("a\0b", 3);
	g_autoptr(GBytes) b = bytes("a");
	g_autofree char *diff = diff_unified("/f", a, b);
	g_assert_cmpstr(diff, ==, BOTH "binary files differ (3 bytes before, 1 after)\n");
}

static void test_too_big(void)
{
	/* The first 4 MiB of two files that differ behind them; the rest is not known. */
	gsize size = 4 << 20;
	g_autoptr(GBytes) a = g_bytes_new_take(g_strnfill(size, 'a'), size);
	g_autoptr(GBytes) b = bytes("a");
	g_autofree char *diff = diff_unified("/f", a, b);
	g_assert_true(strstr(diff, "too big for a diff (more than 4 MiB)") != NULL);
	g_assert_cmpuint(strlen(diff), <, 200);
	g_autofree char *cut = diff_unified("/f", a, a);
	g_assert_cmpstr(cut, ==, BOTH "files differ, too big for a diff (more than 4 MiB)\n");
}

static GString *random_text(GRand *random, int lines, int words)
{
	GString *text = g_string_new(NULL);
	for (int i = 0; i < lines; i++) {
		g_string_append_printf(text, "line %d\n", g_rand_int_range(random, 0, words));
	}
	if (text->len > 0 && g_rand_int_range(random, 0, 4) == 0) {
		g_string_truncate(text, text->len - 1);
	}
	return text;
}

/* Some lines dropped, doubled or replaced. */
static GString *edited(GRand *random, const char *text)
{
	GString *out = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		int dice = g_rand_int_range(random, 0, 20);
		if (dice > 0) {
			g_string_append_printf(out, "%s%s", dice == 1 ? "new" : lines[i],
				lines[i + 1] != NULL ? "\n" : "");
		}
		if (dice == 2) {
			g_string_append_printf(out, "%s\n", lines[i]);
		}
	}
	return out;
}

static gsize count_edits(const char *diff)
{
	gsize edits = 0;
	g_auto(GStrv) lines = g_strsplit(diff, "\n", -1);
	for (guint i = 2; g_strv_length(lines) > 2 && lines[i] != NULL; i++) {
		edits += lines[i][0] == '-' || lines[i][0] == '+';
	}
	return edits;
}

static void write_text(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static char *run(const char *folder, const char *const *arguments)
{
	char *output = NULL;
	g_autoptr(GError) error = NULL;
	g_spawn_sync(folder, (char **)arguments, NULL,
		G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL, NULL,
		&error);
	g_assert_no_error(error);
	return output;
}

/* Our diff has as few edits as `diff -d`, and `patch` makes after of before with it. */
static void compare_with_gnu(const char *folder, const char *before, const char *after)
{
	static const char *const diff_command[] = { "diff", "-d", "-u", "before", "after", NULL };
	static const char *const patch_command[] = { "patch", "-s", "-p0", "before", "ours", NULL };
	g_autofree char *ours = diff_of(before, after);
	write_text(folder, "before", before);
	write_text(folder, "after", after);
	write_text(folder, "ours", ours);
	g_autofree char *theirs = run(folder, diff_command);
	g_assert_cmpuint(count_edits(ours), ==, count_edits(theirs));
	if (*ours == '\0') {
		return;
	}
	g_free(run(folder, patch_command));
	g_autofree char *path = g_build_filename(folder, "before", NULL);
	g_autofree char *patched = NULL;
	if (g_file_get_contents(path, &patched, NULL, NULL)) {
		g_assert_cmpstr(patched, ==, after);
	} else {
		g_assert_cmpstr(after, ==, ""); /* patch removes what it emptied */
	}
}

static void test_gnu(void)
{
	g_autofree char *patch = g_find_program_in_path("patch");
	if (patch == NULL) {
		g_test_skip("patch is not installed");
		return;
	}
	g_autoptr(GRand) random = g_rand_new_with_seed((guint32)g_test_rand_int());
	g_autofree char *folder = g_dir_make_tmp("diff-XXXXXX", NULL);
	for (int round = 0; round < 150; round++) {
		int lines = g_rand_int_range(random, 0, 200);
		GString *before = random_text(random, lines, 1 + lines / 2);
		GString *after = round % 5 == 0 ? random_text(random, lines, 1 + lines / 2)
						: edited(random, before->str);
		compare_with_gnu(folder, before->str, after->str);
		g_string_free(before, TRUE);
		g_string_free(after, TRUE);
	}
	static const char *const names[] = { "before", "after", "ours", "before.orig" };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);
		(void)g_remove(path); /* not all are there */
	}
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/diff/table", test_table);
	g_test_add_func("/diff/binary", test_binary);
	g_test_add_func("/diff/too-big", test_too_big);
	g_test_add_func("/diff/gnu", test_gnu);
	return g_test_run();
}
