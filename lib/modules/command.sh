# shellcheck shell=sh disable=SC2154,SC2034
# Commands: command (words) and shell (a text for a shell). p_words: the quoted words to run.
do_command() {
	c_script=''
	command_due || return
	if [ -n "$p_expands" ]; then
		# In a shell of its own: variables of this one are nobody's business.
		# shellcheck disable=SC2016
		set -- sh -c 'IFS=; set -f; eval "exec $0"' "$p_words"
	else
		eval "set -- $p_words"
	fi
	command_run "$@"
}

# A script that comes as the body.
do_script() {
	c_script=1
	command_due || return
	if [ "$body" -eq 0 ]; then
		want
		return
	fi
	scratch || return
	w_left=$body body=0
	w_script=$scratch/$p_script_name
	take_exactly "$w_left" >"$w_script"
	if [ "$(wc -c <"$w_script")" -ne "$w_left" ]; then
		fail "unable to write '$w_script'"
		return
	fi
	chmod 700 "$w_script"
	eval "set -- $p_words"
	set -- "$w_script" "$@"
	if [ -n "$p_executable" ]; then
		command_run "$p_executable" "$@"
	elif ! head -n 1 "$w_script" | grep -q '^#!'; then
		command_run sh "$@"
	elif [ -x "$w_script" ]; then
		command_run "$@"
	else
		script_interpreted "$@"
	fi
	rm -f -- "$w_script"
}

# Where nothing may be executed (noexec): by the interpreter that its first line names, as the kernel
# would, which takes all that follows the name as one word.
script_interpreted() {
	w_line=$(head -n 1 "$1")
	w_line=${w_line#??}
	w_line=${w_line#"${w_line%%[! ]*}"}
	w_program=${w_line%% *}
	w_line=${w_line#"$w_program"}
	w_line=${w_line#"${w_line%%[! ]*}"}
	command_run "$w_program" ${w_line:+"$w_line"} "$@"
}

# Whether the command shall run at all, now.
command_due() {
	if [ -n "$p_creates" ] && command_exists "$p_creates"; then
		command_not_run "$p_creates exists" creates "Did not run command since '$p_creates' exists"
		return 1
	fi
	if [ -n "$p_removes" ] && ! command_exists "$p_removes"; then
		command_not_run "$p_removes does not exist" removes "Did not run command since '$p_removes' does not exist"
		return 1
	fi
	if [ -n "$check" ]; then
		remember command "$step_id" 1
		unpredicted 'would run'
		return 1
	fi
	if [ -n "$p_chdir" ] && [ ! -d "$p_chdir" ]; then
		command_no_time
		field rc:n ''
		fail "unable to change to folder '$p_chdir'"
		return 1
	fi
}

command_no_time() {
	field start:n ''
	field end:n ''
	field delta:n ''
}

# command_not_run WHY PARAMETER MESSAGE: as Ansible, which has a script skipped.
command_not_run() {
	if [ -n "$c_script" ]; then
		skip "$1, matching $2 option"
		return
	fi
	command_no_time
	field rc:i 0
	frame stdout "$step_id" path:s '' content:s "skipped, since $1"
	r_message=$3
}

command_run() {
	# As Ansible's return codes for it; the shell's own words would name a line of this program.
	w_program=${p_expands:-$1}
	case $w_program in
	*/*)
		[ -z "$p_chdir" ] || [ "${w_program#/}" != "$w_program" ] || w_program=$p_chdir/$w_program
		if [ -e "$w_program" ] && ! has "$w_program"; then
			field rc:i 13
			fail "unable to run '$w_program': permission denied"
			return
		fi
		;;
	*)
		[ "$t_environment" = "${t_environment#*PATH=}" ] || w_program='sh' # whatever it finds there
		;;
	esac
	if ! has "$w_program"; then
		field rc:i 2
		fail "no command '${p_expands:-$1}' on the host"
		return
	fi
	run "$@" || return
	will_change
	tell_run
	if [ "$rc" -eq 124 ] && [ -n "$t_timeout" ]; then
		fail "the command did not end within $t_timeout s, and was ended"
		return
	fi
	# As in Ansible: a command that failed has run, and counts as a change where its failure is forgiven.
	[ "$rc" -eq 0 ] || field changed:b 1
	if [ "$rc" -gt 128 ] && w_signal=$(kill -l $((rc - 128)) 2>/dev/null); then
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
