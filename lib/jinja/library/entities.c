/* Character references of HTML. */
#include "jinja/library/entities.h"

#include <string.h>

/* Names that stand without a semicolon as well: U+00A0 to U+00FF in their order, then more. */
static const char *const latin[] = { "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar",
	"sect", "uml", "copy", "ordf", "laquo", "not", "shy", "reg", "macr", "deg", "plusmn",
	"sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm", "raquo",
	"frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml",
	"Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute",
	"Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times",
	"Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave",
	"aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute",
	"ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute",
	"ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml",
	"yacute", "thorn", "yuml" };
G_STATIC_ASSERT(G_N_ELEMENTS(latin) == 96);

static const struct {
	const char *name;
	gunichar c;
	gboolean bare; /* also without a semicolon */
} more[] = { { "AMP", '&', TRUE }, { "COPY", 0xA9, TRUE }, { "GT", '>', TRUE }, { "LT", '<', TRUE },
	{ "QUOT", '"', TRUE }, { "REG", 0xAE, TRUE }, { "amp", '&', TRUE }, { "gt", '>', TRUE },
	{ "lt", '<', TRUE }, { "quot", '"', TRUE }, { "apos", '\'', FALSE },
	{ "bull", 0x2022, FALSE }, { "euro", 0x20AC, FALSE }, { "hellip", 0x2026, FALSE },
	{ "ldquo", 0x201C, FALSE }, { "lsquo", 0x2018, FALSE }, { "mdash", 0x2014, FALSE },
	{ "ndash", 0x2013, FALSE }, { "rdquo", 0x201D, FALSE }, { "rsquo", 0x2019, FALSE },
	{ "trade", 0x2122, FALSE } };

/* What the name of length bytes means; 0: nothing. bare: no semicolon follows it. */
static gunichar named(const char *name, gsize length, gboolean bare)
{
	for (gsize i = 0; i < G_N_ELEMENTS(latin); i++) {
		if (strlen(latin[i]) == length && memcmp(latin[i], name, length) == 0) {
			return 0xA0 + (gunichar)i;
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(more); i++) {
		if (strlen(more[i].name) == length && memcmp(more[i].name, name, length) == 0 &&
			(!bare || more[i].bare)) {
			return more[i].c;
		}
	}
	return 0;
}

/* A number means what the standard says of it: 0x80 to 0x9F are Windows' characters, and what is no
 * character is left out. */
static void append_number(GString *out, guint64 number)
{
	static const gunichar windows[32] = { 0x20AC, 0x81, 0x201A, 0x192, 0x201E, 0x2026, 0x2020,
		0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D, 0x17D, 0x8F, 0x90, 0x2018,
		0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153,
		0x9D, 0x17E, 0x178 };
	gboolean surrogate = number >= 0xD800 && number <= 0xDFFF;
	if (number >= 0x80 && number <= 0x9F) {
		g_string_append_unichar(out, windows[number - 0x80]);
	} else if (number == 0 || surrogate || number > 0x10FFFF) {
		g_string_append_unichar(out, 0xFFFD);
	} else if (!((number < 0x20 && strchr("\t\n\f\r", (int)number) == NULL) || number == 0x7F ||
			   (number >= 0xFDD0 && number <= 0xFDEF) || (number & 0xFFFE) == 0xFFFE)) {
		g_string_append_unichar(out, (gunichar)number);
	}
}

/* p is behind "&#". The end of the reference; NULL: it is none. */
static const char *take_number(const char *p, const char *end, GString *out)
{
	gboolean hexadecimal = p < end && (*p == 'x' || *p == 'X');
	const char *digits = p + hexadecimal;
	guint64 number = 0;
	const char *q = digits;
	for (; q < end && (hexadecimal ? g_ascii_isxdigit(*q) : g_ascii_isdigit(*q)); q++) {
		number = MIN(number * (hexadecimal ? 16 : 10) + (guint64)g_ascii_xdigit_value(*q),
			G_MAXUINT32);
	}
	if (q == digits) {
		return NULL;
	}
	append_number(out, number);
	return q + (q < end && *q == ';');
}

/* p is behind "&". As take_number(); without a semicolon the longest name that text begins with. */
static const char *take_name(const char *p, const char *end, GString *out)
{
	enum { NAME_MAX_BYTES = 32 };
	gsize n = 0;
	while (p + n < end && n < NAME_MAX_BYTES && g_ascii_isalnum(p[n])) {
		n++;
	}
	gboolean closed = p + n < end && p[n] == ';';
	for (gsize length = n; length > 1; length--) {
		gboolean whole = closed && length == n;
		gunichar c = named(p, length, !whole);
		if (c != 0) {
			g_string_append_unichar(out, c);
			return p + length + whole;
		}
	}
	return NULL;
}

void entities_unescape(const char *text, gsize length, GString *out)
{
	const char *end = text + length;
	for (const char *p = text; p < end;) {
		const char *mark = memchr(p, '&', (gsize)(end - p));
		const char *behind = NULL;
		g_string_append_len(out, p, (mark != NULL ? mark : end) - p);
		if (mark == NULL) {
			break;
		}
		behind = mark + 1 < end && mark[1] == '#' ? take_number(mark + 2, end, out)
							  : take_name(mark + 1, end, out);
		if (behind == NULL) {
			g_string_append_c(out, '&');
			behind = mark + 1;
		}
		p = behind;
	}
}
