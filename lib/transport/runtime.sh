# shellcheck shell=sh disable=SC2030,SC2031,SC2034,SC2088,SC2154,SC2209
# What runs on the target: reads steps from stdin, one line each, and answers with frames.
#
# Sent once per connection, together with the modules (lib/modules/*.sh) that the run may need; the
# last line, added by wire.c, calls sutler_main, so that a truncated copy does nothing at all.
# lib/transport/wire.h describes the lines and the frames.
#
# A module is a function do_NAME. It finds its parameters in p_NAME variables, tells its result with
# fail, field, will_change and so on, and changes files only through the fs_ functions: they alone
# know whether this is a dry run. Names with one leading letter and _ belong to: p_ parameters, f_ the
# file last looked at, o_ what a dry run would have made, w_ work variables of functions here.

# ---------------------------------------------------------------- frames

# frame TYPE ID [NAME:TYPE VALUE]...: sends a frame.
frame() {
	w_head="$1 $2" w_body=
	shift 2
	while [ $# -gt 0 ]; do
		w_head="$w_head $1 ${#2}"
		w_body=$w_body$2
		shift 2
	done
	printf '\n@%s %s\n%s\n@%s.\n' "$nonce" "$w_head" "$w_body" "$nonce" >&4
}

# frame_file TYPE ID PATH FILE: sends the bytes of FILE as the content of PATH, at most limit_bytes.
frame_file() {
	w_size=$(wc -c <"$4") || return 1
	w_size=$((w_size + 0))
	[ "$w_size" -le "$limit_bytes" ] || w_size=$limit_bytes
	printf '\n@%s %s %s path:s %s content:s %s\n%s' "$nonce" "$1" "$2" "${#3}" "$w_size" "$3" >&4
	[ "$w_size" -eq 0 ] || head -c "$w_size" "$4" >&4
	printf '\n@%s.\n' "$nonce" >&4
}

# take_exactly N: copies N bytes of the stream to stdout.
take_exactly() {
	if [ -n "$exact_head" ]; then
		head -c "$1" <&3
	else
		dd bs=1 count="$1" <&3 2>/dev/null
	fi
}

# ---------------------------------------------------------------- results

# field NAME:TYPE VALUE: a return value. Types: s text, i integer, b 1 or empty, l lines, n nothing.
field() {
	r_head="$r_head $1 ${#2}"
	r_body=$r_body$2
}

# fail MESSAGE: the step failed; the module returns at once: fail "..."; return
fail() {
	r_status=failed
	r_message=$1
}

# will_change: something is or would be changed.
will_change() {
	[ "$r_status" = failed ] || r_status=changed
}

# unpredicted: a dry run cannot tell what this would do.
unpredicted() {
	[ "$r_status" = failed ] || r_status=unpredicted
	r_message=${1-}
}

# skip MESSAGE: there was nothing to run.
skip() {
	r_status=skipped
	r_message=${1-}
}

# step ID MODULE: runs one step. body: bytes that follow the line; check, diff: this step's switches;
# keep_going: empty: a failure stops what was sent behind it; 1: it does not; loop: loop_end does.
step() {
	step_id=$1
	if [ -n "$halted" ]; then
		[ "$halted" = want ] && [ -n "${p_sha256-}" ] && ! content_is "$p_dest" "$p_sha256" &&
			frame differs "$step_id"
		[ "$body" -eq 0 ] || take_exactly "$body" >/dev/null
		body=0
		forget_parameters
		return
	fi
	r_status=ok r_message='' r_head='' r_body=''
	"do_$2"
	[ "$body" -eq 0 ] || take_exactly "$body" >/dev/null
	body=0
	forget_parameters
	if [ -n "$halted" ]; then
		return
	fi
	[ -z "$r_message" ] || field msg:s "$r_message"
	printf '\n@%s result %s %s%s\n%s\n@%s.\n' "$nonce" "$step_id" "$r_status" "$r_head" "$r_body" \
		"$nonce" >&4
	case $keep_going$r_status in
	failed) halted=failed ;;
	loopfailed) loop_failed=1 ;;
	esac
}

# loop_end: behind the last item of a loop: stops when one has failed.
loop_end() {
	if [ -z "$halted" ]; then
		[ -z "$loop_failed" ] || halted=failed
		loop_failed=
	fi
}

# Parameters that functions here look at for every module must not outlive their step.
forget_parameters() {
	p_mode='' p_owner='' p_group='' p_validate='' p_backup=''
	p_timeout='' p_chdir='' p_environment='' p_stdin_given=''
}

# want: the step needs its body; what was sent ahead is dropped until `resume`.
want() {
	halted=want
	frame want "$step_id"
}

# ask TEXT: as want, but the body is to be made of TEXT (the module's answer() gets it).
ask() {
	halted=want
	frame want "$step_id" content:s "$1"
}

# What the sender could not answer: the step fails here, as any other.
do_refused() {
	fail "$p_message"
}

synced() {
	frame synced "$1"
}

resume() {
	halted=
}

# ---------------------------------------------------------------- text

# A list parameter holds words that the sender quoted: eval "set -- $p_list".

# expand NAME: replaces a leading ~ or ~user in variable NAME.
expand() {
	eval "w_path=\$$1"
	case $w_path in
	'~')
		w_path=$HOME
		;;
	'~/'*)
		w_path=$HOME/${w_path#'~/'}
		;;
	'~'*)
		w_user=${w_path%%/*}
		w_user=${w_user#'~'}
		case $w_user in
		*[!A-Za-z0-9._-]*) return ;;
		esac
		user_home "$w_user" || return
		case $w_path in
		*/*) w_path=$w_home/${w_path#*/} ;;
		*) w_path=$w_home ;;
		esac
		;;
	*)
		return
		;;
	esac
	eval "$1=\$w_path"
}

# user_home NAME: sets w_home to a user's home folder, also of one a dry run would have made.
user_home() {
	if recall user "$1"; then
		w_home=$recalled
		return 0
	fi
	w_home=$(getent passwd "$1" 2>/dev/null || grep "^$1:" /etc/passwd)
	[ -n "$w_home" ] || return 1
	w_home=${w_home%:*}
	w_home=${w_home##*:}
}

# parent PATH: sets w_parent to the folder that holds it.
parent() {
	w_parent=${1%/}
	case $w_parent in
	'') ;;
	*/*) w_parent=${w_parent%/*} ;;
	*) w_parent=. ;;
	esac
	w_parent=${w_parent:-/}
}

# has COMMAND: whether it can be run here.
has() {
	command -v "$1" >/dev/null 2>&1
}

# ---------------------------------------------------------------- what a dry run would have made

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
	eval "o_at_$w_key=$o_count"
	o_paths=$o_paths$nl$1
	[ "$2" != absent ] || o_removed=1
	[ -n "$replaying" ] || frame overlay 0 path:s "$1" type:s "$2" mode:s "$3" owner:s "$4" \
		group:s "$5" target:s "$6" has:s "$7" text:s "$8"
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

# ---------------------------------------------------------------- files

# fs_type PATH: sets f_type to absent, file, directory, link or other, without a process.
fs_type() {
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		eval "f_type=\$o_type_$w_o f_target=\$o_target_$w_o"
		return
	fi
	if [ -L "$1" ]; then
		f_type=link
	elif [ -d "$1" ]; then
		f_type=directory
	elif [ -f "$1" ]; then
		f_type=file
	elif [ -e "$1" ]; then
		f_type=other
	else
		f_type=absent
	fi
}

# fs_stat PATH: f_type and, unless absent, f_mode (four octal digits), f_owner, f_group, f_uid, f_gid,
# f_size, f_target (of links).
fs_stat() {
	f_mode='' f_owner='' f_group='' f_uid='' f_gid='' f_size='' f_target=''
	fs_type "$1"
	[ "$f_type" != absent ] || return 0
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		eval "f_mode=\$o_mode_$w_o f_owner=\$o_owner_$w_o f_group=\$o_group_$w_o"
		eval "f_target=\$o_target_$w_o f_size=\${#o_text_$w_o}"
		return
	fi
	if ! w_stat=$(stat -c '%a %U %G %u %g %s' -- "$1" 2>/dev/null); then
		fs_stat_ls "$1"
		return
	fi
	f_mode=${w_stat%% *} w_stat=${w_stat#* }
	f_owner=${w_stat%% *} w_stat=${w_stat#* }
	f_group=${w_stat%% *} w_stat=${w_stat#* }
	f_uid=${w_stat%% *} w_stat=${w_stat#* }
	f_gid=${w_stat%% *} f_size=${w_stat#* }
	while [ ${#f_mode} -lt 4 ]; do
		f_mode=0$f_mode
	done
	[ "$f_type" != link ] || f_target=$(readlink "$1")
}

# Without stat -c: the same from ls.
fs_stat_ls() {
	case $1 in
	-*) set -- "./$1" ;;
	esac
	w_stat=$(ls -ldn "$1") || return
	w_names=$(ls -ld "$1") || return
	w_link=$1
	# shellcheck disable=SC2086
	set -- $w_stat
	f_uid=$3 f_gid=$4 f_size=$5
	w_bits=$1
	# shellcheck disable=SC2086
	set -- $w_names
	f_owner=$3 f_group=$4
	mode_of_letters "$w_bits"
	[ "$f_type" != link ] || f_target=$(readlink "$w_link")
}

# mode_of_letters drwxr-xr-x: sets f_mode.
mode_of_letters() {
	w_rest=${1#?} w_octal=0 w_special=0 w_weight=4
	while [ -n "$w_weight" ]; do
		w_digit=0
		case $w_rest in r*) w_digit=4 ;; esac
		case $w_rest in ?w*) w_digit=$((w_digit + 2)) ;; esac
		case $w_rest in ??[xst]*) w_digit=$((w_digit + 1)) ;; esac
		case $w_rest in ??[sStT]*) w_special=$((w_special + w_weight)) ;; esac
		w_octal=$((w_octal * 8 + w_digit)) w_rest=${w_rest#???}
		case $w_weight in 4) w_weight=2 ;; 2) w_weight=1 ;; *) w_weight= ;; esac
	done
	f_mode=$(printf '%o%03o' "$w_special" "$w_octal")
}

# content_is PATH SHA256: whether a file's content has this hash.
content_is() {
	fs_type "$1"
	if [ "$f_type" = link ]; then
		[ -f "$1" ] || return 1
	elif [ "$f_type" != file ]; then
		return 1
	fi
	fs_sha256 "$1" && [ "$f_sha256" = "$2" ]
}

# fs_sha256 PATH: sets f_sha256.
fs_sha256() {
	f_sha256=
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		eval "w_has=\$o_has_$w_o"
		case $w_has in
		1)
			eval "f_text=\$o_text_$w_o"
			f_sha256=$(printf %s "$f_text" | { sha256 /dev/stdin && printf %s "$f_sha256"; })
			return
			;;
		0) ;;
		*)
			f_sha256=$w_has
			return
			;;
		esac
	fi
	sha256 "$1"
}

# sha256 FILE: sets f_sha256 to the hash of a real file.
sha256() {
	if [ -z "$hasher" ]; then
		if has sha256sum; then
			hasher='sha256sum'
		elif has openssl; then
			hasher='openssl dgst -sha256 -r'
		elif has shasum; then
			hasher='shasum -a 256'
		else
			return 1
		fi
	fi
	f_sha256=$($hasher <"$1") || return 1
	f_sha256=${f_sha256%% *}
}

# fs_text PATH: sets f_text to a file's content with its trailing newlines; NUL bytes are lost.
fs_text() {
	if [ "$o_count" -gt 0 ] && overlay_find "$1" && eval "[ \"\$o_has_$w_o\" != 0 ]"; then
		eval "f_text=\$o_text_$w_o"
		return
	fi
	f_text=$(cat "$1" && printf x) || return 1
	f_text=${f_text%x}
}

# fs_send KIND PATH: sends what PATH holds now as KIND (before or after) of a diff.
fs_send() {
	[ -n "$diff" ] || return 0
	fs_type "$2"
	if [ "$f_type" = absent ]; then
		return 0
	fi
	if [ "$o_count" -gt 0 ] && overlay_find "$2" && eval "[ \"\$o_has_$w_o\" != 0 ]"; then
		eval "frame $1 $step_id path:s \"\$2\" content:s \"\$o_text_$w_o\""
	else
		frame_file "$1" "$step_id" "$2" "$2"
	fi
}

# change PATH BEFORE AFTER: tells a change that is not one of content, as two short texts.
change() {
	will_change
	[ -z "$diff" ] || frame change "$step_id" path:s "$1" before:s "$2" after:s "$3"
}

# fs_parent_ready PATH: whether its folder exists, or may exist by what this dry run skipped. Fails
# with the step's result set otherwise.
fs_parent_ready() {
	parent "$1"
	w_folder=$w_parent
	fs_type "$w_folder"
	case $f_type in
	directory) return 0 ;;
	link) [ ! -d "$w_folder" ] || return 0 ;;
	absent)
		[ -n "$check" ] && any_remembered package && return 0
		if [ -n "$check" ] && any_remembered command; then
			unpredicted "folder '$w_folder' does not exist yet"
			return 1
		fi
		;;
	esac
	if [ "$f_type" = absent ]; then
		fail "folder '$w_folder' does not exist on the host"
	else
		fail "'$w_folder' is not a folder"
	fi
	return 1
}

# mode_wanted CURRENT: sets w_mode to what p_mode makes of it (four octal digits); an empty p_mode keeps
# it. Symbolic modes as in chmod(1).
mode_wanted() {
	case $p_mode in
	'')
		w_mode=$1
		return 0
		;;
	*[!0-7]*) ;;
	*)
		w_mode=${p_mode#0}
		while [ ${#w_mode} -lt 4 ]; do
			w_mode=0$w_mode
		done
		return 0
		;;
	esac
	w_bits=$((0$1)) w_clauses=$p_mode,
	while [ -n "$w_clauses" ]; do
		w_clause=${w_clauses%%,*} w_clauses=${w_clauses#*,}
		mode_clause "$w_clause" || return 1
	done
	w_mode=$(printf '%04o' "$w_bits")
}

# mode_clause u+rwX: applies one symbolic clause to w_bits, as chmod(1) does to a file: without u, g, o or a it
# leaves to the umask what to set. A folder's set-id bits are nothing special here, as in Ansible.
mode_clause() {
	w_who=${1%%[-+=]*}
	w_rest=${1#"$w_who"}
	case $w_rest in
	[-+=]*) ;;
	*) return 1 ;;
	esac
	w_mask=0
	case $w_who in
	*[!ugoa]*) return 1 ;;
	'') w_mask=$((07777 & ~0$(umask))) ;;
	*a*) w_mask=$((07777)) ;;
	esac
	case $w_who in *u*) w_mask=$((w_mask | 04700)) ;; esac
	case $w_who in *g*) w_mask=$((w_mask | 02070)) ;; esac
	case $w_who in *o*) w_mask=$((w_mask | 01007)) ;; esac
	while [ -n "$w_rest" ]; do
		w_operator=${w_rest%"${w_rest#?}"} w_rest=${w_rest#?}
		w_letters=${w_rest%%[-+=]*} w_rest=${w_rest#"${w_rest%%[-+=]*}"}
		mode_letters || return 1
		w_set=$((w_set & w_mask))
		case $w_operator in
		+) w_bits=$((w_bits | w_set)) ;;
		-) w_bits=$((w_bits & ~w_set)) ;;
		=) w_bits=$((w_who_bits | w_set)) ;;
		esac
	done
}

# mode_letters: sets w_set to the bits that w_letters mean for everyone, and w_who_bits to what `=` leaves.
mode_letters() {
	w_set=0 w_who_bits=0
	[ -z "$w_who" ] || w_who_bits=$((w_bits & ~w_mask))
	case $w_letters in
	*[!rwxXstugo]*) return 1 ;;
	*r*) w_set=$((w_set | 0444)) ;;
	esac
	case $w_letters in *w*) w_set=$((w_set | 0222)) ;; esac
	case $w_letters in *x*) w_set=$((w_set | 0111)) ;; esac
	case $w_letters in
	*X*) [ "$f_type" != directory ] && [ $((w_bits & 0111)) -eq 0 ] || w_set=$((w_set | 0111)) ;;
	esac
	case $w_letters in *s*) w_set=$((w_set | 06000)) ;; esac
	case $w_letters in *t*) w_set=$((w_set | 01000)) ;; esac
	case $w_letters in *u*) w_set=$((w_set | (w_bits >> 6 & 7) * 0111)) ;; esac
	case $w_letters in *g*) w_set=$((w_set | (w_bits >> 3 & 7) * 0111)) ;; esac
	case $w_letters in *o*) w_set=$((w_set | (w_bits & 7) * 0111)) ;; esac
}

# mode_new BASE: sets w_mode to the mode a new file (0666) or folder (0777) gets.
mode_new() {
	w_mode=$(printf '%04o' $((0$1 & ~0$(umask))))
	mode_wanted "$w_mode"
}

# owner_name VALUE KIND: sets w_name to the name for a user (passwd) or group given as a number.
owner_name() {
	w_name=$1
	case $1 in
	'' | *[!0-9]*) ;;
	*)
		w_entry=$(getent "$2" "$1" 2>/dev/null) && w_name=${w_entry%%:*}
		;;
	esac
}

# fs_attributes PATH: brings p_mode, p_owner, p_group to a file or folder that fs_stat has just looked
# at; tells the change. Empty parameters leave as it is.
fs_attributes() {
	mode_wanted "$f_mode" || {
		fail "invalid mode '$p_mode'"
		return 1
	}
	w_before='' w_after=''
	[ "$f_type" != link ] || w_mode=$f_mode
	[ "$w_mode" = "$f_mode" ] || w_before="mode: $f_mode$nl" w_after="mode: $w_mode$nl"
	owner_name "${p_owner-}" passwd
	w_owner=${w_name:-$f_owner}
	owner_name "${p_group-}" group
	w_group=${w_name:-$f_group}
	[ "$w_owner" = "$f_owner" ] || w_before="${w_before}owner: $f_owner$nl" \
		w_after="${w_after}owner: $w_owner$nl"
	[ "$w_group" = "$f_group" ] || w_before="${w_before}group: $f_group$nl" \
		w_after="${w_after}group: $w_group$nl"
	[ -n "$w_after" ] || return 0
	change "$1" "$w_before" "$w_after"
	if [ -n "$check" ]; then
		fs_overlay_attributes "$1" "$w_mode" "$w_owner" "$w_group"
		return 0
	fi
	if [ "$w_owner" != "$f_owner" ] || [ "$w_group" != "$f_group" ]; then
		attempt chown -h "$w_owner:$w_group" "$1" || return 1
	fi
	# chown clears set-id bits: the mode comes last. With fewer digits chmod keeps those of a folder.
	[ "$f_type" = link ] || attempt chmod "0$w_mode" "$1" || return 1
	f_mode=$w_mode f_owner=$w_owner f_group=$w_group
}

# The overlay entry of a path whose attributes alone would change.
fs_overlay_attributes() {
	w_has=0 w_text=
	if overlay_find "$1"; then
		eval "w_has=\$o_has_$w_o w_text=\$o_text_$w_o"
	fi
	overlay "$1" "$f_type" "$2" "$3" "$4" "$f_target" "$w_has" "$w_text"
	f_mode=$2 f_owner=$3 f_group=$4
}

# attempt COMMAND...: runs it; on failure the step fails with its own words.
attempt() {
	if w_said=$("$@" 2>&1 3<&- 4>&-); then
		return 0
	fi
	fail "${w_said:-$1 failed}"
	return 1
}

# fs_mkdir PATH: makes a folder and its missing parents; p_mode, p_owner, p_group apply to each.
fs_mkdir() {
	w_missing='' w_folder=$1
	while
		fs_type "$w_folder"
		[ "$f_type" = absent ]
	do
		w_missing=$w_folder$nl$w_missing
		parent "$w_folder"
		w_folder=$w_parent
	done
	if [ "$f_type" != directory ] && [ ! -d "$w_folder" ]; then
		fail "'$w_folder' is not a folder"
		return 1
	fi
	f_type=directory
	mode_new 777 || {
		fail "invalid mode '$p_mode'"
		return 1
	}
	while [ -n "$w_missing" ]; do
		fs_mkdir_one "${w_missing%%"$nl"*}" || return 1
		w_missing=${w_missing#*"$nl"}
	done
}

fs_mkdir_one() {
	change "$1" "state: absent$nl" "state: directory$nl"
	if [ -n "$check" ]; then
		overlay "$1" directory "$w_mode" "${p_owner:-$me}" "${p_group:-$my_group}" '' 1 ''
		return 0
	fi
	attempt mkdir "$1" && fs_own "$1" && attempt chmod "0$w_mode" "$1"
}

# fs_own PATH: gives a new path its p_owner and p_group, silently.
fs_own() {
	[ -n "${p_owner-}${p_group-}" ] || return 0
	attempt chown -h "${p_owner-}${p_group:+:$p_group}" "$1"
}

# fs_may_come PATH: a dry run that finds a file and its folder missing cannot tell whether a package that
# an earlier step would install brings it.
fs_may_come() {
	[ -n "$check" ] && any_remembered package || return 0
	parent "$1"
	fs_type "$w_parent"
	if [ "$f_type" = absent ] && ! overlay_find "$1"; then
		unpredicted "'$1' may come with a package"
	fi
	f_type=absent
}

# fs_remove PATH: removes a file, link or a folder with all that is in it.
fs_remove() {
	fs_stat "$1"
	[ "$f_type" != absent ] || {
		fs_may_come "$1"
		return 0
	}
	if [ "$f_type" = file ] && [ -n "$diff" ]; then
		will_change
		fs_send before "$1"
	else
		change "$1" "state: $f_type$nl" "state: absent$nl"
	fi
	if [ -n "$check" ]; then
		overlay "$1" absent '' '' '' '' 1 ''
		return 0
	fi
	attempt rm -rf -- "$1"
}

# fs_link PATH TARGET: makes or replaces a symbolic link.
fs_link() {
	fs_stat "$1"
	if [ "$f_type" = link ] && [ "$f_target" = "$2" ]; then
		return 0
	fi
	if [ "$f_type" = absent ]; then
		change "$1" "state: absent$nl" "state: link$nl""target: $2$nl"
	else
		change "$1" "state: $f_type$nl${f_target:+target: $f_target$nl}" \
			"state: link$nl""target: $2$nl"
	fi
	if [ -n "$check" ]; then
		overlay "$1" link 0777 "${p_owner:-$me}" "${p_group:-$my_group}" "$2" 1 ''
		return 0
	fi
	[ "$f_type" != directory ] || attempt rm -rf -- "$1" || return 1
	parent "$1"
	w_temporary=$w_parent/.sutler-$nonce-$step_id
	attempt ln -s -- "$2" "$w_temporary" || return 1
	# A plain mv would move the new link into a folder that the old one points to.
	if ! mv -T -f -- "$w_temporary" "$1" 2>/dev/null; then
		attempt rm -f -- "$1" && attempt mv -f -- "$w_temporary" "$1"
	fi
}

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

# describe PATH: the return values about a file that Ansible's file modules give. fs_stat must have
# looked at it since its last change.
describe() {
	[ "$f_type" != absent ] || {
		field state:s absent
		return
	}
	field state:s "$f_type"
	field mode:s "$f_mode"
	field owner:s "$f_owner"
	field group:s "$f_group"
	[ -z "$f_uid" ] || field uid:i "$f_uid"
	[ -z "$f_gid" ] || field gid:i "$f_gid"
	[ -z "$f_size" ] || field size:i "$f_size"
}

# ---------------------------------------------------------------- commands

# scratch: makes the private folder for captured output on first use; removed at the end. In a dry run
# it is in memory where that can be, so that not even the time stamp of /tmp changes.
scratch() {
	[ -z "$scratch" ] || return 0
	scratch=${TMPDIR:-/tmp}/.sutler-$nonce
	[ -z "$check" ] || [ ! -w /dev/shm ] || scratch=/dev/shm/.sutler-$nonce
	(umask 077 && mkdir "$scratch") || {
		fail "unable to make '$scratch'"
		scratch=
		return 1
	}
}

# run COMMAND...: runs it with its output captured; sets rc; the output is in $scratch/out and
# $scratch/err. p_timeout seconds bound it. Its own environment: the locale the host came with.
run() {
	[ -n "$dry" ] || scratch || return 1
	if [ -n "${p_timeout-}" ] && has timeout; then
		set -- timeout -k 5 "$p_timeout" "$@"
	fi
	if [ -n "$dry" ]; then
		run_dry "$@"
		return
	fi
	run_as_asked "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	rc=$?
}

# A command that runs in a dry run (check_mode: false) leaves no captured output on the disk either: run_out and
# run_err hold it.
run_dry() {
	w_all=$(
		{
			w_out=$(run_as_asked "$@" 3<&- 4>&- 5>&-)
			w_status=$?
			printf '\n@%s %s\n%s' "$nonce" "$w_status" "$w_out" >&5
		} 2>&1 5>&1 </dev/null
	)
	run_err=${w_all%%"$nl@$nonce "*}
	run_out=${w_all#*"$nl@$nonce "}
	rc=${run_out%%"$nl"*}
	case $run_out in
	*"$nl"*) run_out=${run_out#*"$nl"} ;;
	*) run_out='' ;;
	esac
}

# In a shell of its own, with the environment that was asked for.
run_as_asked() {
	(
		exec 3<&- 4>&-
		if [ -n "$saved_locale" ]; then
			LC_ALL=$saved_locale
		else
			unset LC_ALL
		fi
		[ -z "${p_chdir-}" ] || cd "$p_chdir" || exit 1
		[ -z "${p_environment-}" ] || eval "export $p_environment"
		if [ -n "${p_stdin_given-}" ]; then
			printf %s "$p_stdin" | "$@"
		else
			exec "$@"
		fi
	)
}

# run_output out|err: prints what the last run wrote.
run_output() {
	if [ -n "$dry" ]; then
		eval "printf %s \"\$run_$1\""
	else
		cat "$scratch/$1"
	fi
}

# tell_run: rc, stdout and stderr of the last run as return values, each cut at output_limit_bytes (then
# stdout_cut or stderr_cut is set), so that no command can fill the sender's memory.
tell_run() {
	field rc:i "$rc"
	if [ -n "$dry" ]; then
		frame stdout "$step_id" path:s '' content:s "$run_out"
		frame stderr "$step_id" path:s '' content:s "$run_err"
		return
	fi
	w_limit=$limit_bytes limit_bytes=$output_limit_bytes
	for w_stream in out err; do
		if [ -s "$scratch/$w_stream" ]; then
			frame_file "std$w_stream" "$step_id" '' "$scratch/$w_stream"
			[ "$w_size" -lt "$limit_bytes" ] || field "std${w_stream}_cut:b" 1
		fi
	done
	limit_bytes=$w_limit
}

# ---------------------------------------------------------------- main

# Sets my_uid, me and my_group (names, or numbers without one) with one process.
who_am_i() {
	w_id=$(id)
	w_id=${w_id#uid=}
	my_uid=${w_id%%[!0-9]*}
	w_group=${w_id#* gid=}
	me=${w_id%% *} my_group=${w_group%% *}
	case $me in *'('*) me=${me#*'('} me=${me%')'*} ;; esac
	case $my_group in *'('*) my_group=${my_group#*'('} my_group=${my_group%')'*} ;; esac
}

finish() {
	[ -z "$scratch" ] || rm -rf -- "$scratch"
}

# mksh reads 0644 as octal only as POSIX has it, which it does by itself when it is called sh.
# shellcheck disable=SC3040
strict_shell() {
	case ${KSH_VERSION-} in
	*MIRBSD*) set -o posix ;;
	esac
}

sutler_main() {
	nonce=$1
	strict_shell
	nl='
'
	tab='	'
	dry='' halted='' loop_failed='' replaying='' body=0 check='' diff='' keep_going='' scratch=''
	o_memory='' o_paths='' o_count=0 o_removed=''
	limit_bytes=4194304 output_limit_bytes=524288
	hasher=''
	saved_locale=${LC_ALL-}
	LC_ALL=C
	export LC_ALL
	PATH=${PATH:-/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin
	export PATH
	exact_head=
	w_head=$(command -v head)
	case $w_head in
	/*) [ ! -d /proc/self ] || [ -L "$w_head" ] || exact_head=1 ;;
	esac
	who_am_i
	exec 3<&0 4>&1 </dev/null >/dev/null
	trap finish EXIT
	trap 'exit 129' HUP
	trap 'exit 141' PIPE
	trap 'exit 143' TERM
	frame ready 0 user:s "$me" uid:s "$my_uid" home:s "${HOME-}"
	while IFS= read -r line <&3; do
		eval "$line"
	done
}
