# shellcheck shell=sh disable=SC2154,SC2034
# What a path is.
do_stat() {
	w_path=$p_path
	fs_stat "$p_path"
	if [ "$f_type" = link ] && [ -n "$p_follow" ] && [ -e "$p_path" ]; then
		w_path=$(readlink -f -- "$p_path")
		fs_stat "$w_path"
	fi
	if [ "$f_type" = absent ]; then
		field exists:b ''
		return
	fi
	field exists:b 1
	field path:s "$p_path"
	for w_kind in directory:isdir file:isreg link:islnk; do
		if [ "${w_kind%:*}" = "$f_type" ]; then
			field "${w_kind#*:}:b" 1
		else
			field "${w_kind#*:}:b" ''
		fi
	done
	field mode:s "$f_mode"
	field pw_name:s "$f_owner"
	field gr_name:s "$f_group"
	[ -z "$f_uid" ] || field uid:i "$f_uid"
	[ -z "$f_gid" ] || field gid:i "$f_gid"
	[ -z "$f_size" ] || field size:i "$f_size"
	if [ "$f_type" = link ]; then
		field lnk_target:s "$f_target"
		field lnk_source:s "$(readlink -f -- "$p_path")"
	fi
	if [ -e "$w_path" ]; then
		for w_kind in r:readable w:writeable x:executable; do
			# shellcheck disable=SC1083
			if eval "[ -${w_kind%:*} \"\$w_path\" ]"; then
				field "${w_kind#*:}:b" 1
			else
				field "${w_kind#*:}:b" ''
			fi
		done
		w_more=$(stat -c '%d %i %h %X %Y %Z %b %o %t %T %f' -- "$w_path" 2>/dev/null) && {
			eval "set -- $w_more"
			field dev:i "$1"
			field inode:i "$2"
			field nlink:i "$3"
			field atime:i "$4"
			field mtime:i "$5"
			field ctime:i "$6"
			field blocks:i "$7"
			field block_size:i "$8"
			shift 8
			field device_type:i $((0x$1 << 8 | 0x$2))
			field kind:i $((0x$3))
		}
	fi
	if [ "$f_type" = file ] && [ -n "$p_get_checksum" ]; then
		case $p_checksum_algorithm in
		sha256) fs_sha256 "$w_path" && field checksum:s "$f_sha256" ;;
		*)
			w_sum=$("${p_checksum_algorithm}sum" <"$w_path") && field checksum:s "${w_sum%% *}"
			;;
		esac
	fi
}
