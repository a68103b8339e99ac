/* Compiled forms of strings that are evaluated again and again, shared by all threads. */
#ifndef SUTLER_TEMPLATE_CACHE_H
#define SUTLER_TEMPLATE_CACHE_H

#include "jinja/jinja.h"

/* The compiled form of a playbook's string; caller unrefs. at is where the string stands: errors
 * are located there. */
struct jinja_template *cache_get(
	const char *text, gsize length, enum jinja_mode bare, struct position at, GError **error);

#endif
