#% wait_for: waits for a port or a path on the host to appear or disappear
#% host                      text   =127.0.0.1                name or address, as seen from the host
#% port                      int                              TCP port
#% path                      path                             file, folder or socket
#% state                     text   started|stopped|present|absent|drained =started
#%                                                            what to wait for
#% search_regex              text                             text to find in the file, or in what the port says
#% timeout                   int    =300                      seconds to wait at most
#% delay                     int    =0                        seconds before the first look
#% sleep                     int    =1                        seconds between looks
#% connect_timeout           int    =5                        seconds for one look at a port
#% msg                       text                             message when it times out
#% exclude_hosts             list                             with drained: addresses that do not count
#% active_connection_states  list   here =ESTABLISHED,FIN_WAIT1,FIN_WAIT2,SYN_RECV,SYN_SENT,TIME_WAIT
#%                                                            with drained: states that count
#% here prepare
#% sets ere states
#% exclusive port,path
#% needs port if state=drained
#% returns elapsed, state, port, path, search_regex
#% example
#%   - wait_for:
#%       port: 8000
#%       timeout: 30

# shellcheck disable=SC2016
# Waiting on the host. p_ere: search_regex for grep -E; p_states: numbers of connection states.
do_wait_for() {
	field state:s "$p_state"
	[ -z "$p_path" ] || field path:s "$p_path"
	[ -z "$p_port" ] || field port:i "$p_port"
	[ -z "$p_search_regex" ] || field search_regex:s "$p_search_regex"
	if [ -n "$check" ]; then
		if [ -n "$p_port$p_path" ] && wait_for_holds; then
			field elapsed:i 0
		else
			unpredicted 'would wait'
		fi
		return
	fi
	watch_step
	w_began=$(date +%s)
	[ "$p_delay" -eq 0 ] || sleep "$p_delay"
	if [ -z "$p_port$p_path" ]; then
		w_left=$((p_timeout - p_delay))
		if [ -n "$t_timeout" ] && [ "$t_timeout" -lt "$p_timeout" ]; then
			sleep "$((t_timeout > p_delay ? t_timeout - p_delay : 0))"
			wait_for_ended
			return
		fi
		sleep "$((w_left > 0 ? w_left : 0))"
		field elapsed:i "$(($(date +%s) - w_began))"
		return
	fi
	while ! wait_for_holds; do
		w_now=$(date +%s)
		if [ $((w_now - w_began)) -ge "$p_timeout" ]; then
			field elapsed:i $((w_now - w_began))
			wait_for_late
			return
		elif [ -n "$t_timeout" ] && [ $((w_now - w_began)) -ge "$t_timeout" ]; then
			wait_for_ended
			return
		fi
		sleep "$p_sleep"
	done
	field elapsed:i $(($(date +%s) - w_began))
}

# The task's own time, which is not the parameter's, is over.
wait_for_ended() {
	fail "the step did not end within $t_timeout s, and was ended"
}

wait_for_late() {
	w_what=$p_path
	[ -z "$p_port" ] || w_what=$p_host:$p_port
	if [ -n "$p_msg" ]; then
		fail "$p_msg"
		return
	fi
	case $p_state in
	started | present)
		if [ -n "$p_search_regex" ]; then
			fail "Timeout when waiting for search string $p_search_regex in $w_what"
		elif [ -n "$p_path" ]; then
			fail "Timeout when waiting for file $w_what"
		else
			fail "Timeout when waiting for $w_what"
		fi
		;;
	drained) fail "Timeout when waiting for $w_what to drain" ;;
	*)
		if [ -n "$p_path" ]; then
			fail "Timeout when waiting for $w_what to be absent."
		else
			fail "Timeout when waiting for $w_what to stop."
		fi
		;;
	esac
}

# Whether what is waited for is so now.
wait_for_holds() {
	if [ -n "$p_path" ]; then
		wait_for_path
	elif [ "$p_state" = drained ]; then
		! wait_for_connections
	else
		wait_for_port
	fi
}

wait_for_path() {
	if [ "$o_count" -gt 0 ]; then
		fs_end "$p_path"
		case $p_state:$f_type in
		absent:absent | stopped:absent) return 0 ;;
		absent:* | stopped:* | *:absent) return 1 ;;
		esac
		[ -z "$p_ere" ] || { [ "$f_type" = file ] && fs_text "$w_end" && printf %s "$f_text" | grep -Eq -- "$p_ere"; }
		return
	fi
	case $p_state in
	absent | stopped) [ ! -e "$p_path" ] ;;
	*)
		[ -e "$p_path" ] || return 1
		[ -z "$p_ere" ] || read_with "$p_path" grep -Eq -- "$p_ere" 2>/dev/null
		;;
	esac
}

wait_for_port() {
	w_open=
	if [ -n "$p_ere" ]; then
		! wait_for_words || w_open=1
	else
		! wait_for_open || w_open=1
	fi
	case $p_state in
	absent | stopped) [ -z "$w_open" ] ;;
	*) [ -n "$w_open" ] ;;
	esac
}

# Whether the port can be connected to, with what the host has.
wait_for_open() {
	if wait_for_listener; then
		return 0
	fi
	wait_for_tool
	case $w_tool in
	bash)
		wait_for_bounded bash -c 'exec 5<>"/dev/tcp/$0/$1"' "$p_host" "$p_port"
		;;
	nc) wait_for_bounded nc -z -w "$p_connect_timeout" "$p_host" "$p_port" ;;
	python3)
		wait_for_bounded python3 -c 'import socket,sys
socket.create_connection((sys.argv[1],int(sys.argv[2])),float(sys.argv[3]))' \
			"$p_host" "$p_port" "$p_connect_timeout"
		;;
	perl)
		wait_for_bounded perl -MIO::Socket::INET -e \
			'exit !IO::Socket::INET->new(PeerAddr=>$ARGV[0],PeerPort=>$ARGV[1],Timeout=>$ARGV[2])' \
			"$p_host" "$p_port" "$p_connect_timeout"
		;;
	*) return 1 ;;
	esac
}

wait_for_tool() {
	for w_tool in bash nc python3 perl none; do
		! has "$w_tool" || return 0
	done
}

wait_for_bounded() {
	if has timeout; then
		set -- timeout "$p_connect_timeout" "$@"
	fi
	"$@" >/dev/null 2>&1 </dev/null 3<&- 4>&-
}

# A listener on this host, from the kernel's own list, without a process: only for loopback.
wait_for_listener() {
	case $p_host in
	127.0.0.1 | localhost) ;;
	*) return 1 ;;
	esac
	w_hex=$(printf '%04X' "$p_port")
	for w_table in /proc/net/tcp /proc/net/tcp6; do
		[ -r "$w_table" ] || continue
		while read -r w_number w_local w_remote w_state w_rest; do
			case $w_local:$w_state in
			00000000:"$w_hex":0A | 0100007F:"$w_hex":0A | 00000000000000000000000000000000:"$w_hex":0A) return 0 ;;
			esac
		done <"$w_table"
	done
	return 1
}

# Whether connections to the port are still there.
wait_for_connections() {
	w_hex=$(printf '%04X' "$p_port")
	w_excluded=
	eval "set -- $p_exclude_hosts"
	for w_host; do
		wait_for_hex "$w_host"
		w_excluded="$w_excluded $w_address "
	done
	for w_table in /proc/net/tcp /proc/net/tcp6; do
		[ -r "$w_table" ] || continue
		while read -r w_number w_local w_remote w_state w_rest; do
			[ "${w_local#*:}" = "$w_hex" ] || continue
			case " $p_states" in *" $w_state "*) ;; *) continue ;; esac
			case $w_excluded in *" ${w_remote%%:*} "*) continue ;; esac
			return 0
		done <"$w_table"
	done
	return 1
}

# w_address: an IPv4 address as /proc/net/tcp has it.
wait_for_hex() {
	w_address=
	w_rest=$1.
	while [ -n "$w_rest" ]; do
		case ${w_rest%%.*} in '' | *[!0-9]*) return ;; esac
		w_address=$(printf '%02X' "${w_rest%%.*}")$w_address w_rest=${w_rest#*.}
	done
}

# Whether what the port says when connected to matches.
wait_for_words() {
	wait_for_tool
	case $w_tool in
	bash)
		wait_for_bounded bash -c 'exec 5<>"/dev/tcp/$0/$1" || exit 1
while IFS= read -r -t "$2" line <&5; do [[ $line =~ $3 ]] && exit 0; done; [[ $line =~ $3 ]]' \
			"$p_host" "$p_port" "$p_connect_timeout" "$p_ere"
		;;
	nc)
		set -- nc -w "$p_connect_timeout" "$p_host" "$p_port"
		! has timeout || set -- timeout "$p_connect_timeout" "$@"
		"$@" </dev/null 2>/dev/null 3<&- 4>&- | grep -Eq -- "$p_ere"
		;;
	*) return 1 ;;
	esac
}
