# shellcheck shell=sh disable=SC2154
# Changing files: attributes, folders, links, removal. In a dry run they record what they would do.

# change PATH BEFORE AFTER: tells a change that is not one of content, as two short texts.
change() {
	will_change
	[ -z "$diff" ] || frame change "$step_id" path:s "$1" before:s "$2" after:s "$3"
}

# fs_parent_ready PATH: whether its folder exists, or may exist by what this dry run skipped. Fails
# with the step's result set otherwise.
fs_parent_ready() {
	parent "$1"
	w_folder=$w_parent
	fs_type "$w_folder"
	case $f_type in
	directory) return 0 ;;
	link) [ ! -d "$w_folder" ] || return 0 ;;
	absent)
		[ -n "$check" ] && any_remembered package && return 0
		if [ -n "$check" ] && any_remembered command; then
			unpredicted "folder '$w_folder' does not exist yet"
			return 1
		fi
		;;
	esac
	if [ "$f_type" = absent ]; then
		fail "folder '$w_folder' does not exist on the host"
	else
		fail "'$w_folder' is not a folder"
	fi
	return 1
}

# owner_name VALUE KIND: sets w_name to the name for a user (passwd) or group given as a number.
owner_name() {
	w_name=$1
	case $1 in
	'' | *[!0-9]*) ;;
	*)
		w_entry=$(getent "$2" "$1" 2>/dev/null) && w_name=${w_entry%%:*}
		;;
	esac
}

# fs_attributes PATH: brings p_mode, p_owner, p_group to a file or folder that fs_stat has just looked
# at; tells the change. Empty parameters leave as it is.
fs_attributes() {
	mode_wanted "$f_mode" || {
		fail "invalid mode '$p_mode'"
		return 1
	}
	w_before='' w_after=''
	[ "$f_type" != link ] || w_mode=$f_mode
	[ "$w_mode" = "$f_mode" ] || w_before="mode: $f_mode$nl" w_after="mode: $w_mode$nl"
	owner_name "${p_owner-}" passwd
	w_owner=${w_name:-$f_owner}
	owner_name "${p_group-}" group
	w_group=${w_name:-$f_group}
	[ "$w_owner" = "$f_owner" ] || w_before="${w_before}owner: $f_owner$nl" \
		w_after="${w_after}owner: $w_owner$nl"
	[ "$w_group" = "$f_group" ] || w_before="${w_before}group: $f_group$nl" \
		w_after="${w_after}group: $w_group$nl"
	[ -n "$w_after" ] || return 0
	change "$1" "$w_before" "$w_after"
	if [ -n "$check" ]; then
		fs_overlay_attributes "$1" "$w_mode" "$w_owner" "$w_group"
		return 0
	fi
	if [ "$w_owner" != "$f_owner" ] || [ "$w_group" != "$f_group" ]; then
		attempt chown -h "$w_owner:$w_group" "$1" || return 1
	fi
	# chown clears set-id bits: the mode comes last. With fewer digits chmod keeps those of a folder.
	[ "$f_type" = link ] || attempt chmod "0$w_mode" "$1" || return 1
	f_mode=$w_mode f_owner=$w_owner f_group=$w_group
}

# The overlay entry of a path whose attributes alone would change.
fs_overlay_attributes() {
	w_has=0 w_text=
	if overlay_find "$1"; then
		eval "w_has=\$o_has_$w_o w_text=\$o_text_$w_o"
	fi
	overlay "$1" "$f_type" "$2" "$3" "$4" "$f_target" "$w_has" "$w_text"
	f_mode=$2 f_owner=$3 f_group=$4
}

# attempt COMMAND...: runs it; on failure the step fails with its own words.
attempt() {
	if w_said=$("$@" 2>&1 3<&- 4>&-); then
		return 0
	fi
	fail "${w_said:-$1 failed}"
	return 1
}

# fs_mkdir PATH: makes a folder and its missing parents; p_mode, p_owner, p_group apply to each.
fs_mkdir() {
	w_missing='' w_folder=$1
	while
		fs_type "$w_folder"
		[ "$f_type" = absent ]
	do
		w_missing=$w_folder$nl$w_missing
		parent "$w_folder"
		w_folder=$w_parent
	done
	if [ "$f_type" != directory ] && [ ! -d "$w_folder" ]; then
		fail "'$w_folder' is not a folder"
		return 1
	fi
	f_type=directory
	mode_new 777 || {
		fail "invalid mode '$p_mode'"
		return 1
	}
	while [ -n "$w_missing" ]; do
		fs_mkdir_one "${w_missing%%"$nl"*}" || return 1
		w_missing=${w_missing#*"$nl"}
	done
}

fs_mkdir_one() {
	change "$1" "state: absent$nl" "state: directory$nl"
	if [ -n "$check" ]; then
		overlay "$1" directory "$w_mode" "${p_owner:-$me}" "${p_group:-$my_group}" '' 1 ''
		return 0
	fi
	attempt mkdir "$1" && fs_own "$1" && attempt chmod "0$w_mode" "$1"
}

# fs_own PATH: gives a new path its p_owner and p_group, silently.
fs_own() {
	[ -n "${p_owner-}${p_group-}" ] || return 0
	attempt chown -h "${p_owner-}${p_group:+:$p_group}" "$1"
}

# fs_may_come PATH: a dry run that finds a file and its folder missing cannot tell whether a package that
# an earlier step would install brings it.
fs_may_come() {
	[ -n "$check" ] && any_remembered package || return 0
	parent "$1"
	fs_type "$w_parent"
	if [ "$f_type" = absent ] && ! overlay_find "$1"; then
		unpredicted "'$1' may come with a package"
	fi
	f_type=absent
}

# fs_remove PATH: removes a file, link or a folder with all that is in it.
fs_remove() {
	fs_stat "$1"
	[ "$f_type" != absent ] || {
		fs_may_come "$1"
		return 0
	}
	if [ "$f_type" = file ] && [ -n "$diff" ]; then
		will_change
		fs_send before "$1"
	else
		change "$1" "state: $f_type$nl" "state: absent$nl"
	fi
	if [ -n "$check" ]; then
		overlay "$1" absent '' '' '' '' 1 ''
		return 0
	fi
	attempt rm -rf -- "$1"
}

# fs_link PATH TARGET: makes or replaces a symbolic link.
fs_link() {
	fs_stat "$1"
	if [ "$f_type" = link ] && [ "$f_target" = "$2" ]; then
		return 0
	fi
	if [ "$f_type" = absent ]; then
		change "$1" "state: absent$nl" "state: link$nl""target: $2$nl"
	else
		change "$1" "state: $f_type$nl${f_target:+target: $f_target$nl}" \
			"state: link$nl""target: $2$nl"
	fi
	if [ -n "$check" ]; then
		overlay "$1" link 0777 "${p_owner:-$me}" "${p_group:-$my_group}" "$2" 1 ''
		return 0
	fi
	[ "$f_type" != directory ] || attempt rm -rf -- "$1" || return 1
	parent "$1"
	w_temporary=$w_parent/.sutler-$nonce-$step_id
	attempt ln -s -- "$2" "$w_temporary" || return 1
	# A plain mv would move the new link into a folder that the old one points to.
	if ! mv -T -f -- "$w_temporary" "$1" 2>/dev/null; then
		attempt rm -f -- "$1" && attempt mv -f -- "$w_temporary" "$1"
	fi
}
