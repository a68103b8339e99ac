/* What templates may call here: Jinja2's own, and Ansible's. */
#ifndef SUTLER_TEMPLATE_ENVIRONMENT_H
#define SUTLER_TEMPLATE_ENVIRONMENT_H

#include "jinja/jinja.h"

extern const struct jinja_environment template_environment;

/* A lookup by name; NULL: *why says why (caller frees). */
const struct jinja_global *lookup_find(const char *name, char **why);

/* The families, each sorted by name. */
extern const struct jinja_filter filters_ansible[], filters_hash[], filters_path[];
extern const gsize n_filters_ansible, n_filters_hash, n_filters_path;
extern const struct jinja_test tests_ansible[];
extern const gsize n_tests_ansible;
extern const struct jinja_global lookups[], globals_lookup[];
extern const gsize n_lookups, n_globals_lookup;

#endif
