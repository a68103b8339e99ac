/* stat: what a path on the host is. */
#include "modules/module.h"

static gint64 octal_of(const char *text)
{
	return text == NULL ? 0 : g_ascii_strtoll(text, NULL, 8);
}

/* What follows from the mode: isuid, isgid, rusr ... xoth. */
static void set_bits(result *r)
{
	static const char *const bits[] = { "xoth", "woth", "roth", "xgrp", "wgrp", "rgrp", "xusr",
		"wusr", "rusr", NULL, "isgid", "isuid" };
	gint64 mode = octal_of(result_text(r, "mode", NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(bits); i++) {
		if (bits[i] != NULL) {
			result_set(r, bits[i], value_new_bool((mode >> i & 1) != 0));
		}
	}
}

/* The kinds beside files, folders and links, from the type of st_mode (inode(7)). */
static void set_kinds(result *r)
{
	static const struct {
		const char *name;
		gint64 type;
	} kinds[] = { { "isfifo", 0010000 }, { "ischr", 0020000 }, { "isblk", 0060000 },
		{ "issock", 0140000 } };
	const value *kind = value_dict_get(r->fields, "kind");
	gint64 type = value_is(kind, VALUE_INT) ? value_int(kind) & 0170000 : 0;
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		result_set(r, kinds[i].name, value_new_bool(type == kinds[i].type));
	}
	g_autoptr(value) name = value_new_string("kind");
	(void)value_dict_remove(r->fields, name);
}

static void set_times(result *r)
{
	static const char *const times[] = { "atime", "mtime", "ctime" };
	for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
		const value *time = value_dict_get(r->fields, times[i]);
		if (value_is(time, VALUE_INT)) {
			result_set(r, times[i], value_new_float((double)value_int(time)));
		}
	}
}

/* Ansible returns everything under `stat`. */
void module_stat_finish(call *c, result *r)
{
	(void)c;
	if (r->status == STEP_FAILED) {
		return;
	}
	if (value_dict_get(r->fields, "mode") != NULL) {
		set_bits(r);
		set_kinds(r);
		set_times(r);
	}
	value *all = r->fields;
	r->fields = value_new_dict();
	result_set(r, "stat", all);
}
