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
	const struct host_question question = {
		.files = files, .alias = "web_1", .user = "deploy"
	};
	g_autoptr(host_config) config = host_config_read(&question, NULL);
	if (config != NULL) {
		g_free(host_config_proxy(config, ""));
	}
	g_unlink(path);
	return 0;
}
