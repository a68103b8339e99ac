/* Fuzzes our own reading of ssh_config, which reads nothing but its input: whatever is included is
 * that input again. */
#include "transport/ssh-config.h"

#include <glib/gstdio.h>
#include <glob.h>

static char *input;

/* In the place of the C library's. */
int glob(const char *restrict pattern, int flags, int (*on_error)(const char *, int),
	glob_t *restrict found)
{
	static char *paths[2];
	(void)pattern;
	(void)flags;
	(void)on_error;
	paths[0] = input;
	*found = (glob_t){ .gl_pathc = 1, .gl_pathv = paths };
	return 0;
}

void globfree(glob_t *found)
{
	(void)found;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	int descriptor = g_file_open_tmp("ssh-config-XXXXXX", &input, NULL);

	g_close(descriptor, NULL);
	g_file_set_contents(input, (const char *)data, (gssize)size, NULL);
	const char *const files[] = { input, NULL };
	const struct host_question question = {
		.files = files, .alias = "web_1", .user = "deploy"
	};
	g_autoptr(host_config) config = host_config_read(&question, NULL);
	if (config != NULL) {
		g_free(host_config_proxy(config, ""));
	}
	g_unlink(input);
	g_clear_pointer(&input, g_free);
	return 0;
}
