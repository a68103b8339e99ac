# shellcheck shell=sh disable=SC2034,SC2154
# The way to a place as it would be by then: what place.sh does on the host, in a dry run that has a record. Same rules,
# same words, no folder entered, and no process but for links.

# enter_foreseen FOLDER: w_here: the one name it has, without links. Fails as enter does. f_type and f_target stay.
enter_foreseen() {
	set -- "$1" "$f_type" "$f_target" "$w_parent"
	o_way=$1 w_here='' w_hops=0 w_strangers=''
	case $1 in
	/*) ;;
	*) o_way=$start/$1 ;;
	esac
	w_entered=$o_way
	enter_foreseen_walk && enter_foreseen_allowed
	w_ok=$?
	f_type=$2 f_target=$3 w_parent=$4
	return $w_ok
}

enter_foreseen_walk() {
	while
		o_way=${o_way#"${o_way%%[!/]*}"}
		[ -n "$o_way" ]
	do
		o_name=${o_way%%/*}
		o_way=${o_way#"$o_name"}
		case $o_name in
		.) continue ;;
		..)
			w_here=${w_here%/*}
			continue
			;;
		esac
		fs_type "$w_here/$o_name"
		case $f_type in
		directory) enter_foreseen_one || return 1 ;;
		link) enter_foreseen_link || return 1 ;;
		*)
			fail "folder '$w_entered' does not exist on the host"
			return 1
			;;
		esac
	done
	w_here=${w_here:-/}
}

enter_foreseen_one() {
	w_here=$w_here/$o_name
	if [ "$my_uid" = 0 ]; then
		return 0
	elif overlay_find "$w_here"; then
		overlay_allows 1
	else
		[ -x "$w_here" ]
	fi && return 0
	fail "unable to enter '$w_here': Permission denied"
	return 1
}

# A link in w_here; f_target has been looked at only when it is one of the record.
enter_foreseen_link() {
	w_hops=$((w_hops + 1))
	if [ $w_hops -gt 40 ]; then
		fail "'$w_entered': too many levels of symbolic links"
		return 1
	fi
	if ! overlay_find "$w_here/$o_name"; then
		fs_link_target "$w_here/$o_name"
		enter_foreseen_stranger
	fi
	case $f_target in
	/*) w_here= ;;
	esac
	o_way=$f_target/$o_way
}

# A real link of somebody else, where others than root and ourselves could have put it.
enter_foreseen_stranger() {
	w_uid=$(stat -c %u "$w_here/$o_name" 2>/dev/null)
	case $w_uid in
	0 | "$my_uid") return ;;
	esac
	foreseen_open "$w_here"
	[ -z "$w_open" ] || w_strangers="$w_strangers ${w_uid:-?}" w_stranger=$w_here/$o_name
}

# Whether the links that belong to others may lead to w_here.
enter_foreseen_allowed() {
	[ -n "$w_strangers" ] || return 0
	foreseen_keep "$w_here"
	w_there=$w_keeper
	for w_uid in $w_strangers; do
		[ "$w_uid" = "$w_there" ] || {
			fail "not following the link '$w_stranger' of user $w_uid: it leads to a file of user $w_there"
			return 1
		}
	done
}

# foreseen_keep PATH: sets w_keeper to the number of its owner, and w_mode_there to its mode. What fs_stat knows of another
# file stays.
foreseen_keep() {
	set -- "$1" "$f_type" "$f_mode" "$f_owner" "$f_group" "$f_uid" "$f_gid" "$f_size" "$f_target" "$f_same" "$f_links"
	fs_stat "$1"
	w_mode_there=$f_mode
	foreseen_uid
	shift
	f_type=$1 f_mode=$2 f_owner=$3 f_group=$4 f_uid=$5 f_gid=$6 f_size=$7 f_target=$8 f_same=$9
	shift 9
	f_links=$1
}

# w_keeper: the number of the owner of what fs_stat has looked at.
foreseen_uid() {
	w_keeper=$f_uid
	[ -z "$w_keeper" ] || return 0
	case $f_owner in
	"$me") w_keeper=$my_uid ;;
	root) w_keeper=0 ;;
	*) w_keeper=$(id -u -- "$f_owner" 2>/dev/null) || w_keeper=$f_owner ;;
	esac
}

# foreseen_open FOLDER: w_open: whether others than root and ourselves can change it, by its one name.
foreseen_open() {
	set -- "${1%/}"
	w_open='' w_first=1
	while
		foreseen_keep "${1:-/}"
		w_line="$w_keeper ${w_mode_there#0} ."
		place_closed || w_open=1
		[ -n "$1" ] && [ -z "$w_open" ]
	do
		w_first=''
		set -- "${1%/*}"
	done
}

# follow_foreseen PATH: as follow.
follow_foreseen() {
	w_path=$1 w_traps='' w_depth=0
	while
		fs_type "$w_path"
		[ "$f_type" = link ]
	do
		w_depth=$((w_depth + 1))
		parent "$w_path"
		enter_foreseen "$w_parent" || return 1
		o_name=${w_path%/}
		o_name=${o_name##*/} o_way='' w_strangers='' w_hops=$w_depth w_entered=$1
		w_here=${w_here%/}
		w_path=$w_here
		enter_foreseen_link || return 1
		w_traps=$w_traps$w_strangers
		o_way=${o_way%/}
		case $o_way in
		/*) w_path=$o_way ;;
		*) w_path=$w_path/$o_way ;;
		esac
	done
	w_target=$w_path
	[ "$f_type" = directory ] || parent "$w_path"
	[ "$f_type" != directory ] || w_parent=$w_path
	if may_come && ! fs_there "$w_parent"; then
		overlay_path "$w_target"
		w_path=$o_path
		return 0
	fi
	enter_foreseen "$w_parent" || return 1
	w_path=$w_here
	[ "$f_type" = directory ] || w_path=${w_here%/}/${w_target##*/}
	[ "$f_type" != absent ] || [ -z "$w_traps" ] || fs_type "$w_path"
	w_strangers=$w_traps
	[ "$f_type" = absent ] || w_here=$w_path
	enter_foreseen_allowed
}
