# shellcheck shell=sh disable=SC2154,SC2034
# Commands: command (words) and shell (a text for a shell). p_words: the quoted words to run.
do_command() {
	field cmd:s "$p_cmd"
	if [ -n "$p_creates" ] && command_exists "$p_creates"; then
		field rc:i 0
		r_message="not run: '$p_creates' exists"
		return
	fi
	if [ -n "$p_removes" ] && ! command_exists "$p_removes"; then
		field rc:i 0
		r_message="not run: '$p_removes' does not exist"
		return
	fi
	if [ -n "$check" ]; then
		remember command "$step_id" 1
		unpredicted 'would run'
		return
	fi
	if [ -n "$p_chdir" ] && [ ! -d "$p_chdir" ]; then
		fail "unable to change to folder '$p_chdir'"
		return
	fi
	eval "set -- $p_words"
	run "$@" || return
	will_change
	tell_run
	if [ "$rc" -eq 124 ] && [ -n "$p_timeout" ]; then
		fail "the command did not end within $p_timeout seconds, and was ended"
	elif [ "$rc" -gt 128 ] && w_signal=$(kill -l $((rc - 128)) 2>/dev/null); then
		fail "the command was killed by signal $w_signal"
	elif [ "$rc" -ne 0 ]; then
		fail 'non-zero return code'
	fi
}

# A path, or a pattern that matches something.
command_exists() {
	fs_type "$1"
	[ "$f_type" = absent ] || return 0
	case $1 in
	*[*?[]*) ;;
	*) return 1 ;;
	esac
	w_old_ifs=$IFS IFS=
	# shellcheck disable=SC2086
	set -- $1
	IFS=$w_old_ifs
	[ -e "$1" ] || [ -L "$1" ]
}
