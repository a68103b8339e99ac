/* Facts: memory, processors, mounts, virtualization and what the firmware says. */
#include "modules/facts.h"

#include <string.h>

/* Kilobytes of a line "NAME:   123 kB". */
static gint64 memory(const char *text, const char *name)
{
	g_autofree char *key = g_strconcat(name, ":", NULL);
	const char *at = strncmp(text, key, strlen(key)) == 0 ? text : NULL;
	if (at == NULL) {
		g_autofree char *line = g_strconcat("\n", key, NULL);
		at = strstr(text, line);
		at = at == NULL ? NULL : at + 1;
	}
	return at == NULL ? 0 : g_ascii_strtoll(at + strlen(key), NULL, 10);
}

static value *three(const char *a, gint64 x, const char *b, gint64 y, const char *c, gint64 z)
{
	value *v = value_new_dict();
	value_dict_set(v, a, value_new_int(x));
	value_dict_set(v, b, value_new_int(y));
	if (c != NULL) {
		value_dict_set(v, c, value_new_int(z));
	}
	return v;
}

static void add_memory(value *facts, const char *text)
{
	gint64 total = memory(text, "MemTotal") / 1024, unused = memory(text, "MemFree") / 1024;
	gint64 swap = memory(text, "SwapTotal") / 1024, swap_free = memory(text, "SwapFree") / 1024;
	gint64 cache = (memory(text, "Cached") + memory(text, "Buffers")) / 1024;
	facts_set_int(facts, "memtotal_mb", total);
	facts_set_int(facts, "memfree_mb", unused);
	facts_set_int(facts, "swaptotal_mb", swap);
	facts_set_int(facts, "swapfree_mb", swap_free);
	value *all = value_new_dict();
	value_dict_set(all, "real", three("total", total, "used", total - unused, "free", unused));
	value_dict_set(all, "nocache",
		three("free", unused + cache, "used", total - unused - cache, NULL, 0));
	value *swaps = three("total", swap, "free", swap_free, "used", swap - swap_free);
	value_dict_set(swaps, "cached", value_new_int(memory(text, "SwapCached") / 1024));
	value_dict_set(all, "swap", swaps);
	value_dict_set(facts, "ansible_memory_mb", all);
}

static void add_processors(value *facts, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GHashTable) sockets =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	value *list = value_new_list();
	gint64 number = 0, cores = 0, siblings = 0;
	for (char **line = lines; *line != NULL; line++) {
		char *colon = strchr(*line, ':');
		if (colon == NULL) {
			continue;
		}
		*colon = '\0';
		g_strchomp(*line);
		const char *data = g_strstrip(colon + 1);
		if (g_str_equal(*line, "processor")) {
			number++;
		}
		if (g_str_equal(*line, "processor") || g_str_equal(*line, "vendor_id") ||
			g_str_equal(*line, "model name") || g_str_equal(*line, "Processor")) {
			value_list_append(list, value_new_string(data));
		} else if (g_str_equal(*line, "physical id")) {
			g_hash_table_add(sockets, g_strdup(data));
		} else if (g_str_equal(*line, "cpu cores")) {
			cores = g_ascii_strtoll(data, NULL, 10);
		} else if (g_str_equal(*line, "siblings")) {
			siblings = g_ascii_strtoll(data, NULL, 10);
		}
	}
	gint64 count = g_hash_table_size(sockets) > 0 ? (gint64)g_hash_table_size(sockets) : number;
	cores = cores > 0 ? cores : 1;
	value_dict_set(facts, "ansible_processor", list);
	facts_set_int(facts, "processor_count", count);
	facts_set_int(facts, "processor_cores", cores);
	facts_set_int(facts, "processor_threads_per_core", siblings > cores ? siblings / cores : 1);
	facts_set_int(facts, "processor_vcpus", number);
	facts_set_int(facts, "processor_nproc", number);
}

/* A line of `stat -f`: block size, blocks, free, available, inodes, free inodes, path. */
static void add_sizes(value *mount, const char *path, char **sizes)
{
	static const char *const names[] = { "block_size", "block_total", "block_available",
		"inode_total", "inode_available" };
	for (; *sizes != NULL; sizes++) {
		g_auto(GStrv) parts = g_strsplit(*sizes, " ", 7);
		if (g_strv_length(parts) < 7 || !g_str_equal(parts[6], path)) {
			continue;
		}
		gint64 n[6];
		for (int i = 0; i < 6; i++) {
			n[i] = g_ascii_strtoll(parts[i], NULL, 10);
		}
		const gint64 shown[] = { n[0], n[1], n[3], n[4], n[5] };
		for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
			value_dict_set(mount, names[i], value_new_int(shown[i]));
		}
		value_dict_set(mount, "block_used", value_new_int(n[1] - n[3]));
		value_dict_set(mount, "inode_used", value_new_int(n[4] - n[5]));
		value_dict_set(mount, "size_total", value_new_int(n[0] * n[1]));
		value_dict_set(mount, "size_available", value_new_int(n[0] * n[3]));
		return;
	}
}

static void add_mounts(value *facts, const result *raw)
{
	g_auto(GStrv) lines = g_strsplit(result_text(raw, "mounts", ""), "\n", -1);
	g_auto(GStrv) sizes = g_strsplit(result_text(raw, "sizes", ""), "\n", -1);
	value *list = value_new_list();
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) parts = g_strsplit(*line, "\t", 4);
		if (g_strv_length(parts) < 4) {
			continue;
		}
		value *mount = value_new_dict();
		value_dict_set(mount, "device", value_new_string(parts[0]));
		value_dict_set(mount, "mount", value_new_string(parts[1]));
		value_dict_set(mount, "fstype", value_new_string(parts[2]));
		value_dict_set(mount, "options", value_new_string(parts[3]));
		value_dict_set(mount, "uuid", value_new_string("N/A"));
		add_sizes(mount, parts[1], sizes);
		value_list_append(list, mount);
	}
	value_dict_set(facts, "ansible_mounts", list);
}

/* Names systemd-detect-virt (or the firmware) has, and Ansible's. */
static const char *const machines[][2] = {
	{ "amazon", "kvm" },
	{ "apple", "apple" },
	{ "bochs", "bochs" },
	{ "docker", "docker" },
	{ "google", "kvm" },
	{ "kvm", "kvm" },
	{ "lxc", "lxc" },
	{ "lxc-libvirt", "lxc" },
	{ "microsoft", "VirtualPC" },
	{ "openvz", "openvz" },
	{ "oracle", "virtualbox" },
	{ "parallels", "parallels" },
	{ "podman", "podman" },
	{ "qemu", "kvm" },
	{ "systemd-nspawn", "systemd-nspawn" },
	{ "vmware", "VMware" },
	{ "wsl", "wsl" },
	{ "xen", "xen" },
};

static void add_virtualization(value *facts, const result *raw)
{
	const char *kind = result_text(raw, "virtualization", NULL);
	const char *type = NULL;
	if (kind == NULL) {
		return;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(machines); i++) {
		type = g_ascii_strcasecmp(kind, machines[i][0]) == 0 ? machines[i][1] : type;
	}
	gboolean host = type == NULL && result_text(raw, "kvm", NULL) != NULL;
	facts_set_text(facts, "virtualization_type", type != NULL ? type : host ? "kvm" : "NA");
	facts_set_text(facts, "virtualization_role", type != NULL ? "guest" : host ? "host" : "NA");
}

static void add_firmware(value *facts, const result *raw)
{
	static const char *const names[][2] = { { "dmi_sys_vendor", "system_vendor" },
		{ "dmi_product_name", "product_name" },
		{ "dmi_product_version", "product_version" },
		{ "dmi_product_serial", "product_serial" }, { "dmi_product_uuid", "product_uuid" },
		{ "dmi_bios_version", "bios_version" }, { "dmi_bios_date", "bios_date" },
		{ "dmi_bios_vendor", "bios_vendor" }, { "dmi_board_name", "board_name" },
		{ "dmi_board_vendor", "board_vendor" }, { "dmi_board_serial", "board_serial" },
		{ "dmi_board_version", "board_version" },
		{ "dmi_board_asset_tag", "board_asset_tag" },
		{ "dmi_chassis_serial", "chassis_serial" },
		{ "dmi_chassis_version", "chassis_version" },
		{ "dmi_chassis_asset_tag", "chassis_asset_tag" },
		{ "dmi_chassis_vendor", "chassis_vendor" } };
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *text = g_strdup(result_text(raw, names[i][0], "NA"));
		facts_set_text(facts, names[i][1], *g_strstrip(text) == '\0' ? "NA" : text);
	}
}

static void add_security(value *facts, const result *raw)
{
	const char *mode = result_text(raw, "selinux", NULL);
	value *selinux = value_new_dict();
	value_dict_set(selinux, "status", value_new_string(mode == NULL ? "disabled" : "enabled"));
	if (mode != NULL) {
		value_dict_set(selinux, "mode",
			value_new_string(g_str_equal(mode, "1") ? "enforcing" : "permissive"));
	}
	value_dict_set(facts, "ansible_selinux", selinux);
	value *apparmor = value_new_dict();
	value_dict_set(apparmor, "status",
		value_new_string(
			result_text(raw, "apparmor", NULL) == NULL ? "disabled" : "enabled"));
	value_dict_set(facts, "ansible_apparmor", apparmor);
	value_dict_set(facts, "ansible_fips",
		value_new_bool(g_str_equal(result_text(raw, "fips", "0"), "1")));
}

static void add_load(value *facts, const result *raw)
{
	static const char *const names[] = { "1m", "5m", "15m" };
	g_auto(GStrv) parts = g_strsplit(result_text(raw, "loadavg", ""), " ", 4);
	value *load = value_new_dict();
	for (gsize i = 0; i < G_N_ELEMENTS(names) && i < g_strv_length(parts); i++) {
		value_dict_set(load, names[i], value_new_float(g_ascii_strtod(parts[i], NULL)));
	}
	value_dict_set(facts, "ansible_loadavg", load);
	facts_set_int(facts, "uptime_seconds",
		g_ascii_strtoll(result_text(raw, "uptime", "0"), NULL, 10));
}

static void add_command_line(value *facts, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	value *line = value_new_dict();
	for (char **word = words; *word != NULL; word++) {
		char *equals = strchr(*word, '=');
		if (**word == '\0') {
			continue;
		}
		if (equals != NULL) {
			*equals = '\0';
		}
		value_dict_set(line, *word,
			equals == NULL ? value_new_bool(TRUE) : value_new_string(equals + 1));
	}
	value_dict_set(facts, "ansible_cmdline", value_ref(line));
	value_dict_set(facts, "ansible_proc_cmdline", line);
}

void facts_add_hardware(value *facts, const result *raw)
{
	add_virtualization(facts, raw);
	if (result_text(raw, "meminfo", NULL) == NULL) {
		return;
	}
	add_memory(facts, result_text(raw, "meminfo", ""));
	add_processors(facts, result_text(raw, "cpuinfo", ""));
	add_mounts(facts, raw);
	add_firmware(facts, raw);
	add_security(facts, raw);
	add_load(facts, raw);
	add_command_line(facts, result_text(raw, "cmdline", ""));
}
