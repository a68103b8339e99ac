/*
 * Names that are told although a secret's value stands in them.
 *
 * A token of 'zabbix' must not hide which module of zabbix.zabbix is unknown. What names a fault,
 * the file it stands in and the module, key, role or variable it is about, comes from the text of a
 * playbook and is no secret.
 */
#ifndef SUTLER_BASE_PUBLIC_NAMES_H
#define SUTLER_BASE_PUBLIC_NAMES_H

#include <glib.h>

/* From now on name is told as it is, where a message has it in single quotes. Returns name. */
const char *public_name(const char *name);
/* The same for a file, where a line of a message begins with it and a line number. */
void public_file(const char *path);

/* text with secrets masked, but for public names. Caller frees. */
char *public_masked(const char *text);

#endif
