/* Password hashes for /etc/shadow. */
#ifndef SUTLER_TEMPLATE_PASSWORD_H
#define SUTLER_TEMPLATE_PASSWORD_H

#include "jinja/engine/evaluate.h"

/* crypt() by the scheme called name (sha512, sha256, md5, blowfish or passlib's names). salt NULL:
 * a random one. salt_size and rounds 0: the usual. Caller frees; NULL on failure. */
char *password_crypt(struct jinja_evaluation *e, const char *password, const char *name,
	const char *salt, gint64 salt_size, gint64 rounds, const char *ident);

#endif
