/* One conversion of Python's string formatting, as both notations write it. */
#ifndef SUTLER_JINJA_FORMAT_SPEC_H
#define SUTLER_JINJA_FORMAT_SPEC_H

#include <glib.h>

/* What a template may ask for; more is an error, made by who reads the conversion. */
enum { FORMAT_WIDTH_MAX = 1 << 20, FORMAT_PRECISION_MAX = 500 };

struct spec {
	gunichar fill;
	char align;                /* '<' '>' '^' '=' or 0 */
	char sign;                 /* '-' '+' ' ' */
	gboolean no_negative_zero; /* 'z' */
	gboolean alternate;
	gboolean zero;
	char group; /* ',' '_' or 0 */
	gint64 width;
	gint64 precision; /* -1: none */
	char type;        /* 0: none */
};

/* They append to out. */
void format_integer(const struct spec *s, gint64 i, gint64 minimum_digits, GString *out);
void format_float(const struct spec *s, double d, GString *out);
/* align: where text stands when the conversion does not say. */
void format_text(const struct spec *s, const char *text, gsize length, char align, GString *out);
/* body: the digits of a number without its sign. */
void format_digits(const struct spec *s, gboolean negative, const char *prefix, const char *body,
	GString *out);

/* text as Python's ascii() has it, and escaped for HTML. They take text; caller frees. */
char *format_ascii(char *text);
char *format_escaped(char *text);

#endif
