/* git_push: a commit of a repository here, checked out on the host. */
#include "modules/module.h"

#include "base/digest.h"
#include "base/quote.h"
#include "base/shared.h"

#include <gio/gio.h>
#include <string.h>

/* What is known here between prepare and answer. */
struct push {
	char *folder;
	char *commit;
};

static void push_free(gpointer data)
{
	struct push *p = data;
	g_free(p->folder);
	g_free(p->commit);
	g_free(p);
}

/* Runs git in folder with input (NULL: none); its output in *ret_out. */
static gboolean run_git(const call *c, const char *folder, const char *const *words,
	const char *input, GBytes **ret_out, GError **error)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GBytes) in = input == NULL ? NULL : g_bytes_new(input, strlen(input));
	g_autoptr(GBytes) out = NULL, err = NULL;
	g_autoptr(GError) problem = NULL;
	g_ptr_array_add(argv, (gpointer) "git");
	g_ptr_array_add(argv, (gpointer) "-C");
	g_ptr_array_add(argv, (gpointer)folder);
	for (; *words != NULL; words++) {
		g_ptr_array_add(argv, (gpointer)*words);
	}
	g_ptr_array_add(argv, NULL);
	g_autoptr(GSubprocess) process = g_subprocess_newv((const char *const *)argv->pdata,
		G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE |
			(in != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : G_SUBPROCESS_FLAGS_NONE),
		&problem);
	if (process == NULL || !g_subprocess_communicate(process, in, NULL, &out, &err, &problem)) {
		call_error(c, error, "unable to run git here: %s", problem->message);
		return FALSE;
	}
	if (!g_subprocess_get_successful(process)) {
		gsize size = 0;
		const char *bytes = g_bytes_get_data(err, &size);
		g_autofree char *words_said = g_strndup(size == 0 ? "" : bytes, size);
		call_error(c, error, "git in '%s': %s", folder, g_strstrip(words_said));
		return FALSE;
	}
	if (ret_out != NULL) {
		*ret_out = g_steal_pointer(&out);
	}
	return TRUE;
}

/* The output of git as one trimmed text; NULL on failure. Caller frees. */
static char *git_text(const call *c, const char *folder, const char *const *words, GError **error)
{
	g_autoptr(GBytes) out = NULL;
	if (!run_git(c, folder, words, NULL, &out, error)) {
		return NULL;
	}
	gsize size = 0;
	const char *bytes = g_bytes_get_data(out, &size);
	return g_strstrip(g_strndup(size == 0 ? "" : bytes, size));
}

/* Sets p_branch: the local branch that version names, so that the checkout is on it too. */
static void set_branch(call *c, const char *folder, const char *version)
{
	g_autofree char *ref = g_strconcat("refs/heads/", version, NULL);
	const char *head[] = { "symbolic-ref", "-q", "--short", "HEAD", NULL };
	const char *named[] = { "rev-parse", "-q", "--verify", ref, NULL };
	g_autofree char *branch = NULL;
	if (g_str_equal(version, "HEAD")) {
		branch = git_text(c, folder, head, NULL);
	} else {
		g_autofree char *commit = git_text(c, folder, named, NULL);
		branch = commit == NULL ? NULL : g_strdup(version);
	}
	call_set_shell(c, "branch", branch == NULL ? "" : branch);
}

/* Commits whose parents are not here either (a shallow clone). */
static void set_shallow(call *c, const char *folder)
{
	const char *words[] = { "rev-parse", "--git-path", "shallow", NULL };
	g_autofree char *name = git_text(c, folder, words, NULL);
	g_autofree char *path = name == NULL               ? NULL
				: g_path_is_absolute(name) ? g_strdup(name)
							   : g_build_filename(folder, name, NULL);
	g_autofree char *text = NULL;
	if (path == NULL || !g_file_get_contents(path, &text, NULL, NULL)) {
		text = g_strdup("");
	}
	call_set_shell(c, "shallow", text);
}

static void set_remote(call *c, const char *folder)
{
	const char *words[] = { "config", "--get", "remote.origin.url", NULL };
	g_autofree char *url = git_text(c, folder, words, NULL);
	call_set_shell(c, "remote_url", url == NULL ? "" : url);
}

gboolean module_git_push_prepare(call *c, GError **error)
{
	const char *version = call_text(c, "version");
	if (*version == '-' || *version == '\0') {
		call_error(c, error, "'version' is not a branch, tag or commit: '%s'", version);
		return FALSE;
	}
	g_autofree char *src = call_find_file(c, call_text(c, "src"), FALSE, error);
	if (src == NULL) {
		return FALSE;
	}
	g_autofree char *wanted = g_strconcat(version, "^{commit}", NULL);
	const char *words[] = { "rev-parse", "-q", "--verify", wanted, NULL };
	const char *inside[] = { "rev-parse", "--git-dir", NULL };
	g_autofree char *git_folder = git_text(c, src, inside, error);
	if (git_folder == NULL) {
		return FALSE;
	}
	struct push *p = g_new0(struct push, 1);
	c->data = p;
	c->data_free = push_free;
	p->folder = g_steal_pointer(&src);
	p->commit = git_text(c, p->folder, words, NULL);
	if (p->commit == NULL) {
		call_error(c, error, "'%s' has no branch, tag or commit '%s'", p->folder, version);
		return FALSE;
	}
	call_set_shell(c, "commit", p->commit);
	call_set_shell(c, "answered", "");
	set_branch(c, p->folder, version);
	set_shallow(c, p->folder);
	set_remote(c, p->folder);
	return TRUE;
}

/* Whether the commit is in the repository here. */
static gboolean is_here(const call *c, const char *commit)
{
	struct push *p = c->data;
	g_autofree char *object = g_strconcat(commit, "^{commit}", NULL);
	const char *words[] = { "cat-file", "-e", object, NULL };
	return *commit != '\0' && run_git(c, p->folder, words, NULL, NULL, NULL);
}

/* For a dry run: what the files changed between two commits would be, as words PATH MODE TEXT for
 * the overlay; mode empty: gone; small texts only, others have their hash as "sha256:...". */
static gboolean set_files(call *c, const char *have, GError **error)
{
	enum { FILES_MAX = 500, TEXT_MAX = 8192, ALL_MAX = 256 * 1024 };
	static const char empty_tree[] = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
	struct push *p = c->data;
	const char *from = *have == '\0' ? empty_tree : have;
	const char *words[] = { "diff-tree", "-r", "-z", "--no-renames", from, p->commit, NULL };
	g_autoptr(GBytes) list = NULL;
	if (!run_git(c, p->folder, words, NULL, &list, error)) {
		return FALSE;
	}
	gsize size = 0;
	const char *at = g_bytes_get_data(list, &size);
	const char *end = at + size;
	GString *quoted = g_string_new(NULL);
	for (guint n = 0; at < end && n < FILES_MAX; n++) {
		/* :OLDMODE NEWMODE OLDHASH NEWHASH STATUS NUL PATH NUL */
		const char *path = at + strlen(at) + 1;
		g_auto(GStrv) parts = g_strsplit(at, " ", 5);
		g_autoptr(GBytes) content = NULL;
		at = path + strlen(path) + 1;
		if (g_strv_length(parts) < 5) {
			break;
		}
		const char *cat[] = { "cat-file", "blob", parts[3], NULL };
		gboolean file = g_str_has_prefix(parts[1], "100");
		if (file && !run_git(c, p->folder, cat, NULL, &content, error)) {
			g_string_free(quoted, TRUE);
			return FALSE;
		}
		g_autofree char *text = NULL;
		if (file) {
			gsize length = 0;
			const char *bytes = g_bytes_get_data(content, &length);
			gboolean small =
				length == 0 || (length <= TEXT_MAX && quoted->len < ALL_MAX &&
						       memchr(bytes, '\0', length) == NULL);
			g_autofree char *hash = digest_sha256(content);
			text = small ? g_strdup_printf(
					       "text:%.*s", (int)length, length == 0 ? "" : bytes)
				     : g_strconcat("sha256:", hash, NULL);
		}
		shell_append_quoted(quoted, path);
		g_string_append_printf(quoted, " '%s' ",
			!file                             ? ""
			: g_str_equal(parts[1], "100755") ? "0755"
							  : "0644");
		shell_append_quoted(quoted, text == NULL ? "" : text);
		g_string_append_c(quoted, ' ');
	}
	call_set_shell(c, "files", quoted->str);
	g_string_free(quoted, TRUE);
	return TRUE;
}

struct packing {
	const call *call;
	const char *have; /* "": nothing */
};

static GBytes *make_pack(gpointer data, GError **error)
{
	const struct packing *what = data;
	const struct push *p = what->call->data;
	const char *have = what->have;
	g_autofree char *input = g_strdup_printf(
		"%s\n%s%s%s", p->commit, *have == '\0' ? "" : "^", have, *have == '\0' ? "" : "\n");
	const char *words[] = { "pack-objects", "--revs", "--thin", "--stdout", "-q", NULL };
	GBytes *pack = NULL;
	return run_git(what->call, p->folder, words, input, &pack, error) ? pack : NULL;
}

/* content: the commit the host has, or nothing. */
gboolean module_git_push_answer(call *c, GBytes *content, GError **error)
{
	struct push *p = c->data;
	gsize size = 0;
	const char *bytes = g_bytes_get_data(content, &size);
	g_autofree char *claimed = g_strndup(bytes == NULL ? "" : bytes, size);
	/* It came from the host: it is used only when it is a commit's name. */
	gboolean sane = g_regex_match_simple(
		"^[0-9a-f]{40,64}$", claimed, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT);
	const char *have = sane && is_here(c, claimed) ? claimed : "";
	call_set_shell(c, "answered", "1");
	if (c->context.check) {
		return set_files(c, have, error);
	}
	/* Most hosts have the same commit: one pack is made for them all. */
	g_autofree char *key = g_strdup_printf("%s %s %s", p->commit, have, p->folder);
	struct packing what = { .call = c, .have = have };
	GBytes *pack = shared_bytes(key, make_pack, &what, error);
	if (pack == NULL) {
		return FALSE;
	}
	call_set_body(c, pack);
	return TRUE;
}
