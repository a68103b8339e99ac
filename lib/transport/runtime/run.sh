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
	if [ -n "$check$dry" ] && [ -w /dev/shm ]; then
		scratch=/dev/shm/.sutler-$w_random
	elif [ -z "$check$dry" ] && state_folder; then
		scratch=$w_state/run-$w_random
	else
		scratch=${TMPDIR:-/tmp}/.sutler-$w_random
	fi
	attempt mkdir -m 700 "$scratch" || {
		scratch=
		return 1
	}
	scratch_pipes
}

# pipes: whether output can be taken through pipes, and steps be watched.
scratch_pipes() {
	pipes=''
	has tee && mkfifo "$scratch/out-pipe" "$scratch/err-pipe" "$scratch/pipe" 2>/dev/null || return 0
	# Open in both directions: opening it in one would wait for somebody at the other end.
	exec 6<>"$scratch/pipe" && pipes=1
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
# $scratch/err, at most a little over output_limit_bytes each. t_timeout seconds bound it. Its own
# environment: the locale the host came with.
run() {
	may_change
	in_memory=''
	[ -z "$dry" ] || [ -w /dev/shm ] || in_memory=1
	[ -n "$in_memory" ] || scratch || return 1
	if [ -n "${t_timeout-}" ] && has timeout; then
		set -- timeout -k 5 "$t_timeout" "$@"
	fi
	if [ -n "$in_memory" ]; then
		run_in_memory "$@"
	elif [ -z "$pipes" ]; then
		run_as_asked "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
		rc=$?
	else
		run_captured "$@"
	fi
}

# What is over the limit is read and dropped: the command goes on, and no disk is filled.
run_captured() {
	watch_step
	capture out &
	w_out=$!
	capture err &
	w_err=$!
	echo "$w_out $w_err" >"$scratch/takers"
	run_as_asked "$@" >"$scratch/out-pipe" 2>"$scratch/err-pipe" </dev/null
	rc=$?
	# What the command has left running may hold the pipes for ever: see watch_drained.
	[ -z "$watcher" ] || watch_tell "drain$step_id $w_out $w_err"
	w_held=''
	wait "$w_out" || [ $? -le 128 ] || w_held=1
	wait "$w_err" || [ $? -le 128 ] || w_held=1
	[ -z "$watcher" ] || watch_tell "$step_id"
	[ -z "$w_held" ] || run_new_pipes
}

# capture out|err: one process; tee goes on when it cannot write more (POSIX), and so empties the pipe.
capture() {
	trap '' XFSZ
	ulimit -f $((output_limit_bytes / 512 + 1)) 2>/dev/null
	exec tee "$scratch/$1" <"$scratch/$1-pipe" >/dev/null 2>&1 3<&- 4>&- 6>&-
}

run_new_pipes() {
	rm -f "$scratch/out-pipe" "$scratch/err-pipe"
	mkfifo "$scratch/out-pipe" "$scratch/err-pipe"
}

# Where a dry run has no memory file system: a command that runs in it (check_mode: false) leaves no captured
# output on the disk; run_out and run_err hold it.
run_in_memory() {
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
		exec 3<&- 4>&- 6>&-
		if [ -n "$saved_locale" ]; then
			LC_ALL=$saved_locale
		else
			unset LC_ALL
		fi
		[ -z "${p_chdir-}" ] || cd "$p_chdir" 2>/dev/null || run_refused "unable to change to folder '$p_chdir'" 1
		[ -z "${t_environment-}" ] || eval "export $t_environment"
		has "$1" || run_refused "no command '$1' on the host" 127
		if [ -n "${p_stdin_given-}" ]; then
			printf %s "$p_stdin" | "$@"
		else
			exec "$@"
		fi
	)
}

# run_refused MESSAGE STATUS: in the shell of a command that cannot be started; a shell's own words about it name a
# line of this program.
run_refused() {
	echo "$1" >&2
	exit "$2"
}

# run_output out|err: prints what the last run wrote.
run_output() {
	if [ -n "$in_memory" ]; then
		eval "printf %s \"\$run_$1\""
	else
		cat "$scratch/$1"
	fi
}

# tell_run: rc, stdout and stderr of the last run as return values. Of a stream that is longer than
# output_limit_bytes only the beginning is sent, and stdout_cut or stderr_cut is set.
tell_run() {
	field rc:i "$rc"
	if [ -n "$in_memory" ]; then
		frame stdout "$step_id" path:s '' content:s "$run_out"
		frame stderr "$step_id" path:s '' content:s "$run_err"
		return
	fi
	w_limit=$limit_bytes
	for w_stream in out err; do
		if [ -s "$scratch/$w_stream" ]; then
			limit_bytes=$output_limit_bytes
			w_size=$(($(wc -c <"$scratch/$w_stream") + 0))
			if [ "$w_size" -gt "$output_limit_bytes" ]; then
				field "std${w_stream}_cut:b" 1
				limit_bytes=$((output_limit_bytes < 65536 ? output_limit_bytes : 65536))
			fi
			frame_file "std$w_stream" "$step_id" '' "$scratch/$w_stream" "$w_size"
		fi
	done
	limit_bytes=$w_limit
}
