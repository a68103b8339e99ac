/* Facts: distribution, kernel, names, user, date, environment. */
#include "modules/facts.h"

#include "value/json.h"

#include <string.h>

void facts_set_text(value *facts, const char *name, const char *text)
{
	g_autofree char *full = g_strconcat("ansible_", name, NULL);
	value_dict_set(facts, full, value_new_string(text));
}

void facts_set_int(value *facts, const char *name, gint64 i)
{
	g_autofree char *full = g_strconcat("ansible_", name, NULL);
	value_dict_set(facts, full, value_new_int(i));
}

char *facts_setting(const char *text, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	gsize length = strlen(key);
	for (char **line = lines; *line != NULL; line++) {
		if (strncmp(*line, key, length) == 0 && (*line)[length] == '=') {
			char *plain = g_shell_unquote(*line + length + 1, NULL);
			return plain != NULL ? plain : g_strdup(*line + length + 1);
		}
	}
	return g_strdup("");
}

/* ID of os-release, Ansible's distribution and os_family. */
static const struct distribution {
	const char *id;
	const char *name;
	const char *family;
} distributions[] = {
	{ "almalinux", "AlmaLinux", "RedHat" },
	{ "alpine", "Alpine", "Alpine" },
	{ "amzn", "Amazon", "RedHat" },
	{ "arch", "Archlinux", "Archlinux" },
	{ "centos", "CentOS", "RedHat" },
	{ "debian", "Debian", "Debian" },
	{ "fedora", "Fedora", "RedHat" },
	{ "gentoo", "Gentoo", "Gentoo" },
	{ "kali", "Kali", "Debian" },
	{ "linuxmint", "Linux Mint", "Debian" },
	{ "manjaro", "Manjaro", "Archlinux" },
	{ "nixos", "NixOS", "NixOS" },
	{ "ol", "OracleLinux", "RedHat" },
	{ "opensuse-leap", "openSUSE Leap", "Suse" },
	{ "opensuse-tumbleweed", "openSUSE Tumbleweed", "Suse" },
	{ "pop", "Pop!_OS", "Debian" },
	{ "raspbian", "Debian", "Debian" },
	{ "rhel", "RedHat", "RedHat" },
	{ "rocky", "Rocky", "RedHat" },
	{ "sles", "SLES", "Suse" },
	{ "ubuntu", "Ubuntu", "Debian" },
	{ "void", "Void", "Void" },
};

static const struct distribution *find_distribution(const char *id)
{
	for (gsize i = 0; i < G_N_ELEMENTS(distributions); i++) {
		if (g_str_equal(distributions[i].id, id)) {
			return &distributions[i];
		}
	}
	return NULL;
}

/* Debian's os-release says 12, its own file 12.11. */
static char *distribution_version(const char *id, const char *os_release, const char *debian)
{
	gboolean numbers = g_ascii_isdigit(*debian);
	if ((g_str_equal(id, "debian") || g_str_equal(id, "raspbian")) && numbers) {
		return g_strdup(debian);
	}
	return facts_setting(os_release, "VERSION_ID");
}

static void add_lsb(value *facts, const char *os_release, const char *name, const char *version,
	const char *codename)
{
	g_autofree char *pretty = facts_setting(os_release, "PRETTY_NAME");
	g_autofree char *release = facts_setting(os_release, "VERSION_ID");
	g_auto(GStrv) parts = g_strsplit(version, ".", 2);
	value *lsb = value_new_dict();
	value_dict_set(lsb, "id", value_new_string(name));
	value_dict_set(lsb, "release", value_new_string(release));
	value_dict_set(lsb, "major_release", value_new_string(parts[0] == NULL ? "" : parts[0]));
	value_dict_set(lsb, "codename", value_new_string(codename));
	value_dict_set(lsb, "description", value_new_string(pretty));
	value_dict_set(facts, "ansible_lsb", lsb);
}

static void add_distribution(value *facts, const result *raw)
{
	const char *os_release = result_text(raw, "os_release", "");
	const char *debian = result_text(raw, "debian_version", "");
	g_autofree char *id = facts_setting(os_release, "ID");
	g_autofree char *own_name = facts_setting(os_release, "NAME");
	g_autofree char *like = facts_setting(os_release, "ID_LIKE");
	g_autofree char *codename = facts_setting(os_release, "VERSION_CODENAME");
	g_autofree char *version = distribution_version(id, os_release, debian);
	g_auto(GStrv) parts = g_strsplit(version, ".", 3);
	g_auto(GStrv) relatives = g_strsplit(like, " ", -1);
	const struct distribution *known = find_distribution(id);
	const char *name = known != NULL ? known->name : *own_name != '\0' ? own_name : "NA";
	const struct distribution *relative = known;
	for (char **one = relatives; relative == NULL && *one != NULL; one++) {
		relative = find_distribution(*one);
	}
	facts_set_text(facts, "distribution", name);
	facts_set_text(facts, "distribution_version", *version == '\0' ? "NA" : version);
	facts_set_text(facts, "distribution_major_version", parts[0] == NULL ? "NA" : parts[0]);
	if (parts[0] != NULL && parts[1] != NULL) {
		facts_set_text(facts, "distribution_minor_version", parts[1]);
	}
	facts_set_text(facts, "distribution_release", *codename == '\0' ? "NA" : codename);
	facts_set_text(facts, "distribution_file_path", result_text(raw, "os_release_path", ""));
	facts_set_text(facts, "distribution_file_variety", name);
	value_dict_set(
		facts, "ansible_distribution_file_parsed", value_new_bool(*os_release != '\0'));
	facts_set_text(facts, "os_family", relative != NULL ? relative->family : name);
	add_lsb(facts, os_release, name, version, codename);
}

static void add_names(value *facts, const result *raw)
{
	const char *node = result_text(raw, "nodename", "");
	const char *fqdn = result_text(raw, "fqdn", "");
	const char *machine = result_text(raw, "machine", "");
	g_auto(GStrv) parts = g_strsplit(node, ".", 2);
	const char *full = *fqdn == '\0' ? node : fqdn;
	const char *dot = strchr(full, '.');
	facts_set_text(facts, "nodename", node);
	facts_set_text(facts, "hostname", parts[0] == NULL ? "" : parts[0]);
	facts_set_text(facts, "fqdn", full);
	facts_set_text(facts, "domain", dot == NULL ? "" : dot + 1);
	facts_set_text(facts, "system", result_text(raw, "ostype", "Linux"));
	facts_set_text(facts, "kernel", result_text(raw, "osrelease", ""));
	facts_set_text(facts, "kernel_version", result_text(raw, "kernel_version", ""));
	facts_set_text(facts, "machine", machine);
	gboolean intel =
		g_regex_match_simple("^i[3-6]86$", machine, G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT);
	facts_set_text(facts, "architecture", intel ? "i386" : machine);
	facts_set_text(facts, "userspace_architecture", intel ? "i386" : machine);
	facts_set_text(facts, "userspace_bits", strstr(machine, "64") != NULL ? "64" : "32");
	facts_set_text(facts, "machine_id", result_text(raw, "machine_id", ""));
}

static void add_managers(value *facts, const result *raw)
{
	const char *packages = result_text(raw, "pkg_mgr", "unknown");
	const char *service = result_text(raw, "service_mgr", "");
	facts_set_text(facts, "pkg_mgr",
		g_str_equal(packages, "apt-get")        ? "apt"
		: g_str_equal(packages, "xbps-install") ? "xbps"
		: g_str_equal(packages, "emerge")       ? "portage"
							: packages);
	facts_set_text(facts, "service_mgr",
		g_str_equal(service, "init") ? "sysvinit"
		: *service == '\0'           ? "service"
					     : service);
}

static void add_user(value *facts, const result *raw)
{
	g_auto(GStrv) parts = g_strsplit(result_text(raw, "passwd", ""), ":", 7);
	const value *uid = value_dict_get(raw->fields, "user_uid");
	gint64 number = value_is(uid, VALUE_INT) ? value_int(uid) : 0;
	facts_set_text(facts, "user_id", result_text(raw, "user_id", ""));
	facts_set_int(facts, "user_uid", number);
	facts_set_int(facts, "effective_user_id", number);
	facts_set_int(facts, "real_user_id", number);
	if (g_strv_length(parts) < 7) {
		return;
	}
	gint64 group = g_ascii_strtoll(parts[3], NULL, 10);
	facts_set_int(facts, "user_gid", group);
	facts_set_int(facts, "effective_group_id", group);
	facts_set_int(facts, "real_group_id", group);
	facts_set_text(facts, "user_gecos", parts[4]);
	facts_set_text(facts, "user_dir", parts[5]);
	g_strchomp(parts[6]);
	facts_set_text(facts, "user_shell", parts[6]);
}

static void set_formatted(value *date, const char *name, GDateTime *when, const char *format)
{
	g_autofree char *text = g_date_time_format(when, format);
	value_dict_set(date, name, value_new_string(text));
}

/* "+0530" in seconds. */
static gint64 zone_seconds(const char *zone)
{
	gint64 digits = ABS(g_ascii_strtoll(zone, NULL, 10));
	gint64 seconds = digits / 100 * 3600 + digits % 100 * 60;
	return *zone == '-' ? -seconds : seconds;
}

static void add_date(value *facts, const result *raw)
{
	static const struct {
		const char *name, *format;
	} local[] = { { "year", "%Y" }, { "month", "%m" }, { "weekday_number", "%w" },
		{ "weeknumber", "%W" }, { "day", "%d" }, { "hour", "%H" }, { "minute", "%M" },
		{ "second", "%S" }, { "date", "%Y-%m-%d" }, { "time", "%H:%M:%S" },
		{ "iso8601_basic", "%Y%m%dT%H%M%S000000" },
		{ "iso8601_basic_short", "%Y%m%dT%H%M%S" } };
	static const char *const days[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
		"Saturday", "Sunday" };
	g_auto(GStrv) parts = g_strsplit(result_text(raw, "date", ""), " ", 3);
	if (g_strv_length(parts) < 3) {
		return;
	}
	gint64 epoch = g_ascii_strtoll(parts[0], NULL, 10);
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(epoch);
	/* The host's clock, as if it were UTC. */
	g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(epoch + zone_seconds(parts[1]));
	if (utc == NULL || when == NULL) {
		return;
	}
	value *date = value_new_dict();
	for (gsize i = 0; i < G_N_ELEMENTS(local); i++) {
		/* GLib has no %W: Monday-based weeks, days before the first Monday are week 0. */
		if (g_str_equal(local[i].format, "%W")) {
			int week = (g_date_time_get_day_of_year(when) + 7 -
					   g_date_time_get_day_of_week(when)) /
				   7;
			g_autofree char *text = g_strdup_printf("%02d", week);
			value_dict_set(date, local[i].name, value_new_string(text));
		} else if (g_str_equal(local[i].format, "%w")) {
			g_autofree char *text =
				g_strdup_printf("%d", g_date_time_get_day_of_week(when) % 7);
			value_dict_set(date, local[i].name, value_new_string(text));
		} else {
			set_formatted(date, local[i].name, when, local[i].format);
		}
	}
	value_dict_set(
		date, "weekday", value_new_string(days[g_date_time_get_day_of_week(when) - 1]));
	set_formatted(date, "iso8601", utc, "%Y-%m-%dT%H:%M:%SZ");
	set_formatted(date, "iso8601_micro", utc, "%Y-%m-%dT%H:%M:%S.000000Z");
	value_dict_set(date, "epoch", value_new_string(parts[0]));
	value_dict_set(date, "epoch_int", value_new_string(parts[0]));
	value_dict_set(date, "tz", value_new_string(parts[2]));
	value_dict_set(date, "tz_dst", value_new_string(parts[2]));
	value_dict_set(date, "tz_offset", value_new_string(parts[1]));
	value_dict_set(facts, "ansible_date_time", date);
}

static void add_environment(value *facts, const result *raw)
{
	g_auto(GStrv) lines = g_strsplit(result_text(raw, "env", ""), "\n", -1);
	value *env = value_new_dict();
	for (char **line = lines; *line != NULL; line++) {
		char *equals = strchr(*line, '=');
		if (equals != NULL && equals != *line) {
			*equals = '\0';
			value_dict_set(env, *line, value_new_string(equals + 1));
		}
	}
	value_dict_set(facts, "ansible_env", env);
}

/* The host's own *.fact files: JSON, or a text as it is. */
static void add_local(value *facts, const result *raw)
{
	value *local = value_new_dict();
	value_dict_foreach (raw->fields, key, item) {
		if (g_str_has_prefix(value_string(key), "local_") && value_is(item, VALUE_STRING)) {
			const char *name = value_string(key) + strlen("local_");
			value *parsed = json_parse(
				value_string(item), value_string_length(item), name, NULL);
			value_dict_set(local, name, parsed != NULL ? parsed : value_ref(item));
		}
	}
	value_dict_set(facts, "ansible_local", local);
}

void facts_add_system(value *facts, const result *raw)
{
	add_distribution(facts, raw);
	add_names(facts, raw);
	add_managers(facts, raw);
	add_user(facts, raw);
	add_date(facts, raw);
	add_environment(facts, raw);
	add_local(facts, raw);
}
