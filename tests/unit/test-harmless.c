/* Text of strangers made fit for a terminal. */
#include "report/harmless.h"

static void test_text(void)
{
	static const struct {
		const char *raw, *shown;
		gboolean lines;
	} cases[] = {
		{ "plain", "plain", FALSE },
		{ "caf\xc3\xa9 \xed\x95\x9c", "caf\xc3\xa9 \xed\x95\x9c", FALSE },
		{ "\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m", FALSE },
		{ "\x1b]0;title\a", "\\x1b]0;title\\x07", FALSE },
		{ "a\tb\r\nc", "a\tb\\r\nc", TRUE },
		{ "a\nb", "a\\nb", FALSE },
		{ "\xff\xc3", "\\xff\\xc3", FALSE },
		{ "\xc2\x9b"
		  "31m",
			"\\x9b31m", FALSE }, /* the one-character CSI */
		{ "\xe2\x80\xae"
		  "exe",
			"\\u202eexe", FALSE },
		{ "\x7f", "\\x7f", FALSE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *shown = harmless_text(cases[i].raw, cases[i].lines);
		g_assert_cmpstr(shown, ==, cases[i].shown);
	}
}

static void test_truncate(void)
{
	static const struct {
		const char *text;
		guint width;
		const char *cut;
	} cases[] = {
		{ "short", 5, "short" },
		{ "too long", 7, "too ..." },
		{ "abcdef", 3, "..." },
		{ "abcdef", 1, "." },
		{ "abcdef", 0, "" },
		{ "\xed\x95\x9c\xea\xb8\x80\xed\x95\x9c\xea\xb8\x80", 6, "\xed\x95\x9c..." },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GString) text = g_string_new(cases[i].text);
		harmless_truncate(text, cases[i].width);
		g_assert_cmpstr(text->str, ==, cases[i].cut);
		g_assert_cmpuint(harmless_width(text->str), <=, cases[i].width);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/harmless/text", test_text);
	g_test_add_func("/harmless/truncate", test_truncate);
	return g_test_run();
}
