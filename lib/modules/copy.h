/* What copy and template share. */
#ifndef SUTLER_MODULES_COPY_H
#define SUTLER_MODULES_COPY_H

#include "modules/module.h"

/* Completes a result with what Ansible returns about the content and is known here: checksum,
 * md5sum when it was put in place, src (what is not a file here has the destination) and diff. */
void copy_finish(call *c, result *r);

#endif
