/*
 * Secrets in values: registers what is to be masked (base/secret.h) of what variables hold.
 *
 * What counts: every text and number below a name that says secret (base/secret-names.h), at any
 * depth, and texts flagged VALUE_SECRET. Left out: below it, keys that tell about a secret without
 * holding it ("user", "path"); booleans; texts with template marks, whose value is registered when
 * it is known; what secret_add_likely() leaves out.
 */
#ifndef SUTLER_VALUE_SECRETS_H
#define SUTLER_VALUE_SECRETS_H

#include "value/value.h"

/* Registers what stands in v below keys that say secret. */
void secrets_register(const value *v);

/* The same for the value of a variable: all of it when the name says secret. */
void secrets_register_variable(const char *name, const value *v);

/* Registers everything in v: of an encrypted file, of a result that is not to be logged. */
void secrets_register_all(const value *v);

#endif
