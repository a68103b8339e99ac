# shellcheck shell=sh disable=SC2154,SC2034
# Files, folders and links in a wanted state.
do_file() {
	case $p_path in
	*/?*) p_path=${p_path%/} ;;
	esac
	field path:s "$p_path"
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
	if [ "$f_type" != directory ] && ! { [ "$f_type" = link ] && [ -d "$p_path" ]; }; then
		fail "'$p_path' exists and is not a folder: remove it first"
		return
	fi
	if [ "$f_type" = link ] && [ -n "$p_follow" ]; then
		p_path=$(readlink -f -- "$p_path")
	fi
	fs_stat "$p_path"
	fs_attributes "$p_path" || return
	[ -z "$p_recurse" ] || file_recurse || return
	describe "$p_path"
}

# Mode and owner of everything below a folder.
file_recurse() {
	[ -n "$p_mode$p_owner$p_group" ] && [ -d "$p_path" ] || return 0
	w_all=$(find "$p_path" -mindepth 1 2>/dev/null)
	while [ -n "$w_all" ]; do
		w_each=${w_all%%"$nl"*}
		case $w_all in
		*"$nl"*) w_all=${w_all#*"$nl"} ;;
		*) w_all='' ;;
		esac
		fs_stat "$w_each"
		fs_attributes "$w_each" || return 1
	done
	fs_stat "$p_path"
}

file_file() {
	fs_stat "$p_path"
	if [ "$f_type" = link ] && [ -n "$p_follow" ] && [ -e "$p_path" ]; then
		p_path=$(readlink -f -- "$p_path")
		fs_stat "$p_path"
	fi
	case $f_type in
	absent)
		if [ -n "$check" ] && any_remembered command; then
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

file_touch() {
	fs_stat "$p_path"
	if [ "$f_type" = absent ]; then
		fs_parent_ready "$p_path" || return
		f_type=absent new_text=
		fs_replace "$p_path" text
	else
		if [ "$p_modification_time" != preserve ] || [ "$p_access_time" != preserve ]; then
			will_change
			[ -n "$check" ] || attempt touch -- "$p_path" || return
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
	if [ -z "$p_force" ] && [ -z "$check" ]; then
		w_target=$p_src
		parent "$p_path"
		case $p_src in /*) ;; *) w_target=$w_parent/$p_src ;; esac
		if [ ! -e "$w_target" ]; then
			fail "'$p_src', where the link shall point, does not exist: give 'force: yes' to link all the same"
			return
		fi
	fi
	if [ "$f_type" != link ] || [ "$f_target" != "$p_src" ]; then
		fs_parent_ready "$p_path" || return
		fs_link "$p_path" "$p_src" || return
		fs_stat "$p_path"
	fi
	field src:s "$p_src"
	[ -z "$p_owner$p_group" ] || fs_attributes "$p_path" || return
	describe "$p_path"
}

file_hard_link() {
	if [ "$f_type" = file ] && [ -n "$(find "$p_path" -prune -samefile "$p_src" 2>/dev/null)" ]; then
		describe "$p_path"
		return
	fi
	if [ "$f_type" != absent ] && [ -z "$p_force" ]; then
		fail "'$p_path' exists: give 'force: yes' to put a link in its place"
		return
	fi
	change "$p_path" "state: $f_type$nl" "state: hard$nl""target: $p_src$nl"
	if [ -n "$check" ]; then
		overlay "$p_path" file "${f_mode:-0644}" "${f_owner:-$me}" "${f_group:-$my_group}" '' 0 ''
		return
	fi
	attempt ln -f -- "$p_src" "$p_path" && file_finish
}
