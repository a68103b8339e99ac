/* stat: what a path on the host is. */
#include "modules/module.h"

extern const char module_stat_script[];

static const struct parameter parameters[] = {
	{ "path", PARAMETER_PATH, PARAMETER_REQUIRED, NULL, NULL, "dest|name", "what to look at" },
	{ "follow", PARAMETER_BOOL, 0, "no", NULL, NULL, "look at where a symbolic link points" },
	{ "get_checksum", PARAMETER_BOOL, 0, "yes", NULL, NULL,
		"also the hash of a file's content" },
	{ "checksum_algorithm", PARAMETER_TEXT, 0, "sha1", "md5|sha1|sha224|sha256|sha384|sha512",
		"checksum|checksum_algo", "which hash" },
	{ "get_mime", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, "mime|mime_type|mime-type",
		"accepted, without effect" },
	{ "get_attributes", PARAMETER_BOOL, PARAMETER_HERE, "yes", NULL, "attr|attributes",
		"accepted, without effect" },
	{ 0 },
};

/* Ansible returns everything under `stat`. */
static void finish(call *c, result *r)
{
	(void)c;
	if (r->status == STEP_FAILED) {
		return;
	}
	value *all = r->fields;
	r->fields = value_new_dict();
	result_set(r, "stat", all);
}

const struct module module_stat = {
	.name = "stat",
	.summary = "tells what a path on the host is",
	.parameters = parameters,
	.script = module_stat_script,
	.finish = finish,
};
