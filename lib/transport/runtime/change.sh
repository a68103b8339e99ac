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
	fs_length_ok "$1" || return 1
	parent "$1"
	w_folder=$w_parent
	fs_type "$w_folder"
	case $f_type in
	directory) return 0 ;;
	link) ! fs_folder "$w_folder" || return 0 ;;
	absent)
		fs_known "$w_folder" || return 1
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

# fs_length_ok PATH: whether Linux takes a path of that length, and so long a name at its end.
fs_length_ok() {
	if [ ${#1} -lt 4096 ]; then
		w_base=${1##*/}
		[ ${#w_base} -gt 255 ] || return 0
	fi
	fail "the path '$(printf %s "$1" | head -c 60)...' is too long"
	return 1
}

# owner_name VALUE KIND: sets w_name to the name for a user (passwd) or group given as a number.
owner_name() {
	w_name=$1
	case $1 in
	'' | *[!0-9]*) ;;
	*)
		w_kind=gid
		[ "$2" = group ] || w_kind=uid
		if recall "$w_kind" "$1"; then
			w_name=${recalled:-$1}
			return
		fi
		w_entry=$(getent "$2" "$1" 2>/dev/null) && w_name=${w_entry%%:*}
		;;
	esac
}

# selinux_absent: whether the context that p_selinux says was asked for means nothing here.
selinux_absent() {
	[ -n "${p_selinux-}" ] && [ -e /sys/fs/selinux/enforce ] || return 0
	fail "'$p_selinux': SELinux runs here, and its contexts are not supported: use 'command: chcon' after it"
	return 1
}

# fs_attributes PATH: brings p_mode, p_owner, p_group to a file or folder that fs_stat has just looked
# at; tells the change. Empty parameters leave as it is.
fs_attributes() {
	selinux_absent || return 1
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
	may dress "$1" && fs_names_ok "$1" || return 1
	[ "$w_mode" = "$f_mode" ] || may_set_group_id "$1" "$w_group" || return 1
	w_dress=
	[ "$w_owner:$w_group" = "$f_owner:$f_group" ] || w_dress=$w_owner:$w_group
	if [ -n "$w_dress" ]; then
		set -- "$1" "$w_owner" "$w_group"
		[ "$2" != "$f_owner" ] || set -- "$1" '' "$3"
		[ "$3" != "$f_group" ] || set -- "$1" "$2" ''
		may_own "$@" || return 1
	fi
	change "$1" "$w_before" "$w_after"
	if [ -n "$check" ]; then
		fs_overlay_attributes "$1" "$w_mode" "$w_owner" "$w_group"
		return 0
	fi
	if [ "$f_type" = directory ]; then
		fs_dress_folder "$1"
	else
		place "$1" || return 1
		fs_dress_name
	fi
	w_ok=$?
	place_leave
	[ $w_ok -eq 0 ] || return 1
	f_mode=$w_mode f_owner=$w_owner f_group=$w_group
}

# A folder is dressed from within, so that it cannot be swapped for another.
fs_dress_folder() {
	enter "$1" && fs_dress_here . "$w_dress"
}

# Another file, which somebody else might swap for a link, under a second name in a folder of our own. A mode
# can be set without following a link only so.
fs_dress_name() {
	if [ -z "$w_open" ]; then
		fs_dress_here "./$w_base" "$w_dress"
		return
	elif [ "$f_type" = link ]; then
		attempt chown -h "$w_dress" "./$w_base"
		return
	fi
	w_wanted=$f_type
	hide && hold || return 1
	fs_type ./held
	if [ "$f_type" != "$w_wanted" ]; then
		fail "'$w_parent/$w_base' was replaced while it was looked at"
		return 1
	fi
	fs_hard_links_ok && fs_dress_here ./held "$w_dress"
}

# fs_names_ok PATH: the same before anything is told, and in a dry run.
fs_names_ok() {
	[ "$f_type" != directory ] && [ "$f_type" != link ] && [ "$f_links" -gt 1 ] || return 0
	if [ "$o_count" -gt 0 ]; then
		enter_foreseen "$w_parent" && foreseen_open "$w_here"
	else
		enter "$w_parent" && place_look
		back
	fi
	foreseen_uid
	case $w_open:$w_keeper in
	:*) return 0 ;;
	1:0 | 1:"$my_uid") fs_names_refused ;;
	esac
}

fs_names_refused() {
	fail "'$w_parent/$w_base' has other names elsewhere, and its folder can be changed by others: its owner and mode are kept"
	return 1
}

# A second name for a file of root's, made by somebody else, must not give that file away.
fs_hard_links_ok() {
	set -- "$(stat -c '%h %u' ./held 2>/dev/null)"
	case $1 in
	'' | '1 '* | '2 '*) return 0 ;;
	*' 0' | *" $my_uid") fs_names_refused ;;
	esac
}

# fs_dress_here NAME OWNER:GROUP: owner (unless empty), then w_mode: chown clears set-id bits. With fewer digits
# chmod keeps those of a folder. Neither follows a link: NAME is none, and nobody else can make it one.
fs_dress_here() {
	[ -z "$2" ] || attempt chown -h "$2" "$1" || return 1
	[ "$f_type" = link ] || attempt chmod "0$w_mode" "$1"
}

# The overlay entry of a path whose attributes alone would change.
fs_overlay_attributes() {
	w_has=0 w_text=
	if overlay_find "$1"; then
		eval "w_has=\$o_has_$w_o w_text=\$o_text_$w_o"
	fi
	overlay "$1" "$f_type" "$2" "$3" "$4" "$f_target" "$w_has" "$w_text"
	f_mode=$2 f_owner=$3 f_group=$4
	[ -z "$f_same" ] || [ "$f_links" -le 1 ] || {
		remember same "$o_path" "$f_same"
		fs_share "$f_links"
	}
}

# attempt COMMAND...: runs it; on failure the step fails with its own words.
attempt() {
	if w_said=$("$@" 2>&1 3<&- 4>&- 6>&-); then
		return 0
	fi
	fail "${w_said:-$1 failed}"
	return 1
}

# fs_mkdir PATH: makes a folder and its missing parents; p_mode, p_owner, p_group apply to each.
fs_mkdir() {
	fs_may_mkdir "$1" || return 1
	f_type=directory
	[ -n "$w_missing" ] || return 0
	mode_new 777 || {
		fail "invalid mode '$p_mode'"
		return 1
	}
	case $my_uid:$w_mode:${1%/} in
	0:* | *:?[37]??:* | *:"$w_missing") ;;
	*)
		fail "unable to make folders in '$w_missing': mode $w_mode would not let us in"
		return 1
		;;
	esac
	new_group "$w_folder"
	may_set_group_id "$w_missing" "${p_group:-$w_new_group}" || return 1
	fs_mkdir_below "$w_folder" "$1" || return 1
	f_type=directory
}

# fs_mkdir_below FOLDER PATH: makes each folder on the way from FOLDER, which is there, to PATH.
fs_mkdir_below() {
	case $2 in
	"$1") return 0 ;;
	"${1%/}"/*) set -- "${1%/}/" "${2#"${1%/}"/}" ;;
	*) set -- '' "$2" ;;
	esac
	while [ -n "$2" ]; do
		case ${2%%/*} in
		'' | .) ;;
		*) fs_mkdir_one "$1${2%%/*}" || return 1 ;;
		esac
		case $2 in
		*/*) set -- "$1${2%%/*}/" "${2#*/}" ;;
		*) return 0 ;;
		esac
	done
}

# fs_may_mkdir PATH: whether it is a folder or could be made one. w_missing: the first part of it that is not there.
fs_may_mkdir() {
	fs_length_ok "$1" || return 1
	w_folder=${1%/} w_missing=
	w_folder=${w_folder:-/}
	while
		fs_type "$w_folder"
		[ "$f_type" = absent ]
	do
		w_missing=$w_folder
		parent "$w_folder"
		w_folder=$w_parent
	done
	if [ "$f_type" != directory ] && ! fs_folder "$w_folder"; then
		fail "'$w_folder' is not a folder"
		return 1
	fi
	f_type=absent
	[ -z "$w_missing" ] || fs_known "$w_missing" || return 1
	[ -z "$w_missing" ] || { may put "$w_missing" && may_own "$w_missing" "${p_owner-}" "${p_group-}"; }
}

fs_mkdir_one() {
	change "$1" "state: absent$nl" "state: directory$nl"
	if [ -n "$check" ]; then
		parent "$1"
		new_group "$w_parent"
		fs_named
		overlay "$1" directory "$w_mode" "$w_owner" "$w_group" '' 1 ''
		return 0
	fi
	place "$1" || return 1
	fs_mkdir_here
	w_ok=$?
	place_leave
	return $w_ok
}

# Owner and mode are there before the folder stands where somebody else may replace it.
fs_mkdir_here() {
	w_made=./$w_base
	if [ -n "$w_open" ]; then
		hide || return 1
		w_made=./new
	fi
	w_said=$(mkdir "$w_made" 2>&1 3<&- 4>&- 6>&-) || {
		# Another run may have made it meanwhile.
		is_folder "$w_made" && return 0
		fail "${w_said:-mkdir failed}"
		return 1
	}
	w_new_mode=$w_mode
	# Only root moves a folder into another one when its mode forbids to write to it.
	case $my_uid:$w_open:$w_mode in
	0:* | *::* | *:1:?[2367]??) ;;
	*) w_new_mode=0700 ;;
	esac
	fs_own "$w_made" && attempt chmod "0$w_new_mode" "$w_made" || return 1
	if [ -z "$w_open" ] || is_folder "$w_up$w_base"; then
		return 0
	elif [ "$w_new_mode" = "$w_mode" ]; then
		swap_in ./new
	else
		attempt fs_swap_folder
	fi
}

# From within, so that it cannot be swapped for another before it has its mode.
fs_swap_folder() (
	cd -P ./new && mv -T -f ../new "../$w_up$w_base" && chmod "0$w_mode" .
)

is_folder() {
	[ -d "$1" ] && [ ! -L "$1" ]
}

# w_owner and w_group of something new, by name where there is one. new_group has looked at the folder.
fs_named() {
	owner_name "${p_owner:-$me}" passwd
	w_owner=$w_name
	owner_name "${p_group:-$w_new_group}" group
	w_group=$w_name
}

# fs_own PATH: gives a new path its p_owner and p_group, silently.
fs_own() {
	[ -n "${p_owner-}${p_group-}" ] || return 0
	attempt chown -h "${p_owner-}${p_group:+:$p_group}" "$1"
}

# fs_known PATH: whether a dry run can tell what is there, as fs_stat has found it. Leaves the step unpredicted otherwise.
fs_known() {
	[ "$f_type" = absent ] && unknown_below "$1" || return 0
	unpredicted "what '$o_known_not' will hold is not known here"
	return 1
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
		fs_known "$1" && fs_may_come "$1"
		return 0
	}
	may remove "$1" && may_empty "$1" || return 1
	if [ "$f_type" = file ] && [ -n "$diff" ] && fs_readable "$1"; then
		will_change
		fs_unknown "$1" || fs_send before "$1"
	else
		change "$1" "state: $f_type$nl" "state: absent$nl"
	fi
	if [ -n "$check" ]; then
		fs_unlinked
		overlay "$1" absent '' '' '' '' 1 ''
		return 0
	fi
	place "$1" || return 1
	fs_remove_here
	w_ok=$?
	place_leave
	return $w_ok
}

# GNU rm never leaves the folder it removes; others follow a link that takes a folder's place while they are at it.
fs_remove_here() {
	if [ -n "$w_open" ] && [ -d "./$w_base" ] && [ ! -L "./$w_base" ]; then
		case $(rm --version 2>/dev/null) in
		*GNU*) ;;
		*)
			remove_tree "$w_base" "$PWD"
			return
			;;
		esac
	fi
	attempt rm -rf "./$w_base"
}

# remove_tree NAME FOLDER: a folder in the working directory, FOLDER, with all below it, never through a link.
remove_tree() {
	if ! cd -P "./$1" 2>/dev/null || [ "$PWD" != "${2%/}/$1" ]; then
		fail "'$1' was replaced while it was being removed"
		return 1
	fi
	for w_each in ./* ./.[!.]* ./..?*; do
		if [ -d "$w_each" ] && [ ! -L "$w_each" ]; then
			remove_tree "${w_each#./}" "$PWD" || return 1
		elif [ -e "$w_each" ] || [ -L "$w_each" ]; then
			attempt rm -f "$w_each" || return 1
		fi
	done
	cd -P .. && [ "$PWD" = "$2" ] && attempt rmdir "./$1"
}

# fs_link PATH TARGET: makes or replaces a symbolic link. A folder gives way only when it is empty.
fs_link() {
	fs_stat "$1"
	if [ "$f_type" = link ] && [ "$f_target" = "$2" ]; then
		return 0
	fi
	if [ "$f_type" = directory ]; then
		fs_empty "$1" || return 1
	fi
	fs_known "$1" && may put "$1" || return 1
	if [ "$f_type" = absent ]; then
		change "$1" "state: absent$nl" "state: link$nl""target: $2$nl"
	else
		change "$1" "state: $f_type$nl${f_target:+target: $f_target$nl}" \
			"state: link$nl""target: $2$nl"
	fi
	if [ -n "$check" ]; then
		fs_unlinked
		parent "$1"
		new_group "$w_parent"
		overlay "$1" link 0777 "$me" "$w_new_group" "$2" 1 ''
		return 0
	fi
	place "$1" || return 1
	fs_link_here "$2"
	w_ok=$?
	place_leave
	return $w_ok
}

# fs_empty FOLDER: fails when it holds anything.
fs_empty() {
	fs_empty_quietly "$1" && return 0
	fail "the directory $1 is not empty, refusing to convert it"
	return 1
}

fs_empty_quietly() {
	overlay_path "$1"
	if recall filled "$o_path" && [ -n "$recalled" ]; then
		return 1
	fi
	fs_now "$1"
	for w_each in "$w_now"/* "$w_now"/.[!.]* "$w_now"/..?*; do
		fs_type "$w_each"
		[ "$f_type" = absent ] || break
	done
	if [ "$f_type" = absent ] && [ "$o_count" -gt 0 ] && overlay_below "$1"; then
		while [ "$f_type" = absent ] && [ -n "$o_names" ]; do
			fs_type "$1/${o_names%%"$nl"*}"
			o_names=${o_names#*"$nl"}
		done
	fi
	w_each=$f_type f_type=directory
	[ "$w_each" = absent ]
}

fs_link_here() {
	if [ "$f_type" = directory ]; then
		attempt rmdir "./$w_base" || return 1
	fi
	make_aside || return 1
	attempt ln -s -- "$1" "$w_temporary" && swap_in "$w_temporary"
}

# make_aside: w_temporary: a name for what is made before it takes its place.
make_aside() {
	if [ -n "$w_open" ]; then
		hide || return 1
		w_temporary=./new
	else
		random_name || return 1
		w_temporary=./.sutler-$w_random
	fi
}

# fs_hard_link PATH FILE: FILE under a second name, in place of what is there.
fs_hard_link() {
	case $2 in
	/*) ;;
	*) set -- "$1" "$start/$2" ;;
	esac
	place "$1" || return 1
	make_aside && { ln -P -- "$2" "$w_temporary" 2>/dev/null || attempt ln -- "$2" "$w_temporary"; } &&
		swap_in "$w_temporary"
	w_ok=$?
	place_leave
	return $w_ok
}

# fs_touch PATH: sets its times to now.
fs_touch() {
	place "$1" || return 1
	attempt touch -c -h "./$w_base"
	w_ok=$?
	place_leave
	return $w_ok
}
