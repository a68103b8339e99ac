#% group: ensures that a group exists, or does not
#% name        text  required                  the group
#% state       text  present|absent =present   whether it should exist
#% gid         int                             its number
#% system      bool  =no                       a new one gets a number for system groups
#% non_unique  bool  =no                       the number may be in use already
#% force       bool  =no                       remove it even if it is a user's primary group
#% local       bool  ignored =no
#% needs gid if non_unique
#% returns name, state, system, and gid where it is known
#% example
#%   - group:
#%       name: deploy
#%       gid: 1500

# Groups. A dry run remembers `group NAME` (its number, "new" when it cannot be known, or nothing when
# it would be gone).
do_group() {
	field name:s "$p_name"
	field state:s "$p_state"
	field system:b "$p_system"
	group_find "$p_name"
	case $p_state:$g_there in
	absent:) ;;
	absent:1) may_account && group_no_primary && group_remove ;;
	present:) may_account && group_number_free && group_add ;;
	*) group_change ;;
	esac
}

# Whether no other group has the number that is asked for.
group_number_free() {
	[ -n "$p_gid" ] && [ -z "$p_non_unique" ] || return 0
	account_of group "$p_gid" && [ "$w_holder" != "$p_name" ] || return 0
	fail "GID '$p_gid' already exists: it is that of group '$w_holder'"
	return 1
}

# Whether it is not the group that a user cannot be without.
group_no_primary() {
	[ -z "$p_force" ] || return 0
	w_lines=$({ getent passwd 2>/dev/null || cat /etc/passwd; } | grep "^[^:]*:[^:]*:[^:]*:${g_real:-$g_gid}:")
	# In the order of the host's list, where those whom a dry run would have changed stand, too.
	any_remembered user-entry && w_lines=$(getent passwd 2>/dev/null || cat /etc/passwd)
	while [ -n "$w_lines" ]; do
		w_line=${w_lines%%"$nl"*}
		w_lines=${w_lines#"$w_line"}
		w_lines=${w_lines#"$nl"}
		if recall user-entry "${w_line%%:*}"; then
			w_line=${w_line%%:*}:x:$recalled:
		fi
		group_no_primary_of "$w_line" || return 1
	done
	w_lines=$o_memory
	while case $w_lines in *"${nl}user-entry "*) ;; *) false ;; esac do
		w_lines=${w_lines#*"${nl}user-entry "}
		w_line=${w_lines%%"$tab"*}
		recall user-entry "$w_line"
		group_no_primary_of "$w_line:x:$recalled:" || return 1
	done
}

# group_no_primary_of ENTRY: whether it is not the group of this user.
group_no_primary_of() {
	w_primary=${1#*:*:*:}
	case ${w_primary%%:*} in
	"$g_gid" | "${g_real:-$g_gid}" | "$p_name") ;;
	*) return 0 ;;
	esac
	group_is_primary "${1%%:*}"
	return 1
}

group_is_primary() {
	fail "cannot remove the primary group of user '$1'"
	return 1
}

# group_find NAME: sets g_there and g_gid, and g_real: the number it has now.
group_find() {
	g_there='' g_gid='' g_real=
	if w_entry=$(getent group "$1" 2>/dev/null || grep "^$1:" /etc/group); then
		g_there=1
		w_entry=${w_entry#*:*:}
		g_gid=${w_entry%%:*} g_real=$g_gid
	fi
	recall group "$1" || return 0
	g_gid=$recalled g_there=
	[ -z "$g_gid" ] || g_there=1
}

group_add() {
	change "group $p_name" "state: absent$nl" "state: present$nl${p_gid:+gid: $p_gid$nl}"
	if [ -n "$check" ]; then
		g_gid=$p_gid
		[ -n "$g_gid" ] || {
			account_next group "$p_system"
			g_gid=$w_next
		}
		remember group "$p_name" "${g_gid:-new}"
		[ -z "$g_gid" ] || remember gid "$g_gid" "$p_name"
		[ -z "$g_gid" ] || field gid:i "$g_gid"
		return 0
	fi
	set --
	[ -z "$p_gid" ] || set -- -g "$p_gid"
	if has groupadd; then
		[ -z "$p_non_unique" ] || set -- -o "$@"
		[ -z "$p_system" ] || set -- -r "$@"
		attempt groupadd "$@" -- "$p_name" || return
	else
		[ -z "$p_system" ] || set -- -S "$@"
		attempt addgroup "$@" "$p_name" || return
	fi
	group_find "$p_name"
	field gid:i "$g_gid"
}

group_change() {
	if [ -z "$p_gid" ] || [ "$p_gid" = "$g_gid" ]; then
		[ "$g_gid" = new ] || field gid:i "$g_gid"
		return 0
	fi
	may_account && group_number_free || return
	field gid:i "$p_gid"
	if [ "$g_gid" = new ]; then
		unpredicted "the number that '$p_name' will have until then is not known"
	else
		change "group $p_name" "gid: $g_gid$nl" "gid: $p_gid$nl"
	fi
	set -- gid "$g_gid" '' gid "$p_gid" "$p_name" group "$p_name" "$p_gid"
	# groupmod gives it to its users, too.
	[ -z "$g_real" ] || set -- "$@" regid "$g_real" "$p_gid"
	effect "$@" -- attempt groupmod -g "$p_gid" ${p_non_unique:+-o} -- "$p_name"
}

group_remove() {
	change "group $p_name" "state: present$nl" "state: absent$nl"
	set -- delgroup
	! has groupdel || set -- groupdel ${p_force:+-f} --
	effect group "$p_name" '' gid "$g_gid" '' -- attempt "$@" "$p_name"
}
