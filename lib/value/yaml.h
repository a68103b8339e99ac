/*
 * YAML 1.1 in and out, as Ansible reads and writes it. yaml.c and yaml-write.c alone know libyaml.
 *
 * Reading: PyYAML's SafeLoader typing with Ansible's tags (yes/no/on/off, octal 0644, 0b, 1_000,
 * sexagesimal, .inf, merge keys <<, timestamps kept as strings that print as Ansible prints them,
 * !vault -> string flagged VALUE_VAULT, !unsafe -> flagged VALUE_UNSAFE). Every value carries its
 * position. Stricter than Ansible: duplicate keys, several documents, self-referring aliases, more
 * than 64 levels, more than 1,000,000 nodes, NUL or bad UTF-8 are refused.
 */
#ifndef SUTLER_VALUE_YAML_H
#define SUTLER_VALUE_YAML_H

#include "value/value.h"

/* One document; an empty one is null. name is what positions and errors call it. Caller unrefs. */
value *yaml_parse(const char *text, gsize length, const char *name, GError **error);

/* The same, frozen; aliases are the very values that they name, which yaml_write() shows as Python
 * does. */
value *yaml_parse_frozen(const char *text, gsize length, const char *name, GError **error);

/* The same from a file: UTF-8 with or without BOM, CRLF accepted, up to 16 MiB. */
value *yaml_parse_file(const char *path, GError **error);

/* Every document of a stream, as a list (from_yaml, from_yaml_all): data, in which of a key that
 * comes again the last one counts. Caller unrefs. */
value *yaml_parse_all(const char *text, gsize length, const char *name, GError **error);

struct yaml_style {
	guint indent;   /* spaces a level; 0: libyaml's default, 2 */
	guint width;    /* 0: 80 */
	gboolean block; /* FALSE: PyYAML's default_flow_style=None */
	gboolean sort_keys;
	gboolean start_mark; /* --- */
	gboolean end_mark;   /* ... */
	gboolean flow;       /* everything on one line: default_flow_style=True */
	gboolean canonical;
	int version[2];    /* of a %YAML line; 0: none */
	char scalar_style; /* ' " | >, PyYAML's default_style; 0: none */
};

/* Writes v as PyYAML's yaml.dump() with Ansible's dumper does. Caller frees. */
char *yaml_write(const value *v, const struct yaml_style *style, GError **error);

#endif
