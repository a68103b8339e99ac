# shellcheck shell=sh disable=SC2034,SC2154
# A step: its results, and what stops the ones behind it.

# field NAME:TYPE VALUE: a return value. Types: s text, i integer, b 1 or empty, l lines, j JSON,
# n nothing.
field() {
	r_head="$r_head $1 ${#2}"
	r_body=$r_body$2
}

# fail MESSAGE: the step failed; the module returns at once: fail "..."; return
fail() {
	r_status=failed
	r_message=$1
	case $1 in *sh*[0-9]*:*) without_lines ;; esac
}

# without_lines: where a shell like this one says which line of its program it was at, that is nobody's business.
without_lines() {
	w_said=$r_message r_message=''
	while
		w_line=${w_said%%"$nl"*}
		case $w_line in
		sh:\ [0-9]*:\ * | sh:\ line\ [0-9]*:\ *) w_line=${w_line#sh: } w_line=${w_line#*: } ;;
		*:\ sh:\ [0-9]*:\ * | *:\ sh:\ line\ [0-9]*:\ *)
			w_before=${w_line%%: sh: *}
			w_line=${w_line#*: sh: }
			w_line=$w_before:\ ${w_line#*: }
			;;
		sh\[[0-9]*\]:\ *) w_line=${w_line#*: } ;;
		sh:\ [a-z]*:\ line\ [0-9]*:\ *) w_line=${w_line#*: line } w_line=${w_line#*: } ;;
		esac
		r_message=$r_message${r_message:+$nl}$w_line
		case $w_said in *"$nl"*) ;; *) false ;; esac
	do
		w_said=${w_said#*"$nl"}
	done
}

# will_change: something is or would be changed.
will_change() {
	[ -z "$due_marks" ] || due_mark
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

# step ID MODULE NAME=VALUE...: runs one step with these parameters and keywords, which are gone when it has ended.
# body: bytes that follow the line; check, diff: this step's switches; keep_going: empty: a failure stops what was
# sent behind it; 1: it does not; loop: loop_end does.
step() {
	local step_id="$1" step_module="$2"
	# What functions here look at for every module, and what this one has by its declaration (lib/modules/declare.py).
	local p_mode='' p_owner='' p_group='' p_validate='' p_backup='' p_selinux='' p_chdir='' p_stdin_given=''
	local p_sha256='' p_text='' t_timeout='' t_environment='' t_homes=''
	eval "w_takes=\${takes_$2-}"
	[ -z "$w_takes" ] || eval "local $w_takes"
	shift 2
	[ $# -eq 0 ] || local "$@"
	for w_each in $t_homes; do
		expand "$w_each"
	done
	if [ -n "$halted" ]; then
		[ "$halted" = want ] && [ -n "$p_sha256" ] && ! content_is "$p_dest" "$p_sha256" &&
			frame differs "$step_id"
		[ "$body" -eq 0 ] || take_exactly "$body" >/dev/null
		body=0 due_marks='' due_done=''
		return
	fi
	r_status=ok r_message='' r_head='' r_body=''
	if [ -n "$check" ] && [ -z "$dry" ]; then
		replaying=1
		"do_$step_module"
		replaying=
		forget_record
	else
		"do_$step_module"
	fi
	[ -z "$watched" ] || watch_end
	[ "$body" -eq 0 ] || take_exactly "$body" >/dev/null
	body=0
	[ -z "$due_marks$due_new$due_done" ] || due_settle
	if [ -n "$halted" ]; then
		return
	fi
	[ -z "$r_message" ] || field msg:s "$r_message"
	printf '\n@%s result %s %s%s\n%s\n@%s.\n' "$nonce" "$step_id" "$r_status" "$r_head" "$r_body" \
		"$nonce" >&4 || exit 141
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
	frame synced "$1" line:i "$lines"
}

resume() {
	halted=
}
