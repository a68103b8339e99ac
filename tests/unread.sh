#!/bin/sh
# What a table promises, some code must keep: each setting and each keyword of ssh_config that is a row
# is asked for by a file other than its table's. Prints TAP.
set -eu
cd "$(dirname "$0")/.."

number=0
failed=0
# PREFIX, the header that lists the names, what asking for one looks like before the name, and the
# files that may.
check() {
	prefix=$1 header=$2 asking=$3
	shift 3
	for name in $(grep -o "^	${prefix}_[A-Z0-9_]*" "$header" | tr -d '\t' | grep -v "${prefix}_COUNT\|${prefix}_NONE"); do
		number=$((number + 1))
		if cat "$@" | tr -d '\n' | grep -qE "${asking}${name}[^A-Z0-9_]"; then
			echo "ok $number - $name"
		else
			failed=1
			echo "not ok $number - $name is read by nothing"
		fi
	done
}

check SETTING lib/inventory/settings.h 'settings_(text|integer|boolean|list)\([^()]*' cmd/*.c
check CONFIG lib/transport/ssh-config.h '' lib/transport/ssh.c lib/transport/ssh-[a-jl-z]*.c lib/transport/ssh-keys.c
echo "1..$number"
exit $failed
