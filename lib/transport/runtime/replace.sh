# shellcheck shell=sh disable=SC2154,SC2209
# Putting new content in place of a file, atomically.

# fs_replace PATH SOURCE: puts new content in place of PATH, atomically. SOURCE: body (the bytes that
# follow the step; p_sha256 is their hash, p_text whether they are text), text (variable new_text) or file
# (a copy of the file on the host that the variable new_file names).
# p_mode, p_owner, p_group and p_validate apply. fs_stat must just have looked at PATH.
fs_replace() {
	if [ "$f_type" = absent ]; then
		f_type=file
		mode_new 666 || {
			fail "invalid mode '$p_mode'"
			return 1
		}
		w_owner=${p_owner:-$me} w_group=${p_group:-$my_group} w_new=1
	else
		mode_wanted "$f_mode" || {
			fail "invalid mode '$p_mode'"
			return 1
		}
		w_owner=${p_owner:-$f_owner} w_group=${p_group:-$f_group} w_new=
		[ -z "$diff" ] || fs_send before "$1"
	fi
	will_change
	[ "$2" != body ] || [ -z "$diff" ] || frame put "$step_id" path:s "$1"
	if [ -n "$check" ]; then
		fs_replace_overlay "$1" "$2"
		return 0
	fi
	parent "$1"
	w_temporary=$w_parent/.sutler-$nonce-$step_id
	w_old_umask=$(umask)
	umask 077
	fs_write_temporary "$2"
	w_ok=$?
	umask "$w_old_umask"
	if [ $w_ok -ne 0 ] || ! fs_dress "$1" || ! fs_validate "$w_temporary" || ! fs_swap "$1"; then
		rm -f -- "$w_temporary"
		return 1
	fi
	[ "$2" = body ] || [ -z "$diff" ] || fs_send after "$1"
}

fs_replace_overlay() {
	w_has=1 w_text=
	if [ "$2" = text ]; then
		w_text=$new_text
	elif [ "$2" = file ]; then
		fs_sha256 "$new_file"
		w_has=$f_sha256
		[ -z "$diff" ] || frame_file after "$step_id" "$1" "$new_file"
	elif [ -n "$p_text" ]; then
		w_text=$(take_exactly "$body" && printf x)
		w_text=${w_text%x} body=0
	else
		w_has=$p_sha256
	fi
	overlay "$1" file "$w_mode" "$w_owner" "$w_group" '' "$w_has" "$w_text"
	[ "$2" != text ] || fs_send after "$1"
}

# The new bytes into w_temporary.
fs_write_temporary() {
	if [ "$1" = text ]; then
		w_said=$({ printf %s "$new_text" >"$w_temporary"; } 2>&1) && return 0
	elif [ "$1" = file ]; then
		w_said=$({ cat "$new_file" >"$w_temporary"; } 2>&1) && return 0
	else
		w_left=$body body=0
		# A failing write must not leave the rest of the body in the stream.
		w_said=$({ take_exactly "$w_left" | {
			cat >"$w_temporary" || {
				cat >/dev/null
				false
			}
		}; } 2>&1) && [ "$(wc -c <"$w_temporary")" -eq "$w_left" ] && return 0
	fi
	w_said=${w_said:-short write}
	fail "unable to write into '${w_temporary%/*}': ${w_said##*: }"
	return 1
}

# Mode and owner for w_temporary before anyone can see it under its name.
fs_dress() {
	if [ "$w_owner:$w_group" != "$me:$my_group" ]; then
		if [ -n "${p_owner-}${p_group-}" ] || [ "$my_uid" = 0 ]; then
			attempt chown "$w_owner:$w_group" "$w_temporary" || return 1
		fi
	fi
	attempt chmod "$w_mode" "$w_temporary"
}

# fs_validate FILE: runs p_validate with FILE in place of %s.
fs_validate() {
	[ -n "${p_validate-}" ] || return 0
	w_command=${p_validate%%'%s'*}$1${p_validate#*'%s'}
	w_said=$(sh -c "$w_command" 2>&1 3<&- 4>&-) && return 0
	fail "validation failed, nothing was replaced: $w_said"
	return 1
}

fs_swap() {
	if [ -n "${p_backup-}" ] && [ -z "$w_new" ]; then
		w_backup=$1.$(date +%Y-%m-%d@%H:%M:%S~)
		attempt cp -p -- "$1" "$w_backup" || return 1
		field backup_file:s "$w_backup"
	fi
	sync "$w_temporary" 2>/dev/null
	attempt mv -f -- "$w_temporary" "$1"
}
