/* Host patterns of ssh_config and known_hosts (ssh_config(5), PATTERNS). */
#ifndef SUTLER_TRANSPORT_HOST_PATTERN_H
#define SUTLER_TRANSPORT_HOST_PATTERN_H

#include <glib.h>

/* Whether name, as a whole, fits the pattern: * stands for any bytes, ? for one; ASCII letters are
 * the same in both cases. */
gboolean host_pattern_match(const char *pattern, const char *name);

/* Whether name fits one of patterns (NULL-terminated) and none that begins with "!". */
gboolean host_pattern_match_list(char **patterns, const char *name);

#endif
