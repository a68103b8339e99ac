#% command: runs a command on the host, without a shell
#% takes free_form command
#% cmd                   text                 the command
#% argv                  list   here          the command as a list of words
#% warn                  bool   ignored =yes  accepted: nothing warns
#% chdir                 path                 folder to run it in
#% creates               path                 not run when this exists
#% removes               path                 run only when this exists
#% stdin                 text                 text for its standard input
#% stdin_add_newline     bool   here =yes     end stdin with a newline
#% strip_empty_ends      bool   here =yes     drop newlines at the end of output
#% executable            text                 shell to use instead of /bin/sh
#% expand_argument_vars  bool   here =yes     expand $VARIABLE in words
#% here prepare finish
#% sets words expands
#% returns cmd, rc, stdout, stderr, stdout_lines, stderr_lines, start, end, delta
#% example
#%   - command: systemd-analyze verify app.service
#%     args:
#%       chdir: /etc/systemd/system

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
