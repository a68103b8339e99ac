# shellcheck shell=sh disable=SC2034,SC2154
# The place where something is made, replaced or removed: a working directory, so that nobody who owns a
# folder on the way can bend the path while we work there.
#
# A folder that only root and ourselves can change, with all above it, is closed: what we make there beside
# the target stays what it is. In any other (open) folder we work in a folder of our own, mode 0700, inside
# it: whoever owns the open folder can rename ours, but neither enter it nor move it elsewhere, so that ..
# stays where it was, and a rename from there to ../NAME replaces a name and follows nothing.

# random_name: sets w_random to a text nobody can guess; no part of it was seen anywhere before.
random_name() {
	w_random=
	{ IFS= read -r w_random </proc/sys/kernel/random/uuid; } 2>/dev/null
	[ -n "$w_random" ] || w_random=$(od -An -N16 -tx1 /dev/urandom 2>/dev/null | tr -d ' \n')
	[ -n "$w_random" ] || {
		fail 'the host has neither /proc/sys/kernel/random/uuid nor /dev/urandom: no safe name for a temporary file'
		return 1
	}
}

# enter FOLDER: makes it the working directory. Symbolic links on the way are followed only when they cannot
# be somebody's trap: they stand in a closed folder, or belong to root, to ourselves, or to the owner of what
# they lead to.
enter() {
	w_left=$1
	case $1 in
	/*) ;;
	*) w_left=$start/$1 ;;
	esac
	w_entered=$w_left
	# Where the real path is the one asked for, there was no link on it.
	if cd -P -- "$w_left" 2>/dev/null && [ "$PWD" = "${w_left%/}" ]; then
		return 0
	fi
	enter_walk && return 0
	back
	return 1
}

# back: to where the shell began.
back() {
	cd -P -- "$start" 2>/dev/null || cd /
}

enter_walk() {
	w_hops=0 w_strangers='' w_here='' w_name=.
	cd / || return 1
	while [ -n "$w_left" ]; do
		w_part=${w_left%%/*}
		case $w_left in
		*/*) w_left=${w_left#*/} ;;
		*) w_left= ;;
		esac
		case $w_part in
		'' | .) ;;
		..) cd -P .. && w_here=${PWD%/} ;;
		*)
			if [ -L "./$w_part" ]; then
				enter_link || return 1
			else
				enter_one || return 1
			fi
			;;
		esac
	done
	enter_allowed
}

enter_one() {
	if [ ! -d "./$w_part" ]; then
		fail "folder '$w_entered' does not exist on the host"
		return 1
	elif ! cd -P "./$w_part" 2>/dev/null; then
		fail "unable to enter '$w_here/$w_part': Permission denied"
		return 1
	elif [ "$PWD" != "$w_here/$w_part" ]; then
		fail "'$w_here/$w_part' was replaced by a link while '$w_entered' was being entered"
		return 1
	fi
	w_here=$PWD
}

enter_link() {
	w_hops=$((w_hops + 1))
	if [ $w_hops -gt 40 ]; then
		fail "'$w_entered': too many levels of symbolic links"
		return 1
	fi
	place_look
	if [ -z "$w_open" ] || [ -n "$check" ]; then
		w_uid=$(stat -c %u "./$w_part" 2>/dev/null)
		w_to=$(readlink "./$w_part" && printf x)
	else
		enter_held || return 1
	fi
	if [ "$w_to" = "${w_to%"${nl}x"}" ]; then
		fail "'$w_here/$w_part' was replaced while '$w_entered' was being entered"
		return 1
	fi
	w_to=${w_to%"${nl}x"}
	case $w_uid in
	0 | "$my_uid") ;;
	*) [ -z "$w_open" ] || w_strangers="$w_strangers ${w_uid:-?}" w_stranger=$w_here/$w_part ;;
	esac
	case $w_to in
	/*)
		cd / || return 1
		w_here=
		;;
	esac
	w_left=$w_to/$w_left
}

# Owner and target of a link in an open folder, w_uid and w_to: of one and the same link, held under a second name.
enter_held() {
	if [ ! -w . ]; then
		# There is no place for a second name.
		enter_looked "./$w_part"
		return 0
	fi
	hide || return 1
	ln -P "../$w_part" ./held 2>/dev/null || ln "../$w_part" ./held 2>/dev/null
	w_uid=$(stat -c %u ./held 2>/dev/null)
	w_to=$(readlink ./held && printf x)
	if [ ! -L ./held ] && [ "$my_uid" != 0 ]; then
		# The kernel gives only root a second name for a link of somebody else.
		enter_looked "../$w_part"
	fi
	rm -f ./held
	cd -P .. && rmdir "./$w_hidden" 2>/dev/null
	w_hidden=
	return 0
}

# The same by looking twice. A rename changes its ctime.
enter_looked() {
	w_seen=$(stat -c '%u %i %z' "$1" 2>&1)
	w_to=$(readlink "$1" && printf x)
	w_uid=${w_seen%% *}
	[ "$w_seen" = "$(stat -c '%u %i %z' "$1" 2>&1)" ] || w_to=
}

# Whether the links that belong to others may lead to w_name here.
enter_allowed() {
	[ -n "$w_strangers" ] || return 0
	w_there=$(stat -c %u "$w_name" 2>/dev/null)
	for w_uid in $w_strangers; do
		[ "$w_uid" = "$w_there" ] || {
			fail "not following the link '$w_stranger' of user $w_uid: it leads to a file of user $w_there"
			return 1
		}
	done
}

# follow PATH: sets w_path to what the symbolic link PATH leads to in the end, by the same rule; it need not
# be there.
follow() {
	if [ "$o_count" -gt 0 ]; then
		follow_foreseen "$1"
		return
	fi
	w_path=$1 w_traps='' w_depth=0
	while [ -L "$w_path" ]; do
		w_depth=$((w_depth + 1))
		parent "$w_path"
		enter "$w_parent" || return 1
		w_part=${w_path%/}
		w_part=${w_part##*/} w_left='' w_strangers='' w_here=${PWD%/} w_hops=$w_depth w_entered=$1
		enter_link || {
			back
			return 1
		}
		w_traps=$w_traps$w_strangers
		case $w_to in
		/*) w_path=$w_to ;;
		*) w_path=$w_here/$w_to ;;
		esac
	done
	if [ -d "$w_path" ]; then
		enter "$w_path" || return 1
		w_path=$PWD w_name=.
	else
		parent "$w_path"
		enter "$w_parent" || return 1
		w_name=./${w_path##*/}
		w_path=${PWD%/}/${w_path##*/}
	fi
	follow_allowed
	w_ok=$?
	back
	return $w_ok
}

follow_allowed() {
	[ -n "$w_traps" ] || return 0
	[ -e "$w_name" ] || w_name=.
	w_strangers=$w_traps
	enter_allowed
}

# place PATH: enters the folder that holds PATH. w_base: its name there; w_open: somebody else can change
# that folder; w_up: what stands before w_base, now and after hide; place_leave must follow.
place() {
	parent "$1"
	w_base=${1%/}
	w_base=${w_base##*/}
	case $w_base in
	'' | . | ..)
		fail "'$1' names no file"
		return 1
		;;
	esac
	w_hidden='' w_temporary=''
	enter "$w_parent" || return 1
	w_up=./
	place_look
}

# Who may change the working directory and all above it, with one process: w_open, w_identity.
place_look() {
	set -- .
	w_dots='' w_rest=$PWD
	while [ -n "${w_rest%/}" ]; do
		w_dots=../$w_dots w_rest=${w_rest%/*}
		set -- "$@" "$w_dots"
	done
	w_chain=$(stat -c '%u %a %d:%i' "$@" 2>/dev/null) || w_chain=
	w_identity=${w_chain%%"$nl"*}
	w_identity=${w_identity##* }
	w_open='' w_first=1
	[ -n "$w_chain" ] || w_open=1
	while [ -n "$w_chain" ]; do
		w_line=${w_chain%%"$nl"*}
		w_chain=${w_chain#"$w_line"}
		w_chain=${w_chain#"$nl"}
		place_closed || w_open=1
		w_first=
	done
}

# Whether w_line, UID MODE ID, is a folder that only root and ourselves can change. In one with the sticky
# bit above the place nobody else can rename what is ours.
place_closed() {
	case ${w_line%% *} in
	0 | "$my_uid") ;;
	*) return 1 ;;
	esac
	w_line=${w_line#* }
	case ${w_line%% *} in
	*[2367] | *[2367]?) ;;
	*) return 0 ;;
	esac
	[ -z "$w_first" ] || return 1
	case ${w_line%% *} in
	[1357]???) return 0 ;;
	esac
	return 1
}

# hide: into a folder of our own inside the place; from there it is ../ to the place.
hide() {
	random_name || return 1
	w_hidden=.sutler-$w_random
	attempt mkdir -m 700 "./$w_hidden" || {
		w_hidden=
		return 1
	}
	if cd -P "./$w_hidden" 2>/dev/null && hide_holds; then
		w_up=../
		return 0
	fi
	w_hidden=
	fail "the folder of our own in '$w_parent' was replaced at once: somebody is working against us there"
	return 1
}

# Whether the working directory is ours alone, and stands in the place.
hide_holds() {
	if [ -z "$w_identity" ]; then
		[ -O . ] && [ "${PWD##*/}" = "$w_hidden" ]
		return
	fi
	w_line=$(stat -c '%u %a %d:%i' . .. 2>/dev/null)
	case $w_line in
	"$my_uid 700 "*"$nl"*" $w_identity" | "$my_uid 2700 "*"$nl"*" $w_identity") return 0 ;;
	esac
	return 1
}

# hold: gives the file that stands at the place a second name in our folder, ./held, which nobody else can
# change. Fails when there is none; a link stays a link.
hold() {
	ln -P "$w_up$w_base" ./held 2>/dev/null || attempt ln "$w_up$w_base" ./held
}

# hold_or_look: as hold, w_held being the name. A file of somebody else, to which the kernel gives us no second name,
# is looked at where it stands: what we put in its place is ours, not his.
hold_or_look() {
	w_held=./held
	ln -P "$w_up$w_base" ./held 2>/dev/null && return 0
	[ "$my_uid" = 0 ] || [ -O "$w_up$w_base" ] || {
		w_held=$w_up$w_base
		return 0
	}
	hold
}

# swap_in NAME: NAME, made here, takes the place of what is there; neither followed nor moved into.
swap_in() {
	if w_said=$(mv -T -f "$1" "$w_up$w_base" 2>&1 3<&- 4>&-); then
		return 0
	fi
	case $w_said in
	*' are the same file')
		# mv takes a link for the file that it leads to.
		attempt rm -f "$w_up$w_base" && attempt mv -T -f "$1" "$w_up$w_base"
		return
		;;
	esac
	if [ -n "$w_open" ] || [ -d "$w_up$w_base" ]; then
		fail "unable to replace '$w_parent/$w_base': ${w_said##*: }"
		return 1
	fi
	attempt mv -f "$1" "$w_up$w_base"
}

# place_leave: nothing of ours stays in the place; back to where the shell began.
place_leave() {
	if [ -n "$w_hidden" ]; then
		w_left=
		for w_each in new held kept new.pub; do
			if [ -e "./$w_each" ] || [ -L "./$w_each" ]; then
				w_left=1
			fi
		done
		[ -z "$w_left" ] || rm -rf ./new ./held ./kept ./new.pub
		cd -P .. 2>/dev/null && rmdir "./$w_hidden" 2>/dev/null
	elif [ -n "$w_temporary" ] && { [ -e "$w_temporary" ] || [ -L "$w_temporary" ]; }; then
		rm -rf "$w_temporary"
	fi
	w_hidden='' w_temporary=''
	back
}
