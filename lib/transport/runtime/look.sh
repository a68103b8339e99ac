# shellcheck shell=sh disable=SC2034,SC2154,SC2209
# Looking at files, through the record of a dry run.

# fs_type PATH: sets f_type to absent, file, directory, link or other, without a process.
fs_type() {
	if [ "$o_count" -gt 0 ]; then
		case $1 in
		?*/)
			fs_type_folder "${1%/}"
			return
			;;
		*/../*)
			fs_type_back "$@" || return 0
			;;
		esac
		if overlay_find "$1"; then
			eval "f_type=\$o_type_$w_o f_target=\$o_target_$w_o"
			return
		fi
		case $o_links:$1 in
		1:* | *..*) set -- "$o_path" ;;
		esac
	fi
	if [ -L "$1" ]; then
		f_type=link
	elif [ -d "$1" ]; then
		f_type=directory
	elif [ -f "$1" ]; then
		f_type=file
	elif [ -e "$1" ]; then
		f_type=other
	else
		f_type=absent
	fi
}

# Whether the folder is there from which PATH goes back; f_type is absent otherwise.
fs_type_back() {
	set -- "${1%%/../*}" "${w_end-}" "${w_turns-}"
	fs_end "${1:-/}"
	w_end=$2 w_turns=$3
	[ "$f_type" != directory ] || return 0
	f_type=absent
	return 1
}

# fs_searchable FOLDER: whether we may see what is in it, or might by then.
fs_searchable() {
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		overlay_allows 4 && overlay_allows 1
	else
		fs_now "$1"
		[ -r "$w_now" ] && [ -x "$w_now" ]
	fi
}

# A name that ends in / is that of a folder, links followed: w_end.
fs_type_folder() {
	set -- "${1%"${1##*[!/]}"}"
	fs_end "${1:-/}"
	[ "$f_type" = directory ] || f_type=absent
}

# fs_now PATH: sets w_now to the name by which the host has it now: links, or folders before .., that a dry run would make
# are not there yet.
fs_now() {
	w_now=$1
	[ "$o_count" -gt 0 ] || return 0
	case $o_links:$1 in
	1:* | *..*)
		overlay_path "$1"
		w_now=$o_path
		;;
	esac
}

# fs_end PATH: sets w_end to what PATH leads to in the end, when it is a link, and f_type to what that is.
fs_end() {
	w_end=$1 w_turns=0
	while
		fs_type "$w_end"
		[ "$f_type" = link ] && [ "$w_turns" -lt 40 ]
	do
		w_turns=$((w_turns + 1))
		if [ "$o_count" -eq 0 ] || ! overlay_find "$w_end"; then
			fs_link_target "$w_end"
		fi
		case $f_target in
		/*) w_end=$f_target ;;
		*)
			parent "$w_end"
			w_end=${w_parent%/}/$f_target
			;;
		esac
	done
	[ "$f_type" != link ] || f_type=absent
}

# fs_names FOLDER: w_names: the names of what is or was in it or would be, a line each behind one letter, in the order of
# the patterns * .[!.]* ..?*
fs_names() {
	fs_now "$1"
	w_names=
	for w_each in "$w_now"/* "$w_now"/.[!.]* "$w_now"/..?*; do
		if [ -e "$w_each" ] || [ -L "$w_each" ]; then
			fs_name "${w_each##*/}"
		fi
	done
	! overlay_below "$1" || while [ -n "$o_names" ]; do
		fs_name "${o_names%%"$nl"*}"
		o_names=${o_names#*"$nl"}
	done
	w_names=$(printf %s "$w_names" | sort -u)
}

fs_name() {
	case $1 in
	..*) w_names=${w_names}c$1$nl ;;
	.*) w_names=${w_names}b$1$nl ;;
	*) w_names=${w_names}a$1$nl ;;
	esac
}

# fs_folder PATH, fs_there PATH: whether it is a folder, or is there at all, links followed. They leave f_type as it is.
fs_folder() {
	if [ "$o_count" -eq 0 ]; then
		[ -d "$1" ]
		return
	fi
	w_kept_type=$f_type
	fs_end "$1"
	w_found=$f_type f_type=$w_kept_type
	[ "$w_found" = directory ]
}

fs_there() {
	if [ "$o_count" -eq 0 ]; then
		[ -e "$1" ]
		return
	fi
	w_kept_type=$f_type
	fs_end "$1"
	w_found=$f_type f_type=$w_kept_type
	[ "$w_found" != absent ]
}

# fs_start: what is known of a file that nobody has looked at.
fs_start() {
	f_type=absent f_mode='' f_owner='' f_group='' f_uid='' f_gid='' f_size='' f_target='' f_same='' f_links=1
}

# fs_stat PATH: f_type and, unless absent, f_mode (four octal digits), f_owner, f_group, f_uid, f_gid,
# f_size, f_target (of links); f_links: how many names it has, and f_same, which is the same for all of them, unless it is
# a folder.
fs_stat() {
	fs_start
	fs_type "$1"
	[ "$f_type" != absent ] || return 0
	if [ "$o_count" -gt 0 ]; then
		case $1 in
		?*/) set -- "$w_end" ;;
		esac
	fi
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		eval "f_mode=\$o_mode_$w_o f_owner=\$o_owner_$w_o f_group=\$o_group_$w_o"
		eval "f_target=\$o_target_$w_o"
		# Nobody knows how large a folder will be, or what is known by its hash.
		case $f_type in
		link) f_size=${#f_target} ;;
		file) eval "[ \"\$o_has_$w_o\" != 1 ] || f_size=\${#o_text_$w_o}" ;;
		esac
		! recall same "$o_path" || f_same=$recalled
		[ -z "$f_same" ] || fs_shared
		return
	fi
	fs_now "$1"
	set -- "$w_now"
	# Names come last, because some hold blanks; an owner without a name is a number.
	if ! w_stat=$(stat -c '%a %u %g %s %h %d:%i %U:%G' -- "$1" 2>/dev/null); then
		fs_stat_ls "$1"
		return
	fi
	f_mode=${w_stat%% *} w_stat=${w_stat#* }
	f_uid=${w_stat%% *} w_stat=${w_stat#* }
	f_gid=${w_stat%% *} w_stat=${w_stat#* }
	f_size=${w_stat%% *} w_stat=${w_stat#* }
	f_links=${w_stat%% *} w_stat=${w_stat#* }
	f_same=${w_stat%% *} w_stat=${w_stat#* }
	[ "$f_type" != directory ] || f_same='' f_links=1
	f_owner=${w_stat%%:*} f_group=${w_stat#*:}
	[ "$f_owner" != UNKNOWN ] || f_owner=$f_uid
	[ "$f_group" != UNKNOWN ] || f_group=$f_gid
	while [ ${#f_mode} -lt 4 ]; do
		f_mode=0$f_mode
	done
	[ -z "$o_memory" ] || fs_foreseen_names
	[ "$f_type" != link ] || fs_link_target "$1"
}

# Whose the numbers will be by then: of users and groups that a dry run would have renumbered, made or removed.
fs_foreseen_names() {
	! recall uid "$f_uid" || f_owner=${recalled:-$f_uid}
	! recall gid "$f_gid" || f_group=${recalled:-$f_gid}
	[ -z "$f_same" ] || fs_shared
}

# A mode or an owner given by one name is there by the other names, too: a dry run remembers `shared SAME`, LINKS:MODE:OWNER:GROUP, and
# `same PATH` of names in the record.
fs_shared() {
	recall shared "$f_same" || return 0
	f_links=${recalled%%:*} recalled=${recalled#*:}
	f_mode=${recalled%%:*} recalled=${recalled#*:}
	[ "$f_owner:$f_group" != "$recalled" ] || return 0
	f_owner=${recalled%%:*} f_group=${recalled#*:} f_uid='' f_gid=
}

# fs_share LINKS: what is known of the file that fs_stat has looked at, for all its names.
fs_share() {
	remember shared "$f_same" "$1:$f_mode:$f_owner:$f_group"
}

# fs_unlinked: what fs_stat has looked at loses a name in this dry run.
fs_unlinked() {
	[ -z "$f_same" ] || [ "$f_links" -le 1 ] || fs_share $((f_links - 1))
}

# f_target, with newlines at its end.
fs_link_target() {
	fs_now "$1"
	f_target=$(readlink "$w_now" && printf x)
	f_target=${f_target%"${nl}x"}
}

# Without stat -c: the same from ls.
fs_stat_ls() {
	case $1 in
	-*) set -- "./$1" ;;
	esac
	w_stat=$(ls -ldin "$1") || return
	w_names=$(ls -ld "$1") || return
	w_link=$1
	# shellcheck disable=SC2086
	set -- $w_stat
	f_same=$1
	shift
	f_links=$2 f_uid=$3 f_gid=$4 f_size=$5
	[ "$f_type" != directory ] || f_same='' f_links=1
	w_bits=$1
	# shellcheck disable=SC2086
	set -- $w_names
	f_owner=$3 f_group=$4
	mode_of_letters "$w_bits"
	[ "$f_type" != link ] || fs_link_target "$w_link"
}

# mode_of_letters drwxr-xr-x: sets f_mode.
mode_of_letters() {
	w_rest=${1#?} w_octal=0 w_special=0 w_weight=4
	while [ -n "$w_weight" ]; do
		w_digit=0
		case $w_rest in r*) w_digit=4 ;; esac
		case $w_rest in ?w*) w_digit=$((w_digit + 2)) ;; esac
		case $w_rest in ??[xst]*) w_digit=$((w_digit + 1)) ;; esac
		case $w_rest in ??[sStT]*) w_special=$((w_special + w_weight)) ;; esac
		w_octal=$((w_octal * 8 + w_digit)) w_rest=${w_rest#???}
		case $w_weight in 4) w_weight=2 ;; 2) w_weight=1 ;; *) w_weight= ;; esac
	done
	f_mode=$(printf '%o%03o' "$w_special" "$w_octal")
}

# content_is PATH SHA256: whether a file's content has this hash.
content_is() {
	fs_type "$1"
	if [ "$f_type" = link ]; then
		fs_end "$1"
		[ "$f_type" = file ] || return 1
		set -- "$w_end" "$2"
	elif [ "$f_type" != file ]; then
		return 1
	fi
	fs_sha256 "$1" && [ "$f_sha256" = "$2" ]
}

# fs_sha256 PATH: sets f_sha256.
fs_sha256() {
	f_sha256=
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		overlay_readable || return 1
		eval "w_has=\$o_has_$w_o"
		case $w_has in
		1)
			eval "f_text=\$o_text_$w_o"
			f_sha256=$(printf %s "$f_text" | { sha256 /dev/stdin && printf %s "$f_sha256"; })
			return
			;;
		0) ;;
		*)
			f_sha256=$w_has
			return
			;;
		esac
	fi
	fs_now "$1"
	sha256 "$w_now"
}

# sha256 FILE: sets f_sha256 to the hash of a real file.
sha256() {
	if [ -z "$hasher" ]; then
		if has sha256sum; then
			hasher='sha256sum'
		elif has openssl; then
			hasher='openssl dgst -sha256 -r'
		elif has shasum; then
			hasher='shasum -a 256'
		else
			return 1
		fi
	fi
	case $1 in
	/dev/stdin) f_sha256=$($hasher) || return 1 ;;
	*)
		# shellcheck disable=SC2086 # words wanted
		f_sha256=$(read_with "$1" $hasher) || return 1
		;;
	esac
	f_sha256=${f_sha256%% *}
}

# fs_copy FILE: what a regular file holds, to stdout.
fs_copy() {
	read_with "$1" cat
}

# fs_text PATH: sets f_text to a file's content with its trailing newlines; NUL bytes are lost. Fails for
# what is no regular file, or larger than can be edited.
fs_text() {
	if [ "$o_count" -gt 0 ]; then
		w_kept_type=$f_type
		fs_end "$1"
		w_found=$f_type f_type=$w_kept_type
		[ "$w_found" = file ] || return 1
		set -- "$w_end"
		! overlay_find "$1" || overlay_readable || return 1
		! overlay_unknown "$1" || return 1
		if overlay_find "$1" && eval "[ \"\$o_has_$w_o\" != 0 ]"; then
			eval "f_text=\$o_text_$w_o"
			return
		fi
		fs_now "$1"
		set -- "$w_now"
	fi
	f_text=$(read_with "$1" head -c $((text_limit_bytes + 1)) && printf x) || return 1
	f_text=${f_text%x}
	[ "${#f_text}" -le "$text_limit_bytes" ]
}

# overlay_unknown PATH: whether a dry run does not know what it will hold.
overlay_unknown() {
	[ "$o_count" -gt 0 ] && overlay_find "$1" || return 1
	eval "o_bits=\$o_has_$w_o"
	case $o_bits in
	0 | 1) return 1 ;;
	esac
}

# fs_unknown PATH: the same, links followed, where the text is needed: then the step is unpredicted.
fs_unknown() {
	[ "$o_count" -gt 0 ] || return 1
	set -- "$1" "$f_type"
	fs_end "$1"
	f_type=$2
	overlay_unknown "$w_end" || return 1
	unpredicted "what '$1' will hold is not known here"
}

# fs_whole_text PATH: as fs_text, but not of what holds NUL bytes. The file last looked at stays.
fs_whole_text() {
	set -- "$1" "$f_type"
	fs_end "$1"
	f_type=$2
	if overlay_find "$w_end" && eval "[ \"\$o_has_$w_o\" != 0 ]"; then
		fs_text "$w_end"
		return
	fi
	fs_now "$w_end"
	fs_text "$w_end" && [ "${#f_text}" -eq "$(($(read_with "$w_now" wc -c) + 0))" ]
}

# fs_send KIND PATH: sends what PATH holds now as KIND (before or after) of a diff.
fs_send() {
	[ -n "$diff" ] || return 0
	fs_type "$2"
	if [ "$f_type" = absent ]; then
		return 0
	fi
	if [ "$o_count" -gt 0 ] && overlay_find "$2" && ! overlay_readable; then
		return 0
	elif [ "$o_count" -gt 0 ] && overlay_find "$2" && eval "[ \"\$o_has_$w_o\" != 0 ]"; then
		eval "frame $1 $step_id path:s \"\$2\" content:s \"\$o_text_$w_o\""
	else
		fs_now "$2"
		frame_file "$1" "$step_id" "$2" "$w_now"
	fi
}

# fs_readable FILE: whether we may read it, or might by then.
fs_readable() {
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		overlay_readable
	else
		fs_now "$1"
		[ -r "$w_now" ]
	fi
}

# fs_writable FILE: whether we may write to it, or might by then.
fs_writable() {
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		overlay_allows 2
	else
		fs_now "$1"
		[ -w "$w_now" ]
	fi
}

# overlay_readable: whether we may read the file w_o of the record.
overlay_readable() {
	overlay_allows 4
}

# overlay_allows 4|2|1: whether we may read, write or execute (enter) w_o of the record.
overlay_allows() {
	[ "$my_uid" != 0 ] || return 0
	eval "o_bits=\$o_mode_$w_o o_whose=\$o_owner_$w_o o_group=\$o_group_$w_o"
	case $o_bits in
	????) ;;
	*) return 1 ;;
	esac
	if [ "$o_whose" = "$me" ]; then
		o_bits=${o_bits#?} o_bits=${o_bits%??}
	elif [ "$o_group" = "$my_group" ] || in_group "$o_group"; then
		o_bits=${o_bits#??} o_bits=${o_bits%?}
	else
		o_bits=${o_bits#???}
	fi
	[ $((o_bits & $1)) -ne 0 ]
}

# describe PATH: the return values about a file that Ansible's file modules give. fs_stat must have
# looked at it since its last change.
describe() {
	[ "$f_type" != absent ] || {
		field state:s absent
		return
	}
	field state:s "$f_type"
	field mode:s "$f_mode"
	field owner:s "$f_owner"
	field group:s "$f_group"
	[ -z "$f_uid" ] || field uid:i "$f_uid"
	[ -z "$f_gid" ] || field gid:i "$f_gid"
	[ -z "$f_size" ] || field size:i "$f_size"
}
