/* Fuzzes the known_hosts reader: whatever stands in the file, looking a key up ends well. */
#include "transport/known-hosts.h"

#include <glib/gstdio.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *path = NULL;
	int descriptor = g_file_open_tmp("known-hosts-XXXXXX", &path, NULL);
	struct known_host_line line;

	g_close(descriptor, NULL);
	g_file_set_contents(path, (const char *)data, (gssize)size, NULL);
	const char *const files[] = { path, NULL }, *const names[] = { "web1", "[web1]:2222",
		NULL };
	g_autoptr(known_hosts) k = known_hosts_load(files, names, NULL);
	g_unlink(path);
	(void)known_hosts_check(k, "web1", "ssh-ed25519", "AAAA", &line);
	if (line.key != NULL) {
		g_free(known_hosts_fingerprint(line.key));
	}
	(void)known_hosts_check(k, "[web1]:2222", "ssh-rsa", "AAAA", &line);
	(void)known_hosts_has_type(k, "web1", "ssh-rsa");
	return 0;
}
