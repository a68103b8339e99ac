/* What apt and package have in common. */
#ifndef SUTLER_MODULES_APT_H
#define SUTLER_MODULES_APT_H

#include "modules/module.h"

/* Checks the names of packages and 'dpkg_options'; sets p_recommends and p_dpkg_words for apt.sh.
 */
gboolean apt_set_options(call *c, GError **error);

#endif
