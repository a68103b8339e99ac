#% user: manages users, their groups, home and shell
#% name|user               text   required                  the user
#% state                   text   present|absent =present   whether it should exist
#% uid                     int                              number
#% non_unique              bool   =no                       the number may be in use already
#% group                   text                             primary group, name or number
#% groups                  list                             other groups; empty: none
#% append                  bool   =no                       keep the groups that 'groups' does not name
#% comment                 text                             full name (GECOS)
#% home                    path                             home folder
#% create_home|createhome  bool   =yes                      make the home folder
#% move_home               bool   =no                       move what is in it when 'home' changes
#% skeleton                path                             folder that a new home is copied from
#% shell                   text                             login shell
#% password                text   secret                    password hash, as the filter password_hash returns it
#% update_password         text   always|on_create =always  whether an existing user's password is changed
#% password_lock           bool   here                      lock the password, or unlock it
#% system                  bool   =no                       a new one gets a number for system users
#% umask                   text                             umask for a new home folder
#% expires                 float  here                      when the account ends, in seconds since 1970; negative:
#%                                                          never
#% remove                  bool   =no                       with absent: also the home folder
#% force                   bool   =no                       with absent: even when logged in
#% generate_ssh_key        bool   =no                       make a key pair unless there is one
#% ssh_key_type            text   =rsa                      kind of key
#% ssh_key_bits            int                              its length
#% ssh_key_file            text                             its file, from the home folder on; default: .ssh/id_TYPE
#% ssh_key_comment         text                             its comment
#% local                   bool   ignored =no
#% password_expire_max     int    lacking                   use 'command: chage -M' after it
#% password_expire_min     int    lacking                   use 'command: chage -m' after it
#% ssh_key_passphrase      text   lacking                   use 'command: ssh-keygen -p' after it
#% seuser                  text   lacking                   use 'command: semanage login' after it
#% authorization           text   ignored                   of Solaris; without effect elsewhere
#% profile                 text   ignored                   of Solaris; without effect elsewhere
#% role                    text   ignored                   of Solaris; without effect elsewhere
#% login_class             text   ignored                   of BSD; without effect elsewhere
#% hidden                  bool   ignored                   of macOS; without effect elsewhere
#% here prepare finish
#% sets groups_given comment_given lock expires
#% needs groups if append
#% returns name, state, uid, group, home, shell, comment, groups; ssh_key_file, ssh_public_key and ssh_fingerprint
#%     with generate_ssh_key
#% example
#%   - user:
#%       name: deploy
#%       groups: [www-data]
#%       append: true
#%       shell: /bin/bash

# shellcheck disable=SC2086
# Users. p_lock: yes, no or empty; p_expires: days since 1970, -1 or empty. A dry run remembers
# `user NAME` (its home; empty: gone), `user-entry NAME` (UID:GROUP:COMMENT:HOME:SHELL),
# `user-groups NAME` and `user-password NAME`.
do_user() {
	field name:s "$p_name"
	field state:s "$p_state"
	user_find
	if [ "$p_state" = absent ]; then
		[ -z "$u_there" ] || { may_account && user_idle && user_remove; }
		return
	fi
	for w_tool in useradd usermod; do
		has "$w_tool" || [ -n "$check" ] || {
			fail "the host has no $w_tool: install the package passwd or shadow"
			return
		}
	done
	user_check_groups || return
	if [ -z "$u_there" ]; then
		field system:b "$p_system"
		field create_home:b "$p_create_home"
		may_account && user_number_free && user_add || return
	else
		user_change || return
	fi
	[ -z "$p_generate_ssh_key" ] || user_key || return
	user_tell
}

# Sets u_there, and u_uid, u_gid, u_group (name; of a dry run's own), u_comment, u_home, u_shell.
user_find() {
	u_there='' u_uid='' u_gid='' u_group='' u_comment='' u_home='' u_shell='' u_foreseen=
	if recall user-entry "$p_name"; then
		[ -n "$recalled" ] || return 0
		w_entry=x:x:$recalled
		getent passwd "$p_name" >/dev/null 2>&1 || u_foreseen=1
	else
		w_entry=$(getent passwd "$p_name" 2>/dev/null || grep "^$p_name:" /etc/passwd) || return 0
	fi
	u_there=1
	w_old_ifs=$IFS IFS=:
	set -f
	set -- $w_entry
	set +f
	IFS=$w_old_ifs
	u_uid=$3 u_gid=$4 u_comment=${5-} u_home=${6-} u_shell=${7-}
	! recall regid "$u_gid" || u_gid=$recalled
}

# Whether no other user has the number that is asked for.
user_number_free() {
	[ -n "$p_uid" ] && [ -z "$p_non_unique" ] || return 0
	account_of passwd "$p_uid" && [ "$w_holder" != "$p_name" ] || return 0
	fail "UID '$p_uid' already exists: it is that of user '$w_holder'"
	return 1
}

# Whether nobody is logged in as the user who shall go.
user_idle() {
	[ -z "$p_force" ] && [ -z "$u_foreseen" ] || return 0
	w_found=$(find /proc -maxdepth 1 -name '[1-9]*' -user "$u_uid" 2>/dev/null)
	[ -n "$w_found" ] || return 0
	fail "user $p_name is currently used by a process: stop it first, or give 'force: yes'"
	return 1
}

# Groups that are asked for must be there.
user_check_groups() {
	eval "set -- $p_groups"
	[ -z "$p_group" ] || set -- "$p_group" "$@"
	for w_group; do
		[ -n "$w_group" ] || continue
		account_there group "$w_group" || {
			if may_come; then
				unpredicted "group '$w_group' is not there yet"
				return 1
			fi
			fail "Group $w_group does not exist"
			return 1
		}
	done
}

# The items of p_groups with commas between, in w_joined.
user_join() {
	w_joined=
	eval "set -- $p_groups"
	for w_group; do
		[ -z "$w_group" ] || w_joined=$w_joined${w_joined:+,}$w_group
	done
}

user_add() {
	user_join
	if [ -n "$check" ]; then
		user_foresee
		user_tell_add
		return 0
	fi
	set --
	[ -z "$p_uid" ] || set -- -u "$p_uid"
	[ -z "$p_uid" ] || [ -z "$p_non_unique" ] || set -- "$@" -o
	if [ -n "$p_group" ]; then
		set -- "$@" -g "$p_group"
	elif getent group "$p_name" >/dev/null 2>&1; then
		set -- "$@" -N
	fi
	[ -z "$w_joined" ] || set -- "$@" -G "$w_joined"
	[ -z "$p_comment" ] || set -- "$@" -c "$p_comment"
	[ -z "$p_home" ] || set -- "$@" -d "$p_home"
	[ -z "$p_shell" ] || set -- "$@" -s "$p_shell"
	[ -z "$p_expires" ] || [ "$p_expires" -lt 0 ] || set -- "$@" -e "$(user_date "$p_expires")"
	[ -z "$p_system" ] || set -- "$@" -r
	if [ -n "$p_create_home" ]; then
		set -- "$@" -m
		[ -z "$p_skeleton" ] || set -- "$@" -k "$p_skeleton"
		[ -z "$p_umask" ] || set -- "$@" -K "UMASK=$p_umask"
	else
		set -- "$@" -M
	fi
	may_change
	attempt useradd "$@" -- "$p_name" || return
	# useradd takes no notice of it for a user of the system.
	case $p_system:$p_expires in
	:* | *:-* | *:) ;;
	*) attempt usermod -e "$(user_date "$p_expires")" -- "$p_name" || return ;;
	esac
	[ -z "$p_password" ] || user_password || return
	case $p_lock in
	yes) attempt usermod -L -- "$p_name" || return ;;
	esac
	user_find
	user_tell_add
}

user_tell_add() {
	change "user $p_name" "state: absent$nl" "state: present$nl""home: $u_home$nl""shell: $u_shell$nl"
}

# A date useradd understands, of days since 1970.
user_date() {
	date -u -d "@$(($1 * 86400))" +%Y-%m-%d
}

# The password goes by stdin: what is in a command line can be read by everyone on the host.
user_password() {
	w_said=$(printf '%s:%s\n' "$p_name" "$p_password" | chpasswd -e 2>&1 3<&- 4>&-) && return 0
	fail "unable to set the password: $w_said"
	return 1
}

# What useradd would make, for the steps of a dry run that follow.
user_foresee() {
	u_there=1 u_foreseen=1 u_uid=$p_uid u_comment=$p_comment u_home=$p_home u_shell=$p_shell
	[ -n "$u_uid" ] || {
		account_next passwd "$p_system"
		u_uid=$w_next
	}
	user_foresee_primary
	if [ -z "$u_home" ]; then
		host_default /etc/default/useradd HOME =
		u_home=${w_default:-/home}/$p_name
	fi
	if [ -z "$u_shell" ]; then
		host_default /etc/default/useradd SHELL =
		u_shell=$w_default
	fi
	remember user "$p_name" "$u_home"
	remember user-entry "$p_name" "$u_uid:$u_gid:$u_comment:$u_home:$u_shell"
	remember user-groups "$p_name" "$w_joined"
	u_password=${p_password:-!}
	[ "$p_lock" != yes ] || u_password=!${u_password#!}
	remember user-password "$p_name" "$u_password"
	u_expiry=$p_expires
	case $u_expiry in -*) u_expiry= ;; esac
	remember user-expiry "$p_name" "$u_expiry"
	[ -z "$u_uid" ] || remember uid "$u_uid" "$p_name"
	[ -z "$p_create_home" ] || user_foresee_home
}

# u_gid: the group of a new user: the one that is asked for, that of all users where one of the user's name is there
# already, else one of the user's own, with the same number where that is free.
user_foresee_primary() {
	if [ -n "$p_group" ]; then
		user_gid "$p_group"
		u_gid=$w_gid
		return
	elif account_there group "$p_name"; then
		host_default /etc/default/useradd GROUP =
		user_gid "${w_default:-100}"
		u_gid=$w_gid
		return
	fi
	account_next group "$p_system" "$u_uid"
	u_gid=$w_next
	remember group "$p_name" "${u_gid:-new}"
	[ -z "$u_gid" ] || remember gid "$u_gid" "$p_name"
	u_gid=${u_gid:-$p_name}
}

user_foresee_home() {
	fs_type "$u_home"
	[ "$f_type" = absent ] || return 0
	host_default /etc/login.defs HOME_MODE "$tab "
	w_mode=$w_default
	if [ -z "$w_mode" ] || [ -n "$p_umask" ]; then
		host_default /etc/login.defs UMASK "$tab "
		w_default=${p_umask:-${w_default:-022}}
		w_mode=$(printf '%04o' $((0777 & ~0$w_default)))
	fi
	while [ ${#w_mode} -lt 4 ]; do
		w_mode=0$w_mode
	done
	owner_name "$u_gid" group
	u_group=$w_name
	overlay "$u_home" directory "$w_mode" "$p_name" "$u_group" '' 1 ''
	for w_file in "${p_skeleton:-/etc/skel}"/.[!.]* "${p_skeleton:-/etc/skel}"/*; do
		[ -f "$w_file" ] || continue
		fs_stat "$w_file"
		w_skeleton_mode=$f_mode
		fs_text "$w_file"
		overlay "$u_home/${w_file##*/}" file "$w_skeleton_mode" "$p_name" "$u_group" '' 1 "$f_text"
	done
}

user_foresee_move() {
	fs_stat "$u_old_home"
	[ "$f_type" = directory ] || return 0
	overlay_path "$u_home"
	remember filled "$o_path" 1
	overlay "$u_home" directory "$f_mode" "$f_owner" "$f_group" '' 1 ''
	overlay "$u_old_home" absent '' '' '' '' 1 ''
}

# Brings an existing user to what is asked for: collects usermod's words and the diff.
user_change() {
	u_before='' u_after='' u_old_home='' u_old_uid='' u_regrouped='' u_new_expiry=''
	set --
	if [ -n "$p_uid" ] && [ "$p_uid" != "$u_uid" ]; then
		u_old_uid=$u_uid
		user_note uid "$u_uid" "$p_uid"
		set -- "$@" -u "$p_uid"
		[ -z "$p_non_unique" ] || set -- "$@" -o
		u_uid=$p_uid
	fi
	if [ -n "$p_group" ]; then
		user_gid "$p_group"
		if [ "$w_gid" != "$u_gid" ]; then
			# By name: a dry run does not know the number of a group that is not there yet.
			owner_name "$u_gid" group
			u_group=$w_name
			owner_name "$p_group" group
			user_note group "$u_group" "$w_name"
			set -- "$@" -g "$p_group"
			u_gid=$w_gid
		fi
	fi
	if [ -n "$p_groups_given" ]; then
		user_groups
		if [ -n "$w_differ" ]; then
			user_note groups "$w_have" "$w_joined"
			set -- "$@" -G "$w_joined"
			u_groups=$w_joined u_regrouped=1
		fi
	fi
	if [ -n "$p_comment_given" ] && [ "$p_comment" != "$u_comment" ]; then
		user_note comment "$u_comment" "$p_comment"
		set -- "$@" -c "$p_comment"
		u_comment=$p_comment
	fi
	if [ -n "$p_home" ] && [ "$p_home" != "$u_home" ]; then
		user_note home "$u_home" "$p_home"
		set -- "$@" -d "$p_home"
		[ -z "$p_move_home" ] || set -- "$@" -m
		[ -z "$p_move_home" ] || u_old_home=$u_home
		u_home=$p_home
	fi
	if [ -n "$p_shell" ] && [ "$p_shell" != "$u_shell" ]; then
		user_note shell "$u_shell" "$p_shell"
		set -- "$@" -s "$p_shell"
		u_shell=$p_shell
	fi
	u_password=
	if [ -n "$p_expires$p_lock" ] || { [ -n "$p_password" ] && [ "$p_update_password" = always ]; }; then
		user_shadow || return 1
		user_change_expiry
		case $w_words in ?*) set -- "$@" -e "$w_expiry" ;; esac
		user_change_password
		case $w_words in ?*) set -- "$@" "$w_words" ;; esac
	fi
	user_apply "$@" || return 1
	user_missing_home
}

user_apply() {
	[ -n "$u_after" ] || return 0
	may_account && user_number_free && user_home_free || return 1
	change "user $p_name" "$u_before" "$u_after"
	[ -z "$u_old_home" ] || fs_type "$u_old_home"
	if [ -n "$u_old_home" ] && [ "$f_type" = directory ]; then
		change "$u_home" "state: absent$nl" "state: directory$nl"
		change "$u_old_home" "state: directory$nl" "state: absent$nl"
	fi
	if [ -n "$check" ]; then
		remember user "$p_name" "$u_home"
		remember user-entry "$p_name" "$u_uid:$u_gid:$u_comment:$u_home:$u_shell"
		[ -z "$u_regrouped" ] || remember user-groups "$p_name" "$u_groups"
		[ -z "$u_new_expiry" ] || remember user-expiry "$p_name" "${u_new_expiry#=}"
		[ -z "$u_old_uid" ] || remember uid "$u_old_uid" ''
		[ -z "$p_uid" ] || remember uid "$p_uid" "$p_name"
		[ -z "$u_old_home" ] || user_foresee_move
		return 0
	fi
	# The password first: setting it unlocks it.
	[ -z "$u_password" ] || user_password || return 1
	[ $# -eq 0 ] || attempt usermod "$@" -- "$p_name"
}

# usermod changes all the rest before it finds that the new home is there already.
user_home_free() {
	[ -n "$u_old_home" ] || return 0
	fs_type "$u_home"
	[ "$f_type" != absent ] || return 0
	fail "unable to move the home of '$p_name': '$u_home' exists"
	return 1
}

user_note() {
	u_before="$u_before$1: $2$nl"
	u_after="$u_after$1: $3$nl"
}

# w_gid: the number of a group given by name or number; of a dry run's own the name.
user_gid() {
	w_gid=$1
	case $1 in
	*[!0-9]*)
		if recall group "$1"; then
			case $recalled in '' | new) ;; *) w_gid=$recalled ;; esac
			return 0
		fi
		w_entry=$(getent group "$1" 2>/dev/null || grep "^$1:" /etc/group) || return 0
		w_entry=${w_entry#*:*:}
		w_gid=${w_entry%%:*}
		;;
	esac
}

# Compares the groups: w_have, w_joined (all that shall be), w_differ.
user_groups() {
	if recall user-groups "$p_name"; then
		w_have=$recalled
	else
		w_have=
		w_primary=$(id -gn -- "$p_name" 2>/dev/null)
		for w_group in $(id -Gn -- "$p_name" 2>/dev/null); do
			[ "$w_group" = "$w_primary" ] || w_have=$w_have${w_have:+,}$w_group
		done
	fi
	w_differ='' w_joined=
	[ -z "$p_append" ] || w_joined=$w_have
	w_wanted=,
	eval "set -- $p_groups"
	for w_group; do
		[ -n "$w_group" ] || continue
		w_wanted=$w_wanted$w_group,
		case ,$w_have, in
		*",$w_group,"*) ;;
		*) [ "$w_group" = "${w_primary-}" ] || w_differ=1 ;;
		esac
		case ,$w_joined, in
		*",$w_group,"*) ;;
		*) w_joined=$w_joined${w_joined:+,}$w_group ;;
		esac
	done
	if [ -z "$p_append" ]; then
		w_rest=$w_have,
		while [ -n "${w_rest#,}" ]; do
			case $w_wanted in *",${w_rest%%,*},"*) ;; *) w_differ=1 ;; esac
			w_rest=${w_rest#*,}
		done
	fi
	u_groups=$w_have
}

# u_hash and u_expiry, from /etc/shadow.
user_shadow() {
	u_hash='' u_expiry=
	if [ -n "$u_foreseen" ]; then
		u_hash=!
	else
		user_shadow_entry || return 1
	fi
	! recall user-password "$p_name" || u_hash=$recalled
	! recall user-expiry "$p_name" || u_expiry=$recalled
}

user_shadow_entry() {
	w_entry=$(getent shadow "$p_name" 2>/dev/null || grep "^$p_name:" /etc/shadow 2>/dev/null) || {
		fail "unable to read the password of '$p_name': run this step as root ('become: true')"
		return 1
	}
	w_old_ifs=$IFS IFS=:
	set -f
	set -- $w_entry
	set +f
	IFS=$w_old_ifs
	u_hash=${2-} u_expiry=${8-}
}

user_change_expiry() {
	w_words=
	[ -n "$p_expires" ] || return 0
	if [ "$p_expires" -lt 0 ]; then
		[ -n "$u_expiry" ] || return 0
		w_expiry=''
	else
		[ "$p_expires" != "$u_expiry" ] || return 0
		w_expiry=$(user_date "$p_expires")
	fi
	w_words=1 u_new_expiry="=$p_expires"
	[ "$p_expires" -ge 0 ] || u_new_expiry='='
	user_note expires "$u_expiry" "$p_expires"
}

# The password itself never shows in a diff.
user_change_password() {
	w_words=
	if [ -n "$p_password" ] && [ "$p_update_password" = always ] && [ "${u_hash#!}" != "${p_password#!}" ]; then
		u_password=1
		user_note password '(old)' '(new)'
		[ -z "$check" ] || remember user-password "$p_name" "$p_password"
		u_hash=$p_password
	fi
	case $p_lock:$u_hash in
	yes:!* | no:[!!]* | no:) ;;
	yes:*)
		w_words=-L
		[ -z "$check" ] || remember user-password "$p_name" "!${u_hash#!}"
		user_note password_lock no yes
		;;
	no:!?*)
		w_words=-U
		[ -z "$check" ] || remember user-password "$p_name" "${u_hash#!}"
		user_note password_lock yes no
		;;
	esac
}

user_missing_home() {
	[ -n "$p_create_home" ] && [ -n "$u_home" ] || return 0
	fs_type "$u_home"
	[ "$f_type" = absent ] || return 0
	may_account || return
	change "$u_home" "state: absent$nl" "state: directory$nl"
	if [ -n "$check" ]; then
		user_foresee_home
		return 0
	fi
	host_default /etc/login.defs UMASK "$tab "
	w_mode=$(printf '%04o' $((0777 & ~0${p_umask:-${w_default:-022}})))
	place "$u_home" || return
	user_make_home
	w_ok=$?
	place_leave
	return $w_ok
}

# With owner and mode before it stands under its name.
user_make_home() {
	hide || return
	if [ -d "${p_skeleton:-/etc/skel}" ]; then
		attempt cp -R -- "${p_skeleton:-/etc/skel}" ./new || return
	else
		attempt mkdir ./new || return
	fi
	attempt chown -R "$u_uid:$u_gid" ./new && attempt chmod "$w_mode" ./new && swap_in ./new
}

user_remove() {
	change "user $p_name" "state: present$nl" "state: absent$nl"
	field force:b "$p_force"
	field remove:b "$p_remove"
	if [ -n "$check" ]; then
		remember user "$p_name" ''
		remember user-entry "$p_name" ''
		remember uid "$u_uid" ''
		user_foresee_group
		[ -z "$p_remove" ] || overlay "$u_home" absent '' '' '' '' 1 ''
		return 0
	fi
	w_said=$(userdel ${p_force:+-f} ${p_remove:+-r} -- "$p_name" 2>&1 3<&- 4>&-) && return
	# 12: the home folder could not be removed, because there is none: the user is gone all the same.
	getent passwd "$p_name" >/dev/null || [ -d "$u_home" ] || return 0
	fail "$w_said"
}

# userdel takes the group of the same name along, unless it has other members.
user_foresee_group() {
	host_default /etc/login.defs USERGROUPS_ENAB "$tab "
	[ "$w_default" = yes ] || return 0
	if recall group "$p_name"; then
		case $recalled in
		'') return 0 ;;
		new) ;;
		*) remember gid "$recalled" '' ;;
		esac
	else
		w_entry=$(getent group "$p_name" 2>/dev/null) || return 0
		case ${w_entry##*:} in
		'' | "$p_name") ;;
		*) return 0 ;;
		esac
		w_entry=${w_entry#*:*:}
		remember gid "${w_entry%%:*}" ''
	fi
	remember group "$p_name" ''
}

user_key() {
	u_key=${p_ssh_key_file:-.ssh/id_$p_ssh_key_type}
	case $u_key in /*) ;; *) u_key=$u_home/$u_key ;; esac
	field ssh_key_file:s "$u_key"
	fs_stat "$u_key"
	if [ "$f_type" = absent ]; then
		user_may_key || return
		change "$u_key" "state: absent$nl" "state: file$nl"
		if [ -n "$check" ]; then
			user_key_folder || return
			owner_name "$u_gid" group
			overlay "$u_key" file 0600 "$p_name" "$w_name" '' 1 ''
			return 0
		fi
		user_key_folder && place "$u_key" || return
		user_make_key
		w_ok=$?
		place_leave
		[ $w_ok -eq 0 ] || return
	fi
	[ ! -f "$u_key.pub" ] || field ssh_public_key:s "$(fs_copy "$u_key.pub")"
	[ -n "$check" ] || field ssh_fingerprint:s "$(ssh-keygen -lf "$u_key" 2>/dev/null)"
}

user_may_key() {
	parent "$u_key"
	fs_type "$w_parent"
	if [ "$f_type" = absent ]; then
		set -- "$w_parent"
		fs_may_mkdir "$1" || return
	else
		f_type=absent
		may put "$u_key" || return
	fi
	may_own "$u_key" "$u_uid" "$u_gid"
}

user_key_folder() {
	parent "$u_key"
	fs_type "$w_parent"
	[ "$f_type" = absent ] || return 0
	u_diff=$diff diff='' p_mode=0700 p_owner=$u_uid p_group=$u_gid
	fs_mkdir "$w_parent"
	w_ok=$?
	diff=$u_diff p_mode='' p_owner='' p_group=''
	return $w_ok
}

# The home is the user's: he must not get at the key, or bend its name, while it is root's.
user_make_key() {
	hide || return
	attempt ssh-keygen -q -t "$p_ssh_key_type" ${p_ssh_key_bits:+-b "$p_ssh_key_bits"} \
		-C "${p_ssh_key_comment:-ansible-generated on $(uname -n)}" -N '' -f ./new || return
	attempt chown "$u_uid:$u_gid" ./new ./new.pub && swap_in ./new || return
	w_base=$w_base.pub
	swap_in ./new.pub
}

user_tell() {
	case $u_uid in '' | *[!0-9]*) ;; *) field uid:i "$u_uid" ;; esac
	case $u_gid in '' | *[!0-9]*) ;; *) field group:i "$u_gid" ;; esac
	field home:s "$u_home"
	field shell:s "$u_shell"
	field comment:s "$u_comment"
	field append:b "$p_append"
	field move_home:b "$p_move_home"
	[ -z "$p_groups_given" ] || {
		user_join
		field groups:s "$w_joined"
	}
}
