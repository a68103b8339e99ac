# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# The end of a session: when the sender is gone, what it had started here ends too.
#
# While a step runs, nobody reads the stream, so its end would go unseen. A step that may take long is
# watched: a process of our own, made once for the session, looks 300 ms later whether the step still runs,
# and reads the stream from then on. When that ends, or brings no beat for 30 s, the step is ended with all it
# has started. What was read meanwhile is lost here; the sender is told so behind the step and sends it again
# (wire.c), which also means that behind a long step nothing runs unless the sender is still there.
#
# $scratch/busy names the step that runs, $scratch/claim the one whose stream was taken over. Each side
# writes its own file before it reads the other's.

# watch_step: the running step may take long from here on. Not while a body waits in the stream.
watch_step() {
	[ "$body" -eq 0 ] || return 0
	# A dry run leaves no trace on a disk.
	[ -z "$check$dry" ] || [ -w /dev/shm ] || return 0
	scratch && [ -n "$pipes" ] || return 0
	if [ -z "$watcher" ]; then
		: >"$scratch/claim"
		watch &
		watcher=$!
		echo "$watcher" >"$scratch/watcher"
	fi
	watched=1
	watch_tell "$step_id"
}

# watch_tell STATE: says what this shell is busy with; empty: nothing.
watch_tell() {
	echo "$1" >"$scratch/busy"
	[ -z "$1" ] || echo "$1" >&6
}

# watch_end: the step has ended; tells the sender when the stream was read in the meantime.
watch_end() {
	watched='' w_claim=''
	: >"$scratch/busy"
	read -r w_claim <"$scratch/claim"
	[ "$w_claim" = "$step_id" ] || return 0
	kill "$watcher" 2>/dev/null
	wait "$watcher"
	watcher='' behind=1
	frame behind "$step_id" line:i "$lines"
}

# Passes over what is left of what was sent ahead, up to the place from where it is sent again.
watch_resume() {
	behind=''
	while IFS= read -r line <&3; do
		[ "$line" != "@$nonce $lines" ] || return 0
	done
	exit 129
}

# ---- the process that watches

watch() {
	trap - EXIT HUP PIPE TERM
	exec </dev/null >/dev/null 2>&1 4>&-
	exec 6<"$scratch/pipe"
	while read -r w_state <&6; do
		watch_still "$w_state" || continue
		watch_pause 0.3
		case $w_state in
		drain*) watch_drained "$w_state" ;;
		*) watch_still "$w_state" && watch_claim "$w_state" ;;
		esac
	done
}

# watch_still STATE: whether the shell is still busy with it.
watch_still() {
	w_busy=''
	read -r w_busy <"$scratch/busy"
	[ "$w_busy" = "$1" ]
}

watch_pause() {
	sleep "$1" 3<&- 6<&- || sleep 1 3<&- 6<&-
}

watch_claim() {
	echo "$1" >"$scratch/claim"
	watch_still "$1" || return 0
	w_reader='' w_silent=0 w_last='' w_before='' w_n=0
	echo 0 >"$scratch/beat"
	trap watch_stop TERM
	watch_read &
	w_reader=$!
	while [ "$w_silent" -lt 30 ]; do
		sleep 1 3<&- 6<&- &
		wait "$!"
		kill -0 $$ || watch_stop
		w_busy='' w_beat=''
		read -r w_busy <"$scratch/busy"
		case $w_busy in
		drain*) [ "$w_busy" != "$w_before" ] || watch_drained "$w_busy" ;;
		esac
		w_before=$w_busy
		read -r w_beat <"$scratch/beat"
		case $w_beat in
		end) break ;;
		"$w_last") w_silent=$((w_silent + 1)) ;;
		*) w_silent=0 w_last=$w_beat ;;
		esac
	done
	watch_end_session
}

# Counts the lines of the stream.
watch_read() {
	trap - TERM
	exec 6<&-
	while read -r w_line <&3; do
		w_n=$((w_n + 1))
		echo "$w_n" >"$scratch/beat"
	done
	echo end >"$scratch/beat"
}

watch_stop() {
	kill -KILL $w_reader "$!"
	wait $w_reader
	exit 0
}

# watch_drained STATE: the command has ended; who still holds its output a second later is what it left
# behind, and is not waited for.
watch_drained() {
	watch_pause 0.3
	watch_pause 0.3
	if watch_still "$1"; then
		w_pids=${1#* }
		kill $w_pids
	fi
}

watch_end_session() {
	trap '' TERM
	w_own='' w_takers=''
	read -r w_own <"$scratch/watcher"
	read -r w_takers <"$scratch/takers"
	w_tree=" $$ "
	# Who takes the output stays for what the command still says.
	watch_descendants "$w_own" $w_takers
	kill -TERM $w_tree
	watch_pause 2
	watch_descendants "$w_own"
	kill -KILL $w_tree
	rm -rf -- "$scratch"
	kill -KILL $w_reader
	exit 0
}

# watch_descendants PID...: adds to w_tree all that the processes in it have started, but for these.
watch_descendants() {
	w_pairs=$(watch_processes) w_but=" $* " w_grown=1
	while [ -n "$w_grown" ]; do
		w_grown=''
		while read -r w_pid w_up; do
			case $w_tree$w_but in *" $w_pid "*) continue ;; esac
			case $w_tree in
			*" $w_up "*) w_tree="$w_tree$w_pid " w_grown=1 ;;
			esac
		done <<-END
			$w_pairs
		END
	done
}

# PID PARENT of every process.
watch_processes() {
	if [ ! -r /proc/self/stat ]; then
		ps -A -o pid= -o ppid=
		return
	fi
	for w_file in /proc/[0-9]*/stat; do
		w_stat=''
		read -r w_stat <"$w_file" || [ -n "$w_stat" ] || continue
		w_pid=${w_stat%% *}
		w_stat=${w_stat##*') '}
		w_stat=${w_stat#* }
		echo "$w_pid ${w_stat%% *}"
	done
}
