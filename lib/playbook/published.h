/*
 * The names that Ansible and its published collections know.
 *
 * A module that they have and we do not is no typing error: roles carry branches for systems that
 * are not there. The list is published.txt, made by published.py from Debian's packages.
 */
#ifndef SUTLER_PLAYBOOK_PUBLISHED_H
#define SUTLER_PLAYBOOK_PUBLISHED_H

#include <glib.h>

/* Whether one of them has, or had, a module of this name: "yum", "community.general.ufw". */
gboolean published_module(const char *name);

/* Whether it takes, or took, the parameter. module: one of ours, by its short name. */
gboolean published_parameter(const char *module, const char *parameter);

#endif
