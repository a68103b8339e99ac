/* Host names as inventories write them: ports, ranges, and what is refused. */
#include "inventory/host-names.h"

#include <string.h>

static const gsize NAMES_BYTES_MAX = 64 * 1024 * 1024;
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

static gsize digits_at(const char *p)
{
	return strspn(p, "0123456789");
}

static gsize xdigits_at(const char *p)
{
	return strspn(p, "0123456789abcdefABCDEF");
}

/* The length of "[1:20]", "[01:20:2]", "[a:f]" (with hex: "[0:ff]") at p, or 0. */
static gsize range_at(const char *p, gboolean hex)
{
	const char *start = p;
	if (*p++ != '[') {
		return 0;
	}
	gsize first = hex ? xdigits_at(p) : digits_at(p);
	gboolean letter = first == 0 && g_ascii_isalpha(*p);
	p += letter ? 1 : first;
	if ((first == 0 && !letter) || *p++ != ':') {
		return 0;
	}
	gsize second = letter ? (gsize)g_ascii_isalpha(*p) : hex ? xdigits_at(p) : digits_at(p);
	if (second == 0) {
		return 0;
	}
	p += second;
	if (*p == ':') {
		gsize step = digits_at(p + 1);
		if (step == 0) {
			return 0;
		}
		p += 1 + step;
	}
	return *p == ']' ? (gsize)(p + 1 - start) : 0;
}

static gboolean is_word_char(gunichar c)
{
	return c == '_' || g_unichar_isalnum(c);
}

/* Labels of letters, digits, '_', '-' and ranges, joined by dots; a label begins with neither '-'
 * nor '.' and ends with neither '-' nor '_'. */
static gboolean is_host_name(const char *p)
{
	for (;;) {
		gunichar last = 0;
		while (*p != '\0' && *p != '.') {
			gsize range = range_at(p, FALSE);
			gunichar c = range > 0 ? 'x' : g_utf8_get_char(p);
			if (!is_word_char(c) && (c != '-' || last == 0)) {
				return FALSE;
			}
			last = c;
			p = range > 0 ? p + range : g_utf8_next_char(p);
		}
		if (last == 0 || last == '-' || last == '_') {
			return FALSE;
		}
		if (*p == '\0') {
			return TRUE;
		}
		p++;
	}
}

/* Dotted numbers of up to three digits at the end of an IPv6 address. */
static gboolean is_ipv4_tail(const char *p)
{
	for (int i = 0; i < 4; i++) {
		gsize n = range_at(p, TRUE);
		n = n > 0 ? n : xdigits_at(p);
		if (n == 0 || p[n] != (i < 3 ? '.' : '\0')) {
			return FALSE;
		}
		p += n + 1;
	}
	return TRUE;
}

/* Up to eight groups of up to four hex digits or a range, at most one "::". */
static gboolean is_ipv6(const char *p)
{
	guint groups = 0;
	gboolean gap = FALSE;
	if (p[0] == ':' && p[1] == ':') {
		gap = TRUE;
		p += 2;
	}
	while (*p != '\0') {
		if (groups > 0 && strchr(p, ':') == NULL && strchr(p, '.') != NULL) {
			return is_ipv4_tail(p);
		}
		gsize range = range_at(p, TRUE);
		gsize n = range > 0 ? range : xdigits_at(p);
		if (n == 0 || (range == 0 && n > 4)) {
			return gap && groups == 0 && is_ipv4_tail(p);
		}
		groups++;
		p += n;
		if (*p == '\0') {
			break;
		}
		if (*p++ != ':') {
			return FALSE;
		}
		if (*p == ':') {
			if (gap) {
				return FALSE;
			}
			gap = TRUE;
			p++;
		} else if (*p == '\0') {
			return FALSE;
		}
	}
	return gap ? groups <= 7 : groups == 8;
}

static gint64 port_of(const char *digits)
{
	guint64 port = 0;
	for (; *digits != '\0'; digits++) {
		port = port * 10 + (guint64)(*digits - '0');
		if (port > G_MAXINT32) {
			return G_MAXINT32;
		}
	}
	return (gint64)port;
}

/* Where ":digits" at the very end begins; NULL: there is none. */
static const char *port_suffix(const char *text)
{
	const char *colon = strrchr(text, ':');
	if (colon == NULL || colon[1] == '\0' || colon[1 + digits_at(colon + 1)] != '\0') {
		return NULL;
	}
	return colon;
}

/* Neither ':' nor a stray bracket but in complete "[...]" expressions. */
static gboolean is_port_free(const char *p, const char *end)
{
	while (p < end) {
		if (*p == ':' || *p == ']') {
			return FALSE;
		}
		if (*p == '[') {
			p = memchr(p, ']', (gsize)(end - p));
			if (p == NULL) {
				return FALSE;
			}
		}
		p++;
	}
	return TRUE;
}

static char *split(const char *text, gint64 *ret_port, gboolean *ret_address)
{
	g_autofree char *address = g_strdup(text);
	gint64 port = -1;
	const char *suffix = port_suffix(address);
	if (suffix != NULL && address[0] == '[' && suffix > address + 2 && suffix[-1] == ']') {
		port = port_of(suffix + 1);
		char *inner = g_strndup(address + 1, (gsize)(suffix - address) - 2);
		g_free(address);
		address = inner;
		suffix = port_suffix(address);
	}
	if (suffix != NULL && is_port_free(address, suffix)) {
		port = port_of(suffix + 1);
		address[suffix - address] = '\0';
	}
	*ret_address = is_host_name(address) || is_ipv6(address);
	if (!*ret_address) {
		*ret_port = -1;
		return g_strdup(text);
	}
	*ret_port = port;
	return g_steal_pointer(&address);
}

char *host_name_split(const char *text, gint64 *ret_port)
{
	gboolean address = FALSE;
	if (strpbrk(text, ":[") == NULL) {
		*ret_port = -1;
		return g_strdup(text);
	}
	return split(text, ret_port, &address);
}

/* "::", or one to six groups and "::", or eight groups; Ansible's expression looks no further. */
static gboolean begins_as_ipv6(const char *p)
{
	guint groups = 0;
	if (g_str_has_prefix(p, "::")) {
		return TRUE;
	}
	for (;;) {
		gsize range = range_at(p, TRUE);
		gsize n = range > 0 ? range : MIN(xdigits_at(p), 4);
		if (n == 0) {
			return FALSE;
		}
		groups++;
		p += n;
		if (groups == 8) {
			return TRUE;
		}
		if (*p++ != ':') {
			return FALSE;
		}
		if (*p == ':') {
			return groups <= 6;
		}
	}
}

gboolean host_name_is_address(const char *text)
{
	gboolean address = FALSE;
	gint64 port = 0;
	g_free(split(text, &port, &address));
	return address || begins_as_ipv6(text);
}

gboolean host_port_check(gint64 port, const char *shown, struct position at, GError **error)
{
	if (port >= 1 && port <= 65535) {
		return TRUE;
	}
	error_set_at(error, SUTLER_ERROR_USAGE, at, "'%s': invalid port, use 1 to 65535", shown);
	return FALSE;
}

gboolean host_name_check(const char *name, struct position at, GError **error)
{
	if (*name == '\0') {
		error_set_at(error, SUTLER_ERROR_USAGE, at, "a host name is empty");
		return FALSE;
	}
	if (*name == '-') {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"invalid host name '%s': it begins with '-' and could be taken for an "
			"option",
			name);
		return FALSE;
	}
	for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c <= ' ' || c == 0x7f || g_unichar_isspace(c) || g_unichar_iscntrl(c) ||
			(c < 0x80 && strchr("$`;|&<>(){}'\"\\*?!#~", (int)c) != NULL)) {
			g_autofree char *shown = g_strescape(name, "");
			error_set_at(error, SUTLER_ERROR_USAGE, at,
				"invalid host name '%s': '%.*s' could be taken for shell code",
				shown, (int)(g_utf8_next_char(p) - p), c < ' ' ? " " : p);
			return FALSE;
		}
	}
	return TRUE;
}

/* One "[first:last:step]" of a name. */
struct range {
	const char *head_end; /* of the name: the '[' */
	const char *tail;
	guint64 first;
	guint64 last;
	guint64 step;
	gsize width; /* numbers are filled to it with zeros; 0: they are not */
	gboolean letters;
};

static gboolean refuse_range(const char *name, const char *why, struct position at, GError **error)
{
	error_set_at(error, SUTLER_ERROR_USAGE, at, "invalid range in '%s': %s", name, why);
	return FALSE;
}

static gboolean parse_number(const char *text, guint64 *ret_number)
{
	return g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64 / 4, ret_number, NULL) &&
	       digits_at(text) == strlen(text);
}

static gboolean parse_bounds(
	const char *name, char **bounds, struct range *range, struct position at, GError **error)
{
	const char *first = *bounds[0] != '\0' ? bounds[0] : "0";
	const char *last = bounds[1];
	const char *first_letter = strlen(first) == 1 ? strchr(letters, *first) : NULL;
	const char *last_letter = strlen(last) == 1 ? strchr(letters, *last) : NULL;
	range->step = 1;
	if (*last == '\0') {
		return refuse_range(name, "the end is missing", at, error);
	}
	if (bounds[2] != NULL && (!parse_number(bounds[2], &range->step) || range->step == 0)) {
		return refuse_range(name, "the step must be a number above 0", at, error);
	}
	if (first_letter != NULL && last_letter != NULL) {
		range->letters = TRUE;
		range->first = (guint64)(first_letter - letters);
		range->last = (guint64)(last_letter - letters);
	} else if (!parse_number(first, &range->first) || !parse_number(last, &range->last)) {
		return refuse_range(name, "write [1:20], [01:20] or [a:f]", at, error);
	} else if (*first == '0' && first[1] != '\0') {
		range->width = strlen(first);
		if (strlen(last) != range->width) {
			return refuse_range(name,
				"with leading zeros, both ends must be equally long", at, error);
		}
	}
	if (range->first > range->last) {
		return refuse_range(name, "it ends before it begins", at, error);
	}
	return TRUE;
}

/* Finds the first range of name. */
static gboolean parse_range(
	const char *name, struct range *range, struct position at, GError **error)
{
	const char *open = strchr(name, '[');
	const char *close = strchr(name, ']');
	if (close == NULL || close < open || strchr(name, '|') != NULL) {
		return refuse_range(name, "brackets must be in pairs", at, error);
	}
	g_autofree char *inside = g_strndup(open + 1, (gsize)(close - open - 1));
	g_auto(GStrv) bounds = g_strsplit(inside, ":", -1);
	guint n = g_strv_length(bounds);
	if (n != 2 && n != 3) {
		return refuse_range(name, "write [begin:end] or [begin:end:step]", at, error);
	}
	range->head_end = open;
	range->tail = close + 1;
	return parse_bounds(name, bounds, range, at, error);
}

static gboolean refuse_many(struct position at, GError **error)
{
	error_set_at(error, SUTLER_ERROR_LIMIT, at, "one name stands for more than %d hosts",
		HOST_RANGE_MAX);
	return FALSE;
}

/* *left is how many more bytes all the names of this text may have. */
static gboolean expand(
	const char *name, GPtrArray *names, gsize *left, struct position at, GError **error)
{
	if (strchr(name, '[') == NULL) {
		gsize length = strlen(name) + 1;
		if (names->len >= HOST_RANGE_MAX || length > *left) {
			return refuse_many(at, error);
		}
		*left -= length;
		g_ptr_array_add(names, g_strdup(name));
		return TRUE;
	}
	struct range range = { 0 };
	if (!parse_range(name, &range, at, error)) {
		return FALSE;
	}
	if ((range.last - range.first) / range.step >= HOST_RANGE_MAX) {
		return refuse_many(at, error);
	}
	g_autoptr(GString) next = g_string_new_len(name, range.head_end - name);
	gsize head = next->len;
	for (guint64 i = range.first; i <= range.last; i += range.step) {
		g_string_truncate(next, head);
		if (range.letters) {
			g_string_append_c(next, letters[i]);
		} else {
			g_string_append_printf(next, "%0*" G_GUINT64_FORMAT, (int)range.width, i);
		}
		g_string_append(next, range.tail);
		if (!expand(next->str, names, left, at, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* A ':' that is part of neither an IPv6 address nor a range must have led to a port. */
static gboolean check_colons(const char *text, gint64 port, struct position at, GError **error)
{
	g_autofree char *address = g_strndup(text, strcspn(text, "%")); /* no zone of a link */
	const char *colon = strrchr(text, ':');
	if (port != -1 || colon == NULL || strchr(colon, ']') != NULL ||
		host_name_is_address(address)) {
		return TRUE;
	}
	if (colon[1] == '\0') {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"invalid host name '%s': ':' at the end has no port after it", text);
	} else {
		error_set_at(error, SUTLER_ERROR_USAGE, at,
			"invalid host name '%s': '%s' is not a port, use 1 to 65535", text,
			colon + 1);
	}
	return FALSE;
}

GPtrArray *host_names_expand(const char *text, gint64 *ret_port, struct position at, GError **error)
{
	g_autofree char *name = host_name_split(text, ret_port);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	gsize left = NAMES_BYTES_MAX;
	if (*ret_port != -1 && !host_port_check(*ret_port, text, at, error)) {
		return NULL;
	}
	if (!check_colons(text, *ret_port, at, error) || !expand(name, names, &left, at, error)) {
		return NULL;
	}
	for (guint i = 0; i < names->len; i++) {
		const char *each = names->pdata[i];
		if (strcmp(each, "---") == 0) {
			error_set_at(error, SUTLER_ERROR_USAGE, at,
				"invalid host name '---': is this a YAML file?");
			return NULL;
		}
		if (!host_name_check(each, at, error)) {
			return NULL;
		}
	}
	return g_steal_pointer(&names);
}
