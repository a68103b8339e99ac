/* Facts about a host, made of the raw texts that setup.sh sends. */
#ifndef SUTLER_MODULES_FACTS_H
#define SUTLER_MODULES_FACTS_H

#include "modules/result.h"

/* Each adds facts ("ansible_...") to facts, of the text fields of raw. */
void facts_add_system(value *facts, const result *raw);
void facts_add_hardware(value *facts, const result *raw);
void facts_add_network(value *facts, const result *raw);
/* After the others: it takes what they have found. */
void facts_add_more(value *facts, const result *raw);

/* For them: sets facts[name] to a text, an integer, or a value it takes. */
void facts_set_text(value *facts, const char *name, const char *text);
void facts_set_int(value *facts, const char *name, gint64 i);

/* The value behind "KEY=" at the start of a line of text, unquoted as os-release has it; "" when
 * absent. Caller frees. */
char *facts_setting(const char *text, const char *key);

#endif
