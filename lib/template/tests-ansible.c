/* Ansible's tests. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "jinja/engine/markup.h"
#include "jinja/engine/objects.h"
#include "jinja/engine/operators.h"
#include "jinja/library/regex.h"
#include "jinja/library/url.h"
#include "template/version.h"
#include "value/convert.h"

/* A key of a task's result; *ret_found tells whether it is there. */
static gboolean result_key(
	struct jinja_call *c, const char *test, const char *key, gboolean otherwise, gboolean *ret)
{
	if (!value_is(c->input, VALUE_DICT)) {
		jinja_fail_usage(c->e, "the '%s' test expects a dictionary, not %s", test,
			value_type_name(c->input));
		return FALSE;
	}
	const value *v = value_dict_get(c->input, key);
	*ret = v != NULL ? value_truth(v) : otherwise;
	return TRUE;
}

static gboolean t_failed(struct jinja_call *c, gboolean *ret)
{
	return result_key(c, "failed", "failed", FALSE, ret);
}

static gboolean t_success(struct jinja_call *c, gboolean *ret)
{
	gboolean ok = result_key(c, "failed", "failed", FALSE, ret);
	*ret = !*ret;
	return ok;
}

static gboolean t_unreachable(struct jinja_call *c, gboolean *ret)
{
	return result_key(c, "unreachable", "unreachable", FALSE, ret);
}

static gboolean t_reachable(struct jinja_call *c, gboolean *ret)
{
	gboolean ok = t_unreachable(c, ret);
	*ret = !*ret;
	return ok;
}

static gboolean t_changed(struct jinja_call *c, gboolean *ret)
{
	if (!result_key(c, "changed", "changed", FALSE, ret)) {
		return FALSE;
	}
	const value *results = value_dict_get(c->input, "results");
	if (value_dict_get(c->input, "changed") == NULL && value_is(results, VALUE_LIST) &&
		value_list_length(results) > 0) {
		value_list_foreach (results, result) {
			const value *v = value_is(result, VALUE_DICT)
						 ? value_dict_get(result, "changed")
						 : NULL;
			*ret = *ret || (v != NULL && value_truth(v));
		}
	}
	return TRUE;
}

static gboolean t_skipped(struct jinja_call *c, gboolean *ret)
{
	return result_key(c, "skipped", "skipped", FALSE, ret);
}

static gboolean is_one(struct jinja_call *c, const char *key, gboolean *ret)
{
	if (!result_key(c, key, key, TRUE, ret)) {
		return FALSE;
	}
	const value *v = value_dict_get(c->input, key);
	gint64 i = 0;
	*ret = v == NULL || (is_integer(v, &i) && i == 1) ||
	       (value_is(v, VALUE_FLOAT) && value_float(v) == 1);
	return TRUE;
}

static gboolean t_finished(struct jinja_call *c, gboolean *ret)
{
	return is_one(c, "finished", ret);
}

static gboolean t_started(struct jinja_call *c, gboolean *ret)
{
	return is_one(c, "started", ret);
}

/* --- regular expressions --- */

static gboolean match(struct jinja_call *c, gboolean anchored, gboolean whole, gboolean *ret)
{
	g_autoptr(value) s = jinja_arg_text(c);
	const char *pattern = c->arguments[0] != NULL ? jinja_arg_string(c, 0, NULL) : "";
	if (s == NULL || pattern == NULL) {
		return FALSE;
	}
	g_autoptr(GRegex) regex = (whole ? regex_compile_whole : regex_compile)(
		c->e, pattern, jinja_arg_bool(c, 1, FALSE), jinja_arg_bool(c, 2, FALSE));
	g_autoptr(GMatchInfo) found = NULL;
	if (regex == NULL || !regex_match(c->e, regex, value_string(s), value_string_length(s), 0,
				     anchored ? G_REGEX_MATCH_ANCHORED : 0, &found)) {
		return FALSE;
	}
	*ret = g_match_info_matches(found);
	return TRUE;
}

static gboolean t_match(struct jinja_call *c, gboolean *ret)
{
	return match(c, TRUE, FALSE, ret);
}

static gboolean t_search(struct jinja_call *c, gboolean *ret)
{
	return match(c, FALSE, FALSE, ret);
}

static gboolean t_regex(struct jinja_call *c, gboolean *ret)
{
	const char *type = jinja_arg_string(c, 3, "search");
	if (type == NULL) {
		return FALSE;
	}
	gboolean whole = strcmp(type, "fullmatch") == 0;
	return match(c, whole || strcmp(type, "match") == 0, whole, ret);
}

/* --- versions --- */

static gboolean t_version(struct jinja_call *c, gboolean *ret)
{
	g_autoptr(value) a = jinja_arg_text(c);
	g_autoptr(value) b = text_of(c->arguments[0]);
	const value *strict = c->arguments[2];
	const value *type = c->arguments[3];
	const char *op = jinja_arg_string(c, 1, "eq");
	strict = strict != NULL && value_is(strict, VALUE_NULL) ? NULL : strict;
	type = type != NULL && value_is(type, VALUE_NULL) ? NULL : type;
	if (a == NULL || op == NULL) {
		return FALSE;
	}
	if (strict != NULL && type != NULL) {
		jinja_fail_usage(c->e, "cannot specify both 'strict' and 'version_type'");
		return FALSE;
	}
	if (!value_truth(c->input) || !value_truth(c->arguments[0])) {
		jinja_fail_usage(c->e, "version value to compare cannot be empty");
		return FALSE;
	}
	const char *kind = type != NULL && value_is(type, VALUE_STRING) ? value_string(type)
			   : strict != NULL && value_truth(strict)      ? "strict"
									: "loose";
	g_autofree char *why = NULL;
	int is = 0;
	if (!version_compare(value_string(a), value_string(b), kind, &is, &why)) {
		jinja_fail_usage(c->e, "version comparison failed: %s", why);
		return FALSE;
	}
	static const struct {
		const char *names[4];
		gboolean less, equal, greater;
	} ops[] = { { { "==", "=", "eq" }, FALSE, TRUE, FALSE },
		{ { "<", "lt" }, TRUE, FALSE, FALSE }, { { "<=", "le" }, TRUE, TRUE, FALSE },
		{ { ">", "gt" }, FALSE, FALSE, TRUE }, { { ">=", "ge" }, FALSE, TRUE, TRUE },
		{ { "!=", "<>", "ne" }, TRUE, FALSE, TRUE } };
	for (gsize i = 0; i < G_N_ELEMENTS(ops); i++) {
		if (g_strv_contains(ops[i].names, op)) {
			*ret = is < 0 ? ops[i].less : is > 0 ? ops[i].greater : ops[i].equal;
			return TRUE;
		}
	}
	jinja_fail_usage(c->e, "invalid operator type (%s)", op);
	return FALSE;
}

/* --- lists --- */

static gboolean some(struct jinja_call *c, gboolean wanted, gboolean *ret)
{
	g_autoptr(value) items = jinja_arg_list(c, c->input);
	if (items == NULL) {
		return FALSE;
	}
	*ret = !wanted;
	value_list_foreach (items, item) {
		int is = truth(c->e, item);
		if (is < 0) {
			return FALSE;
		}
		if (is == wanted) {
			*ret = wanted;
			break;
		}
	}
	return TRUE;
}

static gboolean t_any(struct jinja_call *c, gboolean *ret)
{
	return some(c, TRUE, ret);
}

static gboolean t_all(struct jinja_call *c, gboolean *ret)
{
	return some(c, FALSE, ret);
}

static gboolean t_contains(struct jinja_call *c, gboolean *ret)
{
	int is = contains(c->e, c->input, c->arguments[0]);
	*ret = is > 0;
	return is >= 0;
}

static gboolean inside(struct jinja_call *c, const value *a, const value *b, gboolean *ret)
{
	g_autoptr(value) small = jinja_arg_list(c, a);
	g_autoptr(value) large = small != NULL ? jinja_arg_list(c, b) : NULL;
	if (large == NULL) {
		return FALSE;
	}
	const value *both[] = { small, large };
	for (int i = 0; i < 2; i++) {
		value_list_foreach (both[i], item) {
			if (undefined_of(item) != NULL) {
				jinja_fail_undefined(c->e, item);
				return FALSE;
			}
			if (!value_is_hashable(item)) {
				jinja_fail_usage(
					c->e, "unhashable type: '%s'", value_type_name(item));
				return FALSE;
			}
		}
	}
	*ret = TRUE;
	value_list_foreach (small, item) {
		if (contains(c->e, large, item) <= 0) {
			*ret = FALSE;
			break;
		}
	}
	return c->e->error == NULL;
}

static gboolean t_subset(struct jinja_call *c, gboolean *ret)
{
	return inside(c, c->input, c->arguments[0], ret);
}

static gboolean t_superset(struct jinja_call *c, gboolean *ret)
{
	return inside(c, c->arguments[0], c->input, ret);
}

static gboolean t_nan(struct jinja_call *c, gboolean *ret)
{
	*ret = value_is(c->input, VALUE_FLOAT) && isnan(value_float(c->input));
	return TRUE;
}

static gboolean t_truthy(struct jinja_call *c, gboolean *ret)
{
	int is = jinja_arg_bool(c, 0, FALSE) ? convert_truth(c->input) : -1;
	is = is < 0 ? truth(c->e, c->input) : is;
	*ret = is > 0;
	return is >= 0;
}

static gboolean t_falsy(struct jinja_call *c, gboolean *ret)
{
	gboolean ok = t_truthy(c, ret);
	*ret = !*ret;
	return ok;
}

static gboolean t_vault_encrypted(struct jinja_call *c, gboolean *ret)
{
	*ret = (value_flags(c->input) & VALUE_VAULT) != 0;
	return TRUE;
}

/* --- files --- */

static const char *path(struct jinja_call *c)
{
	if (!value_is(c->input, VALUE_STRING)) {
		jinja_fail_usage(c->e, "'%s' needs a path as a string, not %s", c->name,
			value_type_name(c->input));
		return NULL;
	}
	return value_string(c->input);
}

static gboolean mode_is(struct jinja_call *c, gboolean link, mode_t wanted, gboolean *ret)
{
	struct stat st;
	const char *p = path(c);
	if (p == NULL) {
		return FALSE;
	}
	gboolean there = (link ? lstat(p, &st) : stat(p, &st)) == 0;
	*ret = there && (wanted == 0 || (st.st_mode & S_IFMT) == wanted);
	return TRUE;
}

static gboolean t_directory(struct jinja_call *c, gboolean *ret)
{
	return mode_is(c, FALSE, S_IFDIR, ret);
}

static gboolean t_file(struct jinja_call *c, gboolean *ret)
{
	return mode_is(c, FALSE, S_IFREG, ret);
}

static gboolean t_link(struct jinja_call *c, gboolean *ret)
{
	return mode_is(c, TRUE, S_IFLNK, ret);
}

static gboolean t_exists(struct jinja_call *c, gboolean *ret)
{
	return mode_is(c, FALSE, 0, ret);
}

static gboolean t_link_exists(struct jinja_call *c, gboolean *ret)
{
	return mode_is(c, TRUE, 0, ret);
}

static gboolean t_abs(struct jinja_call *c, gboolean *ret)
{
	const char *p = path(c);
	*ret = p != NULL && *p == '/';
	return p != NULL;
}

static gboolean t_same_file(struct jinja_call *c, gboolean *ret)
{
	struct stat a;
	struct stat b;
	const char *p = path(c);
	const char *q = p != NULL ? jinja_arg_string(c, 0, NULL) : NULL;
	if (q == NULL) {
		return FALSE;
	}
	if (stat(p, &a) != 0 || stat(q, &b) != 0) {
		jinja_fail_usage(c->e, "unable to stat '%s' or '%s'", p, q);
		return FALSE;
	}
	*ret = a.st_dev == b.st_dev && a.st_ino == b.st_ino;
	return TRUE;
}

static gboolean t_mount(struct jinja_call *c, gboolean *ret)
{
	struct stat here;
	struct stat above;
	const char *p = path(c);
	if (p == NULL) {
		return FALSE;
	}
	g_autofree char *up = g_build_filename(p, "..", NULL);
	*ret = lstat(p, &here) == 0 && S_ISDIR(here.st_mode) && lstat(up, &above) == 0 &&
	       (here.st_dev != above.st_dev || here.st_ino == above.st_ino);
	return TRUE;
}

/* --- URIs --- */

static gboolean uri(struct jinja_call *c, const value *schemes, gboolean need_host, gboolean *ret)
{
	*ret = FALSE;
	if (!value_is(c->input, VALUE_STRING)) {
		/* Python splits what is empty in any type. */
		gboolean empty = undefined_of(c->input) == NULL && truth(c->e, c->input) == 0;
		*ret = empty && !need_host && (schemes == NULL || !value_truth(schemes));
		return TRUE;
	}
	g_autoptr(value) parts = url_split(c->e, value_string(c->input));
	if (parts == NULL) {
		g_clear_error(&c->e->error);
		return TRUE;
	}
	const value *scheme = value_dict_get(parts, "scheme");
	*ret = schemes == NULL || !value_truth(schemes) || contains(c->e, schemes, scheme) > 0;
	if (*ret && need_host) {
		*ret = value_truth(value_dict_get(parts, "netloc")) ||
		       strcmp(value_string(scheme), "file") == 0;
	}
	return c->e->error == NULL;
}

static gboolean t_uri(struct jinja_call *c, gboolean *ret)
{
	return uri(c, c->arguments[0], FALSE, ret);
}

static gboolean t_url(struct jinja_call *c, gboolean *ret)
{
	return uri(c, c->arguments[0], TRUE, ret);
}

static gboolean t_urn(struct jinja_call *c, gboolean *ret)
{
	g_autoptr(value) schemes = value_new_list();
	value_list_append(schemes, value_new_string("urn"));
	return uri(c, schemes, FALSE, ret);
}

#define VERSION_SIGNATURE "version! operator strict version_type"

const struct jinja_test tests_ansible[] = {
	{ "abs", "", t_abs, "an absolute path", .strict = TRUE },
	{ "all", "", t_all, "a list of which all hold" },
	{ "any", "", t_any, "a list of which one holds" },
	{ "change", "", t_changed, "a result that changed something" },
	{ "changed", "", t_changed, "a result that changed something" },
	{ "contains", "value!", t_contains, "a list that holds the value" },
	{ "directory", "", t_directory, "a directory here", .varies = TRUE, .strict = TRUE },
	{ "exists", "", t_exists, "a file here", .varies = TRUE, .strict = TRUE },
	{ "failed", "", t_failed, "a result that failed" },
	{ "failure", "", t_failed, "a result that failed" },
	{ "falsy", "convert_bool", t_falsy, "a value that does not hold" },
	{ "file", "", t_file, "a regular file here", .varies = TRUE, .strict = TRUE },
	{ "finished", "", t_finished, "an asynchronous task that ended" },
	{ "is_abs", "", t_abs, "an absolute path", .strict = TRUE },
	{ "is_dir", "", t_directory, "a directory here", .varies = TRUE, .strict = TRUE },
	{ "is_file", "", t_file, "a regular file here", .varies = TRUE, .strict = TRUE },
	{ "is_link", "", t_link, "a symbolic link here", .varies = TRUE, .strict = TRUE },
	{ "is_mount", "", t_mount, "a mount point here", .varies = TRUE, .strict = TRUE },
	{ "is_same_file", "other!", t_same_file, "the same file as another", .varies = TRUE },
	{ "isnan", "", t_nan, "not a number", .strict = TRUE },
	{ "issubset", "b!", t_subset, "a list of which all are in b" },
	{ "issuperset", "b!", t_superset, "a list that holds all of b" },
	{ "link", "", t_link, "a symbolic link here", .varies = TRUE, .strict = TRUE },
	{ "link_exists", "", t_link_exists, "a file or a symbolic link here", .varies = TRUE,
		.strict = TRUE },
	{ "match", "pattern ignorecase multiline", t_match, "text that begins with a match" },
	{ "mount", "", t_mount, "a mount point here", .varies = TRUE, .strict = TRUE },
	{ "nan", "", t_nan, "not a number", .strict = TRUE },
	{ "reachable", "", t_reachable, "a result of a host that was reached" },
	{ "regex", "pattern ignorecase multiline match_type", t_regex, "text with a match" },
	{ "same_file", "other!", t_same_file, "the same file as another", .varies = TRUE },
	{ "search", "pattern ignorecase multiline", t_search, "text with a match" },
	{ "skip", "", t_skipped, "a result of a task that was skipped" },
	{ "skipped", "", t_skipped, "a result of a task that was skipped" },
	{ "started", "", t_started, "an asynchronous task that began" },
	{ "subset", "b!", t_subset, "a list of which all are in b" },
	{ "succeeded", "", t_success, "a result that did not fail" },
	{ "success", "", t_success, "a result that did not fail" },
	{ "successful", "", t_success, "a result that did not fail" },
	{ "superset", "b!", t_superset, "a list that holds all of b" },
	{ "truthy", "convert_bool", t_truthy, "a value that holds" },
	{ "unreachable", "", t_unreachable, "a result of a host that was not reached" },
	{ "uri", "schemes", t_uri, "a URI", TRUE },
	{ "url", "schemes", t_url, "a URL", TRUE },
	{ "urn", "", t_urn, "a URN", TRUE },
	{ "vault_encrypted", "", t_vault_encrypted, "text that is still encrypted" },
	{ "version", VERSION_SIGNATURE, t_version, "a version in an order to another" },
	{ "version_compare", VERSION_SIGNATURE, t_version, "a version in an order to another" },
};
const gsize n_tests_ansible = G_N_ELEMENTS(tests_ansible);
