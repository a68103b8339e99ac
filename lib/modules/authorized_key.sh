#% authorized_key: adds or removes a user's authorized SSH keys
#% user            text   required                 who they log in as
#% key             text   required here            public keys, one a line
#% state           text   present|absent =present  whether they should exist
#% path            path                            the file; default: ~USER/.ssh/authorized_keys
#% manage_dir      bool   =yes                     make its folder, with its mode
#% exclusive       bool   =no                      remove all other keys
#% key_options     text   here                     options before each key
#% comment         text   here                     comment behind each key
#% follow          bool   ignored =no              accepted: links are followed
#% validate_certs  bool   ignored =yes
#% here prepare
#% sets keys
#% returns user, state, keyfile
#% example
#%   - authorized_key:
#%       user: deploy
#%       key: "{{ lookup('file', 'keys/deploy.pub') }}"

# shellcheck disable=SC2119,SC2120
# Keys that may log in. p_keys: quoted words, "TYPE DATA" and the whole line, for each key.
do_authorized_key() {
	field user:s "$p_user"
	field state:s "$p_state"
	k_file=$p_path
	if [ -z "$k_file" ]; then
		if ! user_home "$p_user" || [ -z "$w_home" ]; then
			account_known passwd "$p_user" "Failed to lookup user $p_user: the host has no such user"
			return
		fi
		k_file=$w_home/.ssh/authorized_keys
	fi
	field keyfile:s "$k_file"
	account_known passwd "$p_user" "Failed to lookup user $p_user: the host has no such user" || return
	if recall user-entry "$p_user"; then
		k_group=${recalled#*:}
		owner_name "${k_group%%:*}" group
		k_group=$w_name
	else
		k_group=$(id -gn -- "$p_user" 2>/dev/null) || k_group=$p_user
	fi
	fs_stat "$k_file"
	if [ "$f_type" = link ] && fs_there "$k_file"; then
		follow "$k_file" || return
		k_file=$w_path
	fi
	authorized_key_read || return
	if [ -n "$p_manage_dir" ] && [ "$p_state" = present ]; then
		authorized_key_folder || return
	fi
	fs_stat "$k_file"
	if [ "$new_text" = "$k_old" ]; then
		return
	fi
	if [ "$f_type" = absent ]; then
		p_mode=0600
		[ "$my_uid" != 0 ] || p_owner=$p_user p_group=$k_group
	fi
	fs_parent_ready "$k_file" || return
	edit_here authorized_key_read "$k_file"
}

# k_old: what the file holds; new_text: what it shall hold.
authorized_key_read() {
	f_text=
	fs_type "$k_file"
	[ "$f_type" = absent ] || fs_text "$k_file" || {
		fs_unknown "$k_file" || fail "unable to read '$k_file': it is not a file that can be edited"
		return 1
	}
	k_old=$f_text new_text=
	authorized_key_edit
}

# new_text: k_old with the keys there, or not.
authorized_key_edit() {
	eval "set -- $p_keys"
	local k_done=
	each_line "$k_old" authorized_key_line
	[ "$p_state" = present ] || return 0
	while [ $# -gt 1 ]; do
		case $k_done in
		*"$nl$1$nl"*) ;;
		*) new_text=$new_text$2$nl ;;
		esac
		shift 2
	done
}

# authorized_key_line LINE: what becomes of it. k_done: the keys that are there by now.
authorized_key_line() {
	local k_line="$1"
	eval "set -- $p_keys"
	while [ $# -gt 1 ]; do
		case " $k_line " in
		*" $1 "*)
			if [ "$p_state" = present ]; then
				case $k_done in
				*"$nl$1$nl"*) ;;
				*) new_text=$new_text$2$nl ;;
				esac
				k_done=$k_done$nl$1$nl
			fi
			return 0
			;;
		esac
		shift 2
	done
	if [ -n "$p_exclusive" ]; then
		case $k_line in
		'' | '#'*) ;;
		*) return 0 ;;
		esac
	fi
	new_text=$new_text$k_line$nl
}

# The folder, for the user alone: sshd refuses others.
authorized_key_folder() {
	parent "$k_file"
	k_folder=$w_parent
	p_mode=0700
	[ "$my_uid" != 0 ] || p_owner=$p_user p_group=$k_group
	fs_stat "$k_folder"
	if [ "$f_type" = absent ]; then
		fs_mkdir "$k_folder"
	elif [ "$f_type" = directory ]; then
		fs_attributes "$k_folder"
	fi
	w_ok=$?
	p_mode='' p_owner='' p_group=
	return $w_ok
}
