# shellcheck shell=sh disable=SC2154
# What a dry run would have made: recorded here, seen by every later step.

# remember KIND NAME VALUE: a dry run would have made this; later steps see it. The sender is told, so
# that it can tell the shells of other users.
remember() {
	o_memory="$nl$1 $2$tab$3$o_memory"
	[ -n "$replaying" ] || frame remember 0 kind:s "$1" name:s "$2" value:s "$3"
}

# recall KIND NAME: sets recalled to what was remembered last.
recall() {
	case $o_memory in
	*"$nl$1 $2$tab"*) ;;
	*) return 1 ;;
	esac
	recalled=${o_memory#*"$nl$1 $2$tab"}
	recalled=${recalled%%"$nl"*}
}

# any_remembered KIND: whether anything of this kind was.
any_remembered() {
	case $o_memory in
	*"$nl$1 "*) return 0 ;;
	esac
	return 1
}

# overlay PATH TYPE MODE OWNER GROUP TARGET HAS_TEXT TEXT: a dry run would leave PATH like this.
# HAS_TEXT: 1: the content is TEXT; 0: that of the real file; anything else: its SHA-256 alone is known.
overlay() {
	o_count=$((o_count + 1))
	eval "o_type_$o_count=\$2 o_mode_$o_count=\$3 o_owner_$o_count=\$4 o_group_$o_count=\$5"
	eval "o_target_$o_count=\$6 o_has_$o_count=\$7 o_text_$o_count=\$8"
	overlay_key "$1"
	eval "o_at_$w_key=$o_count o_key_$o_count=\$w_key"
	o_paths=$o_paths$nl$1
	[ "$2" != absent ] || o_removed=1
	[ -n "$replaying" ] || frame overlay 0 path:s "$1" type:s "$2" mode:s "$3" owner:s "$4" \
		group:s "$5" target:s "$6" has:s "$7" text:s "$8"
}

# forget_record: a step in check mode within a real run leaves no prediction to the steps behind it (and told none to
# the sender, see step).
forget_record() {
	while [ "$o_count" -gt 0 ]; do
		eval "unset o_at_\$o_key_$o_count o_text_$o_count"
		o_count=$((o_count - 1))
	done
	o_memory='' o_paths='' o_removed=''
}

# overlay_key PATH: sets w_key to what stands for it in the name of a variable. A list of all paths, searched
# with patterns, would cost the square of its length.
overlay_key() {
	w_key='' w_rest=$1
	while [ -n "$w_rest" ]; do
		w_plain=${w_rest%%[!A-Za-z0-9]*}
		w_rest=${w_rest#"$w_plain"}
		w_key=$w_key$w_plain
		case $w_rest in
		'') ;;
		/*) w_key=${w_key}_s ;;
		.*) w_key=${w_key}_d ;;
		-*) w_key=${w_key}_m ;;
		_*) w_key=${w_key}__ ;;
		*)
			w_plain=$(printf %d "'${w_rest%"${w_rest#?}"}")
			w_key=${w_key}_x${w_plain#-}_
			;;
		esac
		w_rest=${w_rest#?}
	done
}

# overlay_below FOLDER/: whether a dry run has touched anything below it.
overlay_below() {
	case $o_paths in
	*"$nl$1"*) return 0 ;;
	esac
	return 1
}

# overlay_find PATH: sets w_o to its number; fails when a dry run has not touched it.
overlay_find() {
	overlay_key "$1"
	eval "w_o=\${o_at_$w_key-}"
	[ -z "$w_o" ] || return 0
	[ -n "$o_removed" ] || return 1
	w_up=$1
	while case $w_up in */?*) ;; *) false ;; esac do
		w_up=${w_up%/*}
		overlay_key "$w_up"
		eval "w_o=\${o_at_$w_key-}"
		if [ -n "$w_o" ]; then
			eval "[ \"\$o_type_$w_o\" = absent ]"
			return
		fi
	done
	return 1
}
