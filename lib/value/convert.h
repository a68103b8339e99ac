/*
 * Texts and values as what is wanted of them: a boolean, a number, a list... Settings, options,
 * keywords, module parameters and connection variables are converted here and nowhere else, and the
 * words of truth ("yes", "off"...) stand in one table.
 */
#ifndef SUTLER_VALUE_CONVERT_H
#define SUTLER_VALUE_CONVERT_H

#include "value/value.h"

enum kind {
	KIND_TEXT,
	KIND_PATH,
	KIND_BOOL,
	KIND_INT,
	KIND_FLOAT,
	KIND_LIST, /* of texts; a text is split at commas */
	KIND_DICT,
	KIND_ANY,
};

/* Who reads the word: Ansible takes different words in different places. */
enum truth_reader {
	TRUTH_ANSIBLE =
		1 << 0,      /* module_utils.parsing.convert_bool: keywords, parameters, settings */
	TRUTH_YAML = 1 << 1, /* plain scalars of YAML 1.1 as PyYAML has them */
	TRUTH_FILTER = 1 << 2, /* the filter `bool` */
	TRUTH_FACT = 1 << 3,   /* texts that set_fact makes booleans of */
	TRUTH_SSH = 1 << 4,    /* ssh_config(5) */
};

/* 1 or 0 for a word that reader takes, in any case; -1 for any other text. Blanks around a word
 * count for nothing with TRUTH_ANSIBLE. */
int convert_word(const char *text, enum truth_reader reader);

/* Ansible's boolean(): a boolean, 0, 1, 0.0, 1.0 or a word; -1 for any other value. */
int convert_truth(const value *v);

/* v as kind, as module_utils.common.validation converts; NULL when it is none, and no error is
 * set. Caller unrefs. */
value *convert_value(enum kind kind, const value *v);

/* What convert_value() takes, for messages: "a boolean (true or false)". */
const char *convert_wanted(enum kind kind);

/* A whole number from min to max in decimal digits, and nothing but blanks around it. */
gboolean convert_whole(const char *text, gint64 min, gint64 max, gint64 *ret_number);
/* A finite number in decimal notation: neither hexadecimal nor "inf". */
gboolean convert_number(const char *text, double *ret_number);

#endif
