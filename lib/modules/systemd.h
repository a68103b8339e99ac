/* What systemd and service share. */
#ifndef SUTLER_MODULES_SYSTEMD_H
#define SUTLER_MODULES_SYSTEMD_H

#include "modules/module.h"

/* Sets p_enabled and p_masked to yes, no or nothing, and checks what was asked for. */
gboolean systemd_prepare(call *c, GError **error);
/* Turns the text of `systemctl show` into the dict `status`. */
void systemd_finish(call *c, result *r);

#endif
