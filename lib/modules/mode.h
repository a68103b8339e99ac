/*
 * File modes as parameters give them.
 *
 * Taken: numbers that YAML reads from octal digits (0644), texts of octal digits ('0644', '644',
 * 0o644), symbolic ones (u=rw,g+r), `preserve` where it means something; numbers in decimal that
 * are what a mode is (420, from JSON). Refused: numbers whose decimal digits are the mode that was
 * meant (644), and texts that a template made of such a number ("420" of 0644), which Ansible takes
 * for the odd modes 01204 and 0420.
 *
 * Behaviour: Ansible 2.14 "ansible.builtin.file", mode, and set_mode_if_different() of its module
 * library.
 */
#ifndef SUTLER_MODULES_MODE_H
#define SUTLER_MODULES_MODE_H

#include "value/value.h"

/* v as four octal digits, as symbolic text, as "preserve" where that is allowed, or as "" (none
 * given). NULL: it is none; *ret_problem (caller frees) then says why, to follow the name of the
 * parameter. Caller unrefs. */
value *mode_convert(const value *v, gboolean preserve, char **ret_problem);

/* The mode of a local file, as four octal digits; "" when there is none. Caller frees. */
char *mode_of_file(const char *path);

#endif
