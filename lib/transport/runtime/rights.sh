# shellcheck shell=sh disable=SC2034,SC2154
# What would be refused, found out before anything is told or done: a dry run and an apply ask here, and so
# use the same words. Nothing here starts a process unless something is to be changed.

# may OPERATION PATH: whether PATH, which fs_stat has just looked at, may be put (made or replaced), removed, dressed (given a mode or owner)
# or touched (given a time). Fails with the step's result set otherwise.
may() {
	parent "$2"
	w_base=${2%/}
	w_base=${w_base##*/}
	case $w_base in
	'' | . | ..) return 0 ;;
	esac
	# What may come with a package or a command may bring its folder, too.
	[ -z "$check" ] || ! may_come || fs_folder "$w_parent" || return 0
	if [ "$o_count" -gt 0 ]; then
		enter_foreseen "$w_parent" || return 1
		may_recorded "$1" "$2" && return
		[ "$r_status" != failed ] && cd -P -- "$w_here" || return 1
	else
		enter "$w_parent" || return 1
	fi
	may_here "$1" "$2"
	w_ok=$?
	back
	return $w_ok
}

# Whether the folder w_here is one that this dry run would have made or changed, and what it would be like lets us; with
# the step's result set where it does not. What root is refused depends on the host's own folder, where there is one.
may_recorded() {
	overlay_find "$w_here" || return 1
	if [ "$my_uid" = 0 ]; then
		[ ! -d "$w_here" ]
		return
	fi
	case $1 in
	dress | touch)
		may_owned "$1" "$2"
		return
		;;
	esac
	if ! overlay_allows 2 || ! overlay_allows 1; then
		fail "unable to write into '$w_parent': Permission denied"
		return 1
	fi
	eval "w_has=\$o_mode_$w_o:\$o_owner_$w_o"
	case $w_has in
	[1357]???:"$me") ;;
	[1357]???:*)
		[ "$f_type" = absent ] || may_unstick "$1" "$2"
		;;
	esac
}

may_here() {
	w_verb=$1
	[ "$1" != put ] || w_verb=replace
	case $1 in
	dress | touch) may_owned "$1" "$2" || return 1 ;;
	*)
		if ! [ -w . ] || ! [ -x . ]; then
			why_refused
			fail "unable to write into '$w_parent': $w_why"
			return 1
		elif [ "$f_type" = absent ]; then
			return 0
		elif [ -k . ] && [ "$my_uid" != 0 ] && [ ! -O . ]; then
			may_unstick "$1" "$2" || return 1
		fi
		;;
	esac
	may_fixed "$1" "$2"
}

# f_mine: whether what fs_stat has looked at is ours.
f_mine() {
	case $f_uid:$f_owner in
	"$my_uid":* | :"$me") return 0 ;;
	esac
	return 1
}

may_owned() {
	[ "$my_uid" != 0 ] && ! f_mine || return 0
	case $1 in
	dress) fail "unable to change the mode or owner of '$2': Operation not permitted" ;;
	*)
		! fs_writable "$2" || return 0
		fail "unable to set the times of '$2': Permission denied"
		;;
	esac
	return 1
}

# Nobody but its owner takes away what stands in the sticky folder of another.
may_unstick() {
	f_mine && return 0
	w_verb=$1
	[ "$1" != put ] || w_verb=replace
	fail "unable to $w_verb '$2': Operation not permitted"
	return 1
}

# may_empty FOLDER: whether all below it may be removed, too.
may_empty() {
	[ "$f_type" = directory ] && [ "$my_uid" != 0 ] || return 0
	fs_now "$1"
	[ -d "$w_now" ] || return 0
	w_held=$(find "$w_now" -type d ! -empty ! \( -writable -executable -readable \) -print 2>/dev/null)
	[ -n "$w_held" ] || return 0
	fail "unable to remove '$1': no right to empty '${w_held%%"$nl"*}'"
	return 1
}

# What can be written neither by root nor by an owner whose mode says so cannot be changed at all.
may_fixed() {
	case $f_type in
	file | directory) ;;
	*)
		[ -w . ] && return 0
		why_refused
		[ "$w_why" = 'Read-only file system' ] || return 0
		may_fixed_say "$1" "$2"
		return
		;;
	esac
	[ -e "./$w_base" ] && [ ! -w "./$w_base" ] || return 0
	case $my_uid:$f_uid:$f_mode in
	0:*) ;;
	"$my_uid:$my_uid:"?[2367]*) ;;
	*) return 0 ;;
	esac
	why_refused
	[ "$w_why" != 'Permission denied' ] || w_why='Operation not permitted'
	may_fixed_say "$1" "$2"
}

may_fixed_say() {
	if [ "$1" = dress ]; then
		fail "unable to change the mode or owner of '$2': $w_why"
	else
		fail "unable to $w_verb '$2': $w_why"
	fi
	return 1
}

# Sets w_why to the reason why the working directory cannot be written to.
why_refused() {
	w_why='Permission denied' w_best=
	[ "$my_uid" != 0 ] || w_why='Operation not permitted'
	[ -r /proc/mounts ] || return 0
	while read -r w_rest w_mount w_kind w_options w_rest; do
		case $PWD/ in
		"${w_mount%/}"/*) w_best=$w_options ;;
		esac
	done </proc/mounts
	case ,$w_best, in
	*,ro,*) w_why='Read-only file system' ;;
	esac
}

# may_link FILE PATH: whether FILE, which fs_stat has just looked at, may get the name PATH, too.
may_link() {
	if [ "$my_uid" = 0 ]; then
		# What even root cannot write to is immutable.
		[ "$f_type" != file ] || fs_writable "$1"
	else
		f_mine || may_link_foreign "$1"
	fi || {
		fail "unable to link '$2' to '$1': Operation not permitted"
		return 1
	}
	parent "$1"
	mount_of "$w_parent" || return 1
	set -- "$1" "$2" "$w_mount"
	parent "$2"
	mount_of "$w_parent" || return 1
	[ "$w_mount" != "$3" ] || return 0
	fail "unable to link '$2' to '$1': they are on different file systems"
	return 1
}

# Whether the kernel lets others than its owner make a second name for a file (proc(5), protected_hardlinks).
may_link_foreign() {
	w_rest=0
	[ ! -r /proc/sys/fs/protected_hardlinks ] || read -r w_rest </proc/sys/fs/protected_hardlinks
	[ "$w_rest" != 0 ] || return 0
	case $f_type:$f_mode in
	file:[4-7]??? | file:[2367]?[1357]?) return 1 ;;
	file:*) fs_readable "$1" && fs_writable "$1" ;;
	*) return 1 ;;
	esac
}

# mount_of FOLDER: sets w_mount to where the file system is mounted that it lies on.
mount_of() {
	if [ "$o_count" -gt 0 ]; then
		enter_foreseen "$1" || return 1
	else
		enter "$1" || return 1
		w_here=${PWD%/}
		back
	fi
	w_mount=/
	[ -r /proc/mounts ] || return 0
	while read -r w_rest w_name w_rest; do
		case $w_here/ in
		"${w_name%/}"/*) [ ${#w_name} -lt ${#w_mount} ] || w_mount=$w_name ;;
		esac
	done </proc/mounts
}

# may_own PATH OWNER GROUP: whether there are a user and a group of these names or numbers (empty: any), and
# whether we may give them PATH.
may_own() {
	if [ -n "$2" ] && [ "$2" != "$me" ]; then
		account_known passwd "$2" "unable to give '$1' to user '$2': the host has no such user" || return 1
		if [ "$my_uid" != 0 ] && [ "$2" != "$my_uid" ]; then
			fail "unable to give '$1' to user '$2': Operation not permitted"
			return 1
		fi
	fi
	if [ -n "$3" ] && [ "$3" != "$my_group" ]; then
		account_known group "$3" "unable to give '$1' to group '$3': the host has no such group" || return 1
		[ "$my_uid" = 0 ] || in_group "$3" || {
			fail "unable to give '$1' to group '$3': Operation not permitted"
			return 1
		}
	fi
}

# may_set_group_id PATH GROUP: whether we may give PATH of GROUP the mode w_mode: the kernel drops the bit, and says nothing.
may_set_group_id() {
	[ "$my_uid" != 0 ] || return 0
	case $w_mode in
	[2367]???) ;;
	*) return 0 ;;
	esac
	[ "$2" != "$my_group" ] && ! in_group "$2" || return 0
	fail "unable to give '$1' the mode $w_mode: we are not in its group '$2'"
	return 1
}

# in_group NAME: whether we are in a group of this name or number.
in_group() {
	case " $(id -Gn 2>/dev/null) $(id -G 2>/dev/null) " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# may_come: whether a step of this dry run, a command or a package, might bring what is not there.
may_come() {
	[ -n "$check" ] && { any_remembered package || any_remembered command; }
}

# account_known passwd|group NAME MESSAGE: fails with MESSAGE when the host has no such account.
account_known() {
	account_there "$1" "$2" && return 0
	if may_come; then
		unpredicted "'$2' is not there yet"
	else
		fail "$3"
	fi
	return 1
}

# may_account: whether users and groups may be changed.
may_account() {
	if [ "$my_uid" != 0 ]; then
		fail "unable to change users and groups: only root may (become: true)"
		return 1
	elif [ ! -w /etc ] || { [ -e /etc/passwd ] && [ ! -w /etc/passwd ]; }; then
		cd /etc && why_refused
		back
		fail "unable to change users and groups: $w_why"
		return 1
	fi
}

# may_fill FOLDER VERB: whether git may work in a folder that is there.
may_fill() {
	may_enter "$1" || return 1
	w_end=$1
	[ "$o_count" -eq 0 ] || fs_end "$1"
	fs_now "$w_end"
	if [ "$o_count" -gt 0 ] && overlay_find "$w_end"; then
		eval "[ \"\$o_owner_$w_o\" = \"\$me\" ]" && return 0
	elif [ -O "$w_now" ] && [ -w "$w_now" ]; then
		return 0
	elif [ -O "$w_now" ]; then
		enter "$w_now" && why_refused && fail "unable to write into '$1': $w_why"
		back
		return 1
	fi
	fail "'$1' belongs to another user: $2 as that user (become_user), or into a folder that is not there yet"
	return 1
}

# may_enter FOLDER: whether we may work in a folder that is there, by the way that leads to it.
may_enter() {
	if [ "$o_count" -gt 0 ]; then
		enter_foreseen "$1"
	else
		enter "$1" && back
	fi
}

# may_write PATH: whether git may write to what is there.
may_write() {
	! fs_writable "$1" || return 0
	parent "$1/."
	enter "$w_parent" 2>/dev/null && why_refused
	back
	[ "$r_status" = failed ] || fail "unable to write into '$1': $w_why"
	return 1
}

# account_of passwd|group NUMBER: whether somebody has it, or would have it by now: w_holder.
account_of() {
	w_kind=gid
	[ "$1" = group ] || w_kind=uid
	if recall "$w_kind" "$2"; then
		w_holder=$recalled
	else
		w_holder=$(getent "$1" "$2" 2>/dev/null)
		w_holder=${w_holder%%:*}
	fi
	[ -n "$w_holder" ]
}

# account_next passwd|group SYSTEM [PREFERRED]: w_next: the number that useradd or groupadd will choose, next to those that are taken
# in login.defs' range: the one above, for the system's own the one below. Empty where other programs choose.
account_next() {
	w_next='' w_kind=GID
	[ "$1" = group ] || w_kind=UID
	has useradd && has groupadd && [ -r "/etc/$1" ] || return 0
	host_default /etc/login.defs "${w_kind}_MIN" "$tab "
	w_low=${w_default:-1000}
	host_default /etc/login.defs "${w_kind}_MAX" "$tab "
	w_high=${w_default:-60000} w_step=1
	if [ -n "$2" ]; then
		host_default /etc/login.defs "SYS_${w_kind}_MAX" "$tab "
		w_high=${w_default:-$((w_low - 1))} w_step=-1
		host_default /etc/login.defs "SYS_${w_kind}_MIN" "$tab "
		w_low=${w_default:-101}
	fi
	if [ -n "${3-}" ] && [ "$3" -ge "$w_low" ] && [ "$3" -le "$w_high" ] && ! account_of "$1" "$3"; then
		w_next=$3
		return
	fi
	w_next=$w_low
	[ $w_step -gt 0 ] || w_next=$w_high
	w_kind=gid
	[ "$1" = group ] || w_kind=uid
	while IFS=: read -r w_name w_rest w_number w_rest; do
		recall $w_kind "$w_number" || account_beside "$w_number"
	done <"/etc/$1"
	w_rest=$o_memory
	while case $w_rest in *"$nl$w_kind "*) ;; *) false ;; esac do
		w_rest=${w_rest#*"$nl$w_kind "}
		w_number=${w_rest%%"$tab"*}
		! recall $w_kind "$w_number" || [ -z "$recalled" ] || account_beside "$w_number"
	done
	# From the other end where that one is reached.
	if [ "$w_next" -lt "$w_low" ]; then
		w_next=$w_high
	elif [ "$w_next" -gt "$w_high" ]; then
		w_next=$w_low
	fi
	while account_of "$1" "$w_next"; do
		w_next=$((w_next + w_step))
		if [ "$w_next" -lt "$w_low" ] || [ "$w_next" -gt "$w_high" ]; then
			w_next=
			return
		fi
	done
}

# w_next: past NUMBER, when that is in the range.
account_beside() {
	[ "$1" -ge "$w_low" ] && [ "$1" -le "$w_high" ] && [ $(((w_next - $1) * w_step)) -le 0 ] || return 0
	w_next=$(($1 + w_step))
}

# account_there passwd|group NAME: whether the host has it, or would have it by now. A number needs no name.
account_there() {
	case $2 in
	*[!0-9]*) ;;
	*) return 0 ;;
	esac
	w_kind=group
	[ "$1" = group ] || w_kind=user-entry
	if recall "$w_kind" "$2"; then
		[ -n "$recalled" ]
		return
	fi
	getent "$1" "$2" >/dev/null 2>&1 || grep -q "^$2:" "/etc/$1" 2>/dev/null
}

# new_group FOLDER: sets w_new_group to the group that a new file in it gets.
new_group() {
	w_new_group=$my_group
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		eval "w_has=\$o_mode_$w_o"
		case $w_has in
		[2367]???) eval "w_new_group=\$o_group_$w_o" ;;
		esac
	else
		fs_now "$1"
		[ -g "$w_now" ] || return 0
		w_new_group=$(stat -L -c %g:%G -- "$w_now" 2>/dev/null)
		if recall gid "${w_new_group%%:*}"; then
			w_new_group=${recalled:-${w_new_group%%:*}}
		elif [ "${w_new_group#*:}" = UNKNOWN ]; then
			w_new_group=${w_new_group%%:*}
		else
			w_new_group=${w_new_group#*:}
		fi
		w_new_group=${w_new_group:-$my_group}
	fi
}
