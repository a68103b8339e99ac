# shellcheck shell=sh disable=SC2154,SC2034
# What a dry run would have made: recorded here, seen by every later step.

# remember KIND NAME VALUE: a dry run would have made this; later steps see it. The sender is told, so
# that it can tell the shells of other users.
remember() {
	o_memory="$nl$1 $2$tab$3$o_memory"
	[ -n "$replaying" ] || frame remember 0 kind:s "$1" name:s "$2" value:s "$3"
}

# effect [KIND NAME VALUE]... -- COMMAND...: COMMAND, told by change before, makes these true on the host: a dry run
# remembers them instead.
effect() {
	while [ "$1" != -- ]; do
		[ -z "$check" ] || remember "$1" "$2" "$3"
		shift 3
	done
	shift
	[ -n "$check" ] || "$@"
}

# recall KIND NAME: sets recalled to what was remembered last.
recall() {
	case $o_memory in
	*"$nl$1 $2$tab"*) ;;
	*) return 1 ;;
	esac
	w_entry="$1 $2$tab"
	case $w_entry in
	*"$nl"*)
		recalled=${o_memory#*"$nl$w_entry"}
		recalled=${recalled%%"$nl"*}
		return
		;;
	esac
	# Line by line: cutting with a pattern costs the square of what is remembered.
	w_ifs=$IFS IFS=$nl
	set -f
	# shellcheck disable=SC2086 # lines wanted
	set -- $o_memory
	set +f
	IFS=$w_ifs
	for recalled; do
		case $recalled in "$w_entry"*) break ;; esac
	done
	recalled=${recalled#"$w_entry"}
}

# any_remembered KIND: whether anything of this kind was.
any_remembered() {
	case $o_memory in
	*"$nl$1 "*) return 0 ;;
	esac
	return 1
}

# The record of files is a tree as that of the file system: its nodes have numbers, `o_sub_NODE_KEY` is the node of a name
# in a folder, o_up_NODE the folder's, o_names_NODE the names in it, a line each. A list of all paths, searched with
# patterns, or a variable for each whole path, would cost the square of the depth or more.

# overlay PATH TYPE MODE OWNER GROUP TARGET HAS_TEXT TEXT: a dry run would leave PATH like this.
# HAS_TEXT: 1: the content is TEXT; 0: that of the real file; anything else: its SHA-256 alone is known.
overlay() {
	o_count=$((o_count + 1))
	overlay_path "$1"
	overlay_walk "$o_path" || overlay_grow "$o_path"
	eval "o_type_$w_o=\$2 o_mode_$w_o=\$3 o_owner_$w_o=\$4 o_group_$w_o=\$5"
	eval "o_target_$w_o=\$6 o_has_$w_o=\$7 o_text_$w_o=\$8"
	case $2 in
	absent)
		overlay_empty
		if any_remembered filled || any_remembered git; then
			forget_checkouts
		fi
		;;
	link) o_links=1 o_seen= ;;
	esac
	! recall same "$o_path" || [ -z "$recalled" ] || remember same "$o_path" ''
	[ -n "$replaying" ] || frame overlay 0 path:s "$1" type:s "$2" mode:s "$3" owner:s "$4" \
		group:s "$5" target:s "$6" has:s "$7" text:s "$8"
}

# overlay_empty: the node w_o is removed, with all below it: o_void_NODE says that nothing of the host shows there, even
# when a folder of that name is made again.
overlay_empty() {
	eval "o_names=\$o_names_$w_o o_names_$w_o='' o_void_$w_o=1"
	while [ -n "$o_names" ]; do
		overlay_key "${o_names%%"$nl"*}"
		eval "unset o_sub_${w_o}_$w_key"
		o_names=${o_names#*"$nl"}
	done
	o_path_last='' o_node_last=1
}

# overlay_grow PATH: makes the nodes that overlay_walk did not find.
overlay_grow() {
	while
		w_name=${w_rest%%/*}
		overlay_key "$w_name"
		o_nodes=$((o_nodes + 1))
		eval "o_sub_${w_o}_$w_key=$o_nodes o_sub_of_$o_nodes=${w_o}_\$w_key o_up_$o_nodes=$w_o"
		eval "o_names_$w_o=\${o_names_$w_o-}\$w_name\$nl o_names_$o_nodes='' o_type_$o_nodes=''"
		eval "o_void_$o_nodes=\$o_void_$w_o"
		w_o=$o_nodes
		case $w_rest in */*) ;; *) false ;; esac
	do
		w_rest=${w_rest#*/}
	done
	o_path_last=$1 o_node_last=$w_o
}

# overlay_walk PATH: sets w_o to its node, or fails: then w_o is the last on the way that there is, and w_rest what is left.
# The last path is kept to start from, because the next is often in it or holds it.
overlay_walk() {
	w_o=0 w_rest=$1
	[ ${#1} -lt 4096 ] || return 1
	case $1 in
	"$o_path_last")
		w_o=$o_node_last
		return 0
		;;
	"$o_path_last/${1##*/}") w_o=$o_node_last w_rest=${1##*/} ;;
	"${o_path_last%/*}")
		eval "w_o=\$o_up_$o_node_last"
		o_path_last=$1 o_node_last=$w_o
		return 0
		;;
	*) ;;
	esac
	while
		overlay_key "${w_rest%%/*}"
		eval "w_next=\${o_sub_${w_o}_$w_key-}"
		[ -n "$w_next" ] || return 1
		w_o=$w_next
		case $w_rest in */*) ;; *) false ;; esac
	do
		w_rest=${w_rest#*/}
	done
	o_path_last=$1 o_node_last=$w_o
}

# overlay_start: an empty record. The path '' is node 1, in which all begin that begin with a slash.
overlay_start() {
	o_count=0 o_nodes=1 o_sub_0_=1 o_up_1=0 o_names_0=$nl o_names_1='' o_type_1=''
	o_type_0='' o_path_last='' o_node_last=1 o_links='' o_seen='' o_void_0='' o_void_1=''
	# What stands for all that went with a folder that was removed.
	o_type_gone=absent o_mode_gone='' o_owner_gone='' o_group_gone='' o_target_gone='' o_has_gone=1 o_text_gone=''
}

# forget_record: a step in check mode within a real run leaves no prediction to the steps behind it (and told none to
# the sender, see step).
forget_record() {
	while [ "$o_nodes" -gt 1 ]; do
		eval "unset o_sub_\$o_sub_of_$o_nodes o_text_$o_nodes"
		o_nodes=$((o_nodes - 1))
	done
	o_memory=''
	overlay_start
}

# overlay_path PATH: sets o_path to the one name that all names of PATH have here: absolute, without dots, and
# without links on the way, be they real or of this dry run. A link at its end stays one.
overlay_path() {
	o_path=$1
	[ ${#1} -lt 4096 ] && ! overlay_near "$1" || return 0
	case $1 in
	/*) o_left=$1 ;;
	*) o_left=$start/$1 ;;
	esac
	o_path='' o_hops=0
	while
		o_left=${o_left#"${o_left%%[!/]*}"}
		[ -n "$o_left" ]
	do
		o_part=${o_left%%/*}
		o_left=${o_left#"$o_part"}
		case $o_part in
		.) ;;
		..) o_path=${o_path%/*} ;;
		*)
			case $o_left in
			*[!/]*) overlay_link "$o_path/$o_part" ;;
			*) false ;;
			esac || o_path=$o_path/$o_part
			;;
		esac
	done
	o_path=${o_path:-/}
	[ "$o_path" != "$1" ] || o_seen=$1
}

# Whether PATH is its one name because that of its neighbour was: o_seen, the last that was looked at. From each to the
# next the whole way would cost the square of the depth.
overlay_near() {
	case $1 in
	"$o_seen" | "${o_seen%/*}") ;;
	*/ | */. | */.. | [!/]*) return 1 ;;
	*)
		case ${1%/*} in
		"${o_seen%/*}") ;;
		"$o_seen") [ -z "$o_links" ] && [ ! -L "$o_seen" ] || return 1 ;;
		*) return 1 ;;
		esac
		;;
	esac
	o_seen=$1
}

# Whether a folder on the way is a link: then its target comes next.
overlay_link() {
	[ "$o_hops" -lt 40 ] || return 1
	if { [ -n "$o_links" ] || [ -L "$1" ]; } && overlay_walk "$1" && eval "[ -n \"\$o_type_$w_o\" ]"; then
		eval "[ \"\$o_type_$w_o\" = link ]" || return 1
		eval "o_to=\$o_target_$w_o"
	else
		[ -L "$1" ] || return 1
		o_to=$(readlink "$1" && printf x)
		o_to=${o_to%"${nl}x"}
	fi
	o_hops=$((o_hops + 1)) o_left=$o_to$o_left
	case $o_to in
	/*) o_path= ;;
	esac
}

# overlay_key NAME: sets w_key to what stands for a name of a folder in the name of a variable.
overlay_key() {
	case $1 in
	*[!A-Za-z0-9]*) ;;
	*)
		w_key=$1
		return
		;;
	esac
	# No file has such a name.
	[ ${#1} -le 1024 ] || {
		w_key=_l${#1}
		return
	}
	w_key='' w_left=$1
	while [ -n "$w_left" ]; do
		w_plain=${w_left%%[!A-Za-z0-9]*}
		w_left=${w_left#"$w_plain"}
		w_key=$w_key$w_plain
		case $w_left in
		'') ;;
		.*) w_key=${w_key}_d ;;
		-*) w_key=${w_key}_m ;;
		_*) w_key=${w_key}__ ;;
		*)
			w_plain=$(printf %d "'${w_left%"${w_left#?}"}")
			w_key=${w_key}_x${w_plain#-}_
			;;
		esac
		w_left=${w_left#?}
	done
}

# unknown_below PATH: whether it lies in a folder (o_known_not) of which this dry run knows that it will be filled,
# but not with what: a checkout.
unknown_below() {
	[ -n "$check" ] && any_remembered filled || return 1
	overlay_path "$1"
	o_known_not=$o_path/
	while case $o_known_not in */?*) ;; *) false ;; esac do
		o_known_not=${o_known_not%/*}
		if recall filled "$o_known_not" && [ -n "$recalled" ]; then
			return 0
		fi
	done
	return 1
}

# unknown_within FOLDER: whether such a folder (o_known_not) lies in it.
unknown_within() {
	[ -n "$check" ] && any_remembered filled || return 1
	overlay_path "$1"
	set -- "${o_path%/}/" "$o_memory"
	while case $2 in *"${nl}filled $1"*) ;; *) false ;; esac do
		set -- "$1" "${2#*"${nl}filled $1"}"
		o_known_not=$1${2%%"$tab"*}
		if recall filled "$o_known_not" && [ -n "$recalled" ]; then
			return 0
		fi
	done
	return 1
}

# forget_checkouts: o_path is removed, and with it what earlier steps would have checked out there and below.
forget_checkouts() {
	for o_kind in filled git git-remote; do
		! recall $o_kind "$o_path" || [ -z "$recalled" ] || remember $o_kind "$o_path" ''
		o_rest=$o_memory
		while case $o_rest in *"$nl$o_kind $o_path/"*) ;; *) false ;; esac do
			o_rest=${o_rest#*"$nl$o_kind $o_path/"}
			remember $o_kind "$o_path/${o_rest%%"$tab"*}" ''
		done
	done
}

# overlay_folders PATH: a dry run would make this folder, and its parents that are missing.
overlay_folders() {
	set -- "$1"
	o_up=$1
	while
		fs_type "$o_up"
		[ "$f_type" = absent ]
	do
		set -- "$o_up" "$@"
		parent "$o_up"
		o_up=$w_parent
	done
	mode_new 777
	while [ $# -gt 1 ]; do
		parent "$1"
		new_group "$w_parent"
		overlay "$1" directory "$w_mode" "$me" "$w_new_group" '' 1 ''
		shift
	done
}

# overlay_below FOLDER: whether a dry run has touched anything below it; o_names: the names in it, a line each.
overlay_below() {
	overlay_path "$1"
	overlay_walk "$o_path" || return 1
	eval "o_names=\$o_names_$w_o"
	[ -n "$o_names" ]
}

# overlay_find PATH: sets w_o to its number; fails when a dry run has not touched it. What was below a folder when that was
# removed is gone with it.
overlay_find() {
	overlay_path "$1"
	if overlay_walk "$o_path"; then
		eval "[ -z \"\$o_type_$w_o\" ]" || return 0
	fi
	eval "[ -n \"\$o_void_$w_o\" ]" || return 1
	w_o=gone
}
