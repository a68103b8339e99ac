/* Text to tokens: kinds, texts and places, as jinja2.lexer has them. */
#include "jinja/syntax/lexer.h"

#include <string.h>

/* "kind text line:column" of each token, a space between them. */
static char *tokens_of(const char *text, const struct jinja_syntax *syntax, gboolean bare)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) tokens = lexer_run(text, strlen(text), "t", syntax, bare, &error);
	if (tokens == NULL) {
		return g_strdup(error->message);
	}
	g_autoptr(GString) out = g_string_new(NULL);
	for (guint i = 0; i < tokens->len; i++) {
		const struct token *token = &g_array_index(tokens, struct token, i);
		g_string_append_printf(out, "%s%s%s%s@%u:%u", i > 0 ? " " : "",
			token_type_describe(token->type), token->text != NULL ? "=" : "",
			token->text != NULL ? token->text : "", token->line, token->column);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void test_tokens(void)
{
	static const struct {
		const char *text;
		gboolean trim, lstrip, bare;
		const char *tokens;
	} rows[] = {
		{ "", FALSE, FALSE, FALSE, "end of template@1:1" },
		{ "a{{ b }}c\n", FALSE, FALSE, FALSE,
			"template text=a@1:1 begin of print statement@1:2 name=b@1:5 "
			"end of print statement@1:7 template text=c@1:9 end of template@1:10" },
		{ "x\n  {% if x -%}\n y {%- endif +%}\nz", TRUE, TRUE, FALSE,
			"template text=x\n@1:1 begin of statement block@2:3 name=if@2:6 name=x@2:9 "
			"end of statement block@2:11 template text=y@3:2 "
			"begin of statement block@3:4 name=endif@3:8 end of statement block@3:14 "
			"template text=\nz@3:17 end of template@4:2" },
		{ "x\n  {% if x %}\n y", TRUE, FALSE, FALSE,
			"template text=x\n  @1:1 begin of statement block@2:3 name=if@2:6 "
			"name=x@2:9 "
			"end of statement block@2:11 template text= y@3:1 end of template@3:3" },
		{ "{# c #}{% raw %}{{ x }}{% endraw %}", FALSE, FALSE, FALSE,
			"template text={{ x }}@1:17 end of template@1:36" },
		{ "a.b[1_0.5] // 'x\\n' ~ 0x1F", FALSE, FALSE, TRUE,
			"begin of print statement@1:1 name=a@1:1 .@1:2 name=b@1:3 [@1:4 "
			"float=10.5@1:5 "
			"]@1:10 //@1:12 string=x\n@1:15 ~@1:21 integer=0x1F@1:23 "
			"end of print statement@1:27 end of template@1:27" },
		{ "a\n{{ 'x }}", FALSE, FALSE, FALSE, "t:2:4: string is never closed, add '" },
		{ "{{ (1] }}", FALSE, FALSE, FALSE, "t:1:6: unexpected ']', expected ')'" },
		{ "{{ a ? b }}", FALSE, FALSE, FALSE, "t:1:6: unexpected character '?'" },
		{ "{# c", FALSE, FALSE, FALSE, "t:1:1: comment is never closed, add '#}'" },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct jinja_syntax syntax;
		jinja_syntax_init(&syntax);
		syntax.trim_blocks = rows[i].trim;
		syntax.lstrip_blocks = rows[i].lstrip;
		g_autofree char *tokens = tokens_of(rows[i].text, &syntax, rows[i].bare);
		g_assert_cmpstr(tokens, ==, rows[i].tokens);
		jinja_syntax_finish(&syntax);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/lexer/tokens", test_tokens);
	return g_test_run();
}
