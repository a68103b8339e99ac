#!/bin/bash
# Makes the root file system all test hosts share, once, and prints its path: base.sh
#
# It is a bare Debian (packages: `base:` in tests/packages) that carries a small apt repository
# (`repository:`), because hosts have no network. It is kept in $SUTLER_CACHE, under a name that
# changes with the package lists and with this script.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${SUTLER_CACHE:-/var/cache/sutler-hosts}
packages() { sed -n "s/^$1: *//p" "$here/../packages" | tr '\n' ' '; }

# shellcheck source=/dev/null
. /etc/os-release
key=$( (echo "$VERSION_CODENAME"; packages base; packages repository; cat "$here/base.sh") |
	sha256sum | cut -c1-12)
base=$cache/base-$key

# The mirror and the lists are those of this machine's own apt.
mirror() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
		awk -v codename="$VERSION_CODENAME" \
			'$1 == codename && $2 == "main" && $3 ~ /debian/ { print $3; exit }'
}

# Downloads what the hosts will install: all that is missing on top of the base in $1.
fill_repository() {
	local root=$1 archives=$1/srv/apt
	mkdir -p "$archives/partial"
	# shellcheck disable=SC2046 # words wanted
	apt-get -qq -y --download-only --no-install-recommends \
		-o Dir::State::status="$root/var/lib/dpkg/status" \
		-o Dir::Cache::archives="$archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
		-o DPkg::Post-Invoke= -o APT::Keep-Downloaded-Packages=true -o Debug::NoLocking=true \
		install $(packages repository)
	rm -rf "$archives/partial" "$archives/lock"
	(cd "$archives" && dpkg-scanpackages --multiversion . >Packages 2>/dev/null)
	echo 'deb [trusted=yes] file:/srv/apt ./' >"$root/etc/apt/sources.list"
}

# The users every host has: admin (sudo without a password), clerk (sudo with the password
# "sutler") and plain (no sudo).
add_users() {
	local root=$1 user
	for user in admin clerk plain; do
		chroot "$root" useradd --create-home --shell /bin/bash "$user"
		chroot "$root" usermod -p '*' "$user"
	done
	touch "$root"/home/{admin,clerk}/.sudo_as_admin_successful
	chown --reference="$root/home/admin" "$root/home/admin/.sudo_as_admin_successful"
	chown --reference="$root/home/clerk" "$root/home/clerk/.sudo_as_admin_successful"
	echo 'clerk:sutler' | chroot "$root" chpasswd -c SHA256
	echo 'admin ALL=(ALL:ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/admin"
	echo 'clerk ALL=(ALL:ALL) ALL' >"$root/etc/sudoers.d/clerk"
	chmod 0440 "$root"/etc/sudoers.d/*
}

# What a host on a bridge without a network needs otherwise, or would only wait for.
settle() {
	local root=$1
	rm -f "$root"/etc/ssh/ssh_host_* "$root"/var/cache/apt/archives/*.deb
	rm -rf "$root"/var/lib/apt/lists/*
	: >"$root/etc/machine-id"
	echo 'nameserver 127.0.0.1' >"$root/etc/resolv.conf"
	echo 'force-unsafe-io' >"$root/etc/dpkg/dpkg.cfg.d/test-host"
	printf 'UseDNS no\nHostKey /etc/ssh/ssh_host_ed25519_key\n' \
		>"$root/etc/ssh/sshd_config.d/test-host.conf"
	chroot "$root" systemctl -q mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
		e2scrub_all.timer e2scrub_reap.service fstrim.timer console-getty.service getty.target \
		systemd-networkd-wait-online.service
	chroot "$root" systemctl -q set-default multi-user.target
	chroot "$root" systemctl -q enable ssh.service
}

build() {
	local root=$cache/new-$$
	trap 'rm -rf "$root"' EXIT
	echo "hosts: making the base system (once, about two minutes): $base" >&2
	[ -n "$(mirror)" ] || apt-get -qq update >&2
	local include
	include=$(packages base | tr -s ' ' ',')
	debootstrap --variant=minbase --include="${include%,}" "$VERSION_CODENAME" "$root" "$(mirror)" \
		>"$cache/debootstrap.log" 2>&1 || { tail -n 5 "$cache/debootstrap.log" >&2; exit 1; }
	fill_repository "$root" >&2 || { apt-get -qq update >&2 && fill_repository "$root" >&2; }
	add_users "$root"
	settle "$root"
	mv "$root" "$base"
	trap - EXIT
}

# Bases that nobody asked for in three days go, unless a host still stands on them.
remove_old() {
	local old
	find "$cache" -maxdepth 1 -name 'base-*' -mtime +3 | while read -r old; do
		grep -q "lowerdir=$old" /proc/mounts || rm -rf --one-file-system "$old"
	done
}

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ ! -d "$base" ]; then
	remove_old
	build
fi
touch "$base"
echo "$base"
