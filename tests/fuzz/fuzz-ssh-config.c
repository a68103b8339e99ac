/* Fuzzes our own reading of ssh_config. */
#include "transport/ssh-config.h"

#include <glib/gstdio.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *path = NULL;
	int descriptor = g_file_open_tmp("ssh-config-XXXXXX", &path, NULL);

	g_close(descriptor, NULL);
	g_file_set_contents(path, (const char *)data, (gssize)size, NULL);
	const char *const files[] = { path, NULL };
	config_extras_free(config_extras_read(files, "web_1", "10.0.0.1", "deploy"));
	g_unlink(path);
	return 0;
}
