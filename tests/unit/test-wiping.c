/* Tests of lib/base/wiping.c and of all that reads decrypted text: looks for the secret in
 * the memory of this process once it has been used. */
#include "base/secret.h"
#include "base/wiping.h"
#include "inventory/variable-files.h"
#include "inventory/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Random, so that it stands nowhere but where it was put; kept with its bits turned. */
enum { LENGTH = 48, PIECE = 12 };
static guchar turned[LENGTH];

static void make_secret(void)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	for (gsize i = 0; i < LENGTH; i++) {
		turned[i] = (guchar)~letters[g_random_int_range(0, (gint32)strlen(letters))];
	}
}

/* Adds it, or a part of it. */
static void append_secret(GString *out)
{
	for (gsize i = 0; i < LENGTH; i++) {
		g_string_append_c(out, (char)~turned[i]);
	}
}

static gboolean piece_at(const guchar *p, gsize piece)
{
	for (gsize i = 0; i < PIECE; i++) {
		if ((p[i] ^ turned[piece + i]) != 0xff) {
			return FALSE;
		}
	}
	return TRUE;
}

/* How often a piece of it stands in what this process may write to. Pieces do not overlap, and
 * reading a page leaves no copy of it outside buffer, which is wiped. */
static guint count_range(FILE *memory, guint64 start, guint64 end)
{
	static guchar buffer[4096 + PIECE];
	guint found = 0;
	for (guint64 at = start; at < end; at += 4096) {
		if (fseek(memory, (long)at, SEEK_SET) != 0) {
			break;
		}
		gsize n = fread(buffer, 1, MIN(sizeof buffer, end - at), memory);
		gboolean own = at < (guint64)(gsize)(buffer + sizeof buffer) &&
			       at + sizeof buffer > (guint64)(gsize)buffer;
		for (gsize i = 0; !own && i + PIECE <= n && i < 4096; i++) {
			for (gsize piece = 0; piece + PIECE <= LENGTH; piece += PIECE) {
				found += piece_at(buffer + i, piece) ? 1 : 0;
			}
		}
	}
	explicit_bzero(buffer, sizeof buffer);
	return found;
}

static guint count(void)
{
	guint found = 0;
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "re");
	FILE *memory = fopen("/proc/self/mem", "re");
	if (maps == NULL || memory == NULL) {
		g_test_skip("no /proc/self/mem");
		return 0;
	}
	setvbuf(memory, NULL, _IONBF, 0);
	while (fgets(line, sizeof line, maps) != NULL) {
		char *rest = NULL;
		guint64 start = g_ascii_strtoull(line, &rest, 16);
		guint64 end = *rest == '-' ? g_ascii_strtoull(rest + 1, &rest, 16) : 0;
		/* What is larger is a sanitizer's own. */
		if (strncmp(rest, " rw", 3) == 0 && end - start < 1 << 26) {
			found += count_range(memory, start, end);
		}
	}
	fclose(maps);
	fclose(memory);
	return found;
}

/* before: how the text begins; the secret follows, then after. Encrypted, read, used, dropped. */
static void read_and_drop(const char *before, const char *after, gboolean good)
{
	g_autoptr(vault) v = vault_new();
	g_assert_true(vault_add_password(v, NULL, "correct horse", 13, NULL));
	GString *text = g_string_sized_new(4096);
	g_string_append(text, before);
	append_secret(text);
	g_string_append(text, after);
	g_autofree char *cipher = vault_encrypt(v, NULL, text->str, text->len, NULL);
	g_string_free(text, TRUE);
	g_autoptr(GError) error = NULL;
	value *read = variable_text_read(v, cipher, strlen(cipher), "vars.yml", &error);
	g_assert_cmpint(read != NULL, ==, good);
	if (good) {
		const value *item = value_dict_get(read, "a");
		g_assert_true(value_is(item, VALUE_STRING));
		g_assert_cmpuint(count(), >, 0); /* so that the search is known to find it */
		gsize length = 0;
		g_autofree char *masked =
			secret_mask(value_string(item), value_string_length(item), &length);
		g_assert_true(g_str_has_prefix(masked, SECRET_MASK));
	} else {
		g_test_message("%s", error->message);
	}
	value_unref(read);
	secret_forget();
}

static void test_wiped(void)
{
	static const struct {
		const char *name;
		const char *before;
		const char *after;
		gboolean good;
	} rows[] = {
		{ "plain", "a: ", "\n", TRUE },
		{ "single quotes", "a: '", "'\n", TRUE },
		{ "double quotes", "a: \"", "\"\n", TRUE },
		{ "block", "a: |\n  ", "\n", TRUE },
		{ "folded", "a: >-\n  ", "\nb: 1\n", TRUE },
		{ "nested", "b: [{c: *x}]\na: ", "\n", FALSE },
		{ "broken behind it", "a: ", "\nb: [\n", FALSE },
		{ "broken at it", "a: *", "\n", FALSE },
		{ "a tag", "a: !", " x\n", FALSE },
		{ "twice the key", "a: 1\n? ", "\n: 1\na: 2\n", FALSE },
		{ "JSON", "{\"a\": \"", "\", \"b\": [1]}", TRUE },
		{ "JSON with a long number", "{\"b\": 123456789012345678901234, \"a\": \"", "\"}",
			TRUE },
		{ "broken JSON", "{\"a\": \"", "\", \"b\": [1}", FALSE },
		{ "JSON, broken at it", "{\"a\": ", " ]", FALSE },
		{ "JSON, twice the key", "{\"a\": 1, \"b\": {\"c\": \"", "\"}, \"a\": 2}", FALSE },
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%s", rows[i].name);
		make_secret();
		read_and_drop(rows[i].before, rows[i].after, rows[i].good);
		g_assert_cmpuint(count(), ==, 0);
	}
}

/* Blocks that grow, shrink and go: C's own and GLib's. */
static void __attribute__((noinline)) use_blocks(void)
{
	char *block = malloc(LENGTH);
	g_assert_nonnull(block);
	for (gsize i = 0; i < LENGTH; i++) {
		block[i] = (char)~turned[i];
	}
	for (gsize size = 64; size < 1 << 20; size *= 2) {
		block = realloc(block, size);
		g_assert_nonnull(block);
	}
	char *other = reallocarray(NULL, 2, LENGTH);
	g_assert_nonnull(other);
	memcpy(other + LENGTH, block, LENGTH);
	other = reallocarray(other, 1, LENGTH);
	block = realloc(block, LENGTH / 2);
	g_assert_cmpuint(count(), >=, LENGTH / PIECE / 2);
	free(block);
	free(other);
	GString *text = g_string_new(NULL);
	for (guint i = 0; i < 100; i++) {
		append_secret(text);
	}
	g_assert_cmpuint(count(), >=, 100 * LENGTH / PIECE);
	g_string_free(text, TRUE);
}

static void test_blocks(void)
{
	make_secret();
	use_blocks();
	wipe_stack();
	g_assert_cmpuint(count(), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wiping/blocks", test_blocks);
	g_test_add_func("/wiping/wiped", test_wiped);
	return g_test_run();
}
