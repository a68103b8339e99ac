/* Tests of lib/base/quote.c: a word gives its text back in every shell there is here. */
#include "base/quote.h"

#include <string.h>

static const char *const shells[][3] = {
	{ "dash" },
	{ "bash", "--posix" },
	{ "bash" },
	{ "busybox", "sh" },
	{ "mksh" },
	{ "ksh" },
	{ "zsh", "--emulate", "sh" },
};

/* What the runtime defines before it reads any word. */
static const char prologue[] = "nl='\n'\n";

static gboolean run_shell(gsize n, const char *program, char **ret_out)
{
	g_autofree char *path = g_find_program_in_path(shells[n][0]);
	g_autoptr(GError) error = NULL;
	g_autofree char *err = NULL;
	char *arguments[6] = { path };
	int status = 0;
	gsize count = 1;
	for (gsize i = 1; i < 3 && shells[n][i] != NULL; i++) {
		arguments[count++] = (char *)shells[n][i];
	}
	arguments[count++] = (char *)"-c";
	arguments[count++] = (char *)program;
	if (path == NULL) {
		g_test_message("there is no %s here", shells[n][0]);
		return FALSE;
	}
	g_assert_true(g_spawn_sync(NULL, arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, ret_out,
		&err, &status, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(err, ==, "");
	g_assert_cmpint(status, ==, 0);
	return TRUE;
}

/* Random texts of what means something to shells, and of any other byte but NUL. */
static char *random_text(void)
{
	static const char marks[] = "'\"\\$`!*?[]{}()<>|&;#~=%^-+@:/ \t\n\r\a\x1b\x7f";
	gsize length = (gsize)g_test_rand_int_range(0, 40);
	char *text = g_malloc0(length + 1);
	for (gsize i = 0; i < length; i++) {
		text[i] = g_test_rand_int_range(0, 3) > 0
				  ? marks[g_test_rand_int_range(0, sizeof marks - 1)]
				  : (char)g_test_rand_int_range(1, 256);
	}
	return text;
}

static void test_shells(void)
{
	enum { TEXTS = 400 };
	static const char *const fixed[] = { "", "'", "''", "\n", "\n\n", "a'\n'b", "$nl",
		"\"$nl\"", "-n", "-e", "\\", "\\\\n", "$(id)", "`id`", "${x}", "~", "~root", "!!",
		"a\\\nb", "\xff\xfe", "\xc3\xa4", "\r\n", "x\n", "%s", "*" };
	g_autoptr(GString) program = g_string_new(prologue);
	g_autoptr(GString) wanted = g_string_new(NULL);
	for (gsize i = 0; i < TEXTS + G_N_ELEMENTS(fixed); i++) {
		g_autofree char *text =
			i < G_N_ELEMENTS(fixed) ? g_strdup(fixed[i]) : random_text();
		g_autofree char *word = shell_quote(text);
		g_assert_null(strchr(word, '\n'));
		g_string_append_printf(program, "printf '%%s|' %s\n", word);
		g_string_append_printf(wanted, "%s|", text);
	}
	for (gsize n = 0; n < G_N_ELEMENTS(shells); n++) {
		g_autofree char *out = NULL;
		if (run_shell(n, program->str, &out) && !g_str_equal(out, wanted->str)) {
			g_error("%s gives other texts back", shells[n][0]);
		}
	}
}

/* Words stand on lines that are read and evaluated, as those of the wire are. */
static void test_eval(void)
{
	g_autofree char *word = shell_quote("a'b\n\"c\" \\ $x `y`\\n");
	g_autofree char *program = g_strdup_printf(
		"%swhile IFS= read -r line; do eval \"$line\"; done <<'END'\nprintf %%s %s\nEND\n",
		prologue, word);
	for (gsize n = 0; n < G_N_ELEMENTS(shells); n++) {
		g_autofree char *out = NULL;
		if (run_shell(n, program, &out)) {
			g_assert_cmpstr(out, ==, "a'b\n\"c\" \\ $x `y`\\n");
		}
	}
}

static void test_append(void)
{
	g_autoptr(GString) out = g_string_new("x=");
	shell_append_quoted(out, "it's");
	g_assert_cmpstr(out->str, ==, "x='it'\\''s'");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quote/shells", test_shells);
	g_test_add_func("/quote/eval", test_eval);
	g_test_add_func("/quote/append", test_append);
	return g_test_run();
}
