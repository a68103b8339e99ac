#% file: manages files, folders and links, and their mode and owner
#% takes attributes
#% path|dest|name            path   required                  path to manage
#% state                     text   file|directory|link|hard|touch|absent
#%                                                            the state to ensure (default: file, or directory with
#%                                                            recurse)
#% src                       path                             where a link points
#% recurse                   bool   =no                       mode and owner also of all in a folder
#% force                     bool   =no                       replace what is in the way of a link
#% follow                    bool   =yes                      act on where a symbolic link points
#% access_time_format        text   lacking =%Y%m%d%H%M.%S    remove it and write the time as '%Y%m%d%H%M.%S'
#% modification_time_format  text   lacking =%Y%m%d%H%M.%S    remove it and write the time as '%Y%m%d%H%M.%S'
#% access_time               text                             with touch: 'preserve' keeps it
#% modification_time         text                             with touch: 'preserve' keeps it
#% here prepare
#% returns path or dest, state, mode, owner, group, uid, gid, size; src of a link
#% example
#%   - file:
#%       path: /srv/app
#%       state: directory
#%       owner: app
#%       mode: '0750'

# Files, folders and links in a wanted state.
do_file() {
	case $p_path in
	*/?*) p_path=${p_path%/} ;;
	esac
	field path:s "$p_path"
	case $p_state in
	link | hard | touch) field dest:s "$p_path" ;;
	esac
	case $p_state in
	directory) file_directory ;;
	absent)
		fs_remove "$p_path" || return
		field state:s absent
		;;
	link | hard) file_link ;;
	touch) file_touch ;;
	*) file_file ;;
	esac
}

file_finish() {
	fs_stat "$p_path"
	[ "$r_status" = failed ] || describe "$p_path"
}

file_directory() {
	fs_type "$p_path"
	if [ "$f_type" = absent ]; then
		fs_mkdir "$p_path"
		file_finish
		return
	fi
	if [ "$f_type" != directory ] && ! { [ "$f_type" = link ] && fs_folder "$p_path"; }; then
		fail "'$p_path' exists and is not a folder: remove it first"
		return
	fi
	if [ "$f_type" = link ] && [ -z "$p_follow" ]; then
		fail "$p_path already exists as a link"
		return
	elif [ "$f_type" = link ]; then
		follow "$p_path" || return
		p_path=$w_path
	fi
	fs_stat "$p_path"
	fs_attributes "$p_path" || return
	[ -z "$p_recurse" ] || file_recurse || return
	describe "$p_path"
}

# Mode and owner of everything below a folder.
file_recurse() {
	[ -n "$p_mode$p_owner$p_group" ] && fs_folder "$p_path" || return 0
	file_recurse_into "$p_path" || return 1
	fs_stat "$p_path"
}

# file_recurse_into FOLDER: what is in it, whatever its name holds; links are not followed.
file_recurse_into() {
	fs_searchable "$1" || {
		fail "unable to enter '$1': Permission denied"
		return 1
	}
	if [ "$o_count" -gt 0 ] && overlay_below "$1"; then
		file_recurse_recorded "$1"
		return
	fi
	fs_now "$1"
	for w_each in "$w_now"/* "$w_now"/.[!.]* "$w_now"/..?*; do
		[ -e "$w_each" ] || [ -L "$w_each" ] || continue
		file_recurse_one "$1/${w_each##*/}" || return 1
	done
}

# The same order where some of it is in the record alone.
file_recurse_recorded() {
	fs_names "$1"
	set -- "$1" "$w_names$nl"
	while [ -n "$2" ]; do
		w_each=${2%%"$nl"*}
		set -- "$1" "${2#*"$nl"}"
		file_recurse_one "$1/${w_each#?}" || return 1
	done
}

file_recurse_one() {
	fs_stat "$1"
	[ "$f_type" != absent ] || return 0
	fs_attributes "$1" || return 1
	[ "$f_type" != directory ] || file_recurse_into "$1"
}

file_file() {
	fs_stat "$p_path"
	file_follow || return
	case $f_type in
	absent)
		if may_come || unknown_below "$p_path"; then
			unpredicted "'$p_path' does not exist yet"
			return
		fi
		fail "'$p_path' does not exist: make it with 'touch', 'copy' or 'template'"
		return
		;;
	directory)
		if [ -n "$p_state" ]; then
			fail "'$p_path' is a folder, not a file"
			return
		fi
		;;
	esac
	fs_attributes "$p_path" || return
	[ -z "$p_recurse" ] || file_recurse || return
	describe "$p_path"
}

# p_path: what a link leads to, where it is to be followed.
file_follow() {
	if [ "$f_type" = link ] && [ -n "$p_follow" ] && fs_there "$p_path"; then
		follow "$p_path" || return
		p_path=$w_path
		fs_stat "$p_path"
	fi
}

file_touch() {
	fs_stat "$p_path"
	file_follow || return
	if [ "$f_type" = absent ]; then
		fs_parent_ready "$p_path" || return
		f_type=absent new_text=
		fs_replace "$p_path" text
	else
		if [ "$p_modification_time" != preserve ] || [ "$p_access_time" != preserve ]; then
			may touch "$p_path" || return
			will_change
			[ -n "$check" ] || fs_touch "$p_path" || return
		fi
		fs_attributes "$p_path" || return
	fi
	file_finish
}

file_link() {
	fs_stat "$p_path"
	if [ "$p_state" = hard ]; then
		file_hard_link
		return
	fi
	case $f_type in
	directory)
		if [ -z "$p_force" ]; then
			fail "'$p_path' is a folder: give 'force: yes' to put a link in its place"
			return
		fi
		;;
	file)
		if [ -z "$p_force" ]; then
			fail "'$p_path' is a file: give 'force: yes' to put a link in its place"
			return
		fi
		;;
	esac
	if [ -z "$p_force" ]; then
		w_target=$p_src
		parent "$p_path"
		case $p_src in /*) ;; *) w_target=$w_parent/$p_src ;; esac
		if ! fs_there "$w_target"; then
			if may_come; then
				unpredicted "'$p_src', the target of the link, does not exist yet"
				return
			fi
			fail "'$p_src', the target of the link, does not exist: give 'force: yes' to link all the same"
			return
		fi
	fi
	if [ "$f_type" != link ] || [ "$f_target" != "$p_src" ]; then
		fs_parent_ready "$p_path" || return
		fs_link "$p_path" "$p_src" || return
		fs_stat "$p_path"
	fi
	field src:s "$p_src"
	file_link_attributes || return
	describe "$p_path"
}

# Owner and mode are those of what the link leads to, unless follow is off; then the link has no mode.
file_link_attributes() {
	[ -n "$p_mode$p_owner$p_group" ] || return 0
	if [ -z "$p_follow" ]; then
		fs_attributes "$p_path"
		return
	fi
	w_link=$p_path
	file_follow || return
	case $f_type in
	absent | link) ;;
	*) fs_attributes "$p_path" || return ;;
	esac
	p_path=$w_link
	fs_stat "$p_path"
}

file_hard_link() {
	if [ "$f_type" = directory ] && [ -n "$p_force" ]; then
		p_path=$p_path/${p_src##*/}
		fs_stat "$p_path"
	fi
	case $f_type in
	absent | directory) ;;
	*)
		if file_same; then
			describe "$p_path"
			file_hard_told
			return
		fi
		;;
	esac
	if [ "$f_type" = directory ]; then
		fail "'$p_path' is a folder: remove it first"
		return
	fi
	if [ "$f_type" != absent ] && [ -z "$p_force" ]; then
		fail "'$p_path' exists: give 'force: yes' to put a link in its place"
		return
	fi
	fs_parent_ready "$p_path" && file_source || return
	fs_stat "$p_path"
	fs_known "$p_path" && may put "$p_path" || return
	change "$p_path" "state: $f_type$nl" "state: hard$nl""target: $p_src$nl"
	if [ -n "$check" ]; then
		file_foresee_hard
		return
	fi
	fs_hard_link "$p_path" "$p_src" && file_finish && file_hard_told
}

file_hard_told() {
	field src:s "$p_src"
	field state:s hard
}

# Whether the two names are of one file. find -samefile would open them, and wait for ever at a FIFO.
file_same() {
	f_link=$f_same
	fs_stat "$p_src"
	[ -z "$f_link" ] || [ "$f_link" != "$f_same" ] || return 0
	fs_stat "$p_path"
	[ "$o_count" -gt 0 ] || return 1
	overlay_path "$p_path"
	f_link=$o_path
	overlay_path "$p_src"
	[ "$f_link" = "$o_path" ]
}

# What a hard link is made of: a file that is there.
file_source() {
	fs_stat "$p_src"
	case $f_type in
	absent)
		if may_come; then
			unpredicted "'$p_src', the file to link to, does not exist yet"
			return 1
		fi
		fail "'$p_src', the file to link to, does not exist"
		return 1
		;;
	directory)
		fail "'$p_src' is a folder: a folder has only one name"
		return 1
		;;
	esac
	may_link "$p_src" "$p_path" || return 1
	fs_stat "$p_path"
}

file_foresee_hard() {
	fs_unlinked
	fs_stat "$p_src"
	if [ -z "$f_same" ]; then
		f_same=new:$me:$o_count
		overlay_path "$p_src"
		remember same "$o_path" "$f_same"
	fi
	f_link=$f_same
	fs_share $((f_links + 1))
	w_has=1 w_text=
	if overlay_find "$p_src"; then
		eval "w_has=\$o_has_$w_o w_text=\$o_text_$w_o"
	fi
	if [ "$f_type" = file ] && ! { overlay_find "$p_src" && [ "$w_has" != 0 ]; }; then
		if fs_whole_text "$p_src"; then
			w_has=1 w_text=$f_text
		else
			fs_sha256 "$p_src"
			w_has=${f_sha256:-unknown} w_text=
		fi
	fi
	overlay "$p_path" "$f_type" "$f_mode" "$f_owner" "$f_group" "$f_target" "$w_has" "$w_text"
	remember same "$o_path" "$f_link"
	file_finish
	file_hard_told
}
