/* Methods of str: the table, and those that change case. */
#include "jinja/library/methods-string.h"

#include <string.h>

#include "jinja/library/format.h"
#include "jinja/library/text.h"

static value *string_upper(struct jinja_call *c)
{
	return text_upper(c->input);
}

static value *string_lower(struct jinja_call *c)
{
	return text_lower(c->input);
}

static value *string_casefold(struct jinja_call *c)
{
	return text_casefold(string_text(c), string_length(c));
}

static value *string_title(struct jinja_call *c)
{
	return text_title(string_text(c), string_length(c));
}

static value *string_capitalize(struct jinja_call *c)
{
	return text_capitalize(string_text(c), string_length(c));
}

static value *string_swapcase(struct jinja_call *c)
{
	return text_swapcase(string_text(c), string_length(c));
}

static value *string_format(struct jinja_call *c)
{
	return format_braces(c->e, c->input, c->extra, c->n_extra, c->named);
}

static value *string_format_map(struct jinja_call *c)
{
	if (!value_is(c->arguments[0], VALUE_DICT)) {
		return jinja_fail_usage(
			c->e, "format_map needs a dict, not %s", value_type_name(c->arguments[0]));
	}
	return format_braces(c->e, c->input, NULL, 0, c->arguments[0]);
}

const struct jinja_method methods_string[] = {
	{ "capitalize", "", string_capitalize },
	{ "casefold", "", string_casefold },
	{ "center", "width! fillchar /", string_center },
	{ "count", "sub! start end /", string_count },
	{ "endswith", "suffix! start end /", string_endswith },
	{ "expandtabs", "tabsize", string_expandtabs },
	{ "find", "sub! start end /", string_find },
	{ "format", "* **", string_format },
	{ "format_map", "mapping! /", string_format_map },
	{ "index", "sub! start end /", string_index },
	{ "isalnum", "", string_isalnum },
	{ "isalpha", "", string_isalpha },
	{ "isascii", "", string_isascii },
	{ "isdecimal", "", string_isdecimal },
	{ "isdigit", "", string_isdigit },
	{ "isidentifier", "", string_isidentifier },
	{ "islower", "", string_islower },
	{ "isnumeric", "", string_isnumeric },
	{ "isprintable", "", string_isprintable },
	{ "isspace", "", string_isspace },
	{ "istitle", "", string_istitle },
	{ "isupper", "", string_isupper },
	{ "join", "iterable! /", string_join },
	{ "ljust", "width! fillchar /", string_ljust },
	{ "lower", "", string_lower },
	{ "lstrip", "chars /", string_lstrip },
	{ "partition", "sep! /", string_partition },
	{ "removeprefix", "prefix! /", string_removeprefix },
	{ "removesuffix", "suffix! /", string_removesuffix },
	{ "replace", "old! new! count /", string_replace },
	{ "rfind", "sub! start end /", string_rfind },
	{ "rindex", "sub! start end /", string_rindex },
	{ "rjust", "width! fillchar /", string_rjust },
	{ "rpartition", "sep! /", string_rpartition },
	{ "rsplit", "sep maxsplit", string_rsplit },
	{ "rstrip", "chars /", string_rstrip },
	{ "split", "sep maxsplit", string_split },
	{ "splitlines", "keepends", string_splitlines },
	{ "startswith", "prefix! start end /", string_startswith },
	{ "strip", "chars /", string_strip },
	{ "swapcase", "", string_swapcase },
	{ "title", "", string_title },
	{ "upper", "", string_upper },
	{ "zfill", "width! /", string_zfill },
};
const gsize n_methods_string = G_N_ELEMENTS(methods_string);
