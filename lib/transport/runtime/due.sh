# shellcheck shell=sh disable=SC2154,SC3067
# Work that is due: a mark on the host for each handler that a change asks for. It is written before the first
# effect, and only the handler's success removes it, so that a run which ends between the two loses nothing.
#
# A mark is a file KEY.PLAY.HANDLER (digests, so that any name of a handler can be one) with one line of JSON for
# people and for the sender. due_marks: lines "NAME CONTENT" of what the step makes due; due_done: the names of
# the marks that its success removes. Both hold for one step. Functions here use names with d_ only: they run in the
# midst of others.

# due_folder: sets d_folder.
due_folder() {
	case $my_uid:${HOME-} in
	0:*) d_folder=/var/lib/sutler/due ;;
	*:/?*) d_folder=$HOME/.local/state/sutler/due ;;
	*) return 1 ;;
	esac
}

# due_safe: whether the folder is there and this user's own, and no link leads to it.
due_safe() {
	due_folder || return 1
	[ -d "$d_folder" ] && [ ! -L "$d_folder" ] && [ ! -L "${d_folder%/*}" ] &&
		[ -O "$d_folder" ] && [ -O "${d_folder%/*}" ]
}

# due_list KEY: sets d_list to a line "NAME CONTENT" for each mark of earlier runs.
due_list() {
	d_list=
	[ -n "$1" ] && due_safe || return 0
	for d_file in "$d_folder/$1".*; do
		if [ ! -f "$d_file" ] || [ -L "$d_file" ]; then
			continue
		fi
		d_line=
		IFS= read -r d_line <"$d_file"
		d_list=$d_list${d_file##*/}" $d_line$nl"
	done
}

# due_mark: writes the marks of due_marks, in a real run. An older mark stays as it is. What the step wrote anew is
# kept in due_new.
due_mark() {
	if [ -z "$check" ]; then
		if due_folder && [ ! -d "$d_folder" ]; then
			(umask 077 && mkdir -p -- "$d_folder") 2>/dev/null
		fi
		if due_safe; then
			while [ -n "$due_marks" ]; do
				d_line=${due_marks%%"$nl"*}
				due_marks=${due_marks#"$d_line"}
				due_marks=${due_marks#"$nl"}
				due_write "${d_line%% *}" "${d_line#* }"
			done
		else
			frame unmarked 0 folder:s "${d_folder-}"
		fi
	fi
	due_marks=
}

due_write() {
	if [ -f "$d_folder/$1" ] && [ ! -L "$d_folder/$1" ]; then
		return 0
	fi
	if (
		umask 077
		set -C
		printf '%s\n' "$2" >"$d_folder/$1"
	) 2>/dev/null; then
		due_new="$due_new $1"
	else
		frame unmarked 0 folder:s "$d_folder"
	fi
}

# may_change: something may be changed that is known only afterwards: the marks are written now, and removed again
# at the end of the step when nothing was.
may_change() {
	[ -z "$due_marks" ] || due_mark
}

# due_settle: at the end of a step.
due_settle() {
	if [ -z "$halted" ]; then
		case $r_status in
		ok | skipped | unpredicted) due_clear "$due_new" ;;
		esac
		case $r_status in
		ok | changed | skipped) due_clear "$due_done" ;;
		esac
	fi
	due_marks='' due_done='' due_new=''
}

# due_clear NAMES: removes marks.
due_clear() {
	d_names=$1 d_list=
	[ -n "$d_names" ] && due_safe || return 0
	set --
	# shellcheck disable=SC2086
	for d_file in $d_names; do
		set -- "$@" "$d_folder/$d_file"
	done
	rm -f -- "$@"
}
