/*
 * Conditions that fail because of an undefined variable whose being defined they test, such as
 * `x and x is defined`: Ansible looks for these tests in the text of the condition and answers as
 * if the test alone stood there (Conditional._check_conditional() of ansible-core 2.14).
 */
#ifndef SUTLER_TEMPLATE_DEFINED_H
#define SUTLER_TEMPLATE_DEFINED_H

#include <glib.h>

/* The answer of a condition that failed with this message; FALSE: there is none, it stays failed.
 */
gboolean defined_answer(const char *condition, const char *message, gboolean *ret_truth);

/* Takes the variables that the condition tests so out of names (name -> anything). */
void defined_remove_tested(const char *condition, GHashTable *names);

#endif
