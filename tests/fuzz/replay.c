/* Runs a fuzz target over each file of a folder, for builds without libFuzzer. */
#include <glib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static gboolean replay_file(const char *path)
{
	g_autofree char *data = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &data, &size, NULL)) {
		g_printerr("unable to read '%s'\n", path);
		return FALSE;
	}
	/* An exact copy, so that a sanitizer sees a read past the end. */
	g_autofree char *exact = g_memdup2(data, size);
	LLVMFuzzerTestOneInput((const guint8 *)exact, size);
	return TRUE;
}

int main(int argc, char **argv)
{
	g_autoptr(GDir) folder = argc == 2 ? g_dir_open(argv[1], 0, NULL) : NULL;
	const char *name;
	guint count = 0;

	if (folder == NULL) {
		g_printerr("usage: %s CORPUS\n", argv[0]);
		return 2;
	}
	while ((name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *path = g_build_filename(argv[1], name, NULL);
		if (!replay_file(path)) {
			return 1;
		}
		count++;
	}
	g_print("%s 1 - %u inputs\n1..1\n", count > 0 ? "ok" : "not ok", count);
	return count > 0 ? 0 : 1;
}
