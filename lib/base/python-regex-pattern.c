/* Patterns of Python's re module, written as PCRE understands them. */
#include "base/python-regex-pattern.h"

#include <string.h>

enum flag { FLAG_MULTILINE = 1, FLAG_VERBOSE = 2 };

/* What a quantifier would apply to. */
enum last { LAST_NOTHING, LAST_PLACE, LAST_ITEM, LAST_QUANTIFIER };

struct group {
	guint flags;  /* to go back to when it ends */
	guint number; /* 0: captures nothing */
};

struct reader {
	const char *pattern, *p;
	gboolean bytes;
	GString *out;
	GString *global; /* flags for all of it, to stand in front */
	GArray *groups;  /* of struct group: the open ones */
	guint n_groups;
	guint flags;
	enum last last;
	char *why;
};

static gboolean refuse(struct reader *r, const char *at, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

static gboolean refuse(struct reader *r, const char *at, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	g_autofree char *what = g_strdup_vprintf(format, list);
	va_end(list);
	r->why = g_strdup_printf(
		"%s at position %ld", what, g_utf8_pointer_to_offset(r->pattern, at));
	return FALSE;
}

static void append_code(struct reader *r, guint64 code)
{
	g_string_append_printf(r->out, "\\x{%" G_GINT64_MODIFIER "x}", code);
}

/* \x41, \u0041 and \U00000041; p stands on the letter. */
static gboolean read_hex(struct reader *r, gsize digits)
{
	g_autofree char *text = g_strndup(r->p + 1, digits);
	if (strspn(text, "0123456789abcdefABCDEF") != digits) {
		return refuse(r, r->p - 1, "incomplete escape \\%c%s", *r->p, text);
	}
	guint64 code = g_ascii_strtoull(text, NULL, 16);
	if (code > 0x10ffff) {
		return refuse(r, r->p - 1, "bad escape \\%c%s", *r->p, text);
	}
	append_code(r, code);
	r->p += 1 + digits;
	return TRUE;
}

static gboolean is_octal(char c)
{
	return c >= '0' && c <= '7';
}

static gboolean is_open(const struct reader *r, guint number)
{
	for (guint i = 0; i < r->groups->len; i++) {
		if (g_array_index(r->groups, struct group, i).number == number) {
			return TRUE;
		}
	}
	return FALSE;
}

/* An octal escape, or a reference to a group. */
static gboolean read_digits(struct reader *r, gboolean class)
{
	const char *p = r->p;
	gboolean octal = *p == '0' || class || (is_octal(p[0]) && is_octal(p[1]) && is_octal(p[2]));
	if (octal) {
		gsize n = 0;
		guint64 code = 0;
		while (n < 3 && is_octal(p[n])) {
			code = code * 8 + (guint64)(p[n++] - '0');
		}
		if (n == 0 || code > 0377) {
			return refuse(r, p - 1, "bad escape \\%c", *p);
		}
		append_code(r, code);
		r->p += n;
		return TRUE;
	}
	guint number = (guint)(*r->p++ - '0');
	if (g_ascii_isdigit(*r->p)) {
		number = number * 10 + (guint)(*r->p++ - '0');
	}
	if (number > r->n_groups) {
		return refuse(r, p, "invalid group reference %u", number);
	}
	if (is_open(r, number)) {
		return refuse(r, p, "cannot refer to an open group");
	}
	g_string_append_printf(r->out, "\\g{%u}", number);
	return TRUE;
}

#define WORD "0-9A-Z_a-z"

/* Shorthands that mean something else to PCRE as GLib sets it up: there they go by Unicode, and of
 * bytes as if each were a Latin-1 letter. NULL: no difference. */
static const struct shorthand {
	char letter;
	const char *bytes; /* inside brackets */
	const char *text;
} shorthands[] = {
	{ 'd', "0-9", NULL },
	{ 'D', "\\x{00}-\\x{2f}\\x{3a}-\\x{ff}", NULL },
	{ 's', "\\x{09}-\\x{0d}\\x{20}", "\\s\\x{1c}-\\x{1f}" },
	{ 'S', "\\x{00}-\\x{08}\\x{0e}-\\x{1f}\\x{21}-\\x{ff}", NULL },
	{ 'w', WORD, NULL },
	{ 'W', "\\x{00}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{ff}", NULL },
};

/* Appends \w and its like where they need other words; FALSE: they do not. */
static gboolean append_shorthand(struct reader *r, char letter, gboolean class)
{
	for (gsize i = 0; i < G_N_ELEMENTS(shorthands); i++) {
		const char *as = r->bytes ? shorthands[i].bytes : shorthands[i].text;
		if (shorthands[i].letter == letter && as != NULL) {
			g_string_append_printf(r->out, class ? "%s" : "[%s]", as);
			return TRUE;
		}
	}
	if (!r->bytes && letter == 'S' && !class) {
		g_string_append(r->out, "[^\\s\\x{1c}-\\x{1f}]");
		return TRUE;
	}
	if (class || (letter != 'B' && (letter != 'b' || !r->bytes))) {
		return FALSE;
	}
	/* In Python an empty text has no place for \B. */
	g_string_append(r->out, letter == 'b' ? "(?:(?<=[" WORD "])(?![" WORD "])|(?<![" WORD
						"])(?=[" WORD "]))"
				: r->bytes ? "(?:(?!\\A\\z)(?:(?<=[" WORD "])(?=[" WORD
					     "])|(?<![" WORD "])(?![" WORD "])))"
					   : "(?:(?!\\A\\z)\\B)");
	return TRUE;
}

/* p stands on the backslash. */
static gboolean read_escape(struct reader *r, gboolean class)
{
	const char *at = r->p++;
	char c = *r->p;
	r->last = LAST_ITEM;
	if (c == '\0') {
		return refuse(r, at, "bad escape (end of pattern)");
	}
	if (c == 'x' || c == 'u' || c == 'U') {
		return read_hex(r, c == 'x' ? 2 : c == 'u' ? 4 : 8);
	}
	if (g_ascii_isdigit(c)) {
		return read_digits(r, class);
	}
	if (g_ascii_isalpha(c) && strchr(class ? "abdfnrstvwDSW" : "abdfnrstvwABDSWZ", c) == NULL) {
		return refuse(r, at, "bad escape \\%c", c);
	}
	if (!class && strchr("AbBZ", c) != NULL) {
		r->last = LAST_PLACE;
	}
	if (append_shorthand(r, c, class)) {
		/* done */
	} else if (c == 'v') {
		g_string_append(r->out, "\\x0b"); /* to PCRE it is a class */
	} else if (c == 'Z') {
		g_string_append(r->out, "\\z");
	} else if ((guchar)c < 0x80) {
		g_string_append_len(r->out, at, 2);
	} else {
		return TRUE; /* the character follows, as it is */
	}
	r->p++;
	return TRUE;
}

/* p stands on the bracket. */
static gboolean read_class(struct reader *r)
{
	const char *at = r->p;
	g_string_append_c(r->out, *r->p++);
	if (*r->p == '^') {
		g_string_append_c(r->out, *r->p++);
	}
	for (gboolean first = TRUE; *r->p != ']' || first; first = FALSE) {
		if (*r->p == '\0') {
			return refuse(r, at, "unterminated character set");
		}
		if (*r->p == '\\') {
			if (!read_escape(r, TRUE)) {
				return FALSE;
			}
			continue;
		}
		if (*r->p == '[' || *r->p == ']') {
			g_string_append_c(r->out, '\\'); /* no POSIX classes in Python */
		}
		g_string_append_c(r->out, *r->p++);
	}
	g_string_append_c(r->out, *r->p++);
	r->last = LAST_ITEM;
	return TRUE;
}

/* {2}, {2,}, {,3}, {2,3}; anything else is text. p stands on the brace. */
static gboolean read_braces(struct reader *r)
{
	const char *p = r->p + 1;
	gsize low = strspn(p, "0123456789");
	gboolean comma = p[low] == ',';
	gsize high = comma ? strspn(p + low + 1, "0123456789") : 0;
	const char *end = p + low + comma + high;
	if (*end != '}' || end == p) {
		g_string_append(r->out, "\\{");
		r->last = LAST_ITEM;
		r->p++;
		return FALSE;
	}
	g_string_append_printf(r->out, "{%.*s%.*s}", low > 0 ? (int)low : 1, low > 0 ? p : "0",
		(int)(comma + high), p + low);
	r->p = end + 1;
	return TRUE;
}

static gboolean read_quantifier(struct reader *r)
{
	const char *at = r->p;
	enum last to = r->last;
	if (*r->p != '{') {
		g_string_append_c(r->out, *r->p++);
	} else if (!read_braces(r)) {
		return TRUE;
	}
	if (to == LAST_NOTHING || to == LAST_PLACE) {
		return refuse(r, at, "nothing to repeat");
	}
	if (to == LAST_QUANTIFIER) {
		return refuse(r, at, "multiple repeat");
	}
	if (*r->p == '?' || *r->p == '+') {
		g_string_append_c(r->out, *r->p++);
	}
	r->last = LAST_QUANTIFIER;
	return TRUE;
}

static void open_group(struct reader *r, gboolean captures, guint flags, const char *as)
{
	struct group group = { r->flags, captures ? ++r->n_groups : 0 };
	g_array_append_val(r->groups, group);
	r->flags = flags;
	r->last = LAST_NOTHING;
	g_string_append(r->out, as);
}

/* One side of "im-sx"; what PCRE knows of it goes to out. */
static guint read_flags(struct reader *r, const char *known, GString *out)
{
	guint flags = 0;
	for (; *r->p != '\0' && strchr(known, *r->p) != NULL; r->p++) {
		flags |= *r->p == 'm' ? FLAG_MULTILINE : *r->p == 'x' ? FLAG_VERBOSE : 0;
		if (strchr("imsx", *r->p) != NULL) {
			g_string_append_c(out, *r->p);
		}
	}
	return flags;
}

/* (?i) for all, (?i-m:...) for a group; p stands behind the question mark. */
static gboolean read_flag_group(struct reader *r)
{
	const char *at = r->p;
	g_autoptr(GString) letters = g_string_new(NULL);
	guint on = read_flags(r, "imsux", letters);
	if (*r->p == 'a') {
		return refuse(
			r, at - 2, "the flag 'a' is not supported, write [0-9A-Za-z_] for \\w");
	}
	if (r->p == at && *r->p != '-') {
		return refuse(r, at - 1, "unknown extension ?%c", *r->p);
	}
	if (*r->p == ')') {
		if (r->groups->len > 0 || r->out->len > 0) {
			return refuse(r, at - 2, "global flags not at the start of the expression");
		}
		r->p++;
		r->flags |= on;
		g_string_append(r->global, letters->str);
		return TRUE;
	}
	guint off = 0;
	if (*r->p == '-') {
		g_string_append_c(letters, *r->p++);
		off = read_flags(r, "imsx", letters);
	}
	if (*r->p != ':') {
		return refuse(r, r->p, "missing : or an unknown flag");
	}
	r->p++;
	g_autofree char *as = g_strdup_printf("(?%s:", letters->str);
	open_group(r, FALSE, (r->flags | on) & ~off, as);
	return TRUE;
}

/* (?(1)...) and (?(name)...); p stands on the second bracket. */
static gboolean read_conditional(struct reader *r)
{
	gsize n = strcspn(r->p + 1, ")");
	g_autofree char *name = g_strndup(r->p + 1, n);
	gboolean number = *name != '\0' && strspn(name, "0123456789") == n;
	if (r->p[1 + n] == '\0' || n == 0) {
		return refuse(r, r->p, "missing ), unterminated name");
	}
	g_autofree char *as = g_strdup_printf(number ? "(?(%s)" : "(?(<%s>)", name);
	r->p += n + 2;
	open_group(r, FALSE, r->flags, as);
	return TRUE;
}

/* (?P<name>...) and (?P=name); p stands on the P. */
static gboolean read_named(struct reader *r)
{
	char end = r->p[1] == '<' ? '>' : ')';
	gsize n = r->p[1] != '\0' ? strcspn(r->p + 2, end == '>' ? ">" : ")") : 0;
	if ((r->p[1] != '<' && r->p[1] != '=') || r->p[2 + n] != end || n == 0) {
		return refuse(r, r->p - 1, "unknown extension ?P%.1s, or no name", r->p + 1);
	}
	g_autofree char *as = g_strdup_printf("(?%.*s", (int)n + 3, r->p);
	r->p += n + 3;
	if (end == '>') {
		open_group(r, TRUE, r->flags, as);
	} else {
		g_autofree char *name =
			g_strndup(as + strlen("(?P="), strlen(as) - strlen("(?P=)"));
		g_autofree char *group = g_strdup_printf("(?P<%s>", name);
		if (strstr(r->out->str, group) == NULL) {
			return refuse(r, r->p - n - 1, "unknown group name '%s'", name);
		}
		g_string_append(r->out, as);
		r->last = LAST_ITEM;
	}
	return TRUE;
}

static gboolean read_group(struct reader *r)
{
	static const char *const plain[] = { "?:", "?=", "?!", "?<=", "?<!", "?>" };
	const char *at = r->p++;
	if (*r->p == '*') {
		return refuse(r, r->p, "nothing to repeat");
	}
	if (*r->p != '?') {
		open_group(r, TRUE, r->flags, "(");
		return TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(plain); i++) {
		if (g_str_has_prefix(r->p, plain[i])) {
			r->p += strlen(plain[i]);
			g_autofree char *as = g_strconcat("(", plain[i], NULL);
			open_group(r, FALSE, r->flags, as);
			return TRUE;
		}
	}
	r->p++;
	if (*r->p == '#') {
		r->p += strcspn(r->p, ")");
		return *r->p++ == ')' || refuse(r, at, "missing ), unterminated comment");
	}
	return *r->p == 'P'   ? read_named(r)
	       : *r->p == '(' ? read_conditional(r)
			      : read_flag_group(r);
}

static gboolean close_group(struct reader *r)
{
	if (r->groups->len == 0) {
		return refuse(r, r->p, "unbalanced parenthesis");
	}
	r->flags = g_array_index(r->groups, struct group, r->groups->len - 1).flags;
	g_array_set_size(r->groups, r->groups->len - 1);
	g_string_append_c(r->out, *r->p++);
	r->last = LAST_ITEM;
	return TRUE;
}

/* What stands for itself, or nearly. */
static void read_plain(struct reader *r)
{
	if (*r->p == '^' && (r->flags & FLAG_MULTILINE)) {
		/* in Python there is a line behind the last newline, too */
		g_string_append(r->out, "(?:^|(?<=\\n)\\z)");
	} else {
		g_string_append_c(r->out, *r->p);
	}
	gboolean space = (r->flags & FLAG_VERBOSE) && g_ascii_isspace(*r->p);
	r->last = *r->p == '|'                   ? LAST_NOTHING
		  : *r->p == '^' || *r->p == '$' ? LAST_PLACE
		  : space                        ? r->last
						 : LAST_ITEM;
	r->p++;
}

static gboolean read_one(struct reader *r)
{
	if ((r->flags & FLAG_VERBOSE) && *r->p == '#') {
		r->p += strcspn(r->p, "\n");
		return TRUE;
	}
	switch (*r->p) {
	case '\\':
		return read_escape(r, FALSE);
	case '[':
		return read_class(r);
	case '(':
		return read_group(r);
	case ')':
		return close_group(r);
	case '*':
	case '+':
	case '?':
	case '{':
		return read_quantifier(r);
	default:
		read_plain(r);
		return TRUE;
	}
}

char *python_regex_pattern(
	const char *pattern, gboolean bytes, gboolean multiline, gboolean whole, char **why)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GString) global = g_string_new(NULL);
	g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(struct group));
	struct reader r = { .pattern = pattern,
		.p = pattern,
		.bytes = bytes,
		.out = out,
		.global = global,
		.groups = groups,
		.flags = multiline ? FLAG_MULTILINE : 0 };
	while (*r.p != '\0' && read_one(&r)) {
	}
	if (r.why == NULL && groups->len > 0) {
		(void)refuse(&r, r.p, "missing ), unterminated subpattern");
	}
	if (r.why != NULL) {
		*why = r.why;
		return NULL;
	}
	g_autofree char *flags =
		global->len > 0 ? g_strdup_printf("(?%s)", global->str) : g_strdup("");
	return g_strconcat(
		"(*UCP)", flags, whole ? "(?:" : "", out->str, whole ? ")\\z" : "", NULL);
}
