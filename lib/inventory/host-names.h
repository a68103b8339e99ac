/*
 * Host names as inventories write them: "web1", "web[01:20:2].example.org:2222",
 * "[2001:db8::1]:22",
 * "[a:f]-db".
 *
 * Behaviour: Ansible 2.14 "How to build your inventory", "Adding ranges of hosts". Stricter: ranges
 * that are inverted or not plain numbers or letters are refused, and so are names that a program
 * could take for an option or a shell for code.
 */
#ifndef SUTLER_INVENTORY_HOST_NAMES_H
#define SUTLER_INVENTORY_HOST_NAMES_H

#include "base/error.h"

enum { HOST_RANGE_MAX = 1000000 };

/* Splits "name:port" and "[name]:port". The name is a copy of the part before the port, ranges left
 * in it; *ret_port is -1 when there is none, or when the text is not an address (then the name is
 * the whole text). *ret_port is not checked to be below 65536. Caller frees. */
char *host_name_split(const char *text, gint64 *ret_port);

/* Whether text would be taken as one address, with an optional port (ranges allowed), in a pattern:
 * also what only begins as an IPv6 address does with its "::", like "2001:db8::*". */
gboolean host_name_is_address(const char *text);

/* The names that text stands for, in order: (char *, owned). The port, or -1, goes to *ret_port.
 * Errors are located at at. Caller unrefs. */
GPtrArray *host_names_expand(
	const char *text, gint64 *ret_port, struct position at, GError **error);

/* Refuses names that are empty, begin with '-', or hold blanks, quotes or shell characters. */
gboolean host_name_check(const char *name, struct position at, GError **error);

/* Refuses ports outside 1 to 65535. */
gboolean host_port_check(gint64 port, const char *shown, struct position at, GError **error);

#endif
