/* Facts: interfaces, addresses, the default route, name servers, host keys. */
#include "modules/facts.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* "ansible_" and an interface's name with _ for what a variable's name cannot hold. */
static char *interface_key(const char *name)
{
	char *key = g_strconcat("ansible_", name, NULL);
	return g_strdelimit(key, "-.:", '_');
}

static char *dotted(guint32 address)
{
	struct in_addr in = { .s_addr = htonl(address) };
	char text[INET_ADDRSTRLEN];
	return g_strdup(inet_ntop(AF_INET, &in, text, sizeof text));
}

static gboolean parse_address(const char *text, guint32 *ret)
{
	struct in_addr in;
	gboolean valid = inet_pton(AF_INET, text, &in) == 1;
	*ret = valid ? ntohl(in.s_addr) : 0;
	return valid;
}

static void set_dotted(value *v, const char *name, guint32 address)
{
	g_autofree char *text = dotted(address);
	value_dict_set(v, name, value_new_string(text));
}

static value *ipv4_value(const char *address, guint prefix, const char *broadcast)
{
	guint32 bits = 0;
	guint32 mask = prefix == 0 ? 0 : G_MAXUINT32 << (32 - MIN(prefix, 32));
	g_autofree char *length = g_strdup_printf("%u", prefix);
	value *v = value_new_dict();
	(void)parse_address(address, &bits);
	value_dict_set(v, "address", value_new_string(address));
	value_dict_set(v, "broadcast", value_new_string(broadcast));
	set_dotted(v, "netmask", mask);
	set_dotted(v, "network", bits & mask);
	value_dict_set(v, "prefix", value_new_string(length));
	return v;
}

static void add_device(value *facts, value *names, const char *line)
{
	g_auto(GStrv) parts = g_strsplit(line, " ", 5);
	if (g_strv_length(parts) < 5) {
		return;
	}
	g_autofree char *key = interface_key(parts[0]);
	const char *type = g_str_equal(parts[4], "772") ? "loopback"
			   : g_str_equal(parts[4], "1") ? "ether"
			   : g_ascii_isdigit(*parts[4]) ? "unknown"
							: parts[4];
	value *device = value_new_dict();
	value_dict_set(device, "device", value_new_string(parts[0]));
	value_dict_set(device, "active", value_new_bool(!g_str_equal(parts[3], "down")));
	value_dict_set(device, "mtu", value_new_int(g_ascii_strtoll(parts[2], NULL, 10)));
	value_dict_set(device, "type", value_new_string(type));
	if (!g_str_equal(type, "loopback")) {
		value_dict_set(device, "macaddress", value_new_string(parts[1]));
	}
	value_list_append(names, value_new_string(parts[0]));
	value_dict_set(facts, key, device);
}

static value *find_device(const value *facts, const char *name)
{
	g_autofree char *key = interface_key(name);
	return value_dict_get(facts, key);
}

static void add_ipv4(value *facts, value *all, const char *device, value *address)
{
	value *interface = find_device(facts, device);
	const char *text = value_string(value_dict_get(address, "address"));
	if (!g_str_has_prefix(text, "127.")) {
		value_list_append(all, value_new_string(text));
	}
	if (interface == NULL) {
		value_unref(address);
	} else if (value_dict_get(interface, "ipv4") == NULL) {
		value_dict_set(interface, "ipv4", address);
	} else {
		value *more = value_dict_get(interface, "ipv4_secondaries");
		if (more == NULL) {
			more = value_new_list();
			value_dict_set(interface, "ipv4_secondaries", more);
		}
		value_list_append(more, address);
	}
}

static void add_ipv6(value *facts, value *all, const char *device, const char *address,
	const char *prefix, const char *scope)
{
	value *interface = find_device(facts, device);
	if (!g_str_equal(address, "::1")) {
		value_list_append(all, value_new_string(address));
	}
	if (interface == NULL) {
		return;
	}
	value *v = value_new_dict();
	value_dict_set(v, "address", value_new_string(address));
	value_dict_set(v, "prefix", value_new_string(prefix));
	value_dict_set(v, "scope", value_new_string(scope));
	value *list = value_dict_get(interface, "ipv6");
	if (list == NULL) {
		list = value_new_list();
		value_dict_set(interface, "ipv6", list);
	}
	value_list_append(list, v);
}

/* Lines of `ip -o addr`: "2: eth0    inet 10.0.0.2/24 brd 10.0.0.255 scope global eth0". */
static void add_from_ip(value *facts, value *all, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) split = g_strsplit_set(*line, " \t", -1);
		const char *words[64] = { NULL };
		guint n = 0;
		for (char **word = split; *word != NULL && n < G_N_ELEMENTS(words) - 1; word++) {
			if (**word != '\0') {
				words[n++] = *word;
			}
		}
		if (n < 4 || !g_str_equal(words[2], "inet")) {
			continue;
		}
		const char *broadcast = "";
		for (guint i = 4; i + 1 < n; i++) {
			broadcast = g_str_equal(words[i], "brd") ? words[i + 1] : broadcast;
		}
		/* A peer's address: the prefix is behind it. */
		g_auto(GStrv) address = g_strsplit(words[3], "/", 2);
		guint prefix =
			address[1] == NULL ? 32 : (guint)g_ascii_strtoull(address[1], NULL, 10);
		add_ipv4(facts, all, words[1], ipv4_value(address[0], prefix, broadcast));
	}
}

/* A hexadecimal column of /proc/net/route, in host order. */
static guint32 route_number(const char *text)
{
	return ntohl((guint32)g_ascii_strtoull(text, NULL, 16));
}

/* The device and prefix of the network an address is in, from /proc/net/route. */
static char *route_device(const char *routes, guint32 address, guint *ret_prefix)
{
	g_auto(GStrv) lines = g_strsplit(routes, "\n", -1);
	char *device = NULL;
	guint32 best = 0;
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);
		if (g_strv_length(columns) < 8 || line == lines) {
			continue;
		}
		guint32 mask = route_number(columns[7]);
		if (mask != 0 && mask >= best && (address & mask) == route_number(columns[1])) {
			best = mask;
			g_free(device);
			device = g_strdup(columns[0]);
			*ret_prefix = (guint)__builtin_popcount(mask);
		}
	}
	return device;
}

/* Without `ip`: the local addresses in the kernel's routing trie. */
static void add_from_trie(value *facts, value *all, const char *text, const char *routes)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	const char *last = NULL;
	for (char **line = lines; *line != NULL; line++) {
		guint32 bits = 0;
		guint prefix = 8;
		g_strstrip(*line);
		if (g_str_has_prefix(*line, "|-- ")) {
			last = *line + strlen("|-- ");
		} else if (last != NULL && g_str_has_prefix(*line, "/32 host LOCAL") &&
			   parse_address(last, &bits) && g_hash_table_add(seen, (gpointer)last)) {
			g_autofree char *device = bits >> 24 == 127
							  ? g_strdup("lo")
							  : route_device(routes, bits, &prefix);
			if (device != NULL) {
				add_ipv4(facts, all, device, ipv4_value(last, prefix, ""));
			}
		}
	}
}

/* Lines of /proc/net/if_inet6: address, index, prefix, scope, flags, device. */
static void add_from_inet6(value *facts, value *all, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		char hex[33], index[9], prefix[9], scope[9], flags[9], device[33];
		if (sscanf(*line, "%32s %8s %8s %8s %8s %32s", hex, index, prefix, scope, flags,
			    device) != 6 ||
			strlen(hex) != 32) {
			continue;
		}
		guint8 bytes[16];
		for (int i = 0; i < 16; i++) {
			bytes[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) * 16 +
					    g_ascii_xdigit_value(hex[2 * i + 1]));
		}
		char address[INET6_ADDRSTRLEN];
		(void)inet_ntop(AF_INET6, bytes, address, sizeof address);
		g_autofree char *length =
			g_strdup_printf("%u", (guint)g_ascii_strtoull(prefix, NULL, 16));
		add_ipv6(facts, all, device, address, length,
			g_str_equal(scope, "20")   ? "link"
			: g_str_equal(scope, "10") ? "host"
			: g_str_equal(scope, "40") ? "site"
						   : "global");
	}
}

static void copy_to(value *to, const value *from, const char *name)
{
	value *v = from == NULL ? NULL : value_dict_get(from, name);
	if (v != NULL) {
		value_dict_set(to, name, value_ref(v));
	}
}

static void add_default(value *facts, const char *routes)
{
	g_auto(GStrv) lines = g_strsplit(routes, "\n", -1);
	value *route = value_new_dict();
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) columns = g_strsplit(*line, "\t", -1);
		if (g_strv_length(columns) < 8 || line == lines || route_number(columns[1]) != 0 ||
			route_number(columns[7]) != 0) {
			continue;
		}
		static const char *const of_address[] = { "address", "broadcast", "netmask",
			"network", "prefix" };
		static const char *const of_device[] = { "macaddress", "mtu", "type" };
		const value *device = find_device(facts, columns[0]);
		const value *address = device == NULL ? NULL : value_dict_get(device, "ipv4");
		set_dotted(route, "gateway", route_number(columns[2]));
		value_dict_set(route, "interface", value_new_string(columns[0]));
		value_dict_set(route, "alias", value_new_string(columns[0]));
		for (gsize i = 0; i < G_N_ELEMENTS(of_address); i++) {
			copy_to(route, address, of_address[i]);
		}
		for (gsize i = 0; i < G_N_ELEMENTS(of_device); i++) {
			copy_to(route, device, of_device[i]);
		}
		break;
	}
	value_dict_set(facts, "ansible_default_ipv4", route);
}

static void add_name_servers(value *facts, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	value *dns = value_new_dict();
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) words = g_strsplit_set(*line, " \t", -1);
		const char *list = g_strcmp0(words[0], "nameserver") == 0 ? "nameservers"
				   : g_strcmp0(words[0], "search") == 0   ? "search"
									  : NULL;
		for (guint i = 1; list != NULL && words[0] != NULL && words[i] != NULL; i++) {
			if (*words[i] == '\0') {
				continue;
			}
			if (value_dict_get(dns, list) == NULL) {
				value_dict_set(dns, list, value_new_list());
			}
			value_list_append(value_dict_get(dns, list), value_new_string(words[i]));
		}
	}
	value_dict_set(facts, "ansible_dns", dns);
}

static void add_host_keys(value *facts, const char *text)
{
	static const char *const kinds[][2] = { { "ssh-rsa", "rsa" }, { "ssh-dss", "dsa" },
		{ "ssh-ed25519", "ed25519" }, { "ecdsa-", "ecdsa" } };
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line != NULL; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " ", 3);
		for (gsize i = 0; i < G_N_ELEMENTS(kinds) && g_strv_length(words) >= 2; i++) {
			if (g_str_has_prefix(words[0], kinds[i][0])) {
				g_autofree char *name =
					g_strdup_printf("ssh_host_key_%s_public", kinds[i][1]);
				g_autofree char *type = g_strconcat(name, "_keytype", NULL);
				facts_set_text(facts, name, words[1]);
				facts_set_text(facts, type, words[0]);
			}
		}
	}
}

void facts_add_network(value *facts, const result *raw)
{
	const char *devices = result_text(raw, "devices", NULL);
	const char *addresses = result_text(raw, "addresses", NULL);
	const char *routes = result_text(raw, "routes", "");
	if (devices == NULL) {
		return;
	}
	g_auto(GStrv) lines = g_strsplit(devices, "\n", -1);
	value *names = value_new_list(), *ipv4 = value_new_list(), *ipv6 = value_new_list();
	for (char **line = lines; *line != NULL; line++) {
		add_device(facts, names, *line);
	}
	if (addresses != NULL) {
		add_from_ip(facts, ipv4, addresses);
	} else {
		add_from_trie(facts, ipv4, result_text(raw, "fib", ""), routes);
	}
	add_from_inet6(facts, ipv6, result_text(raw, "addresses6", ""));
	value_dict_set(facts, "ansible_interfaces", names);
	value_dict_set(facts, "ansible_all_ipv4_addresses", ipv4);
	value_dict_set(facts, "ansible_all_ipv6_addresses", ipv6);
	add_default(facts, routes);
	add_name_servers(facts, result_text(raw, "resolv", ""));
	add_host_keys(facts, result_text(raw, "host_keys", ""));
}
