#!/bin/sh
# Runs a test that needs something of this machine, or skips it with the reason. What is there is looked up now and not
# when the build was configured, so that no test goes missing in a build folder that is older than a package.
#
#   needs.sh PROTOCOL WHAT... -- COMMAND...
#
# PROTOCOL: how meson reads the test: tap or exitcode. WHAT: a program, or python3:MODULE for a module of Debian's Python.
set -eu

protocol=$1
shift

skip() {
	echo "1..0 # SKIP $1"
	[ "$protocol" = tap ] || exit 77
	exit 0
}

while [ "$1" != -- ]; do
	case $1 in
	python3:*)
		/usr/bin/python3 -c "import ${1#*:}" 2>/dev/null || skip "Debian's python3 has no module '${1#*:}' here"
		;;
	*)
		command -v "$1" >/dev/null || skip "'$1' is not installed"
		;;
	esac
	shift
done
shift
exec "$@"
