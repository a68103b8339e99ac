#% stat: reports the status of a file on the host
#% path|dest|name                path   required                  what to look at
#% follow                        bool   =no                       look at where a symbolic link points
#% get_checksum                  bool   =yes                      also the hash of a file's content
#% checksum_algorithm|checksum|checksum_algo  text   md5|sha1|sha224|sha256|sha384|sha512 =sha1
#%                                                                which hash
#% get_mime|mime|mime_type|mime-type  bool   ignored =yes
#% get_attributes|attr|attributes  bool   ignored =yes
#% here finish
#% returns stat: exists, and of what is there isdir, isreg, islnk, mode, pw_name, gr_name, uid, gid, size, mtime,
#%     checksum and more
#% example
#%   - stat:
#%       path: /etc/app.conf
#%     register: conf

# shellcheck disable=SC2119,SC2120
# What a path is.
# stat_end LINK: sets w_end to where it leads. What leads nowhere is not left to readlink, which follows links that lead to
# each other for hours; a link that leads to itself stays what it is.
stat_end() {
	local hops=0
	w_end=$1
	if [ -e "$1" ]; then
		w_end=$(readlink -f -- "$1")
		return
	fi
	while [ -L "$w_end" ] && [ $((hops += 1)) -le 40 ]; do
		w_word=$(readlink -- "$w_end")
		case $w_word in
		/*) w_end=$w_word ;;
		*) w_end=$(cd -P -- "${w_end%/*}/" && pwd -P)/$w_word ;;
		esac
	done
	[ $hops -le 40 ] || w_end=$1
}

do_stat() {
	w_path=$p_path
	fs_stat "$p_path"
	if [ "$f_type" = link ] && [ -n "$p_follow" ] && fs_there "$p_path"; then
		fs_end "$p_path"
		w_path=$w_end
		fs_stat "$w_path"
	fi
	fs_known "$w_path" || return
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
		fs_now "$p_path"
		field lnk_target:s "$f_target"
		stat_end "$w_now"
		field lnk_source:s "$w_end"
	fi
	if [ "$o_count" -gt 0 ] && { [ "$f_type" = link ] || recall shared "$f_same"; }; then
		# Where it leads may be another place by then, or its mode was given by another name.
		:
	elif [ "$o_count" -gt 0 ] && overlay_find "$w_path"; then
		# Of what is not there yet the rest is not known.
		for w_kind in 4:readable 2:writeable 1:executable; do
			# Root executes only what somebody may.
			if overlay_allows "${w_kind%:*}" && { [ "$w_kind$f_type" != 1:executablefile ] || [ $((0$f_mode & 0111)) -ne 0 ]; }; then
				field "${w_kind#*:}:b" 1
			else
				field "${w_kind#*:}:b" ''
			fi
		done
	else
		stat_now
	fi
	if [ "$f_type" = file ] && [ -n "$p_get_checksum" ]; then
		stat_checksum
	fi
}

# What only the host's own file has.
stat_now() {
	fs_now "$w_path"
	[ -e "$w_now" ] || return 0
	for w_kind in r:readable w:writeable x:executable; do
		# shellcheck disable=SC1083
		if eval "[ -${w_kind%:*} \"\$w_now\" ]"; then
			field "${w_kind#*:}:b" 1
		else
			field "${w_kind#*:}:b" ''
		fi
	done
	w_more=$(stat -c '%d %i %h %X %Y %Z %b %o %t %T %f' -- "$w_now" 2>/dev/null) || return 0
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

# None of a file that may not be read, or of which a dry run does not know what it will hold.
stat_checksum() {
	if [ "$o_count" -gt 0 ] && overlay_find "$w_path" && eval "[ \"\$o_has_$w_o\" != 0 ]"; then
		eval "[ \"\$o_has_$w_o\" = 1 ]" && fs_text "$w_path" || return 0
		w_sum=$(printf %s "$f_text" | "${p_checksum_algorithm}sum")
	elif [ "$p_checksum_algorithm" = sha256 ]; then
		fs_sha256 "$w_path" || return 0
		w_sum=$f_sha256
	else
		fs_readable "$w_path" || return 0
		fs_now "$w_path"
		w_sum=$(read_with "$w_now" "${p_checksum_algorithm}sum") || return 0
	fi
	field checksum:s "${w_sum%% *}"
}
