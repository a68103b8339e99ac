#% setup: gathers facts about the host
#% takes sets_facts
#% gather_subset   list                          which parts: all, min, network, hardware, virtual; !PART leaves one
#%                                               out
#% filter          list   here                   patterns of the facts to return
#% fact_path       path   =/etc/ansible/facts.d  folder of the host's own *.fact files
#% gather_timeout  int    ignored =10
#% parallel        bool   ignored                accepted: all facts come in one step
#% here prepare=setup_prepare finish=setup_finish
#% returns ansible_facts
#% example
#%   - setup:
#%       gather_subset: [min, network]

# shellcheck disable=SC2086
# Facts: what the host's own files say, raw; the sender makes facts of them. Nearly all of it is read
# without a process.
do_setup() {
	setup_line ostype /proc/sys/kernel/ostype
	setup_line osrelease /proc/sys/kernel/osrelease
	setup_line kernel_version /proc/sys/kernel/version
	setup_line nodename /proc/sys/kernel/hostname
	setup_line debian_version /etc/debian_version
	setup_line machine_id /etc/machine-id
	field machine:s "$(uname -m)"
	for w_file in /etc/os-release /usr/lib/os-release; do
		[ ! -r "$w_file" ] || {
			setup_text os_release "$w_file"
			field os_release_path:s "$w_file"
			break
		}
	done
	setup_managers
	setup_user
	setup_line hostnqn /etc/nvme/hostnqn
	setup_line iscsi /etc/iscsi/initiatorname.iscsi
	setup_process
	w_python=/usr/bin/python3
	[ -x "$w_python" ] || w_python=$(command -v python3)
	[ -z "$w_python" ] || field python:s "$("$w_python" -V 2>&1)"
	field python_path:s "$w_python"
	field date:s "$(date '+%s %z %Z')"
	field env:s "$(env)"
	! setup_wants network || setup_network
	! setup_wants hardware || setup_hardware
	! setup_wants virtual || setup_virtual
	setup_local
}

# setup_wants PART: whether gather_subset asks for it.
setup_wants() {
	eval "set -- $1 $p_gather_subset"
	w_part=$1 w_wanted=
	shift
	[ $# -gt 0 ] || w_wanted=1
	for w_each; do
		case $w_each in
		all | "$w_part") w_wanted=1 ;;
		'!all' | '!'"$w_part" | min) w_wanted= ;;
		'!'*) [ -n "$w_wanted" ] || [ "$w_each" != "${w_each#'!min'}" ] || w_wanted=1 ;;
		esac
	done
	[ -n "$w_wanted" ]
}

# setup_line NAME FILE: the first line of a file as a field.
setup_line() {
	[ -r "$2" ] || return 0
	w_line=
	{ IFS= read -r w_line <"$2"; } 2>/dev/null
	field "$1:s" "$w_line"
}

# setup_text NAME FILE...: short files as a field; a loop of the shell costs less than a process.
setup_text() {
	w_field=$1 w_text=
	shift
	for w_each; do
		[ -r "$w_each" ] || continue
		while IFS= read -r w_line || [ -n "$w_line" ]; do
			w_text="$w_text$w_line$nl"
		done 2>/dev/null <"$w_each"
	done
	while [ "$w_text" != "${w_text%"$nl"}" ]; do
		w_text=${w_text%"$nl"}
	done
	field "$w_field:s" "$w_text"
}

setup_managers() {
	for w_manager in apt-get dnf5 dnf yum zypper apk pacman xbps-install emerge opkg; do
		! has "$w_manager" || break
	done
	has "$w_manager" || w_manager=unknown
	field pkg_mgr:s "$w_manager"
	w_service=
	if [ -d /run/systemd/system ]; then
		w_service=systemd
	elif [ -d /run/openrc ]; then
		w_service=openrc
	elif [ -r /proc/1/comm ]; then
		IFS= read -r w_service </proc/1/comm
	fi
	field service_mgr:s "$w_service"
}

# What this very process may do, and whether its root is the machine's.
setup_process() {
	while read -r w_name w_value; do
		[ "$w_name" != CapEff: ] || field capabilities:s "$w_value"
	done </proc/self/status 2>/dev/null
	# shellcheck disable=SC3013 # every shell we run under has -ef
	[ ! -e /proc/1/root/. ] || [ / -ef /proc/1/root/. ] || field chroot:s 1
}

# disk and part lines for each disk, without loops and memory.
setup_disks() {
	w_list=
	for w_disk in /sys/block/*; do
		case ${w_disk##*/} in '*' | loop* | ram* | zram*) continue ;; esac
		w_size=0 w_removable=0 w_rotational=0 w_sector=512 w_model='' w_vendor=
		{ read -r w_size <"$w_disk/size"; } 2>/dev/null
		{ read -r w_removable <"$w_disk/removable"; } 2>/dev/null
		{ read -r w_rotational <"$w_disk/queue/rotational"; } 2>/dev/null
		{ read -r w_sector <"$w_disk/queue/hw_sector_size"; } 2>/dev/null
		{ read -r w_model <"$w_disk/device/model"; } 2>/dev/null
		{ read -r w_vendor <"$w_disk/device/vendor"; } 2>/dev/null
		w_list="${w_list}disk$tab${w_disk##*/}$tab$w_size$tab$w_removable$tab$w_rotational$tab$w_sector$tab$w_model$tab$w_vendor$nl"
		for w_part in "$w_disk"/*/partition; do
			w_part=${w_part%/partition} w_size=0 w_start=0
			[ -e "$w_part/start" ] || continue
			{ read -r w_size <"$w_part/size"; } 2>/dev/null
			{ read -r w_start <"$w_part/start"; } 2>/dev/null
			w_list="${w_list}part$tab${w_part##*/}$tab$w_size$tab$w_start$nl"
		done
	done
	field disks:s "$w_list"
}

setup_user() {
	field user_id:s "$me"
	field user_uid:i "$my_uid"
	w_passwd=
	while IFS= read -r w_line || [ -n "$w_line" ]; do
		case $w_line in "$me":*) w_passwd=$w_line && break ;; esac
	done 2>/dev/null </etc/passwd
	[ -n "$w_passwd" ] || w_passwd=$(getent passwd "$me" 2>/dev/null)
	field passwd:s "$w_passwd"
}

setup_network() {
	w_name=
	if has hostname; then
		if has timeout; then
			w_name=$(timeout 5 hostname -f 2>/dev/null)
		else
			w_name=$(hostname -f 2>/dev/null)
		fi
	fi
	field fqdn:s "$w_name"
	w_list=
	for w_device in /sys/class/net/*; do
		[ -e "$w_device/mtu" ] || continue
		w_mac='' w_mtu='' w_state='' w_kind=
		{ read -r w_mac <"$w_device/address"; } 2>/dev/null
		{ read -r w_mtu <"$w_device/mtu"; } 2>/dev/null
		{ read -r w_state <"$w_device/operstate"; } 2>/dev/null
		{ read -r w_kind <"$w_device/type"; } 2>/dev/null
		[ ! -d "$w_device/bridge" ] || w_kind=bridge
		[ ! -d "$w_device/bonding" ] || w_kind=bonding
		w_list="$w_list${w_device##*/} ${w_mac:--} ${w_mtu:--} ${w_state:--} ${w_kind:--}$nl"
	done
	field devices:s "$w_list"
	if has ip; then
		field addresses:s "$(ip -o addr show 2>/dev/null)"
	else
		field fib:s "$(cat /proc/net/fib_trie 2>/dev/null)"
	fi
	field routes:s "$(cat /proc/net/route 2>/dev/null)"
	[ ! -r /proc/net/if_inet6 ] || setup_text addresses6 /proc/net/if_inet6
	[ ! -r /proc/net/ipv6_route ] || setup_default_route6
	[ ! -r /etc/resolv.conf ] || setup_text resolv /etc/resolv.conf
	setup_text host_keys /etc/ssh/ssh_host_*_key.pub
}

setup_default_route6() {
	w_list=
	while read -r w_to w_length w_rest; do
		case $w_to$w_length in
		0000000000000000000000000000000000) w_list="$w_list$w_to $w_length $w_rest$nl" ;;
		esac
	done </proc/net/ipv6_route
	field routes6:s "$w_list"
}

setup_hardware() {
	setup_disks
	setup_text meminfo /proc/meminfo
	field cpuinfo:s "$(grep -E '^(processor|vendor_id|model name|physical id|cpu cores|siblings|core id|Processor|CPU part)[[:space:]]*:' /proc/cpuinfo 2>/dev/null)"
	setup_line uptime /proc/uptime
	setup_line loadavg /proc/loadavg
	setup_line cmdline /proc/cmdline
	for w_name in sys_vendor product_name product_version product_serial product_uuid bios_version \
		bios_date bios_vendor board_name board_vendor board_serial board_version board_asset_tag \
		chassis_vendor chassis_serial chassis_version chassis_asset_tag; do
		setup_line "dmi_$w_name" "/sys/class/dmi/id/$w_name"
	done
	set --
	w_list=
	while read -r w_device w_mount w_type w_options w_rest; do
		case $w_device in
		/* | *:/*) ;;
		*) continue ;;
		esac
		case $w_mount in *\\*) w_mount=$(printf '%b' "$w_mount") ;; esac
		w_list="$w_list$w_device$tab$w_mount$tab$w_type$tab$w_options$nl"
		set -- "$@" "$w_mount"
	done </proc/mounts
	field mounts:s "$w_list"
	[ $# -eq 0 ] || field sizes:s "$(stat -f -c '%S %b %f %a %c %d %n' -- "$@" 2>/dev/null)"
	w_mode=
	if [ -e /sys/fs/selinux/enforce ]; then
		{ read -r w_mode </sys/fs/selinux/enforce; } 2>/dev/null
		field selinux:s "${w_mode:-0}"
	fi
	[ ! -d /sys/kernel/security/apparmor ] || field apparmor:s 1
	setup_line fips /proc/sys/crypto/fips_enabled
}

setup_virtual() {
	w_kind=
	if has systemd-detect-virt; then
		w_kind=$(systemd-detect-virt 2>/dev/null)
	elif [ -e /.dockerenv ]; then
		w_kind=docker
	elif [ -e /run/.containerenv ]; then
		w_kind=podman
	elif [ -r /sys/class/dmi/id/product_name ]; then
		read -r w_kind </sys/class/dmi/id/product_name
	fi
	field virtualization:s "$w_kind"
	[ ! -e /dev/kvm ] || field kvm:s 1
}

# Facts the host's administrator gives, each named after its file.
setup_local() {
	for w_file in "${p_fact_path:-/etc/ansible/facts.d}"/*.fact; do
		[ -f "$w_file" ] || continue
		w_name=${w_file##*/}
		w_name=${w_name%.fact}
		case $w_name in *[!A-Za-z0-9_.-]*) continue ;; esac
		if [ -x "$w_file" ]; then
			field "local_$w_name:s" "$("$w_file" 2>/dev/null </dev/null 3<&- 4>&-)"
		else
			field "local_$w_name:s" "$(fs_copy "$w_file")"
		fi
	done
}
