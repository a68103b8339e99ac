# shellcheck shell=sh disable=SC2154
# Running commands, with their output captured.

# state_folder: sets w_state to the folder for what we keep on this host, made when it is missing.
state_folder() {
	w_state=/var/lib/sutler
	[ "$my_uid" = 0 ] || w_state=${XDG_STATE_HOME:-${HOME-}/.local/state}/sutler
	[ -d "$w_state" ] || (umask 077 && mkdir -p "$w_state") 2>/dev/null
	[ -d "$w_state" ] && [ ! -L "$w_state" ] && [ -O "$w_state" ] && [ -w "$w_state" ]
}

# scratch: makes the private folder for captured output on first use; removed at the end. In a dry run
# it is in memory where that can be, so that not even the time stamp of a folder on the disk changes.
scratch() {
	[ -z "$scratch" ] || return 0
	random_name || return 1
	if [ -n "$check" ] && [ -w /dev/shm ]; then
		scratch=/dev/shm/.sutler-$w_random
	elif [ -z "$check" ] && state_folder; then
		scratch=$w_state/run-$w_random
	else
		scratch=${TMPDIR:-/tmp}/.sutler-$w_random
	fi
	attempt mkdir -m 700 "$scratch" || {
		scratch=
		return 1
	}
}

# lock_edits: nobody else of ours edits files here until unlock_edits; without flock the last look before the
# rename has to do.
lock_edits() {
	has flock && state_folder || return 0
	{ command exec 7>>"$w_state/edits"; } 2>/dev/null || return 0
	flock -w 10 7 7>&7 2>/dev/null
	return 0
}

unlock_edits() {
	{ command exec 7>&-; } 2>/dev/null
	return 0
}

# run COMMAND...: runs it with its output captured; sets rc; the output is in $scratch/out and
# $scratch/err. t_timeout seconds bound it. Its own environment: the locale the host came with.
run() {
	may_change
	[ -n "$dry" ] || scratch || return 1
	if [ -n "${t_timeout-}" ] && has timeout; then
		set -- timeout -k 5 "$t_timeout" "$@"
	fi
	if [ -n "$dry" ]; then
		run_dry "$@"
		return
	fi
	run_as_asked "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	rc=$?
}

# A command that runs in a dry run (check_mode: false) leaves no captured output on the disk either: run_out and
# run_err hold it.
run_dry() {
	w_all=$(
		{
			w_out=$(run_as_asked "$@" 3<&- 4>&- 5>&-)
			w_status=$?
			printf '\n@%s %s\n%s' "$nonce" "$w_status" "$w_out" >&5
		} 2>&1 5>&1 </dev/null
	)
	run_err=${w_all%%"$nl@$nonce "*}
	run_out=${w_all#*"$nl@$nonce "}
	rc=${run_out%%"$nl"*}
	case $run_out in
	*"$nl"*) run_out=${run_out#*"$nl"} ;;
	*) run_out='' ;;
	esac
}

# In a shell of its own, with the environment that was asked for.
run_as_asked() {
	(
		exec 3<&- 4>&-
		if [ -n "$saved_locale" ]; then
			LC_ALL=$saved_locale
		else
			unset LC_ALL
		fi
		[ -z "${p_chdir-}" ] || cd "$p_chdir" || exit 1
		[ -z "${t_environment-}" ] || eval "export $t_environment"
		if [ -n "${p_stdin_given-}" ]; then
			printf %s "$p_stdin" | "$@"
		else
			exec "$@"
		fi
	)
}

# run_output out|err: prints what the last run wrote.
run_output() {
	if [ -n "$dry" ]; then
		eval "printf %s \"\$run_$1\""
	else
		cat "$scratch/$1"
	fi
}

# tell_run: rc, stdout and stderr of the last run as return values, each cut at output_limit_bytes (then
# stdout_cut or stderr_cut is set), so that no command can fill the sender's memory.
tell_run() {
	field rc:i "$rc"
	if [ -n "$dry" ]; then
		frame stdout "$step_id" path:s '' content:s "$run_out"
		frame stderr "$step_id" path:s '' content:s "$run_err"
		return
	fi
	w_limit=$limit_bytes limit_bytes=$output_limit_bytes
	for w_stream in out err; do
		if [ -s "$scratch/$w_stream" ]; then
			frame_file "std$w_stream" "$step_id" '' "$scratch/$w_stream"
			[ "$w_size" -lt "$limit_bytes" ] || field "std${w_stream}_cut:b" 1
		fi
	done
	limit_bytes=$w_limit
}
