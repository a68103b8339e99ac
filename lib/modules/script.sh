#% script: runs a local script on the host
#% takes free_form command
#% with command
#% cmd         text   here          the local script and its arguments
#% chdir       path                 folder to run it in
#% creates     path                 not run when this exists
#% removes     path                 run only when this exists
#% executable  text   here          program to run it with
#% decrypt     bool   ignored =yes
#% here prepare
#% sets script_name executable
#% returns rc, stdout, stderr, stdout_lines, stderr_lines
#% example
#%   - script: scripts/migrate.sh --all
#%     args:
#%       creates: /var/lib/app/migrated

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
