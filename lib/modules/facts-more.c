/* Facts: Python, disks, capabilities, the default route of IPv6, and names of storage. */
#include "modules/facts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { SECTOR = 512 };

/* "Python 3.11.2" of `python3 -V`, and where it is. */
static void add_python(value *facts, const result *raw)
{
	const char *text = result_text(raw, "python", "");
	int major = 0;
	int minor = 0;
	int micro = 0;
	if (sscanf(text, "Python %d.%d.%d", &major, &minor, &micro) != 3) {
		return;
	}
	const struct {
		const char *name;
		int number;
	} parts[] = { { "major", major }, { "minor", minor }, { "micro", micro } };
	value *version = value_new_dict();
	value *info = value_new_list();
	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		value_dict_set(version, parts[i].name, value_new_int(parts[i].number));
		value_list_append(info, value_new_int(parts[i].number));
	}
	value_dict_set(version, "releaselevel", value_new_string("final"));
	value_dict_set(version, "serial", value_new_int(0));
	value_list_append(info, value_new_string("final"));
	value_list_append(info, value_new_int(0));
	value *python = value_new_dict();
	value_dict_set(python, "version", version);
	value_dict_set(python, "version_info", info);
	value_dict_set(python, "executable", value_new_string(result_text(raw, "python_path", "")));
	value_dict_set(python, "has_sslcontext", value_new_bool(TRUE));
	value_dict_set(python, "type", value_new_string("cpython"));
	value_dict_set(facts, "ansible_python", python);
	g_autofree char *whole = g_strdup_printf("%d.%d.%d", major, minor, micro);
	facts_set_text(facts, "python_version", whole);
}

/* Ansible's bytes_to_human(). */
static char *human_size(guint64 bytes)
{
	static const char *const units[] = { "YB", "ZB", "EB", "PB", "TB", "GB", "MB", "KB",
		"Bytes" };
	double size = (double)bytes;
	gsize unit = G_N_ELEMENTS(units) - 1;
	for (; size >= 1024 && unit > 0; unit--) {
		size /= 1024;
	}
	return g_strdup_printf("%.2f %s", size, units[unit]);
}

static void set_sizes(value *disk, const char *sectors, const char *sector_size)
{
	g_autofree char *size = human_size(g_ascii_strtoull(sectors, NULL, 10) * SECTOR);
	value_dict_set(disk, "sectors", value_new_string(sectors));
	value_dict_set(disk, "sectorsize", value_new_string(sector_size));
	value_dict_set(disk, "size", value_new_string(size));
}

/* A line of setup.sh: "disk NAME SECTORS REMOVABLE ROTATIONAL SECTORSIZE", tabs between, then MODEL
 * and VENDOR; behind it those of its partitions: "part NAME SECTORS START". */
static void add_disks(value *facts, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	value *disks = value_new_dict();
	value *last = NULL;
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);
		guint n = g_strv_length(columns);
		if (n == 8 && g_str_equal(columns[0], "disk")) {
			last = value_new_dict();
			set_sizes(last, columns[2], columns[5]);
			value_dict_set(last, "removable", value_new_string(columns[3]));
			value_dict_set(last, "rotational", value_new_string(columns[4]));
			value_dict_set(last, "model",
				*columns[6] != '\0' ? value_new_string(g_strstrip(columns[6]))
						    : value_new_null());
			value_dict_set(last, "vendor",
				*columns[7] != '\0' ? value_new_string(g_strstrip(columns[7]))
						    : value_new_null());
			value_dict_set(last, "partitions", value_new_dict());
			value_dict_set(disks, columns[1], last);
		} else if (n == 4 && last != NULL && g_str_equal(columns[0], "part")) {
			value *part = value_new_dict();
			set_sizes(part, columns[2], "512");
			value_dict_set(part, "start", value_new_string(columns[3]));
			value_dict_set(value_dict_get(last, "partitions"), columns[1], part);
		}
	}
	value_dict_set(facts, "ansible_devices", disks);
}

/* What the bits of CapEff mean, from linux/capability.h. */
static const char *const capabilities[] = { "cap_chown", "cap_dac_override", "cap_dac_read_search",
	"cap_fowner", "cap_fsetid", "cap_kill", "cap_setgid", "cap_setuid", "cap_setpcap",
	"cap_linux_immutable", "cap_net_bind_service", "cap_net_broadcast", "cap_net_admin",
	"cap_net_raw", "cap_ipc_lock", "cap_ipc_owner", "cap_sys_module", "cap_sys_rawio",
	"cap_sys_chroot", "cap_sys_ptrace", "cap_sys_pacct", "cap_sys_admin", "cap_sys_boot",
	"cap_sys_nice", "cap_sys_resource", "cap_sys_time", "cap_sys_tty_config", "cap_mknod",
	"cap_lease", "cap_audit_write", "cap_audit_control", "cap_setfcap", "cap_mac_override",
	"cap_mac_admin", "cap_syslog", "cap_wake_alarm", "cap_block_suspend", "cap_audit_read",
	"cap_perfmon", "cap_bpf", "cap_checkpoint_restore" };

/* As Ansible has it of `capsh --print`: none are named where all are there. */
static void add_capabilities(value *facts, const char *text)
{
	guint64 bits = g_ascii_strtoull(text, NULL, 16);
	guint64 all = (G_GUINT64_CONSTANT(1) << G_N_ELEMENTS(capabilities)) - 1;
	value *names = value_new_list();
	for (gsize i = 0; i < G_N_ELEMENTS(capabilities) && (bits & all) != all; i++) {
		if (bits & (G_GUINT64_CONSTANT(1) << i)) {
			value_list_append(names, value_new_string(capabilities[i]));
		}
	}
	facts_set_text(facts, "system_capabilities_enforced",
		*text == '\0'         ? "NA"
		: (bits & all) == all ? "False"
				      : "True");
	value_dict_set(facts, "ansible_system_capabilities", names);
}

/* A column of /proc/net/ipv6_route as an address. Caller frees. */
static char *long_address(const char *hex)
{
	guint8 bytes[16] = { 0 };
	for (gsize i = 0; i < sizeof bytes && hex[2 * i] != '\0' && hex[2 * i + 1] != '\0'; i++) {
		bytes[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) * 16 +
				    g_ascii_xdigit_value(hex[2 * i + 1]));
	}
	char address[INET6_ADDRSTRLEN];
	return g_strdup(inet_ntop(AF_INET6, bytes, address, sizeof address));
}

/* The device's own global address, with what is known of the device. */
static void add_own_address(value *route, const value *device)
{
	static const char *const of_device[] = { "macaddress", "mtu", "type" };
	const value *addresses = device != NULL ? value_dict_get(device, "ipv6") : NULL;
	for (gsize i = 0; value_is(addresses, VALUE_LIST) && i < value_list_length(addresses);
		i++) {
		const value *one = value_list_get(addresses, i);
		const value *scope = value_dict_get(one, "scope");
		if (value_is(scope, VALUE_STRING) && g_str_equal(value_string(scope), "global")) {
			value_dict_update(route, one);
			break;
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(of_device); i++) {
		value *v = device != NULL ? value_dict_get(device, of_device[i]) : NULL;
		if (v != NULL) {
			value_dict_set(route, of_device[i], value_ref(v));
		}
	}
}

static void add_default_ipv6(value *facts, const char *routes)
{
	g_auto(GStrv) lines = g_strsplit(routes, "\n", -1);
	value *route = value_new_dict();
	for (char **line = lines; *line != NULL; line++) {
		char to[33], length[3], from[33], from_length[3], gateway[33], device[65];
		if (sscanf(*line, "%32s %2s %32s %2s %32s %*s %*s %*s %*s %64s", to, length, from,
			    from_length, gateway, device) != 6 ||
			!g_str_equal(length, "00") || strspn(gateway, "0") == strlen(gateway) ||
			g_str_equal(device, "lo")) {
			continue;
		}
		g_autofree char *name = g_strdelimit(g_strdup(device), "-:", '_');
		g_autofree char *full = g_strconcat("ansible_", name, NULL);
		g_autofree char *address = long_address(gateway);
		value_dict_set(route, "gateway", value_new_string(address));
		value_dict_set(route, "interface", value_new_string(device));
		add_own_address(route, value_dict_get(facts, full));
		break;
	}
	value_dict_set(facts, "ansible_default_ipv6", route);
}

static void add_storage_names(value *facts, const result *raw)
{
	const char *iscsi = strstr(result_text(raw, "iscsi", ""), "InitiatorName=");
	facts_set_text(facts, "hostnqn", result_text(raw, "hostnqn", ""));
	facts_set_text(facts, "iscsi_iqn", iscsi != NULL ? iscsi + strlen("InitiatorName=") : "");
}

static void add_tech(value *facts, gboolean kvm)
{
	const value *role = value_dict_get(facts, "ansible_virtualization_role");
	value *type = value_dict_get(facts, "ansible_virtualization_type");
	static const char *const roles[] = { "guest", "host" };
	static const char *const containers[] = { "container", "docker", "lxc", "podman", NULL };
	for (gsize i = 0; role != NULL && type != NULL && i < G_N_ELEMENTS(roles); i++) {
		g_autofree char *name = g_strconcat("ansible_virtualization_tech_", roles[i], NULL);
		value *list = value_new_list();
		if (i == 0 && g_strv_contains(containers, value_string(type))) {
			value_list_append(list, value_new_string("container"));
		}
		if (g_str_equal(value_string(role), roles[i])) {
			value_list_append(list, value_ref(type));
		} else if (i == 1 && kvm) {
			value_list_append(list, value_new_string("kvm"));
		}
		value_dict_set(facts, name, list);
	}
}

void facts_add_more(value *facts, const result *raw)
{
	add_python(facts, raw);
	add_capabilities(facts, result_text(raw, "capabilities", ""));
	value_dict_set(facts, "ansible_is_chroot",
		value_new_bool(result_text(raw, "chroot", NULL) != NULL));
	add_storage_names(facts, raw);
	add_tech(facts, result_text(raw, "kvm", NULL) != NULL);
	if (result_text(raw, "disks", NULL) != NULL) {
		add_disks(facts, result_text(raw, "disks", ""));
	}
	if (result_text(raw, "devices", NULL) != NULL) {
		add_default_ipv6(facts, result_text(raw, "routes6", ""));
	}
}
