#% slurp: reads a file from the host, encoded in base64
#% src|path  path   required  the file
#% returns source, encoding, content
#% example
#%   - slurp:
#%       src: /etc/machine-id
#%     register: id

slurp_limit_bytes=33554432

# A file in base64; of one that a dry run would have made, what it would hold.
do_slurp() {
	field source:s "$p_src"
	field encoding:s base64
	fs_end "$p_src"
	case $f_type in
	absent)
		if may_come || unknown_below "$p_src"; then
			unpredicted "'$p_src' does not exist yet"
		else
			fail "file not found: $p_src"
		fi
		return
		;;
	directory)
		fail "source is a directory and must be a file: $p_src"
		return
		;;
	esac
	if [ "$f_type" = other ]; then
		fail "not a file: $p_src is a FIFO, a socket or a device, and is not opened"
		return
	elif ! fs_readable "$w_end"; then
		fail "file is not readable: $p_src"
		return
	elif [ "$o_count" -gt 0 ] && overlay_find "$w_end" && eval "[ \"\$o_has_$w_o\" != 0 ]"; then
		if eval "[ \"\$o_has_$w_o\" != 1 ]"; then
			unpredicted "what '$p_src' will hold is not known here"
			return
		fi
		fs_text "$w_end"
		field content:s "$(printf %s "$f_text" | slurp_encode)"
		return
	fi
	fs_now "$w_end"
	if [ "$(read_with "$w_now" wc -c)" -gt "$slurp_limit_bytes" ]; then
		fail "$p_src is larger than $slurp_limit_bytes bytes: too large for slurp"
		return
	fi
	field content:s "$(read_with "$w_now" slurp_encode)"
}

slurp_encode() {
	if has base64; then
		base64 | tr -d '\n'
	elif has openssl; then
		openssl base64 -A
	else
		uuencode -m x | sed '1d;$d' | tr -d '\n'
	fi
}
