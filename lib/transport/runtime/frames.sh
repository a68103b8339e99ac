# shellcheck shell=sh disable=SC2154
# Frames: what is sent back, and the bytes that follow a step.

# frame TYPE ID [NAME:TYPE VALUE]...: sends a frame.
frame() {
	w_head="$1 $2" w_body=
	shift 2
	while [ $# -gt 0 ]; do
		w_head="$w_head $1 ${#2}"
		w_body=$w_body$2
		shift 2
	done
	printf '\n@%s %s\n%s\n@%s.\n' "$nonce" "$w_head" "$w_body" "$nonce" >&4 || exit 141
}

# frame_file TYPE ID PATH FILE [SIZE]: sends the bytes of FILE as the content of PATH, at most limit_bytes. It is opened
# once, so that size and bytes are those of one file, also when another takes its name meanwhile.
frame_file() {
	[ -f "$4" ] || return 1
	if read_is_safe "$4"; then
		frame_opened "$@" <"$4"
	else
		w_size=${5-}
		[ -n "$w_size" ] || w_size=$(stat -L -c %s "$4" 2>/dev/null) || w_size=$(read_at_once "$4" | wc -c)
		# A file that is shorter by now is filled up: the frame says how long it is.
		{
			read_at_once "$4"
			head -c "$w_size" /dev/zero
		} | frame_opened "$1" "$2" "$3" "$4" "$((w_size + 0))"
	fi
}

frame_opened() {
	w_size=${5-}
	[ -n "$w_size" ] || w_size=$(stat -L -c %s /dev/stdin 2>/dev/null) || w_size=$(wc -c <"$4") || return 1
	w_size=$((w_size + 0))
	[ "$w_size" -le "$limit_bytes" ] || w_size=$limit_bytes
	printf '\n@%s %s %s path:s %s content:s %s\n%s' "$nonce" "$1" "$2" "${#3}" "$w_size" "$3" >&4 || exit 141
	[ "$w_size" -eq 0 ] || head -c "$w_size" >&4
	printf '\n@%s.\n' "$nonce" >&4
}

# take_exactly N: copies N bytes of the stream to stdout.
take_exactly() {
	if [ -n "$exact_head" ]; then
		head -c "$1" <&3
	else
		dd bs=1 count="$1" <&3 2>/dev/null
	fi
}
