#% copy: copies a local file, or given content, to the host
#% takes attributes preserve
#% dest            path   required   where it goes; a folder ends in /
#% src             text   here       local file, or path on the host with remote_src
#% content         any               the text itself, instead of src
#% force           bool   =yes       replace an existing file that differs
#% backup          bool   =no        keep the old file under a dated name
#% follow          bool   =no        write to where a symbolic link points
#% validate        text              command that checks the new file, named %s
#% remote_src      bool   =no        src is on the host
#% directory_mode  mode              mode of the folders that are created
#% local_follow    bool   here =yes  copy what local links point at
#% checksum        text   ignored    accepted: contents are always compared
#% decrypt         bool   here =yes  vault files arrive decrypted
#% here prepare answer finish=copy_finish
#% sets tree answered basename size src keep_mode
#% returns dest, checksum, src, md5sum, state, mode, owner, group, uid, gid, size; backup_file with backup
#% example
#%   - copy:
#%       src: app.conf
#%       dest: /etc/app.conf
#%       mode: '0640'

# shellcheck disable=SC2119,SC2120
# Puts content in place: copy and template. Parameters of the sender's own: p_basename, p_size,
# p_tree (a folder's entries: NAME TYPE SIZE SHA256-or-target TEXT MODE), p_answered (with p_tree: the
# numbers of the files whose bytes are the body).
do_copy() {
	if [ -n "${p_tree-}" ]; then
		copy_tree
		return
	elif [ -n "${p_remote_src-}" ]; then
		copy_here
		return
	fi
	fs_stat "$p_dest"
	case $p_dest in
	*/)
		if [ "$f_type" = absent ]; then
			copy_folder "${p_dest%/}" || return
		fi
		p_dest=${p_dest%"${p_dest##*[!/]}"}/$p_basename
		fs_stat "$p_dest"
		;;
	*)
		if [ "$f_type" = directory ] || { [ "$f_type" = link ] && fs_folder "$p_dest"; }; then
			if [ -z "$p_basename" ]; then
				fail "'$p_dest' is a folder: give the name of a file"
				return
			fi
			p_dest=$p_dest/$p_basename
			fs_stat "$p_dest"
		fi
		;;
	esac
	if [ "$f_type" = link ] && [ -n "$p_follow" ] && fs_there "$p_dest"; then
		follow "$p_dest" || return
		p_dest=$w_path
		fs_stat "$p_dest"
	fi
	if [ "$f_type" = directory ]; then
		fail "'$p_dest' is a folder: remove it first, or give another name"
		return
	fi
	field dest:s "$p_dest"
	if [ "$f_type" = file ] && content_is "$p_dest" "$p_sha256"; then
		fs_attributes "$p_dest" || return
		describe "$p_dest"
		return
	fi
	if [ "$f_type" != absent ] && [ -z "$p_force" ]; then
		describe "$p_dest"
		return
	fi
	# What a dry run would only drop does not travel.
	if [ "$body" -eq 0 ] && [ "$p_size" -ne 0 ] && { [ -z "$check" ] || [ -n "$p_text$p_validate" ]; }; then
		want
		return
	fi
	fs_parent_ready "$p_dest" || return
	fs_stat "$p_dest"
	fs_replace "$p_dest" body || return
	fs_stat "$p_dest"
	describe "$p_dest"
}

# ---------------------------------------------------------------- folders

# A whole folder: first what differs is asked for, then it is put in place.
copy_tree() {
	c_base=${p_dest%/}
	[ -z "$p_basename" ] || c_base=$c_base/$p_basename
	c_left=$body body=0 c_number=0 c_wanted='' c_mode=$p_mode
	[ "$c_mode" != preserve ] || p_mode=
	if [ -n "$p_answered" ]; then
		field dest:s "$p_dest"
		copy_folder "$c_base" || copy_rest || return
	fi
	eval "set -- $p_tree"
	while [ $# -gt 5 ]; do
		[ "$c_mode" != preserve ] || p_mode=$6
		p_text=$5
		copy_entry "$c_base/$1" "$2" "$3" "$4" || copy_rest || return
		c_number=$((c_number + 1))
		shift 6
	done
	p_mode=$c_mode
	if [ -z "$p_answered" ]; then
		if [ -n "$c_wanted" ]; then
			ask "$c_wanted"
		else
			p_answered=' '
			copy_tree
		fi
	fi
}

# What is left of the body when an entry failed; fails.
copy_rest() {
	body=$c_left
	return 1
}

# copy_entry PATH TYPE SIZE SHA256
copy_entry() {
	case $2 in
	file)
		if [ -z "$p_answered" ]; then
			content_is "$1" "$4" || c_wanted="$c_wanted$c_number "
			return 0
		fi
		copy_entry_file "$1" "$3" "$4"
		;;
	folder)
		[ -z "$p_answered" ] || copy_folder "$1"
		;;
	link)
		[ -z "$p_answered" ] || fs_link "$1" "$4"
		;;
	esac
}

copy_folder() {
	fs_type "$1"
	if [ "$f_type" = link ] && fs_folder "$1"; then
		return 0
	fi
	c_kept=$p_mode
	p_mode=${p_directory_mode-}
	fs_mkdir "$1"
	w_ok=$?
	p_mode=$c_kept
	return $w_ok
}

# copy_entry_file PATH SIZE SHA256: its bytes come next in the body when it was asked for.
copy_entry_file() {
	fs_stat "$1"
	if [ "$f_type" = link ] && fs_there "$1" && [ -n "$p_follow" ]; then
		follow "$1" || return
		c_path=$w_path
		fs_stat "$c_path"
	else
		c_path=$1
	fi
	case $p_answered in
	*" $c_number "*) ;;
	*)
		fs_attributes "$c_path"
		return
		;;
	esac
	c_left=$((c_left - $2))
	if [ "$f_type" = directory ]; then
		take_exactly "$2" >/dev/null
		fail "'$1' is a folder: remove it first"
		return 1
	fi
	if [ "$f_type" = file ] && [ -z "$p_force" ]; then
		[ "$2" -eq 0 ] || take_exactly "$2" >/dev/null
		return 0
	fi
	copy_put "$c_path" "$2" "$3"
}

# Each file gets a diff of its own.
copy_put() {
	p_sha256=$3 body=$2 c_diff=$diff c_before='' diff=
	if [ -n "$c_diff" ] && [ -n "$p_text" ] && [ "$f_type" = file ]; then
		if fs_text "$1"; then
			c_before=$f_text
		else
			fs_unknown "$1" && c_diff=
		fi
	fi
	fs_replace "$1" body
	w_ok=$?
	[ "$body" -eq 0 ] || take_exactly "$body" >/dev/null
	body=0 diff=$c_diff
	[ $w_ok -eq 0 ] || return 1
	[ -n "$diff" ] || return 0
	if [ -n "$p_text" ] && fs_text "$1"; then
		frame change "$step_id" path:s "$1" before:s "$c_before" after:s "$f_text"
	else
		frame change "$step_id" path:s "$1" before:s '' after:s "sha256: $3$nl"
	fi
}

# ---------------------------------------------------------------- from the host itself

copy_here() {
	field src:s "$p_src"
	expand p_src
	[ -n "$p_keep_mode" ] || [ "$p_mode" != preserve ] || p_mode=
	fs_type "$p_src"
	[ "$f_type" != link ] || fs_end "$p_src"
	if [ "$f_type" = other ]; then
		fail "'$p_src' is neither a file nor a folder: not opened"
		return
	fi
	if [ "$f_type" = absent ]; then
		if may_come || unknown_below "$p_src"; then
			unpredicted "'$p_src' does not exist yet"
		else
			fail "Source $p_src not found"
		fi
		return
	fi
	c_base=${p_src##*/}
	if [ "$f_type" = directory ]; then
		copy_here_tree
		return
	fi
	fs_type "$p_dest"
	case $p_dest in
	*/) p_dest=$p_dest$c_base ;;
	*) ! fs_folder "$p_dest" || p_dest=$p_dest/$c_base ;;
	esac
	field dest:s "$p_dest"
	copy_here_file "$p_src" "$p_dest" && fs_stat "$p_dest" && describe "$p_dest" && copy_here_told
}

# The checksum that Ansible returns; there is none yet in a dry run.
copy_here_told() {
	[ "$r_status$check" != changed1 ] && has sha1sum || return 0
	if [ "$o_count" -gt 0 ] && overlay_find "$p_dest" && eval "[ \"\$o_has_$w_o\" != 0 ]"; then
		fs_text "$p_dest" || return 0
		w_sum=$(printf %s "$f_text" | sha1sum)
	else
		fs_now "$p_dest"
		[ -f "$w_now" ] && w_sum=$(read_with "$w_now" sha1sum) || return 0
	fi
	field checksum:s "${w_sum%% *}"
}

# copy_may_read FILE: whether the way to it leads over no link of somebody else, as when it is read.
copy_may_read() {
	fs_type "$1"
	if [ "$f_type" = link ]; then
		follow "$1"
	else
		parent "$1"
		may_enter "$w_parent"
	fi
}

# copy_here_file SOURCE DEST
copy_here_file() {
	copy_may_read "$1" || return
	if [ -n "$p_keep_mode" ]; then
		fs_stat "$1"
		p_mode=$f_mode
	fi
	fs_sha256 "$1" || {
		fail "unable to read '$1'"
		return 1
	}
	c_sha256=$f_sha256
	fs_stat "$2"
	if [ "$f_type" = link ] && [ -n "$p_follow" ] && fs_there "$2"; then
		follow "$2" || return
		set -- "$1" "$w_path"
		fs_stat "$2"
	fi
	if [ "$f_type" = file ] && { [ -z "$p_force" ] || content_is "$2" "$c_sha256"; }; then
		[ -n "$p_force" ] || return 0
		fs_attributes "$2"
		return
	fi
	fs_parent_ready "$2" || return
	fs_stat "$2"
	if [ "$o_count" -gt 0 ] && overlay_find "$1" && eval "[ \"\$o_has_$w_o\" = 1 ]"; then
		fs_text "$1"
		new_text=$f_text
		fs_stat "$2"
		fs_replace "$2" text
	else
		new_file=$1
		fs_replace "$2" file
	fi
}

copy_here_tree() {
	case $p_src in
	*/) c_to=${p_dest%/} ;;
	*)
		fs_type "${p_dest%/}"
		c_to=${p_dest%/}
		[ "$f_type" != directory ] || c_to=$c_to/$c_base
		;;
	esac
	field dest:s "$p_dest"
	c_from=${p_src%/}
	if unknown_below "$c_from/."; then
		unpredicted "what '$o_known_not' will hold is not known here"
		return
	fi
	copy_folder "$c_to" || return
	if unknown_within "$c_from"; then
		unpredicted "what '$o_known_not' will hold is not known here"
		overlay_path "$c_to"
		remember filled "$o_path" 1
		return
	fi
	copy_here_names
	c_diff=$diff
	while [ -n "$c_all" ]; do
		c_each=${c_all%%"$nl"*}
		case $c_all in
		*"$nl"*) c_all=${c_all#*"$nl"} ;;
		*) c_all='' ;;
		esac
		c_each=${c_each#./}
		fs_type "$c_from/$c_each"
		case $f_type in
		absent) ;;
		link)
			fs_stat "$c_from/$c_each"
			fs_link "$c_to/$c_each" "$f_target" || return
			;;
		directory) copy_folder "$c_to/$c_each" || return ;;
		*) copy_here_one "$c_from/$c_each" "$c_to/$c_each" || return ;;
		esac
	done
}

# c_all: the names of what is, or in a dry run would be, below c_from.
copy_here_names() {
	c_all=
	fs_now "$c_from"
	[ ! -d "$w_now" ] || c_all=$(cd "$w_now" && find . ! -name .)
	if [ "$o_count" -gt 0 ]; then
		fs_end "$c_from"
		c_end=$w_end
		copy_recorded_names .
	fi
	c_all=$(printf '%s\n' "$c_all" | sort -u)
}

# copy_recorded_names NAME: adds what the record has below it.
copy_recorded_names() {
	overlay_below "$c_end/$1" || return 0
	set -- "$1" "$o_names"
	while [ -n "$2" ]; do
		c_all="$c_all${c_all:+$nl}$1/${2%%"$nl"*}"
		set -- "$1" "${2#*"$nl"}" "${2%%"$nl"*}"
		copy_recorded_names "$1/$3"
	done
}

# One file of several: its diff is a note.
copy_here_one() {
	c_was=$r_status
	[ "$r_status" = failed ] || r_status=ok
	diff=
	copy_here_file "$1" "$2"
	w_ok=$?
	diff=$c_diff
	if [ "$r_status" = changed ]; then
		change "$2" '' "copied from $1$nl"
	elif [ "$r_status" = ok ]; then
		r_status=$c_was
	fi
	return $w_ok
}
