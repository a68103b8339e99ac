# shellcheck shell=sh disable=SC2034,SC2088,SC2154
# Paths, users and commands of the host.

# A list parameter holds words that the sender quoted: eval "set -- $p_list".

# each_line TEXT COMMAND...: runs COMMAND LINE for each line of a text; ends, and fails, where that does.
each_line() {
	local each_left="$1" each_line
	shift
	while [ -n "$each_left" ]; do
		each_line=${each_left%%"$nl"*}
		each_left=${each_left#"$each_line"}
		each_left=${each_left#"$nl"}
		"$@" "$each_line" || return
	done
}

# expand NAME: replaces a leading ~ or ~user in variable NAME.
expand() {
	eval "w_path=\$$1"
	case $w_path in
	'~')
		w_path=$HOME
		;;
	'~/'*)
		w_path=$HOME/${w_path#'~/'}
		;;
	'~'*)
		w_user=${w_path%%/*}
		w_user=${w_user#'~'}
		case $w_user in
		*[!A-Za-z0-9._-]*) return ;;
		esac
		user_home "$w_user" || return
		case $w_path in
		*/*) w_path=$w_home/${w_path#*/} ;;
		*) w_path=$w_home ;;
		esac
		;;
	*)
		return
		;;
	esac
	eval "$1=\$w_path"
}

# user_home NAME: sets w_home to a user's home folder, also of one a dry run would have made.
user_home() {
	if recall user "$1"; then
		w_home=$recalled
		return 0
	fi
	w_home=$(getent passwd "$1" 2>/dev/null || grep "^$1:" /etc/passwd)
	[ -n "$w_home" ] || return 1
	w_home=${w_home%:*}
	w_home=${w_home##*:}
}

# host_default FILE NAME SEPARATOR: sets w_default to a setting in FILE; empty without one.
host_default() {
	w_default=
	[ -r "$1" ] || return 0
	while IFS="$3" read -r w_key w_value; do
		[ "$w_key" != "$2" ] || w_default=$w_value
	done <"$1"
}

# parent PATH: sets w_parent to the folder that holds it.
parent() {
	w_parent=${1%/}
	case $w_parent in
	'') ;;
	*/*) w_parent=${w_parent%/*} ;;
	*) w_parent=. ;;
	esac
	w_parent=${w_parent:-/}
}

# has COMMAND: whether it can be run here.
has() {
	case $1 in
	# Not every shell looks whether there is a program of that path.
	*/*) [ -f "$1" ] && [ -x "$1" ] ;;
	*) command -v "$1" >/dev/null 2>&1 ;;
	esac
}
