# shellcheck shell=sh disable=SC2034,SC2119,SC2120,SC2154,SC2209
# Putting new content in place of a file, atomically.

# fs_replace PATH SOURCE: puts new content in place of PATH, atomically. SOURCE: body (the bytes that
# follow the step; p_sha256 is their hash, p_text whether they are text), text (variable new_text) or file
# (a copy of the file on the host that the variable new_file names).
# p_mode, p_owner, p_group and p_validate apply. fs_stat must just have looked at PATH. With edit_known set,
# the new content was made of edit_text: when that is no longer what PATH holds, edit_moved is set and it fails.
fs_replace() {
	selinux_absent || return 1
	w_new=
	case $f_type in
	other)
		fail "'$1' is neither a file, a folder nor a link: remove it first"
		return 1
		;;
	absent | link) w_new=1 ;;
	esac
	fs_known "$1" || return 1
	may put "$1" && may_own "$1" "${p_owner-}" "${p_group-}" || return 1
	parent "$1"
	fs_wanted || {
		fail "invalid mode '$p_mode'"
		return 1
	}
	may_set_group_id "$1" "$w_group" || return 1
	if [ -n "${p_backup-}" ] && [ -z "$w_new" ] && ! fs_readable "$1"; then
		fail "unable to keep a copy of '$1': Permission denied"
		return 1
	fi
	will_change
	[ -n "$w_new" ] || [ -z "$diff" ] || fs_unknown "$1" || fs_send before "$1"
	[ "$2" != body ] || [ -z "$diff" ] || frame put "$step_id" path:s "$1"
	if [ -n "$check" ]; then
		fs_replace_overlay "$1" "$2"
		return
	fi
	place "$1" || return 1
	fs_put "$1" "$2"
	w_ok=$?
	place_leave
	[ $w_ok -eq 0 ] || return 1
	case $diff:$2 in
	1:text) frame after "$step_id" path:s "$1" content:s "$new_text" ;;
	1:file) fs_send after "$1" ;;
	esac
}

# fs_wanted: in the folder w_parent: w_mode, w_owner and w_group of what takes the place of the file that f_type, f_mode... describe. What
# takes the place of a link is new, as with Ansible.
fs_wanted() {
	if [ "$f_type" != file ]; then
		f_type='file'
		new_group "$w_parent"
		fs_named
		mode_new 666
		return
	fi
	w_new_group=$f_group w_owner=$f_owner w_group=$f_group
	# Only root can give a file to somebody else: what others put in its place is theirs.
	if [ "$my_uid" != 0 ]; then
		w_owner=$me
		[ "$f_group" = "$my_group" ] || [ -n "$p_group" ] || in_group "$f_group" || {
			new_group "$w_parent"
			w_group=$w_new_group
		}
	fi
	owner_name "${p_owner:-$w_owner}" passwd
	w_owner=$w_name
	owner_name "${p_group:-$w_group}" group
	w_group=$w_name
	mode_wanted "$f_mode" || return 1
	# A set-id bit that somebody else set must not be handed to another owner.
	if [ -z "$p_mode" ] && [ "$w_owner:$w_group" != "$f_owner:$f_group" ]; then
		case $w_mode in
		[1-7]???) w_mode=0${w_mode#?} ;;
		esac
	fi
}

# Everything up to the new name, in the place of PATH.
fs_put() {
	make_aside || return 1
	w_old_umask=$(umask)
	umask 077
	fs_write_temporary "$2"
	w_ok=$?
	umask "$w_old_umask"
	[ $w_ok -eq 0 ] && fs_unmoved && fs_dress && fs_validate "$1" && fs_swap "$1"
}

# Whether an edit still fits what is there.
fs_unmoved() {
	[ -n "${edit_known-}" ] || return 0
	if [ -n "$edit_new" ]; then
		[ ! -e "$w_up$w_base" ] && [ ! -L "$w_up$w_base" ] && return 0
	elif [ -n "$w_open" ]; then
		# The attributes, too, of the very file whose text was edited.
		hold_or_look && fs_stat "$w_held" && [ "$f_type" = file ] && fs_text "$w_held" &&
			[ "$f_text" = "$edit_text" ] && fs_wanted && return 0
	else
		fs_type "./$w_base"
		[ "$f_type" = file ] && fs_text "./$w_base" && [ "$f_text" = "$edit_text" ] && return 0
	fi
	edit_moved=1
	fail "'$w_parent/$w_base' was changed by somebody else while it was edited"
	return 1
}

fs_replace_overlay() {
	w_has=1 w_text=
	if [ "$2" = text ]; then
		w_text=$new_text
	elif [ "$2" = file ] && fs_whole_text "$new_file"; then
		w_has=1 w_text=$f_text
	elif [ "$2" = file ]; then
		fs_sha256 "$new_file"
		w_has=$f_sha256
	elif [ -n "$p_text" ]; then
		w_text=$(take_exactly "$body" && printf x)
		w_text=${w_text%x} body=0
	else
		w_has=$p_sha256
	fi
	[ -z "${p_validate-}" ] || fs_validate_foreseen "$1" "$2" || return 1
	[ "$2" != file ] || fs_now "$new_file"
	[ "$2:$diff" != file:1 ] || frame_file after "$step_id" "$1" "$w_now"
	fs_unlinked
	overlay "$1" file "$w_mode" "$w_owner" "$w_group" '' "$w_has" "$w_text"
	[ "$2:$diff" != text:1 ] || frame after "$step_id" path:s "$1" content:s "$new_text"
}

# FOLDER COMMAND...: what the command writes into /tmp goes to FOLDER, and what is in /tmp is seen.
# shellcheck disable=SC2016 # for the shell that runs it
private_tmp='mount -n -t overlay -o "lowerdir=/tmp,upperdir=$0/upper,workdir=$0/work" overlay /tmp && "$@"'

# A dry run tries the check on a copy in memory, where the host has room for one.
fs_validate_foreseen() {
	eval "set -- \"\$1\" \"\$2\" $p_validate"
	has "$3" || {
		fs_validate_missing "$3"
		return 1
	}
	if ! { [ -d /dev/shm ] && [ -w /dev/shm ]; }; then
		unpredicted "what '$3' will say of the new file is not known: there is no /dev/shm to try it in"
		return 0
	fi
	random_name || return 1
	w_folder=/dev/shm/.sutler-$w_random w_when=$(stat -c %y /dev/shm 2>/dev/null)
	attempt mkdir -m 700 "$w_folder" || return 1
	w_name=$w_folder/${1##*/}
	if [ "$2" = file ]; then
		fs_now "$new_file"
		cp -- "$w_now" "$w_name"
	elif [ "$body" -gt 0 ]; then
		take_exactly "$body" >"$w_name"
		body=0
	else
		printf %s "$w_text" >"$w_name"
	fi
	chmod "$w_mode" "$w_name"
	w_aside=$w_folder
	fs_validate_run "$1"
	w_ok=$? w_aside=''
	rm -rf -- "$w_folder"
	# Not even its time is changed.
	[ "$my_uid" != 0 ] || [ -z "$w_when" ] || touch -c -d "$w_when" /dev/shm 2>/dev/null
	return $w_ok
}

# The new bytes into w_temporary, which must not be there yet.
fs_write_temporary() {
	if [ "$1" = text ]; then
		w_said=$({ set -C && printf %s "$new_text" >"$w_temporary"; } 2>&1) && return 0
	elif [ "$1" = file ]; then
		w_said=$({ set -C && copy_out >"$w_temporary"; } 2>&1) && return 0
	else
		w_left=$body body=0
		# A failing write must not leave the rest of the body in the stream.
		w_said=$({ set -C && take_exactly "$w_left" | {
			cat >"$w_temporary" || {
				cat >/dev/null
				false
			}
		}; } 2>&1) && [ "$(wc -c <"$w_temporary")" -eq "$w_left" ] && return 0
	fi
	w_said=${w_said:-short write}
	fail "unable to write into '$w_parent': ${w_said##*: }"
	return 1
}

# What the file new_file of the host holds, to stdout, in a shell of its own. In a folder that somebody else can
# change, what was opened must be what stands there, not what a link led to for a moment.
copy_out() {
	if [ -n "$scratch" ] && [ "${new_file#"$scratch/"}" != "$new_file" ]; then
		cat <"$new_file"
		return
	fi
	case $new_file in
	/*) w_path=$new_file ;;
	*) w_path=$start/$new_file ;;
	esac
	# This shell must not clean up what the one above it has made.
	w_hidden='' w_temporary=''
	if { [ -L "$w_path" ] && ! follow "$w_path"; } || ! place "$w_path"; then
		echo "$r_message" >&2
		return 1
	fi
	if [ -f "./$w_base" ]; then
		copy_place
	else
		echo "'$w_path' is no longer a file" >&2
		return 1
	fi
}

# What stands at the place, and nothing that a link leads to.
copy_place() {
	read_choose
	case $w_open:$reader:$my_uid in
	1:dd:*)
		dd if="./$w_base" iflag=nonblock,nofollow bs=65536 2>/dev/null || {
			echo "'$w_path' was replaced while it was read" >&2
			return 1
		}
		;;
	1:plain:0) copy_opened 0<>"./$w_base" ;;
	*) copy_opened <"./$w_base" ;;
	esac
}

copy_opened() {
	if [ -n "$w_open" ] && [ "$(stat -L -c %d:%i /dev/stdin)" != "$(stat -c %d:%i "./$w_base")" ]; then
		echo "'$w_path' was replaced while it was read" >&2
		return 1
	fi
	cat
}

# Mode and owner for w_temporary before anyone can see it under its name.
fs_dress() {
	if [ "$my_uid" = 0 ]; then
		[ "$w_owner:$w_group" = "$me:$my_group" ] && [ ! -g . ] ||
			attempt chown "$w_owner:$w_group" "$w_temporary" || return 1
	elif [ "$w_group" != "$my_group" ] || [ -g . ]; then
		attempt chgrp "$w_group" "$w_temporary" || return 1
	fi
	attempt chmod "$w_mode" "$w_temporary"
}

# fs_validate PATH: runs the quoted words of p_validate, in which $w_name stands for the new file, by a name that
# nobody can bend.
fs_validate() {
	[ -n "${p_validate-}" ] || return 0
	w_name=$PWD/${w_temporary#./}
	if [ -n "$w_open" ]; then
		w_name=$w_temporary
		[ ! -e "/proc/$$/cwd/$w_temporary" ] || w_name=/proc/$$/cwd/${w_temporary#./}
	fi
	fs_validate_run "$1"
}

fs_validate_missing() {
	fail "validation failed, nothing was replaced: no command '$1' on the host"
}

# What the check says of the new file is said of PATH.
fs_validate_run() {
	w_target=$1
	eval "set -- $p_validate"
	has "$1" || {
		fs_validate_missing "$1"
		return 1
	}
	# What the check of a dry run writes for itself goes to the folder w_aside; some write into /tmp
	# whatever they are told, and get a layer of their own over it where that can be.
	if [ -n "${w_aside-}" ] && [ "$my_uid" = 0 ] && mkdir "$w_aside/upper" "$w_aside/work" &&
		unshare -m sh -c "$private_tmp" "$w_aside" : 2>/dev/null; then
		set -- unshare -m sh -c "$private_tmp" "$w_aside" "$@"
	fi
	w_said=$(
		[ -z "${w_aside-}" ] || export TMPDIR="$w_aside"
		"$@" 2>&1 3<&- 4>&- 6>&-
	) && return 0
	w_rest=$w_said w_said=
	while case $w_rest in *"$w_name"*) ;; *) false ;; esac do
		w_said=$w_said${w_rest%%"$w_name"*}$w_target
		w_rest=${w_rest#*"$w_name"}
	done
	fail "validation failed, nothing was replaced: $w_said$w_rest"
	return 1
}

fs_swap() {
	if [ -n "${p_backup-}" ] && [ -z "$w_new" ]; then
		fs_backup "$1" || return 1
	fi
	sync "$w_temporary" 2>/dev/null
	swap_in "$w_temporary"
}

# The old file under a dated name that was not there.
fs_backup() {
	w_date=$(date +%Y-%m-%d@%H:%M:%S~)
	if [ -z "$w_open" ]; then
		attempt cp -p -- "./$w_base" "./$w_base.$w_date" || return 1
	else
		w_held=./held
		[ -e ./held ] || [ -L ./held ] || hold_or_look || return 1
		attempt cp -pP "$w_held" ./kept && attempt ln ./kept "../$w_base.$w_date" || return 1
	fi
	field backup_file:s "$1.$w_date"
}

# edit_here FUNCTION PATH: replaces the text of PATH by what FUNCTION makes of it (it sets f_text to the text
# and new_text to the new one), so that no edit by somebody else is lost: it is looked at again under the lock,
# and once more just before the rename.
edit_here() {
	[ -n "$check" ] || lock_edits
	e_tries=0 e_status=$r_status
	while
		edit_moved=
		edit_here_once "$@"
		w_ok=$?
		[ -n "$edit_moved" ] && [ $e_tries -lt 50 ]
	do
		e_tries=$((e_tries + 1)) r_status=$e_status r_message=
	done
	[ -n "$check" ] || unlock_edits
	return $w_ok
}

edit_here_once() {
	"$1" || return 1
	[ "$new_text" != "$f_text" ] || return 0
	fs_stat "$2"
	edit_text=$f_text edit_new='' edit_known=1
	[ "$f_type" != absent ] || edit_new=1
	fs_replace "$2" text
	w_ok=$?
	edit_known=
	return $w_ok
}
