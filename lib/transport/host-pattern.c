/* Host patterns of ssh_config and known_hosts. */
#include "transport/host-pattern.h"

#include <string.h>

gboolean host_pattern_match(const char *pattern, const char *name)
{
	const char *star = NULL, *resume = NULL;

	while (*name != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			resume = name;
		} else if (*pattern == '?' || g_ascii_tolower(*pattern) == g_ascii_tolower(*name)) {
			pattern++;
			name++;
		} else if (star != NULL) {
			pattern = star + 1;
			name = ++resume;
		} else {
			return FALSE;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

gboolean host_pattern_match_list(char **patterns, const char *name)
{
	gboolean found = FALSE;

	for (; *patterns != NULL; patterns++) {
		gboolean negated = **patterns == '!';
		if (host_pattern_match(*patterns + (negated ? 1 : 0), name)) {
			if (negated) {
				return FALSE;
			}
			found = TRUE;
		}
	}
	return found;
}
