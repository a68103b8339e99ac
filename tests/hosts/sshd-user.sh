#!/bin/bash
# A private sshd on 127.0.0.1, run as whoever asks, for tests that need no host of their own.
#
#   start FOLDER [SSHD OPTION...]   makes FOLDER, starts sshd and prints its port
#   stop FOLDER                     ends it and its sessions
#
# It also ends when the process that started it does, so that a killed test leaves nothing behind.
# FOLDER then holds key, known_hosts, ssh_config (host `here`), inventory (host `here`), config,
# log, pid and port. SSHD_LISTEN=0.0.0.0 makes it answer on all of 127.0.0.0/8 (and elsewhere).
# Exit status 77 with a reason: no sshd here.
set -euo pipefail

sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd) || {
	echo 'sshd is not installed'
	exit 77
}
listen=${SSHD_LISTEN:-127.0.0.1}

configure() {
	local folder=$1 port=$2
	cat >"$folder/config" <<-END
		Port $port
		ListenAddress $listen
		HostKey $folder/host_key
		AuthorizedKeysFile $folder/key.pub
		PidFile $folder/pid
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin prohibit-password
		UseDNS no
		Subsystem sftp internal-sftp
		# To bash this is no login of sshd's: it leaves the .bashrc of whoever runs the tests alone.
		SetEnv SHLVL=1
	END
}

write_files() {
	local folder=$1 port=$2 user
	user=$(id -un)
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$folder/host_key.pub")" >"$folder/known_hosts"
	echo "here ansible_host=127.0.0.1 ansible_port=$port ansible_user=$user" \
		"ansible_ssh_private_key_file=$folder/key" >"$folder/inventory"
	cat >"$folder/ssh_config" <<-END
		Host here
			HostName 127.0.0.1
			Port $port
			User $user
			IdentityFile $folder/key
			IdentitiesOnly yes
			IdentityAgent none
			UserKnownHostsFile $folder/known_hosts
			GlobalKnownHostsFile /dev/null
			BatchMode yes
			LogLevel ERROR
	END
}

# The first free port from a random one on; sshd itself says whether it is free.
start() {
	local folder=$1 port tries=20
	shift
	mkdir -p "$folder"
	folder=$(cd "$folder" && pwd)
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	rm -f "$folder/key" "$folder/host_key"
	ssh-keygen -q -t ed25519 -N '' -C sutler-test -f "$folder/key"
	ssh-keygen -q -t ed25519 -N '' -C sutler-test-host -f "$folder/host_key"
	while :; do
		port=$((20000 + RANDOM % 10000))
		configure "$folder" "$port"
		: >"$folder/log"
		"$sshd" -f "$folder/config" -E "$folder/log" "$@" </dev/null >/dev/null 2>&1
		wait_for "$folder" && break
		[ $((tries -= 1)) -gt 0 ] || {
			cat "$folder/log" >&2
			exit 1
		}
	done
	echo "$port" >"$folder/port"
	write_files "$folder" "$port"
	setsid -f "$0" watch "$folder" "$PPID" </dev/null >/dev/null 2>&1
	echo "$port"
}

watch() {
	while [ -s "$1/pid" ] && kill -0 "$2" 2>/dev/null; do
		sleep 1
	done
	stop "$1"
}

# sshd writes its pid file once it listens.
wait_for() {
	local tries=100
	until [ -s "$1/pid" ]; do
		[ $((tries -= 1)) -gt 0 ] && ! grep -q 'Cannot bind' "$1/log" || return 1
		sleep 0.02
	done
}

# All sessions are its descendants; those are ended before it can fork more.
stop() {
	local folder=$1 pid
	pid=$(cat "$folder/pid" 2>/dev/null) || return 0
	kill -STOP "$pid" 2>/dev/null || return 0
	end_below "$pid"
	kill -KILL "$pid"
	rm -f "$folder/pid"
}

end_below() {
	local child
	for child in $(pgrep -P "$1"); do
		end_below "$child"
		kill -KILL "$child" 2>/dev/null || true
	done
}

case ${1:-} in
start | stop)
	[ $# -ge 2 ] || { "$0" && exit 2; }
	"$@"
	;;
watch) watch "$2" "$3" ;;
*) sed -n '2,/^set /{s/^# \{0,1\}//p}' "$0" && exit 2 ;;
esac
