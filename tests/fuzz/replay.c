/* Runs a fuzz target over each file of a folder, for builds without libFuzzer. */
#include <glib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void replay_file(const char *path, const char *name, guint number)
{
	g_autofree char *data = NULL;
	gsize size = 0;

	if (!g_file_get_contents(path, &data, &size, NULL)) {
		g_print("not ok %u - %s # unable to read\n", number, name);
		return;
	}
	/* An exact copy, so that a sanitizer sees a read past the end. */
	g_autofree char *exact = g_memdup2(data, size);
	LLVMFuzzerTestOneInput((const guint8 *)exact, size);
	g_print("ok %u - %s\n", number, name);
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
		replay_file(path, name, ++count);
	}
	g_print("1..%u\n", count);
	return count > 0 ? 0 : 1;
}
