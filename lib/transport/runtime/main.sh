# shellcheck shell=sh disable=SC2034,SC2154
# What runs on the target: reads steps from stdin, one line each, and answers with frames.
#
# Sent once per connection, together with the modules (lib/modules/*.sh) that the run may need; the
# last line, added by wire.c, calls sutler_main, so that a truncated copy does nothing at all.
# lib/transport/wire.h describes the lines and the frames. meson.build puts the files of this folder together.
#
# A module is a function do_NAME. It finds its parameters in p_NAME variables (of its step alone), tells its result with
# fail, field, will_change and so on, and changes files only through the fs_ functions: they alone
# know whether this is a dry run. Names with one leading letter and _ belong to: p_ parameters, t_ keywords
# of the task, f_ the file last looked at, o_ what a dry run would have made, w_ work variables of functions
# here.

# Sets my_uid, me and my_group (names, or numbers without one) with one process.
who_am_i() {
	w_id=$(id)
	w_id=${w_id#uid=}
	my_uid=${w_id%%[!0-9]*}
	w_group=${w_id#* gid=}
	me=${w_id%% *} my_group=${w_group%% *}
	case $me in *'('*) me=${me#*'('} me=${me%')'*} ;; esac
	case $my_group in *'('*) my_group=${my_group#*'('} my_group=${my_group%')'*} ;; esac
}

finish() {
	[ -z "$w_hidden$w_temporary" ] || place_leave
	[ -z "$watcher" ] || kill "$watcher" 2>/dev/null
	[ -z "$scratch" ] || rm -rf -- "$scratch"
}

# mksh reads 0644 as octal only as POSIX has it, which it does by itself when it is called sh.
# shellcheck disable=SC3040
strict_shell() {
	case ${KSH_VERSION-} in
	*MIRBSD*) set -o posix ;;
	esac
}

sutler_main() {
	nonce=$1
	strict_shell
	nl='
'
	tab='	'
	dry='' halted='' loop_failed='' replaying='' body=0 check='' diff='' keep_going='' scratch=''
	due_marks='' due_done='' due_new=''
	o_memory=''
	overlay_start
	fs_start
	start=$PWD w_hidden='' w_temporary=''
	unset CDPATH
	text_limit_bytes=16777216 limit_bytes=4194304 output_limit_bytes=${2:-16777216}
	lines=0 behind='' watched='' watcher='' pipes='' in_memory=''
	hasher='' reader=''
	saved_locale=${LC_ALL-}
	LC_ALL=C
	export LC_ALL
	PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
	export PATH
	exact_head=
	w_head=$(command -v head)
	case $w_head in
	/*) [ ! -d /proc/self ] || [ -L "$w_head" ] || exact_head=1 ;;
	esac
	who_am_i
	exec 3<&0 4>&1 </dev/null >/dev/null
	trap finish EXIT
	trap 'exit 129' HUP
	trap 'exit 141' PIPE
	trap 'exit 143' TERM
	due_list "${3-}"
	frame ready 0 user:s "$me" uid:s "$my_uid" home:s "${HOME-}" due:s "$d_list"
	while IFS= read -r line <&3; do
		# A beat of the sender.
		[ "$line" != : ] || continue
		lines=$((lines + 1))
		eval "$line"
		[ -z "$behind" ] || watch_resume
	done
}
