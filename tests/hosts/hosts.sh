#!/bin/bash
# Test hosts: real Debian systems under systemd-nspawn, each in a network namespace of its own.
#
#   up N            makes host1 ... hostN anew (what stood there before is removed) and prints them
#   down            removes everything
#   list            each host, its address and whether it runs
#   folder          the folder of this pool
#   ssh NAME [CMD]  logs in as admin (SUTLER_USER=root: as root)
#   exec NAME CMD   runs CMD as root in the host without going through its sshd
#   fresh NAME...   boots the hosts as they were at first (--all: all of them)
#   reboot NAME, off NAME, on NAME
#   cut NAME, mend NAME       drops all packets to the host, silently
#   freeze NAME, thaw NAME    stops its sshd in mid-air (SIGSTOP)
#   check           exit 0 when hosts can be made here, else 77 and the reason
#
# A pool of hosts is a folder, $SUTLER_HOSTS: inventory, key, known_hosts, ssh_config and one
# folder per host. Pools do not disturb each other: each has a bridge and a 10.213.K.0/24 of its
# own. A pool whose owner ($SUTLER_HOSTS_OWNER, a process id) is gone is removed at the next up.
# Users on a host: root, admin (sudo without password), clerk (sudo password "sutler"), plain.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
pools=/run/sutler-hosts
pool=${SUTLER_HOSTS:-$pools/$(tr / - <<<"${checkout#/}")}

die() {
	echo "hosts: $*" >&2
	exit 1
}

become_root() {
	[ "$(id -u)" != 0 ] || return 0
	sudo -n true 2>/dev/null || { echo 'needs root (or sudo without a password)'; exit 77; }
	exec sudo -n --preserve-env=SUTLER_HOSTS,SUTLER_HOSTS_OWNER,SUTLER_CACHE,SUTLER_USER \
		"$here/hosts.sh" "$@"
}

# --- what a pool is -----------------------------------------------------------------------------

network() { cat "$pool/network"; }
names() {
	[ ! -d "$pool" ] || find "$pool" -maxdepth 1 -name 'host[0-9]*' -printf '%f\n' | sort -V
}
address() { echo "10.213.$(network).$((10 + ${1#host}))"; }
namespace() { echo "sutler$(network)-$1"; }
port_of() { echo "st$(network)-${1#host}"; }

need_pool() { [ -f "$pool/network" ] || die "there are no hosts: see hosts.sh up"; }

need_host() {
	[ -d "$pool/${1:-no name}" ] ||
		die "no host '${1:-}' in '$pool' (there: $(names | tr '\n' ' '))"
}

# The process that holds a host: found by the folder it runs on, so that it is never a stranger.
spawner() { pgrep -f -- "^systemd-nspawn .*--directory=$pool/$1/root " || true; }
keeper() { pgrep -f -- "hosts.sh keep $pool $1\$" || true; }
leader() {
	local spawner
	spawner=$(spawner "$1")
	[ -z "$spawner" ] || pgrep -P "$spawner" || true
}

# --- one host -----------------------------------------------------------------------------------

# The disk of a host is memory where there is plenty: it is faster, and bounded.
make_disk() {
	local disk=$pool/$1/disk
	mkdir -p "$disk" "$pool/$1/root"
	if awk '/^MemAvailable/ { exit $2 < 4000000 }' /proc/meminfo; then
		mount -t tmpfs -o size=1500m,mode=755 sutler-host "$disk"
	fi
	mkdir "$disk/upper" "$disk/work"
	mount -t overlay -o "lowerdir=$base,upperdir=$disk/upper,workdir=$disk/work" \
		sutler-host "$pool/$1/root"
	personalize "$1"
}

# Name, host key and authorized keys.
personalize() {
	local name=$1 root=$pool/$1/root user home
	echo "$name" >"$root/etc/hostname"
	printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >"$root/etc/hosts"
	cp "$pool/$name/ssh_host_ed25519_key" "$pool/$name/ssh_host_ed25519_key.pub" "$root/etc/ssh/"
	for user in root admin clerk plain; do
		home=$root/home/$user
		[ "$user" != root ] || home=$root/root
		mkdir -p "$home/.ssh"
		cp "$pool/key.pub" "$home/.ssh/authorized_keys"
		chmod 0700 "$home/.ssh"
		chown -R --reference="$home" "$home/.ssh"
	done
}

remove_disk() {
	umount -l "$pool/$1/root" 2>/dev/null || true
	umount -l "$pool/$1/disk" 2>/dev/null || true
	rm -rf --one-file-system "$pool/$1/disk"
}

make_network() {
	local name=$1 port space
	port=$(port_of "$name")
	space=$(namespace "$name")
	ip netns add "$space"
	ip link add "$port" type veth peer name host0 netns "$space"
	ip link set "$port" master "st$(network)" up
	ip -n "$space" link set lo up
	ip -n "$space" address add "$(address "$name")/24" dev host0
	ip -n "$space" link set host0 up
}

remove_network() {
	ip link delete "$(port_of "$1")" 2>/dev/null || true
	ip netns delete "$(namespace "$1")" 2>/dev/null || true
}

# A folder in each tree of control groups that a systemd lays its own in (some of these are mounted).
control_groups() {
	local tree
	for tree in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
		[ ! -f "$tree/cgroup.procs" ] || echo "$tree/$1"
	done
}

# Each host needs a control group of its own: two systemds in one would end each other's services.
enter_group() {
	local group
	[ ! -d /run/systemd/system ] || return 0
	for group in $(control_groups "$(namespace "$1")"); do
		mkdir -p "$group"
		echo $$ >"$group/cgroup.procs"
	done
}

# The last processes of a killed host may take a moment to go.
remove_group() {
	local group tries
	for group in $(control_groups "$(namespace "$1")"); do
		tries=40
		while [ -d "$group" ] && [ $((tries -= 1)) -gt 0 ]; do
			find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
		done
	done
}

# Runs a host until it is switched off, over its reboots (133 asks for one).
keep() {
	pool=$1
	local name=$2 status=133 arguments
	arguments=(-q -M "$name" --directory="$pool/$name/root" --boot --register=no --keep-unit
		--settings=no --resolv-conf=off --timezone=off --link-journal=no
		--network-namespace-path="/run/netns/$(namespace "$name")")
	enter_group "$name"
	while [ "$status" = 133 ]; do
		status=0
		systemd-nspawn "${arguments[@]}" || status=$?
	done
}

switch_on() {
	[ -z "$(spawner "$1")" ] || return 0
	local how=(setsid -f)
	# Under a systemd the host must stand in a unit of its own.
	[ ! -d /run/systemd/system ] || how=(systemd-run -q --collect -p Delegate=yes
		--unit="$(namespace "$1")" -p "StandardOutput=append:$pool/$1/console.log")
	"${how[@]}" "$here/hosts.sh" keep "$pool" "$1" </dev/null >>"$pool/$1/console.log" 2>&1 8>&- 9>&-
}

wait_gone() {
	local tries=100
	while [ -n "$(spawner "$1")$(keeper "$1")" ] && [ $((tries -= 1)) -gt 0 ]; do
		sleep 0.1
	done
	[ "$tries" -gt 0 ] || die "'$1' does not stop"
}

pull_plug() {
	local pids
	pids="$(keeper "$1") $(spawner "$1") $(leader "$1")"
	# shellcheck disable=SC2086 # several
	[ -z "${pids// /}" ] || kill -KILL $pids 2>/dev/null || true
	wait_gone "$1"
}

# What ran there may end a moment after its leader: off means that nobody answers any more.
wait_silent() {
	local tries=50
	while [ $((tries--)) -gt 0 ] && timeout 1 bash -c "exec 3<>/dev/tcp/$(address "$1")/22" 2>/dev/null; do
		sleep 0.1
	done
}

shut_down() {
	local spawner
	spawner=$(spawner "$1")
	[ -n "$spawner" ] || return 0
	kill -TERM "$spawner"
	(wait_gone "$1") || pull_plug "$1"
}

wait_up() {
	local tries=300
	until run_ssh "$1" root systemctl is-system-running --wait >"$pool/$1/state" 2>/dev/null ||
		grep -q degraded "$pool/$1/state"; do
		if [ $((tries -= 1)) -le 0 ] || [ -z "$(keeper "$1")" ]; then
			tail -n 20 "$pool/$1/console.log" >&2
			die "'$1' does not come up (its console: $pool/$1/console.log)"
		fi
		sleep 0.1
	done
	! grep -q degraded "$pool/$1/state" || run_ssh "$1" root systemctl --failed --no-pager >&2
}

run_ssh() {
	local name=$1 user=$2
	shift 2
	ssh -F "$pool/ssh_config" -l "$user" "$name" "$@"
}

in_host() {
	local name=$1 leader
	shift
	leader=$(leader "$name")
	[ -n "$leader" ] || die "'$name' is off"
	nsenter --target "$leader" --all -- "$@"
}

# --- the pool -----------------------------------------------------------------------------------

# Takes the first free network number; the bridge is the reservation.
make_pool() {
	local number=1
	until ip link add "st$number" type bridge 2>/dev/null; do
		[ $((number += 1)) -lt 250 ] || die "no free network (is the bridge module missing?)"
	done
	echo "$number" >"$pool/network"
	ip address add "10.213.$number.1/24" dev "st$number"
	ip link set "st$number" up
	[ -z "${SUTLER_HOSTS_OWNER:-}" ] || echo "$SUTLER_HOSTS_OWNER $(born "$SUTLER_HOSTS_OWNER")" \
		>"$pool/owner"
	ssh-keygen -q -t ed25519 -N '' -C sutler-test -f "$pool/key"
}

# What tests read: the inventory, known hosts, and a configuration for ssh.
write_files() {
	local name
	for name in $(names); do
		echo "$(address "$name") $(cut -d' ' -f1,2 "$pool/$name/ssh_host_ed25519_key.pub")" \
			>>"$pool/known_hosts"
		echo "$name ansible_host=$(address "$name") ansible_user=admin" \
			"ansible_ssh_private_key_file=$pool/key" >>"$pool/inventory"
		printf 'Host %s\n\tHostName %s\n' "$name" "$(address "$name")" >>"$pool/ssh_config"
	done
	cat >>"$pool/ssh_config" <<-END
		Host *
			User admin
			IdentityFile $pool/key
			IdentitiesOnly yes
			IdentityAgent none
			UserKnownHostsFile $pool/known_hosts
			GlobalKnownHostsFile /dev/null
			BatchMode yes
			ConnectTimeout 5
			LogLevel ERROR
	END
	[ -z "${SUDO_UID:-}" ] || chown "$SUDO_UID" "$pool"/{key,key.pub,known_hosts,inventory,ssh_config}
}

up() {
	local number=${1:-1} name
	[[ $number =~ ^[1-9][0-9]?$ ]] || die "how many hosts? '$number' is not from 1 to 99"
	sweep
	down
	base=$("$here/base.sh")
	trap 'down' EXIT
	trap 'exit 130' INT TERM HUP
	mkdir -p "$pool"
	make_pool
	for name in $(seq -f 'host%.0f' "$number"); do
		mkdir "$pool/$name"
		ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$pool/$name/ssh_host_ed25519_key"
	done
	echo "$base" >"$pool/base"
	write_files
	for name in $(names); do
		make_disk "$name"
		make_network "$name"
		switch_on "$name"
	done
	for name in $(names); do
		wait_up "$name"
	done
	trap - EXIT INT TERM HUP
	describe
}

describe() {
	cat "$pool/inventory"
	echo "# key: $pool/key"
	echo "# known hosts: $pool/known_hosts"
	echo "# ssh -F $pool/ssh_config host1"
}

down() {
	local name
	[ -f "$pool/network" ] || return 0
	for name in $(names); do
		pull_plug "$name"
		remove_disk "$name"
		remove_group "$name"
		remove_network "$name"
	done
	ip link delete "st$(network)" 2>/dev/null || true
	rm -rf --one-file-system "$pool"
}

# When a process was started; nothing for one that is gone or only waits to be buried.
born() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'; }

# Removes the pools that a killed run left behind.
sweep() {
	local owner birth file
	for file in "$pools"/*/owner; do
		[ -f "$file" ] || continue
		read -r owner birth <"$file"
		[ "$(born "$owner")" = "$birth" ] || SUTLER_HOSTS=${file%/owner} "$here/hosts.sh" down
	done
}

list() {
	local name
	for name in $(names); do
		echo "$name $(address "$name") $([ -n "$(spawner "$name")" ] && echo on || echo off)"
	done
}

fresh() {
	local name chosen=("$@")
	[ "${1:-}" != --all ] || mapfile -t chosen < <(names)
	base=$(cat "$pool/base")
	for name in "${chosen[@]}"; do
		need_host "$name"
		pull_plug "$name"
		remove_disk "$name"
		mend "$name"
		make_disk "$name"
		switch_on "$name"
	done
	for name in "${chosen[@]}"; do
		wait_up "$name"
	done
}

# A bridge port that is down swallows what a permanent neighbour entry sends there.
cut_off() {
	local link
	link=$(ip -n "$(namespace "$1")" -brief link show host0 | awk '{ print $3 }')
	ip neighbour replace "$(address "$1")" lladdr "$link" nud permanent dev "st$(network)"
	ip link set "$(port_of "$1")" down
}

mend() {
	ip link set "$(port_of "$1")" up
	ip neighbour delete "$(address "$1")" dev "st$(network)" 2>/dev/null || true
}

# Without a systemd on this machine, the control groups are ours to make.
can_make_groups() {
	local group groups
	[ ! -d /run/systemd/system ] || return 0
	groups=$(control_groups "sutler-check-$$")
	[ -n "$groups" ] || return 1
	for group in $groups; do
		mkdir "$group" 2>/dev/null && rmdir "$group" || return 1
	done
}

# Why hosts cannot be made here, or nothing.
obstacle() {
	local tool
	can_make_groups || { echo 'no control groups can be made here'; return; }
	for tool in systemd-nspawn debootstrap ip dpkg-scanpackages ssh-keygen nsenter; do
		command -v "$tool" >/dev/null || { echo "'$tool' is not installed"; return; }
	done
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount --net sh -c 'mount -t tmpfs tmpfs /mnt && cd /mnt && mkdir a b c d &&
		mount -t overlay -o lowerdir=a,upperdir=b,workdir=c overlay d &&
		ip link add br0 type bridge && ip link add v0 type veth peer name v1' >/dev/null 2>&1 ||
		echo "this kernel or container allows no overlay mounts, bridges or network namespaces"
}

check() {
	local why
	why=$(obstacle)
	[ -z "$why" ] || { echo "$why"; exit 77; }
}

usage() { sed -n '2,/^set /{s/^# \{0,1\}//p}' "$here/hosts.sh"; }

command=${1:-help}
[ $# -eq 0 ] || shift
case $command in
help) usage && exit 0 ;;
folder) echo "$pool" && exit 0 ;;
list | ssh) ;;
*) become_root "$command" "$@" ;;
esac
case $command in
up | down | list | check | keep) "$command" "$@" ;;
fresh) need_pool && fresh "$@" ;;
*)
	need_host "$@"
	name=$1
	shift
	case $command in
	ssh) run_ssh "$name" "${SUTLER_USER:-admin}" "$@" ;;
	exec) in_host "$name" "$@" ;;
	reboot) shut_down "$name" && switch_on "$name" && wait_up "$name" ;;
	off) pull_plug "$name" && wait_silent "$name" ;;
	on) switch_on "$name" && wait_up "$name" ;;
	cut) cut_off "$name" ;;
	mend) mend "$name" ;;
	freeze) in_host "$name" pkill -STOP -x sshd ;;
	thaw) in_host "$name" pkill -CONT -x sshd ;;
	*) die "unknown command '$command' (see: hosts.sh help)" ;;
	esac
	;;
esac
