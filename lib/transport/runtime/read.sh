# shellcheck shell=sh disable=SC2154
# Reading files of the host. Only regular ones are opened: a FIFO, a socket or a device never is, nor one that somebody
# puts in the place of a file between the look at it and the opening.

# read_with FILE COMMAND...: runs COMMAND with the file on its stdin.
read_with() {
	[ -f "$1" ] || return 1
	w_read=$1
	shift
	if read_is_safe "$w_read"; then
		"$@" <"$w_read"
	else
		# What could not be read to its end must not look like a whole file.
		{ read_at_once "$w_read" || printf 'unable to read\0'; } | "$@"
	fi
}

# read_is_safe FILE: whether the folder of the file, and all above it, are our own, so that nobody else can swap the file
# while it is opened; looked at without a process. For others than root, who cannot tell root's folders, the folder alone.
read_is_safe() {
	w_above=$1
	case $w_above in
	/dev/stdin) return 0 ;;
	./*) w_above=$PWD/${w_above#./} ;;
	/*) ;;
	*) w_above=$PWD/$w_above ;;
	esac
	while
		case $w_above in
		/*/*) w_above=${w_above%/*} ;;
		*) w_above=/ ;;
		esac
		[ -O "$w_above" ] && [ ! -k "$w_above" ] && [ ! -g "$w_above" ] || return 1
		[ "$w_above" != / ] && [ "$my_uid" = 0 ]
	do
		:
	done
}

# read_choose: how a file is opened that may be a FIFO by then, in reader: with GNU's dd the opening waits for nobody. Where
# there is none, root asks for writing, too, with which a FIFO opens at once; others have to take the risk.
read_choose() {
	if [ -z "$reader" ]; then
		reader=plain
		! dd if=/dev/null iflag=nonblock >/dev/null 2>&1 || reader='dd'
	fi
}

# read_at_once FILE: what it holds, to stdout; the opening waits for nobody.
read_at_once() {
	read_choose
	case $reader:$my_uid in
	dd:*) dd if="$1" iflag=nonblock bs=65536 2>/dev/null ;;
	plain:0) { [ -f /proc/self/fd/5 ] && cat <&5; } 2>/dev/null 5<>"$1" ;;
	*) cat <"$1" ;;
	esac
}
