/* Tests of lib/inventory/host-names.c. */
#include "inventory/host-names.h"

#include <string.h>

static const struct {
	const char *text;
	const char *expected; /* names and port, or part of the message */
} rows[] = {
	{ "web1", "web1" },
	{ "web1:22", "web1:22" },
	{ "[web1]:22", "web1:22" },
	{ "2001:db8::1", "2001:db8::1" },
	{ "[2001:db8::1]:22", "2001:db8::1:22" },
	{ "::ffff:10.0.0.1", "::ffff:10.0.0.1" },
	{ "fe80::1%eth0", "fe80::1%eth0" },
	{ "web[1:3]", "web1 web2 web3" },
	{ "web[08:10]:22", "web08 web09 web10:22" },
	{ "web[1:9:4]", "web1 web5 web9" },
	{ "web[a:c]-[1:2]", "weba-1 weba-2 webb-1 webb-2 webc-1 webc-2" },
	{ "[y:B]", "y z A B" },
	{ "web[:2]", "web0 web1 web2" },
	{ "fe80::[1:2]", "fe80::1 fe80::2" },
	{ "web[3:1]", "it ends before it begins" },
	{ "web[1:]", "the end is missing" },
	{ "web[1:2:0]", "the step must be a number above 0" },
	{ "web[01:100]", "equally long" },
	{ "web[1", "brackets must be in pairs" },
	{ "web[1:9999999999]", "more than 1000000 hosts" },
	{ "web[0:999][0:999][0:999]", "more than 1000000 hosts" },
	{ "web:", "':' at the end" },
	{ "web:x", "'x' is not a port" },
	{ "web:0", "invalid port" },
	{ "web:65536", "invalid port" },
	{ "web:65535", "web:65535" },
	{ "", "empty" },
	{ "---", "YAML" },
	{ "-o", "taken for an option" },
	{ "a b", "shell code" },
	{ "a\nb", "shell code" },
	{ "a$b", "shell code" },
	{ "a'b", "shell code" },
	{ "a\xc2\xa0"
	  "b",
		"shell code" },
};

static void test_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 port = 0;
		g_autoptr(GError) error = NULL;
		g_test_message("%s", rows[i].text);
		g_autoptr(GPtrArray) names =
			host_names_expand(rows[i].text, &port, POSITION_NONE, &error);
		if (names == NULL) {
			g_test_message("%s", error->message);
			g_assert_nonnull(strstr(error->message, rows[i].expected));
			continue;
		}
		g_ptr_array_add(names, NULL);
		g_autofree char *joined = g_strjoinv(" ", (char **)names->pdata);
		g_autofree char *text =
			port == -1 ? g_strdup(joined)
				   : g_strdup_printf("%s:%" G_GINT64_FORMAT, joined, port);
		g_assert_cmpstr(text, ==, rows[i].expected);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/host-names/rows", test_rows);
	return g_test_run();
}
