/* File modes: what a value given as one means, and which ones are surely mistakes. */
#include "modules/mode.h"

#include <glib/gstdio.h>
#include <string.h>

enum { MODE_MAX = 07777, MODE_ODD = -1 };

/* Whether somebody may have meant a mode: the owner reads, nobody has more rights than who stands
 * before him, and to enter alone is left to others of what the owner may do anything with. */
static gboolean is_plausible(gint64 mode)
{
	guint user = (guint)mode >> 6 & 7;
	guint group = (guint)mode >> 3 & 7;
	guint other = (guint)mode & 7;
	gboolean falls = (group & ~user) == 0 && (other & ~group) == 0;
	gboolean written_alone = group == 2 || group == 3 || other == 2 || other == 3;
	gboolean entered_alone = (group == 1 || other == 1) && user != 7;
	return mode == 0 || (mode >= 0 && mode <= MODE_MAX && (user & 4) != 0 && falls &&
				    !written_alone && !entered_alone);
}

/* The digits of text (as Python's int(text, base) takes them) as a number; MODE_ODD: they are none,
 * or too many. */
static gint64 number_of(const char *text, guint base)
{
	gint64 number = 0;
	gboolean any = FALSE;
	for (const char *p = text; *p != '\0'; p++) {
		int digit = g_ascii_digit_value(*p);
		if (*p == '_' && any && g_ascii_isdigit(p[1])) {
			continue;
		}
		if (digit < 0 || (guint)digit >= base || number > MODE_MAX) {
			return MODE_ODD;
		}
		number = number * base + (guint)digit;
		any = TRUE;
	}
	return any && number <= MODE_MAX ? number : MODE_ODD;
}

static value *octal_text(gint64 mode)
{
	char *text = g_strdup_printf("%04" G_GINT64_MODIFIER "o", mode);
	return value_new_string_take(text, strlen(text));
}

static value *refuse(char **ret_problem, char *problem)
{
	*ret_problem = problem;
	return NULL;
}

static value *refuse_form(const value *v, char **ret_problem)
{
	g_autofree char *shown = value_to_repr(v);
	return refuse(ret_problem,
		g_strdup_printf("must be a file mode, as '0644' or 'u=rw,go=r', not %s", shown));
}

/* What YAML reads from 0644 is a number that knows how it was written. Any other number is taken
 * for what it is, unless its decimal digits look like the mode that was meant. */
static value *of_number(const value *v, char **ret_problem)
{
	gint64 mode = value_int(v);
	g_autofree char *digits = value_to_string(v);
	if ((value_flags(v) & VALUE_OCTAL) && mode >= 0 && mode <= MODE_MAX) {
		return octal_text(mode);
	}
	gint64 meant = number_of(digits, 8);
	if (meant != MODE_ODD && mode != 0 && is_plausible(meant)) {
		return refuse(ret_problem, g_strdup_printf("is the decimal number %s, write '%04o'",
						   digits, (guint)meant));
	}
	if (!is_plausible(mode)) {
		return refuse_form(v, ret_problem);
	}
	return octal_text(mode);
}

/* A number that came through a template is a text of decimal digits: Ansible reads those as octal,
 * and gives 0420 for 0644. */
static value *of_digits(const value *v, const char *digits, gboolean marked, char **ret_problem)
{
	gint64 mode = number_of(digits, 8);
	gint64 decimal = number_of(digits, 10);
	gboolean lost = !marked && *digits != '0' && strlen(digits) > 2 && decimal != MODE_ODD &&
			is_plausible(decimal);
	if (lost && (mode == MODE_ODD || !is_plausible(mode))) {
		return refuse(ret_problem,
			g_strdup_printf("is '%s', which is what a template makes of %04o, "
					"write '%04o' in quotes where it is set",
				digits, (guint)decimal, (guint)decimal));
	}
	if (mode == MODE_ODD) {
		return refuse_form(v, ret_problem);
	}
	return octal_text(mode);
}

static value *of_text(const value *v, char **ret_problem)
{
	g_autofree char *text = g_strstrip(g_strdup(value_string(v)));
	gboolean marked = g_ascii_strncasecmp(text, "0o", 2) == 0;
	if (*text == '\0') {
		return value_new_string(""); /* as none given */
	}
	if (g_ascii_isdigit(*text)) {
		return of_digits(v, text + (marked ? 2 : 0), marked, ret_problem);
	}
	if (g_regex_match_simple("^([ugoa]*[-+=][-+=rwxXstugo]*)(,[ugoa]*[-+=][-+=rwxXstugo]*)*$",
		    text, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT)) {
		return value_new_string(text);
	}
	return refuse_form(v, ret_problem);
}

value *mode_convert(const value *v, gboolean preserve, char **ret_problem)
{
	*ret_problem = NULL;
	if (value_is(v, VALUE_INT)) {
		return of_number(v, ret_problem);
	}
	if (!value_is(v, VALUE_STRING)) {
		return refuse_form(v, ret_problem);
	}
	if (g_str_equal(value_string(v), "preserve")) {
		return preserve ? value_ref(v)
				: refuse(ret_problem,
					  g_strdup("must be a file mode, as '0644', "
						   "'preserve' is for copy and template"));
	}
	return of_text(v, ret_problem);
}

char *mode_of_file(const char *path)
{
	GStatBuf st;
	return g_stat(path, &st) == 0 ? g_strdup_printf("%04o", (guint)st.st_mode & MODE_MAX)
				      : g_strdup("");
}
