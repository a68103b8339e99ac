/* The built-in site: finds the files of templates/ that the build made strings of. */
#include "base/built_in.h"

#include <string.h>

extern const char built_in_deploy_yml[];
extern const char built_in_environment[];
extern const char built_in_gunicorn_systemd_template_service[];
extern const char built_in_nginx_template_conf[];
extern const char built_in_provision_yml[];

/* Sorted; one row a file. */
static const char *const names[] = {
	"deploy.yml",
	"environment",
	"gunicorn-systemd.template.service",
	"nginx.template.conf",
	"provision.yml",
};
static const char *const texts[] = {
	built_in_deploy_yml,
	built_in_environment,
	built_in_gunicorn_systemd_template_service,
	built_in_nginx_template_conf,
	built_in_provision_yml,
};

const char *built_in_file(const char *name, gsize *ret_length)
{
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*ret_length = strlen(texts[i]);
			return texts[i];
		}
	}
	return NULL;
}

const char *const *built_in_names(gsize *n)
{
	*n = G_N_ELEMENTS(names);
	return names;
}
