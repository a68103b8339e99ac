#!/bin/sh
# shellcheck disable=SC1090,SC2016,SC2034,SC2088,SC2154,SC2317
# Tests of the functions of lib/transport/runtime/, in the shell that runs this: SHELL test-runtime.sh RUNTIME, which
# is all of them in one file, build/lib/transport/runtime.sh.
set -u
. "$1"
runtime=$1 self=$0
case $runtime in /*) ;; *) runtime=$PWD/$runtime ;; esac
case $self in /*) ;; *) self=$PWD/$self ;; esac
folder=${3:-$(mktemp -d)} || exit 1
[ $# -gt 1 ] || trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
number=0

# result NAME FUNCTION [ARGUMENT]: runs a test, which prints what is wrong, and prints a TAP line. With ONLY in the
# environment none but that function.
result() {
	number=$((number + 1)) name=$1
	shift
	case ${ONLY-} in
	'' | "$1") ;;
	*) return ;;
	esac
	said=$("$@" 2>&1)
	if [ -z "$said" ]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		printf '%s\n' "$said" | head -n 20 | sed 's/^/# /'
	fi
}

# What sutler_main sets before its first step; frames go to a file.
begin() {
	nonce=0123 nl='
' tab='	'
	halted='' loop_failed='' replaying='' body=0 check=$1 diff=1 keep_going='' scratch=''
	o_memory=''
	if [ -n "${o_nodes-}" ]; then
		forget_record
	else
		overlay_start
	fi
	fs_start
	start=$folder w_hidden='' w_temporary='' text_limit_bytes=100000
	due_marks='' due_done='' due_new='' dry=$1
	lines=0 behind='' watched='' watcher='' pipes='' in_memory=''
	limit_bytes=1000 output_limit_bytes=1000 hasher='' reader='' saved_locale='' exact_head=1
	LC_ALL=C
	strict_shell
	r_status=ok r_message='' r_head='' r_body='' step_id=1
	p_mode='' p_owner='' p_group='' p_validate='' p_backup='' p_selinux='' p_chdir='' p_stdin_given=''
	p_sha256='' p_text='' t_timeout='' t_environment=''
	f_type='' f_mode='' f_target='' edit_known='' edit_new='' edit_moved=''
	who_am_i
	exec 3</dev/null 4>"$folder/frames"
}

# ---- modes

# Every clause on every mode, compared with chmod(1).
symbolic_modes() {
	begin ''
	mkdir modes
	for mode in 0000 0644 0755 0777 0400 0070 0007 4755 2711 1777 7777 6644; do
		: >"modes/$mode"
	done
	for p_mode in u+x +x +w -w =r = a+X X+u u=rwX,g=rX,o= ug+rw,o-rwx g=u o=g,g-w u+s g+s u-s +t o+t u+t a-t u=rw \
		go= a=rx u+x-w ugo=r,u+w a+r,-x g=o+w =rwx ug=s -s u=g,g=u; do
		for mode in modes/*; do
			chmod "0${mode#*/}" "$mode"
		done
		if ! chmod -- "$p_mode" modes/* 2>/dev/null; then
			f_type='file'
			! mode_wanted 0644 || echo "$p_mode: chmod refuses it"
			continue
		fi
		stat -c '%a %n' modes/* >expected
		while read -r wanted mode; do
			f_type='file' w_mode=
			mode_wanted "${mode#*/}" || w_mode=refused
			[ $((0$w_mode)) -eq $((0$wanted)) ] || echo "$p_mode on ${mode#*/}: $w_mode, chmod makes $wanted"
		done <expected
	done
}

other_modes() {
	begin ''
	while read -r p_mode f_type current wanted; do
		w_mode=
		mode_wanted "$current" || w_mode=refused
		[ "$w_mode" = "$wanted" ] || echo "$p_mode on $current: $w_mode, not $wanted"
	done <<-END
		644 file 0000 0644
		0644 file 0000 0644
		7 file 0777 0007
		02755 directory 0755 2755
		u file 0644 refused
		q+r file 0644 refused
		u+z file 0644 refused
		u+r,,g+r file 0644 refused
		a+X directory 0644 0755
		g=rx directory 2775 0755
		0755 directory 2755 0755
	END
}

# ---- names of overlay entries

overlay_keys() {
	begin 1
	set -- / /a /a/b /a_b /a_s_b /a.b /a-b /a__b /a_sb /ab '/a b' "/a'b" /a_x32_b '/a*b' '/a"b' '/a\b' /ä /a_ /a_d \
		'/$x' '/`' /_s /s_ /__s '/a	b' '/é/è' /a:b /a_x58_b a a/b
	for path; do
		! overlay_find "$path" || echo "$path: is another's, too"
		overlay "$path" file 0644 me us '' 1 "$path"
	done
	for path; do
		overlay_find "$path" && eval "w_text=\$o_text_$w_o" && [ "$w_text" = "$path" ] || echo "$path: $w_text"
	done
}

overlay_finds() {
	begin 1
	overlay /x/dir directory 0755 me us '' 1 ''
	overlay "/x/dir/it's" file 0600 me us '' 1 'text'
	overlay /x/gone absent '' '' '' '' 1 ''
	for row in /x/dir:directory "/x/dir/it's:file" /x/dir/other:absent /x/gone:absent /x/gone/below:absent; do
		fs_type "${row%:*}"
		[ "$f_type" = "${row#*:}" ] || echo "$row: $f_type"
	done
	overlay_below /x/dir && [ "$o_names" = "it's$nl" ] || echo 'below'
	overlay_below /x || echo 'far below'
	! overlay_below /x/di || echo 'not below'
	overlay /x/gone/again directory 0755 me us '' 1 ''
	overlay /x/gone/again/new file 0755 me us '' 1 ''
	for row in /x/gone/again:directory /x/gone/again/new:file /x/gone/again/other:absent /x/gone/there:absent /etc/passwd:file; do
		fs_type "${row%:*}"
		[ "$f_type" = "${row#*:}" ] || echo "$row: $f_type"
	done
	ln -s /x "$folder/to-x"
	overlay /x/link link 0777 me us dir 1 ''
	for row in //x/dir:directory /x/./dir/:directory /x/dir/../dir:directory "$folder/to-x/dir:directory" "/x/link/it's:file" \
		/x/link/other:absent; do
		fs_type "${row%:*}"
		[ "$f_type" = "${row#*:}" ] || echo "$row: $f_type"
	done
	overlay /x/dir absent '' '' '' '' 1 ''
	overlay /x/dir directory 0755 me us '' 1 ''
	fs_type "/x/dir/it's"
	[ "$f_type" = absent ] || echo 'what was in a folder is gone with it'
	forget_record
	! overlay_find /x/dir && ! overlay_below /x && ! overlay_find /x/gone/again/new || echo 'forgotten'
	remember package nginx 1.2
	recall package nginx && [ "$recalled" = 1.2 ] || echo 'recall'
	! recall package ngin || echo 'recall of another'
	any_remembered package && ! any_remembered user || echo 'any'
	remember package 'a * b' '' && recall package 'a * b' && [ -z "$recalled" ] || echo 'recall of nothing'
	remember file "two${nl}lines" "one${nl}more" && recall file "two${nl}lines" && [ "$recalled" = one ] || echo 'recall of lines'
}

# The first of 20,000 things that are remembered is found; with the square of them it took a quarter of an hour.
recall_much() {
	begin 1
	o_memory=$(awk 'BEGIN { for (i = 20000; i > 0; i--) printf "\npackage name-of-package-%d\tstate-%d", i, i }')
	for name in 1 2 3 10000 20000; do
		recall package "name-of-package-$name" && [ "$recalled" = "state-$name" ] || echo "$name: $recalled"
	done
}

# Without GNU's rm a folder that others can change is removed by hand: all of it, whatever its names are, and nothing
# that a link in it leads to.
remove_by_hand() {
	begin ''
	# shellcheck disable=SC2317
	rm() {
		[ "$1" != --version ] && command rm "$@"
	}
	diff='' at=$folder/byhand
	mkdir -p "$at/gone/..two/.dot/deep er" "$at/gone/-rf" "$folder/kept" && chmod 777 "$at"
	: >"$at/gone/-i" && : >"$at/gone/*" && : >"$at/gone/.hidden" && : >"$at/gone/new${nl}line"
	: >"$at/gone/..two/.dot/deep er/f" && : >"$folder/kept/file" && mkfifo "$at/gone/fifo"
	ln -s "$folder/kept" "$at/gone/link" && ln -s "$folder/kept" "$at/gone/.link" && ln -s nowhere "$at/gone/dangling"
	chmod 500 "$at/gone/-rf"
	fs_remove "$at/gone"
	[ "$r_status" = changed ] && [ ! -e "$at/gone" ] || echo "removed: $r_status $r_message"
	[ -f "$folder/kept/file" ] || echo 'what a link leads to'
	# A link that takes the folder's place.
	mkdir "$at/swapped" && cd "$at" || return
	mv swapped aside && ln -s "$folder/kept" swapped
	! remove_tree swapped "$at" || echo 'through a link'
	cd "$folder" || return
	[ -f kept/file ] && [ -L "$at/swapped" ] || echo 'what the link leads to'
	unset -f rm
}

# What is recorded of folders in folders costs what their number does; the square of it took minutes here. What is counted
# are commands: the time hangs on the machine.
overlay_deep() {
	few=$(overlay_steps 50) many=$(overlay_steps 200)
	[ "$few" -gt 50 ] && [ "$many" -lt $((few * 6)) ] || echo "$few commands for 50 folders, $many for 200"
}

# overlay_steps N: how many commands the shell runs to record N folders in each other.
overlay_steps() {
	begin 1
	overlay /x/gone absent '' '' '' '' 1 ''
	deep=/x w_count=0
	while [ $w_count -lt "$1" ]; do
		deep=$deep/a w_count=$((w_count + 1))
	done
	p_mode='' p_owner='' p_group=''
	(set -x && fs_mkdir "$deep") 2>&1 | grep -c '^+'
	fs_mkdir "$deep"
	fs_type "$deep"
	[ "$f_type:$o_count" = "directory:$(($1 + 2))" ] || echo "$f_type, $o_count entries"
}

# ---- a dry run changes nothing, and the run does what it said

# act: calls of the fs_ functions that would change all there is.
act() {
	at=$folder/tree
	fs_mkdir "$at/new/deeper"
	p_mode=0700 && fs_stat "$at/file" && fs_attributes "$at/file"
	p_mode=
	fs_link "$at/link" other
	fs_link "$at/fresh" file
	fs_remove "$at/old"
	fs_remove "$at/full"
	new_text="new${nl}text$nl"
	fs_stat "$at/file" && fs_replace "$at/file" text
	fs_stat "$at/made" && fs_replace "$at/made" text
	fs_stat "$at/new/deeper/made" && fs_replace "$at/new/deeper/made" text
}

# The tree as the functions see it.
seen_tree() {
	for path in file link fresh old full full/x made new new/deeper new/deeper/made; do
		fs_stat "$folder/tree/$path"
		case $f_type in
		file) fs_text "$folder/tree/$path" && echo "$path $f_type $f_mode $f_text" ;;
		*) echo "$path $f_type $f_mode $f_target" ;;
		esac
	done
}

listing() {
	find "$folder/tree" -printf '%p %y %m %U %G %T@ %C@ %l %s\n' | sort
}

dry_run() {
	mkdir tree tree/full
	echo old >tree/file
	: >tree/old
	: >tree/full/x
	ln -s file tree/link
	chmod 0644 tree/file
	listing >before
	begin 1
	act
	seen_tree >promised
	[ "$r_status" = changed ] || echo "the dry run: $r_status $r_message"
	cp frames frames-dry
	listing | diff before - || echo 'the dry run changed the tree'
	begin ''
	act
	[ "$r_status" = changed ] || echo "the run: $r_status $r_message"
	seen_tree | diff promised - || echo 'the run made something else'
	begin ''
	p_mode=0700 && fs_stat tree/file && fs_attributes "$folder/tree/file"
	p_mode=
	fs_link "$folder/tree/link" other
	fs_mkdir "$folder/tree/new/deeper"
	fs_remove "$folder/tree/old"
	[ "$r_status" = ok ] || echo "the second run: $r_status $r_message"
	[ -z "$(find tree -name "*sutler*")" ] || echo 'a temporary file is left'
}

set_id_folder() {
	begin ''
	mkdir shared
	chmod 02755 shared
	p_mode=0755 && fs_stat "$folder/shared" && fs_attributes "$folder/shared"
	fs_stat "$folder/shared"
	[ "$f_mode" = 0755 ] || echo "the mode is $f_mode"
}

stat_without_options() {
	begin ''
	for mode in 4755 2711 1777 0640 7000; do
		: >"plain-$mode"
		chmod "0$mode" "plain-$mode"
		fs_stat "$folder/plain-$mode"
		wanted="$f_mode $f_uid $f_gid $f_size $f_owner $f_group $f_links ${f_same#*:}"
		fs_stat_ls "$folder/plain-$mode"
		[ "$f_mode $f_uid $f_gid $f_size $f_owner $f_group $f_links $f_same" = "$wanted" ] || echo "$mode: $f_mode, not $wanted"
	done
}

small_functions() {
	begin ''
	for row in /a/b:/a /a:/ a:. /a/b/:/a /:/; do
		parent "${row%:*}"
		[ "$w_parent" = "${row#*:}" ] || echo "parent of ${row%:*}: $w_parent"
	done
	HOME=/home/me
	for row in '~:/home/me' '~/x:/home/me/x' '~root:/root' '~root/x:/root/x' '/~:/~' 'a~:a~' '~no$user:~no$user'; do
		path=${row%%:*}
		expand path
		[ "$path" = "${row#*:}" ] || echo "expand ${row%%:*}: $path"
	done
	printf abc >hashed
	sha256 hashed
	[ "$f_sha256" = ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad ] || echo "sha256: $f_sha256"
	printf 'a\n\n' >text
	fs_text "$folder/text"
	[ "$f_text" = "a$nl$nl" ] || echo "fs_text: $f_text"
}

# ---- places that others can change

# The same calls in a folder that everybody can write, where each thing is made in a folder of our own.
open_place() {
	begin ''
	mkdir "$folder/open"
	chmod 0777 "$folder/open"
	at=$folder/open
	new_text="new$nl"
	for path in file "it's \$(x)" 'two
lines'; do
		fs_stat "$at/$path" && fs_replace "$at/$path" text
		fs_stat "$at/$path" && p_mode=0640 && fs_attributes "$at/$path"
		p_mode=
		fs_stat "$at/$path"
		[ "$f_type $f_mode" = 'file 0640' ] || echo "$path: $f_type $f_mode"
	done
	p_mode=0750
	fs_mkdir "$at/a/b"
	p_mode=0700
	fs_stat "$at/a" && fs_attributes "$at/a"
	p_mode=
	fs_link "$at/link" file
	fs_link "$at/link" a
	fs_hard_link "$at/hard" "$at/file"
	fs_touch "$at/hard"
	p_backup=1 new_text="newer$nl"
	fs_stat "$at/file" && fs_replace "$at/file" text
	p_backup=
	[ -z "$r_message" ] || echo "$r_message"
	[ "$(cat "$at/hard" "$at"/file.*~ "$at/file")" = "new${nl}new${nl}newer" ] || echo 'contents'
	[ "$(stat -c '%a' "$at/a" "$at/a/b")" = "700${nl}750" ] || echo 'modes of folders'
	[ "$(readlink "$at/link")" = a ] || echo 'the link'
	fs_remove "$at/a"
	[ ! -e "$at/a" ] || echo 'not removed'
	[ -z "$(find "$at" -name '.sutler*' -o -name new -o -name held)" ] || echo 'something is left'
	[ "$PWD" = "$folder" ] || echo "in $PWD"
}

# What is refused: a link instead of a folder that holds something, a FIFO, a text that was changed.
refusals() {
	begin ''
	mkdir -p refused/full
	: >refused/full/x
	mkfifo refused/fifo
	echo old >refused/text
	at=$folder/refused
	fs_link "$at/full" x
	[ "$r_message" = "the directory $at/full is not empty, refusing to convert it" ] || echo "full: $r_message"
	r_message='' new_text=x
	fs_stat "$at/fifo" && fs_replace "$at/fifo" text && echo 'a FIFO was replaced'
	case $r_message in *'remove it first') ;; *) echo "FIFO: $r_message" ;; esac
	! fs_text "$at/fifo" && ! sha256 "$at/fifo" && ! frame_file before 1 x "$at/fifo" || echo 'a FIFO was read'
	r_message='' edit_known=1 edit_new='' edit_text="other$nl"
	fs_stat "$at/text" && fs_replace "$at/text" text && echo 'an edit was lost'
	[ -n "$edit_moved" ] || echo "text: $r_message"
	edit_text="old$nl" edit_moved=
	fs_stat "$at/text" && fs_replace "$at/text" text || echo "an edit: $r_message"
	edit_known=
	begin 1
	fs_link "$at/full" x
	[ "$r_status" = failed ] || echo "a dry run: $r_status"
}

# Links that may be a trap are not followed: only root can make those of others.
traps() {
	begin ''
	[ "$my_uid" = 0 ] || return 0
	mkdir trap trap/ours trap/theirs
	chmod 0755 "$folder"
	chown 65534 trap trap/theirs
	ln -s ours trap/to-ours
	ln -s theirs trap/to-theirs
	ln -s "$folder/canary" trap/file
	chown -h 65534 trap/to-ours trap/to-theirs trap/file
	echo secret >canary
	at=$folder/trap new_text=x
	fs_stat "$at/to-ours/new" && fs_replace "$at/to-ours/new" text && echo 'a trap was entered'
	case $r_message in 'not following the link'*) ;; *) echo "trap: $r_message" ;; esac
	! follow "$at/file" || echo "$at/file leads to $w_path"
	r_message=
	fs_stat "$at/to-theirs/new" && fs_replace "$at/to-theirs/new" text || echo "theirs: $r_message"
	fs_stat "$at/file" && fs_replace "$at/file" text || echo "link: $r_message"
	[ "$(cat canary)" = secret ] || echo 'the canary was written'
	chown 0 trap
	fs_stat "$at/to-ours/new" && fs_replace "$at/to-ours/new" text || echo "closed: $r_message"
}

# ---- marks of what is due

# Marks of a user whose home is in the folder, whoever runs this.
due_begin() {
	begin "$1"
	my_uid=1000 HOME=$folder/home$2 step_id=7
	mkdir -p "$HOME"
}

do_changes() {
	will_change
}

do_looks() {
	may_change
}

do_breaks() {
	will_change
	fail broken
}

do_wants() {
	want
}

# marks: what lies in the folder of marks now.
marks() {
	(cd "$HOME/.local/state/sutler/due" 2>/dev/null && echo *)
}

due_marks_of_steps() {
	due_begin '' 1
	[ "$(marks)" = '' ] || echo 'before'
	due_marks="k.p.h {\"handler\": \"it's \\\\ due\"}"
	step 1 looks
	[ "$(marks)" = '*' ] || echo "a step without a change: $(marks)"
	due_marks="k.p.h {1}${nl}k.p.i {2}"
	step 2 changes
	step 3 changes
	[ "$(marks)" = 'k.p.h k.p.i' ] || echo "a change: $(marks)"
	[ "$(stat -c %a "$HOME/.local/state/sutler/due" "$HOME/.local/state/sutler/due/k.p.h")" = "700${nl}600" ] ||
		echo 'modes'
	due_marks="k.p.h {3}${nl}k.p.j {4}"
	step 4 looks
	[ "$(marks)" = 'k.p.h k.p.i' ] || echo "an older mark, and no change: $(marks)"
	due_marks='k.p.k {5}'
	step 5 breaks
	[ "$(marks)" = 'k.p.h k.p.i k.p.k' ] && [ "$halted" = failed ] || echo "a failed change: $(marks)"
	due_marks='k.p.l {6}' due_done=k.p.h
	step 6 changes
	halted=
	step 7 changes
	[ "$(marks)" = 'k.p.h k.p.i k.p.k' ] || echo "what was dropped: $(marks)"
	due_list k
	[ "$d_list" = "k.p.h {1}${nl}k.p.i {2}${nl}k.p.k {5}$nl" ] || echo "the list: $d_list"
	due_list o
	[ -z "$d_list" ] || echo "another's: $d_list"
	due_done=k.p.h
	step 8 breaks
	halted=
	due_done=k.p.h
	step 9 wants
	halted=
	[ "$(marks)" = 'k.p.h k.p.i k.p.k' ] || echo "a handler that failed: $(marks)"
	due_done='k.p.h k.p.i'
	step 9 looks
	[ "$(marks)" = k.p.k ] || echo "a handler: $(marks)"
	due_clear 'k.p.x k.p.k'
	[ "$(marks)" = '*' ] || echo "cleared: $(marks)"
	! grep -q unmarked frames || echo 'unmarked'
}

# Where the marks of a user lie.
due_folders() {
	begin ''
	HOME=/home/me
	my_uid=0 && due_folder && [ "$d_folder" = /var/lib/sutler/due ] || echo "root: $d_folder"
	my_uid=1 && due_folder && [ "$d_folder" = /home/me/.local/state/sutler/due ] || echo "a user: $d_folder"
	HOME='' && ! due_folder || echo 'nowhere'
	HOME=/ && ! due_folder || echo 'at the root'
	due_begin '' 6
	d_folder=$folder/stale HOME='' due_marks='k.p.h {1}'
	step 1 changes
	[ ! -e stale ] && grep -q unmarked frames || echo 'without a home'
	due_begin '' 7
	mkdir -p "$HOME/.local/state/sutler" other-due
	ln -s "$folder/other-due" "$HOME/.local/state/sutler/due"
	echo 1 >other-due/k.p.h
	due_list k
	[ -z "$d_list" ] || echo "a folder that is a link: $d_list"
	due_marks='k.p.i {1}'
	step 1 changes
	[ ! -e other-due/k.p.i ] && grep -q unmarked frames || echo 'a mark through a link'
}

# Nothing in a dry run, through a link, or where nothing can be written; the last two are said.
due_refused() {
	due_begin 1 2
	due_marks='k.p.h {1}'
	step 1 changes
	[ ! -e "$HOME/.local" ] || echo 'a dry run'
	due_begin '' 3
	mkdir -p "$HOME/.local/state" elsewhere
	ln -s "$folder/elsewhere" "$HOME/.local/state/sutler"
	due_marks='k.p.h {1}'
	step 1 changes
	[ ! -e elsewhere/due/k.p.h ] && grep -q unmarked frames || echo 'a link to the folder'
	mkdir -p elsewhere/due
	: >elsewhere/due/k.p.h
	due_list k
	[ -z "$d_list" ] || echo "a list through a link: $d_list"
	due_begin '' 4
	mkdir -p "$HOME/.local/state/sutler/due"
	ln -s "$folder/target" "$HOME/.local/state/sutler/due/k.p.h"
	due_marks='k.p.h {1}'
	step 1 changes
	[ ! -e target ] && grep -q unmarked frames || echo 'a link in place of a mark'
	due_list k
	[ -z "$d_list" ] || echo "a link in the list: $d_list"
	due_begin '' 5
	: >"$HOME/.local"
	due_marks='k.p.h {1}'
	step 1 changes
	[ "$r_status" = changed ] && grep -q unmarked frames || echo 'a folder that cannot be made'
}

# ---- what is told

# told PATH BEFORE AFTER: whether the frames have this change.
told() {
	frame=$(printf '@0123 change 1 path:s %s before:s %s after:s %s\n%s%s%s\n@0123.' ${#1} ${#2} ${#3} "$1" "$2" "$3")
	case $(cat "$folder/frames") in
	*"$frame"*) ;;
	*) echo "not told (dry run: ${check:-0}): $1: $2-> $3" ;;
	esac
}

changes_told() {
	for dry in '' 1; do
		rm -rf told && mkdir -p told/full told/empty
		at=$folder/told
		echo text >told/file && chmod 0644 told/file && ln -s file told/link && : >told/full/x
		begin "$dry"
		p_mode=0600 && fs_stat "$at/file" && fs_attributes "$at/file" && p_mode=
		[ "$f_mode" = 0600 ] || echo "f_mode: $f_mode"
		told "$at/file" "mode: 0644$nl" "mode: 0600$nl"
		fs_mkdir "$at/new/deeper/last/"
		told "$at/new" "state: absent$nl" "state: directory$nl"
		told "$at/new/deeper" "state: absent$nl" "state: directory$nl"
		told "$at/new/deeper/last" "state: absent$nl" "state: directory$nl"
		fs_link "$at/link" other
		told "$at/link" "state: link${nl}target: file$nl" "state: link${nl}target: other$nl"
		fs_link "$at/empty" other
		told "$at/empty" "state: directory$nl" "state: link${nl}target: other$nl"
		fs_link "$at/fresh" other
		told "$at/fresh" "state: absent$nl" "state: link${nl}target: other$nl"
		fs_remove "$at/full"
		told "$at/full" "state: directory$nl" "state: absent$nl"
		fs_remove "$at/file"
		case $(cat frames) in *" before 1 path:s ${#at}"*) ;; *"@0123 before 1 "*"$at/filetext$nl"*) ;; *) echo 'the text before' ;; esac
		fs_mkdir "$at/./dots//and/slashes/./"
		fs_type "$at/dots/and/slashes"
		[ "$f_type" = directory ] || echo "dots: $f_type"
		[ "$r_status" = changed ] || echo "dry run ${dry:-0}: $r_status $r_message"
		begin "$dry"
		diff='' && fs_mkdir "$at/quiet" && diff=1
		[ "$r_status" = changed ] && ! grep -q ' change ' frames || echo 'told without --diff'
	done
}

# Owners and groups by name and by number, told and brought; only root can.
owners_told() {
	begin ''
	[ "$my_uid" = 0 ] || return 0
	owner_name 0 passwd && [ "$w_name" = root ] || echo "user 0 is $w_name"
	owner_name 0 group && [ "$w_name" = root ] || echo "group 0 is $w_name"
	owner_name root passwd && [ "$w_name" = root ] || echo "root is $w_name"
	owner_name 54321 passwd
	[ "$w_name" = 54321 ] || echo "user 54321 is $w_name"
	remember uid 54321 anna
	remember gid 54321 crew
	owner_name 54321 passwd && [ "$w_name" = anna ] || echo "user 54321 is to be $w_name"
	owner_name 54321 group && [ "$w_name" = crew ] || echo "group 54321 is to be $w_name"
	for dry in '' 1; do
		rm -rf owned && mkdir -p owned/group
		at=$folder/owned
		: >owned/file && chmod 04755 owned/file && ln -s file owned/link
		chown 0:54322 owned/group && chmod 02755 owned/group
		begin "$dry"
		p_owner=54321 p_group=54322 && fs_stat "$at/file" && fs_attributes "$at/file"
		[ "$f_owner:$f_group" = 54321:54322 ] || echo "attributes: $f_owner:$f_group"
		told "$at/file" "owner: root${nl}group: root$nl" "owner: 54321${nl}group: 54322$nl"
		p_owner='' p_group=54323 && fs_stat "$at/file" && fs_attributes "$at/file"
		told "$at/file" "group: 54322$nl" "group: 54323$nl"
		p_owner=54321 p_group='' && fs_stat "$at/link" && fs_attributes "$at/link"
		fs_mkdir "$at/made/twice"
		p_owner='' && fs_mkdir "$at/group/made"
		new_text=x && fs_stat "$at/group/file" && fs_replace "$at/group/file" text
		fs_stat "$at/file" && fs_replace "$at/file" text
		p_owner=54321 && fs_stat "$at/new" && fs_replace "$at/new" text
		# An owner that changes takes no set-id bit along.
		: >owned/set && chmod 06755 owned/set
		fs_stat "$at/set" && fs_replace "$at/set" text
		p_owner=''
		for path in file link made made/twice group/made group/file new set; do
			fs_stat "$at/$path"
			echo "$path $f_type $f_mode $f_owner $f_group"
		done >"owners-${dry:-0}"
		[ "$r_status" = changed ] || echo "dry run ${dry:-0}: $r_status $r_message"
	done
	diff owners-0 owners-1
	diff - owners-0 <<-END
		file file 4755 54321 54323
		link link 0777 54321 root
		made directory 0755 54321 root
		made/twice directory 0755 54321 root
		group/made directory 0755 root 54322
		group/file file 0644 root 54322
		new file 0644 54321 root
		set file 0755 54321 root
	END
	begin 1
	p_owner=nobody-here && fs_stat "$at/new" && ! fs_replace "$at/new" text || echo 'nobody'
	[ "$r_message" = "unable to give '$at/new' to user 'nobody-here': the host has no such user" ] || echo "$r_message"
	begin 1
	p_group=nobody-here && fs_stat "$at/new" && ! fs_attributes "$at/new" || echo 'no group'
	[ "$r_message" = "unable to give '$at/new' to group 'nobody-here': the host has no such group" ] || echo "$r_message"
	begin 1
	remember command x 1
	p_owner=nobody-here && fs_stat "$at/new" && ! fs_replace "$at/new" text || echo 'who may come'
	[ "$r_status" = unpredicted ] || echo "who may come: $r_status"
	begin 1
	remember user-entry anna x
	p_owner=anna && fs_stat "$at/new" && fs_replace "$at/new" text || echo "who will be there: $r_message"
	begin 1
	remember user-entry root ''
	p_owner=root my_uid=0 me=other && fs_stat "$at/new" && ! fs_replace "$at/new" text || echo 'who will be gone'
}

# ---- refused in the same words by both

# both WORDS FUNCTION...: a call that fails with these words, in a dry run and in a real one.
both() {
	words=$1
	shift
	for dry in '' 1; do
		begin "$dry"
		! "$@" || echo "not refused (dry run: ${dry:-0}): $*"
		[ "$r_status $r_message" = "failed $words" ] || echo "dry run ${dry:-0}: $*: $r_status $r_message"
	done
}

put_mode() {
	p_mode=$2 new_text=x
	fs_stat "$1" && fs_replace "$1" text
}

dress_mode() {
	p_mode=$2
	fs_stat "$1" && fs_attributes "$1"
}

mkdir_mode() {
	p_mode=$2
	fs_mkdir "$1"
}

refused_in_both() {
	mkdir -p words/full/sub words/hidden words/dots
	: >words/file
	: >words/full/sub/x
	: >words/hidden/.x
	: >words/dots/..x
	ln -s file words/to-file && ln -s full words/to-full
	at=$folder/words
	both "invalid mode 'q+r'" put_mode "$at/new" q+r
	both "invalid mode 'q+r'" put_mode "$at/file" q+r
	both "invalid mode 'q+r'" dress_mode "$at/file" q+r
	both "invalid mode 'q+r'" mkdir_mode "$at/new" q+r
	both "'$at/file' is not a folder" mkdir_mode "$at/file/new" ''
	both "'$at/to-file' is not a folder" mkdir_mode "$at/to-file/new/er" ''
	both "the directory $at/full is not empty, refusing to convert it" fs_link "$at/full" x
	both "the directory $at/hidden is not empty, refusing to convert it" fs_link "$at/hidden" x
	both "the directory $at/dots is not empty, refusing to convert it" fs_link "$at/dots" x
	both "folder '$at/none' does not exist on the host" fs_parent_ready "$at/none/x"
	both "'$at/file' is not a folder" fs_parent_ready "$at/file/x"
	both "'$at/to-file' is not a folder" fs_parent_ready "$at/to-file/x"
	long=$(printf '%0255d' 0)
	both "the path '$(printf %s "$at/$long" | head -c 60)...' is too long" fs_parent_ready "$at/${long}0"
	both "the path '$(printf %s "$at/$long" | head -c 60)...' is too long" mkdir_mode "$at/${long}0" ''
	path=$at
	while [ ${#path} -lt 4096 ]; do
		path=$path/$long
	done
	both "the path '$(printf %s "$path" | head -c 60)...' is too long" fs_parent_ready "$path"
	for dry in '' 1; do
		begin "$dry"
		fs_parent_ready "$at/$long" && fs_parent_ready "$at/to-full/x" && fs_parent_ready "$at/x" || echo "$r_message"
		fs_may_mkdir "$at/to-full/a/b" && [ "$w_missing" = "$at/to-full/a" ] || echo "missing: $w_missing"
		fs_may_mkdir "$at/full/" && [ -z "$w_missing" ] || echo "nothing is missing: $w_missing"
	done
}

# What may come with a package or a command is unpredicted.
foreseen() {
	at=$folder/foreseen
	mkdir -p "$at"
	begin 1
	remember package nginx 1
	fs_parent_ready "$at/etc/x" || echo "a package: $r_message"
	fs_remove "$at/etc/x"
	[ "$r_status $r_message" = "unpredicted '$at/etc/x' may come with a package" ] || echo "$r_status $r_message"
	begin 1
	remember package nginx 1
	fs_remove "$at/x"
	[ "$r_status" = ok ] || echo "its folder is there: $r_status $r_message"
	begin 1
	fs_remove "$at/etc/x"
	[ "$r_status" = ok ] || echo "no package: $r_status $r_message"
	begin 1
	remember command x 1
	! fs_parent_ready "$at/etc/x" || echo 'a command'
	[ "$r_status $r_message" = "unpredicted folder '$at/etc' does not exist yet" ] || echo "$r_status $r_message"
	begin 1
	remember filled "$at" 1
	new_text=x && fs_stat "$at/a/x" && ! fs_replace "$at/a/x" text || echo 'filled'
	[ "$r_status $r_message" = "unpredicted what '$at' will hold is not known here" ] || echo "$r_status $r_message"
	begin 1
	remember filled "$at/other" 1
	new_text=x && fs_stat "$at/x" && fs_replace "$at/x" text && [ "$r_status" = changed ] || echo "$r_status $r_message"
	# A folder that the dry run empties can become a link, and one that it fills cannot.
	mkdir "$at/emptied" "$at/filled" && : >"$at/emptied/x"
	begin 1
	fs_remove "$at/emptied/x" && fs_link "$at/emptied" x || echo "emptied: $r_message"
	new_text=x && fs_stat "$at/filled/x" && fs_replace "$at/filled/x" text
	! fs_link "$at/filled" x || echo 'a folder that was filled became a link'
}

# ---- ways to a place

ways() {
	begin ''
	mkdir -p ways/a/b ways/c
	: >ways/file
	ln -s a/b ways/relative && ln -s "$folder/ways/a" ways/absolute && ln -s ../c ways/a/up && ln -s loop ways/loop
	ln -s nowhere ways/dangling && ln -s relative ways/twice && ln -s ../file ways/c/file
	at=$folder/ways
	while IFS='|' read -r path wanted; do
		begin ''
		enter "$path" || PWD=$r_message
		[ "$PWD" = "$wanted" ] || echo "enter $path: $PWD"
		back
		[ "$PWD" = "$start" ] || echo "back to $PWD"
	done <<-END
		$at/a/b|$at/a/b
		$at/a/b/|$at/a/b
		ways/a|$at/a
		$at/a/../c|$at/c
		$at/a/./b/..//b|$at/a/b
		$at/relative|$at/a/b
		$at/relative/..|$at/a
		$at/absolute/b|$at/a/b
		ways/twice|$at/a/b
		$at/absolute/up|$at/c
		$at/none|folder '$at/none' does not exist on the host
		ways/none/x|folder '$folder/ways/none/x' does not exist on the host
		$at/file|folder '$at/file' does not exist on the host
		$at/loop|'$at/loop': too many levels of symbolic links
	END
	while IFS='|' read -r path wanted; do
		begin ''
		follow "$path" || w_path=$r_message
		[ "$w_path" = "$wanted" ] || echo "follow $path: $w_path"
		[ "$PWD" = "$start" ] || echo "follow $path ends in $PWD"
	done <<-END
		$at/relative|$at/a/b
		$at/twice|$at/a/b
		$at/absolute|$at/a
		$at/a/up|$at/c
		$at/dangling|$at/nowhere
		$at/c/file|$at/file
		$at/a/up/file|$at/file
		$at/file|$at/file
		$at/loop|'$at/loop': too many levels of symbolic links
	END
	for path in / . .. "$at/." "$at/.."; do
		begin ''
		! place "$path" && [ "$r_message" = "'$path' names no file" ] || echo "place $path: $r_message"
	done
	for path in relative twice absolute a/up dangling c/file a/up/file file loop a a/b; do
		begin ''
		fs_end "$at/$path"
		[ "$f_type" = absent ] || [ "$(readlink -f "$w_end")" = "$(readlink -f "$at/$path")" ] || echo "the end of $path: $w_end"
		case $path:$f_type in
		*file:file | loop:absent | dangling:absent) ;;
		*file:* | loop:* | dangling:*) echo "$path is $f_type" ;;
		*:directory) ;;
		*) echo "$path is $f_type" ;;
		esac
	done
}

# Who can change a folder, and all above it.
closed_places() {
	begin ''
	my_uid=1000
	while read -r w_first w_line; do
		wanted=${w_line##* } w_line=${w_line% *}
		[ "$w_first" = first ] || w_first=
		if place_closed; then got=closed; else got=open; fi
		[ "$got" = "$wanted" ] || echo "$w_first $w_line: $got"
	done <<-END
		first 0 755 1:1 closed
		first 1000 755 1:1 closed
		first 1000 700 1:1 closed
		first 1001 755 1:1 open
		first 1001 700 1:1 open
		first 0 775 1:1 open
		first 0 757 1:1 open
		first 1000 730 1:1 open
		first 0 702 1:1 open
		first 0 2755 1:1 closed
		first 0 1777 1:1 open
		first 1000 1770 1:1 open
		above 0 1777 1:1 closed
		above 1000 1777 1:1 closed
		above 0 3777 1:1 closed
		above 1001 1777 1:1 open
		above 0 777 1:1 open
		above 0 2777 1:1 open
		above 0 4775 1:1 open
		above 0 755 1:1 closed
	END
}

# ---- what takes a place

# Bytes of the stream: no more and no less than the step has.
bodies() {
	begin ''
	mkdir bodies
	at=$folder/bodies
	printf 'hello world\n\nREST' >stream
	exec 3<stream
	body=13 p_text=1 p_sha256=ecf701f727d9e2d77c4aa49ac6fbbcc997278aca010bddeeb961c10cf54d435a
	fs_stat "$at/file" && fs_replace "$at/file" body || echo "$r_message"
	[ "$body:$(cat <&3)" = 0:REST ] || echo 'what was left in the stream'
	printf 'hello world\n\n' | cmp - "$at/file"
	begin ''
	exec 3<stream
	body=100
	fs_stat "$at/file" && ! fs_replace "$at/file" body || echo 'a short body'
	[ "$r_message" = "unable to write into '$at': short write" ] || echo "$r_message"
	[ "$(ls -A "$at")" = file ] || echo "left: $(ls -A "$at")"
	printf 'hello world\n\n' | cmp - "$at/file"
	begin 1
	exec 3<stream
	body=13 p_text=1
	fs_stat "$at/dry" && fs_replace "$at/dry" body && fs_text "$at/dry" || echo "$r_message"
	[ "$f_text" = "hello world$nl$nl" ] || echo "foreseen: $f_text"
	[ "$body:$(cat <&3)" = 0:REST ] || echo 'what was left in the stream of a dry run'
	p_text='' p_sha256=abc
	fs_stat "$at/binary" && fs_replace "$at/binary" body && content_is "$at/binary" abc || echo 'no text'
	! content_is "$at/binary" abd || echo 'another hash'
	for dry in '' 1; do
		begin "$dry"
		new_file=bodies/file
		fs_stat "$at/copy" && fs_replace "$at/copy" file && content_is "$at/copy" \
			"$(sha256sum <"$at/file" | cut -d' ' -f1)" || echo "a copy: $r_message"
		fs_link "$at/link" file
		! content_is "$at/link" "$(sha256sum <"$at/file" | cut -d' ' -f2)" || echo 'a link'
		content_is "$at/link" "$(sha256sum <"$at/file" | cut -d' ' -f1)" || echo 'what a link leads to'
		! content_is "$at" x && ! content_is "$at/none" x || echo 'the hash of a folder'
	done
	begin ''
	new_file=$at/none
	fs_stat "$at/copy" && ! fs_replace "$at/copy" file || echo 'a copy of nothing'
	case $r_message in *"'$at/none' is no longer a file") ;; *) echo "$r_message" ;; esac
	new_file=$at/link
	fs_stat "$at/other" && fs_replace "$at/other" file && cmp "$at/other" "$at/file" || echo "$r_message"
}

# An edit is made of what is there: of a file that was changed meanwhile it is made again.
meddled() {
	f_text='' && fs_text "$folder/edits/file"
	new_text=${f_text}mine$nl
	meddled=$((meddled + 1))
	[ $meddled -gt "$meddling" ] || echo theirs >>"$folder/edits/file"
}

same_text() {
	fs_text "$folder/edits/file"
	new_text=$f_text
}

edits() {
	mkdir edits edits/open
	for meddling in 0 3 49; do
		begin ''
		lock_edits() { :; }
		rm -f edits/file
		meddled=0
		edit_here meddled "$folder/edits/file" || echo "$meddling: $r_message"
		[ "$(grep -c theirs edits/file)" = "$meddling" ] && [ "$(tail -n 1 edits/file)" = mine ] &&
			[ "$(grep -c mine edits/file)" = 1 ] || echo "$meddling: an edit was lost"
		[ "$r_status" = changed ] && [ -z "$r_message" ] || echo "$r_status $r_message"
	done
	begin ''
	meddling=1000 meddled=0
	! edit_here meddled "$folder/edits/file" || echo 'no end'
	[ "$r_message" = "'$folder/edits/file' was changed by somebody else while it was edited" ] || echo "$r_message"
	begin ''
	stat -c %i edits/file >before
	edit_here same_text "$folder/edits/file" && [ "$r_status" = ok ] || echo "no change: $r_status"
	stat -c %i edits/file | cmp - before
	begin 1
	meddled=0 meddling=0
	edit_here meddled "$folder/edits/file" && fs_text "$folder/edits/file" || echo "$r_message"
	case $f_text in *"mine$nl") ;; *) echo 'a dry run' ;; esac
	[ "$(grep -c mine edits/file)" = 1 ] || echo 'a dry run wrote'
	# What was not there, and is now; what was there, and is gone, or is something else now.
	chmod 0777 edits/open
	for at in "$folder/edits" "$folder/edits/open"; do
		rm -f "$at/x"
		while read -r new text made moved; do
			begin ''
			[ "$new" = new ] || echo old >"$at/x"
			fs_stat "$at/x"
			rm -f "$at/x"
			case $made in
			link) ln -s nowhere "$at/x" ;;
			fifo) mkfifo "$at/x" ;;
			none) ;;
			*) echo "$made" >"$at/x" ;;
			esac
			edit_known=1 edit_new='' edit_text=$text$nl new_text=mine$nl edit_moved=
			[ "$new" != new ] || edit_new=1
			fs_replace "$at/x" text
			[ "${edit_moved:-0}" = "$moved" ] || echo "$new $text $made in $at: $edit_moved $r_message"
			[ "$moved" = 1 ] || [ "$(cat "$at/x")" = mine ] || echo "$new $text $made: not written"
			edit_known='' edit_new=''
			[ "$(find "$at" -name '.sutler*')" = '' ] || echo 'something is left'
			rm -f "$at/x"
		done <<-END
			new x none 0
			new x other 1
			new x link 1
			old old old 0
			old old other 1
			old old none 1
			old old link 1
			old old fifo 1
		END
	done
}

backups() {
	begin ''
	mkdir backups
	at=$folder/backups
	echo old >backups/file && chmod 0640 backups/file && touch -d 2001-01-01 backups/file
	p_backup=1 new_text=new
	fs_stat "$at/new" && fs_replace "$at/new" text || echo "$r_message"
	case $r_head in *backup_file*) echo 'a backup of nothing' ;; esac
	fs_stat "$at/file" && fs_replace "$at/file" text || echo "$r_message"
	[ "$(stat -c '%a %Y' backups/file.*~)" = "640 $(date -d 2001-01-01 +%s)" ] || echo 'attributes of the backup'
	[ "$(cat backups/file.*~ backups/file)" = "old${nl}new" ] || echo 'contents'
	case $r_head:$r_body in " backup_file:s "*:"$(echo "$at"/file.*~)") ;; *) echo "$r_head:$r_body" ;; esac
	cp() { return 1; }
	new_text=newer
	fs_stat "$at/file" && ! fs_replace "$at/file" text || echo 'without its backup'
	[ "$(cat backups/file)" = new ] || echo 'replaced without a backup'
}

validated() {
	for dry in '' 1; do
		rm -rf validated && mkdir validated && echo old >validated/file && mkdir -m 0777 validated/open && chmod 0777 validated/open
		for at in "$folder/validated" "$folder/validated/open"; do
			begin "$dry"
			p_validate='grep -q new "$w_name"' new_text=new
			fs_stat "$at/good" && fs_replace "$at/good" text || echo "dry run ${dry:-0}: $r_message"
			begin "$dry"
			new_text=bad p_validate='grep -q new "$w_name"'
			fs_stat "$at/file" && ! fs_replace "$at/file" text || echo "dry run ${dry:-0}: a bad one"
			[ "$r_message" = 'validation failed, nothing was replaced: ' ] || echo "$r_message"
			begin "$dry"
			new_text=bad p_validate='sh -c '\''echo "in $1, $1: bad"; false'\'' x "$w_name"'
			fs_stat "$at/file" && ! fs_replace "$at/file" text || echo "dry run ${dry:-0}: a bad one"
			[ "$r_message" = "validation failed, nothing was replaced: in $at/file, $at/file: bad" ] || echo "$r_message"
			begin "$dry"
			new_text=new p_validate='no-command-of-this-name "$w_name"'
			fs_stat "$at/file" && ! fs_replace "$at/file" text || echo "dry run ${dry:-0}: no command"
			[ "$r_message" = "validation failed, nothing was replaced: no command 'no-command-of-this-name' on the host" ] ||
				echo "$r_message"
			[ -z "$(find "$at" -name '.sutler*')" ] || echo 'something is left'
		done
		[ "$(cat validated/file)" = old ] || echo 'a bad one was put in place'
	done
}

# A folder that somebody else makes at the same time is there; what cannot be made is said.
raced_folders() {
	begin ''
	mkdir raced
	mkdir() { command mkdir "$@" && false; }
	fs_mkdir "$folder/raced/a/b" && [ -d raced/a/b ] || echo "$r_message"
	mkdir() { echo 'mkdir: no room' >&2 && false; }
	! fs_mkdir "$folder/raced/c" || echo 'not made'
	[ "$r_message" = 'mkdir: no room' ] || echo "$r_message"
}

# What is there under another name: a file of root's in a folder of others keeps its mode.
second_names() {
	begin ''
	[ "$my_uid" = 0 ] || return 0
	mkdir names names/open && chmod 0777 names/open
	at=$folder/names/open
	: >names/secret && chmod 0600 names/secret && ln names/secret "$at/named"
	: >"$at/single" && chmod 0600 "$at/single"
	: >"$at/theirs" && ln "$at/theirs" "$at/theirs-too" && chown 54321 "$at/theirs" && chmod 0600 "$at/theirs"
	ln -s single "$at/link"
	p_mode=0644
	fs_stat "$at/named" && ! fs_attributes "$at/named" || echo 'a second name'
	[ "$r_message" = "'$at/named' has other names elsewhere, and its folder can be changed by others: its owner and mode are kept" ] ||
		echo "$r_message"
	begin ''
	p_mode=0644
	fs_stat "$at/single" && fs_attributes "$at/single" || echo "$r_message"
	fs_stat "$at/theirs" && fs_attributes "$at/theirs" || echo "$r_message"
	p_mode='' p_owner=54321
	fs_stat "$at/link" && fs_attributes "$at/link" || echo "$r_message"
	p_owner=''
	begin ''
	p_mode=0640
	: >names/one && ln names/one names/two
	fs_stat "$folder/names/one" && fs_attributes "$folder/names/one" && [ "$f_mode" = 0640 ] || echo "closed: $r_message"
	: >"$at/swapped" && fs_stat "$at/swapped" && rm "$at/swapped" && ln -s single "$at/swapped"
	p_mode=0600
	! fs_attributes "$at/swapped" || echo 'a link was dressed as a file'
	[ "$r_message" = "'$at/swapped' was replaced while it was looked at" ] || echo "$r_message"
	rm "$at/swapped"
	# What fails behind the announcement fails.
	begin ''
	chmod() { echo 'chmod: no' >&2 && false; }
	for path in "$at/single" "$folder/names/one"; do
		p_mode=0604 r_message=
		fs_stat "$path" && ! fs_attributes "$path" && [ "$r_message" = 'chmod: no' ] || echo "$path: $f_mode, $r_message"
	done
	unset -f chmod
	[ "$(stat -c '%a %u' names/secret "$at/single" "$at/theirs" "$at/link" | tr '\n' ' ')" = '600 0 644 0 644 54321 777 54321 ' ] ||
		stat -c '%n %a %u' names/secret "$at"/*
}

# ---- looking

looks() {
	begin ''
	mkdir looks
	at=$folder/looks
	printf 'a\nb' >looks/file && chmod 0640 looks/file && ln -s "tar${nl}get$nl" looks/link && mkfifo looks/fifo
	fs_stat "$at/file"
	describe
	wanted="state:s 4 mode:s 4 owner:s ${#me} group:s ${#my_group} uid:i ${#my_uid} gid:i ${#f_gid} size:i 1"
	[ "$r_head" = " $wanted" ] && [ "$r_body" = "file0640$me$my_group$my_uid$(stat -c %g looks/file)3" ] || echo "$r_head $r_body"
	fs_stat "$at/link"
	[ "$f_type $f_target" = "link tar${nl}get$nl" ] || echo "a link: $f_type $f_target"
	fs_stat_ls "$at/link"
	[ "$f_target" = "tar${nl}get$nl" ] || echo "a link by ls: $f_target"
	fs_stat "$at/fifo" && [ "$f_type" = other ] || echo "a FIFO: $f_type"
	fs_stat "$at/none" && [ "$f_type:$f_mode$f_owner$f_size" = absent: ] || echo 'nothing'
	r_head='' r_body=''
	describe && [ "$r_head $r_body" = ' state:s 6 absent' ] || echo "$r_head $r_body"
	head -c 100000 /dev/zero | tr '\0' a >looks/big
	fs_text "$at/big" && [ ${#f_text} -eq 100000 ] || echo 'a big text'
	echo >>looks/big
	! fs_text "$at/big" || echo 'a text that is too big'
	begin ''
	fs_send before "$at/big"
	case $(head -n 2 frames) in *" before 1 path:s ${#at}"*) ;; *"content:s 1000") ;; *) head -n 2 frames ;; esac
	begin ''
	fs_send before "$at/none"
	[ ! -s frames ] || echo 'nothing was sent'
	diff='' && fs_send before "$at/file"
	[ ! -s frames ] || echo 'sent without --diff'
	for hasher in '' 'openssl dgst -sha256 -r' 'shasum -a 256'; do
		[ -z "$hasher" ] || has "${hasher%% *}" || continue
		has() { [ "$1" = "${hidden:-$1}" ] && command -v "$1" >/dev/null; }
		hidden=${hasher%% *} hasher=''
		sha256 "$at/file"
		[ "$f_sha256" = "$(sha256sum <looks/file | cut -d' ' -f1)" ] || echo "$hidden: $f_sha256"
	done
	hidden=nothing hasher=''
	! sha256 "$at/file" || echo 'a hash by nothing'
}

# ---- running

do_runs() {
	run sh -c "$p_script" && tell_run
}

# ran SCRIPT FRAMES RESULT [PARAMETER]...: what a command is told to have done.
ran() {
	ran=$1 wanted="$2|@0123 result 1 $3|@0123.|"
	shift 3
	: >"$folder/frames"
	exec 4>"$folder/frames"
	step 1 runs p_script="$ran" "$@"
	got=$(tr '\n' '|' <"$folder/frames")
	[ "$got" = "$wanted" ] || echo "$ran: $got"
}

runs() {
	begin ''
	export LC_ALL
	XDG_STATE_HOME=$folder/state my_uid=1000 saved_locale=C.UTF-8
	mkdir state
	# Nobody sends here, so nobody has to see the end of the stream.
	watch_step() { scratch; }
	ran 'exit 3' '' 'ok rc:i 1|3'
	[ "$(stat -c %a "$scratch")" = 700 ] && [ "${scratch%-*-*-*-*-*}" = "$folder/state/sutler/run" ] || echo "$scratch"
	ran 'echo out; echo err >&2' '|@0123 stdout 1 path:s 0 content:s 4|out||@0123.||@0123 stderr 1 path:s 0 content:s 4|err||@0123.|' \
		'ok rc:i 1|0'
	ran 'echo "$A $B $LC_ALL ${PWD##*/}"' '|@0123 stdout 1 path:s 0 content:s 21|it'\''s c C.UTF-8 state||@0123.|' 'ok rc:i 1|0' \
		p_chdir="$folder/state" t_environment="A='it'\\''s' B=c"
	[ -z "$p_chdir$t_environment" ] || echo 'parameters outlive their step'
	ran 'cat' '|@0123 stdout 1 path:s 0 content:s 3|in||@0123.|' 'ok rc:i 1|0' p_stdin_given=1 p_stdin="in$nl"
	ran 'cat' '' 'ok rc:i 1|0'
	ran 'echo no' "|@0123 stderr 1 path:s 0 content:s $((${#folder} + 35))|unable to change to folder '$folder/none'||@0123.|" 'ok rc:i 1|1' \
		p_chdir="$folder/none"
	ran 'sleep 20' '' 'ok rc:i 3|124' t_timeout=1
	ran 'exit 4' '' 'ok rc:i 1|4' t_timeout=20
	# Of 3000 bytes no more than the limit, and that is said.
	ran 'head -c 1000 /dev/zero | tr "\0" x' "|@0123 stdout 1 path:s 0 content:s 1000|$(printf '%01000d' 0 | tr 0 x)|@0123.|" 'ok rc:i 1|0'
	ran 'head -c 3000 /dev/zero | tr "\0" x' "|@0123 stdout 1 path:s 0 content:s 1000|$(printf '%01000d' 0 | tr 0 x)|@0123.|" \
		'ok rc:i 1 stdout_cut:b 1|01'
	unset LC_ALL
	saved_locale=''
	ran 'echo "${LC_ALL-none}"' '|@0123 stdout 1 path:s 0 content:s 5|none||@0123.|' 'ok rc:i 1|0'
	LC_ALL=C
	dry=1 in_memory=1
	run_in_memory sh -c 'echo out; echo; echo err >&2; exit 5'
	[ "$rc:$run_out:$run_err" = "5:out:err$nl" ] || [ "$rc:$run_out:$run_err" = "5:out:err" ] || echo "in memory: $rc:$run_out:$run_err"
	run_in_memory true
	[ "$rc:$run_out:$run_err" = 0:: ] || echo "in memory: $rc:$run_out:$run_err"
	dry='' in_memory=''
	finish
	[ ! -e "$scratch" ] || echo 'the folder of the output is left'
}

# ---- steps

steps() {
	begin ''
	printf 'bodybodyREST' >stream
	exec 3<stream
	body=4 && step 1 looks
	[ "$halted" = '' ] || echo "a step: $halted"
	step 2 breaks
	[ "$halted" = failed ] || echo "a failure: $halted"
	body=4 && step 3 changes
	[ "$body:$(cat <&3)" = 0:REST ] || echo 'bodies'
	[ "$(grep -c ' result ' frames)" = 2 ] || echo 'what is behind a failure runs'
	resume
	keep_going=1
	step 4 breaks
	[ "$halted" = '' ] || echo 'ignored'
	loop_end
	[ "$halted" = '' ] || echo 'ignored, and no loop'
	keep_going=loop
	step 5 breaks
	step 6 looks
	[ "$halted" = '' ] || echo 'in a loop'
	loop_end
	[ "$halted" = failed ] || echo 'the end of a loop'
	resume
	loop_end
	[ "$halted" = '' ] || echo 'the end of the next loop'
	grep '@0123 result' frames | diff - /dev/fd/5 5<<-END
		@0123 result 1 ok
		@0123 result 2 failed msg:s 6
		@0123 result 4 failed msg:s 6
		@0123 result 5 failed msg:s 6
		@0123 result 6 ok
	END
	# Behind one that wants its file, those say that they will want theirs.
	begin ''
	echo here >content
	step 1 wants
	step 2 changes p_dest="$folder/content" p_sha256="$(sha256sum <content | cut -d' ' -f1)"
	step 3 changes p_dest="$folder/content" p_sha256=0
	step 4 changes
	grep '^@0123 ' frames | diff - /dev/fd/5 5<<-END
		@0123 want 1
		@0123 differs 3
	END
	# A step in check mode in a real run predicts for itself only.
	begin ''
	check=1 dry='' && step 1 records && check=''
	! overlay_find /x && ! any_remembered thing || echo 'predicted for the next'
	! grep -q -e overlay -e remember frames || echo 'the sender was told'
	begin 1
	step 1 records
	overlay_find /x && any_remembered thing || echo 'a dry run predicts'
	# A failure stays one, whatever comes behind it.
	begin ''
	fail one && will_change && [ "$r_status" = failed ] || echo "$r_status"
	fail one && unpredicted two && [ "$r_status" = failed ] || echo "$r_status"
	r_status=ok && unpredicted two && [ "$r_status $r_message" = 'unpredicted two' ] || echo "$r_status"
	skip why && [ "$r_status $r_message" = 'skipped why' ] || echo "$r_status"
}

do_records() {
	overlay /x file 0644 me us '' 1 text
	remember thing x 1
}

# The words of the shell itself, without the line of a program that nobody knows.
shell_words() {
	begin ''
	while IFS='|' read -r said wanted; do
		fail "$said"
		[ "$r_message" = "$wanted" ] || echo "$said: $r_message"
	done <<-END
		plain words|plain words
		sh: 12: cannot open x: No such file|cannot open x: No such file
		sh: line 12: x: No such file|x: No such file
		unable to: sh: 3: no room|unable to: no room
		unable to: sh: line 3: no room|unable to: no room
		sh[12]: x: no|x: no
		sh: eval: line 12: syntax error|syntax error
		a sh 12: b|a sh 12: b
	END
	fail "first${nl}sh: 1: second${nl}third"
	[ "$r_message" = "first${nl}second${nl}third" ] || echo "$r_message"
}

# What a dry run would make is read and written by whom its mode lets.
foreseen_rights() {
	begin 1
	my_uid=1000 me=anna my_group=crew
	in_group() { [ "$1" = staff ]; }
	while read -r mode owner group reads writes; do
		overlay /x/file file "$mode" "$owner" "$group" '' 1 text
		if fs_readable /x/file; then got=1; else got=0; fi
		if fs_writable /x/file; then got="$got 1"; else got="$got 0"; fi
		[ "$got" = "$reads $writes" ] || echo "$mode $owner $group: $got"
		if fs_sha256 /x/file; then got=1; else got=0; fi
		[ "$got" = "$reads" ] || echo "the hash of $mode $owner $group: $got"
	done <<-END
		0600 anna crew 1 1
		0400 anna crew 1 0
		0200 anna crew 0 1
		0077 anna crew 0 0
		0640 root crew 1 0
		0620 root crew 0 1
		0640 root staff 1 0
		0607 root crew 0 0
		0640 root root 0 0
		0604 root root 1 0
		0602 root root 0 1
		4755 root root 1 0
	END
	my_uid=0
	overlay /x/file file 0000 anna crew '' 1 text
	fs_readable /x/file && fs_writable /x/file && fs_sha256 /x/file || echo 'root'
	: >real
	fs_readable "$folder/real" && fs_writable "$folder/real" && ! fs_readable "$folder/none" || echo 'what is there'
}

# The names in a folder, those that a dry run removes and makes among them.
names_in_folders() {
	begin 1
	mkdir names-in && : >names-in/b && : >names-in/.h && : >names-in/..d && ln -s nowhere names-in/a
	overlay "$folder/names-in/c" file 0644 me us '' 1 ''
	overlay "$folder/names-in/b" absent '' '' '' '' 1 ''
	fs_names "$folder/names-in"
	[ "$(printf '%s\n' "$w_names" | cut -c2- | tr '\n' ' ')" = 'a b c .h ..d ' ] || echo "$w_names"
	fs_names "$folder/none-there"
	[ -z "$w_names" ] || echo "in nothing: $w_names"
}

# All that a process has started, also through others that have ended.
started_by_us() {
	begin ''
	sh -c 'sleep 30 & sh -c "sleep 30 & echo \$! >inner; wait" & echo $$ $! >outer; wait' &
	top=$!
	while [ ! -s inner ] || [ ! -s outer ]; do
		sleep 0.1
	done
	w_tree=" $top "
	watch_descendants none 2>/dev/null
	for pid in "$top" $(cat inner outer); do
		case $w_tree in *" $pid "*) ;; *) echo "$pid is not in $w_tree" ;; esac
	done
	case $w_tree in *" $$ "*) echo 'we are in it' ;; esac
	all=$w_tree w_tree=" $top "
	watch_descendants "$(cat inner)" 2>/dev/null
	case $w_tree in *" $(cat inner) "*) echo 'what was excepted is in it' ;; esac
	# shellcheck disable=SC2086
	kill $all 2>/dev/null
	wait "$top" 2>/dev/null
}

# A whole session: what it makes for itself is gone when it ends.
do_where() {
	scratch && field where:s "$scratch"
}

session() {
	begin ''
	printf 'step 1 where\n:\nstep 2 breaks\nstep 3 looks\nsynced 7\nresume\nstep 4 looks\n' >steps
	(
		HOME=$folder/home XDG_STATE_HOME=$folder/state-of-session
		mkdir -p "$HOME" "$XDG_STATE_HOME"
		unset scratch pipes
		sutler_main 4567 <steps >said 2>errors
	)
	grep -a '^@4567 ' said | sed 's/ready .*/ready/; s/where:s .*/where/' | diff - /dev/fd/5 5<<-END
		@4567 ready
		@4567 result 1 ok where
		@4567 result 2 failed msg:s 6
		@4567 synced 7 line:i 1
		@4567 result 4 ok
	END
	where=$(grep -a -o '/[^ ]*run-[0-9a-f-]*' said) || where=$(grep -a -o '/[^ ]*/.sutler-[0-9a-f-]*' said)
	[ -n "$where" ] && [ ! -e "$where" ] || echo "left: $where"
	[ ! -s errors ] || cat errors
}

# ---- what root may do and others may not

# as_nobody FUNCTION: in a folder of its own, in which root has laid out what belongs to others; where this is not root it
# is skipped.
as_nobody() {
	[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || return 0
	chmod 0755 "$folder"
	rm -rf others && mkdir -m 0755 others && chown 65534 others
	cp "$self" others/test.sh && cp "$runtime" others/runtime.sh && chmod 0644 others/*.sh
	(cd others && lay_out)
	# The words that came before the name of this file: dash, busybox sh...
	words=$(tr '\0' '\n' <"/proc/$$/cmdline" | while IFS= read -r word && [ "$word" != "$0" ]; do printf '%s ' "$word"; done)
	# shellcheck disable=SC2086
	setpriv --reuid 65534 --regid 65534 --groups 65534,54321 $words others/test.sh "$folder/others/runtime.sh" "$1" "$folder/others"
}

lay_out() {
	mkdir theirs theirs/dir sticky group other-group private set-group own own/locked own/locked/closed
	for path in theirs/file sticky/file group/file other-group/file set-group/file own/locked/closed/file own/file own/set other-group/set; do
		echo old >"$path"
	done
	echo old >sticky/shared && ln -s dir theirs/way && ln -s file own/link && mkdir own/made-closed && chgrp 54322 own/set
	echo old >own/set-group && echo old >own/named
	chown 65534:54322 own/set-group && chown 65534:65534 own/named && ln own/named other-group/named
	chown -h 65534:65534 own/link
	chown 65534:65534 own own/locked own/locked/closed own/locked/closed/file own/file own/set
	chgrp 54321 group group/file set-group && chgrp 54322 other-group other-group/file other-group/set
	ln -s ../own sticky/trap && ln -s ../strangers sticky/way && mkdir strangers && chown -h 54323 sticky/trap sticky/way strangers
	chmod 0777 other-group strangers && chmod 1777 sticky && chmod 0775 group && chmod 02775 set-group
	chmod 0664 group/file && chmod 0666 other-group/file sticky/shared && chmod 06755 other-group/set own/set
	chmod 0500 own/locked/closed && chmod 0700 private
}

give() {
	p_owner=$2 p_group=$3 new_text=x
	fs_stat "$1" && fs_replace "$1" text
}

touch_it() {
	fs_stat "$1" && may touch "$1" || return 1
	[ -n "$check" ] || fs_touch "$1"
}

# A folder that is made without the right to write into it.
fill_closed() {
	p_mode=0555
	fs_mkdir "$1" && p_mode='' && put_mode "$1/x" ''
	failed=$?
	[ ! -d "$1" ] || rmdir "$1"
	return $failed
}

rights_of_others() {
	at=$PWD
	both "unable to write into '$at/theirs': Permission denied" put_mode "$at/theirs/new" ''
	both "unable to write into '$at/theirs': Permission denied" put_mode "$at/theirs/file" ''
	both "unable to write into '$at/theirs': Permission denied" mkdir_mode "$at/theirs/a/b" ''
	both "unable to write into '$at/theirs': Permission denied" fs_link "$at/theirs/link" x
	both "unable to write into '$at/theirs': Permission denied" fs_remove "$at/theirs/file"
	both "unable to write into '$at/theirs': Permission denied" fs_remove "$at/theirs/dir"
	both "unable to write into '$at/own/made': Permission denied" fill_closed "$at/own/made"
	both "unable to enter '$at/private': Permission denied" put_mode "$at/private/x" ''
	both "unable to change the mode or owner of '$at/theirs/file': Operation not permitted" dress_mode "$at/theirs/file" 0600
	both "unable to change the mode or owner of '$at/theirs/dir': Operation not permitted" dress_mode "$at/theirs/dir" 0700
	both "unable to replace '$at/sticky/file': Operation not permitted" put_mode "$at/sticky/file" ''
	both "unable to remove '$at/sticky/file': Operation not permitted" fs_remove "$at/sticky/file"
	both "unable to remove '$at/own/locked': no right to empty '$at/own/locked/closed'" fs_remove "$at/own/locked"
	both "unable to set the times of '$at/theirs/file': Permission denied" touch_it "$at/theirs/file"
	both "unable to give '$at/own/x' to user 'root': Operation not permitted" give "$at/own/x" root ''
	both "unable to give '$at/own/x' to user '54321': Operation not permitted" give "$at/own/x" 54321 ''
	both "unable to give '$at/own/x' to group '54322': Operation not permitted" give "$at/own/x" '' 54322
	both "unable to give '$at/own/file' to user 'root': Operation not permitted" give "$at/own/file" root ''
	both "unable to make folders in '$at/own/a': mode 0600 would not let us in" mkdir_mode "$at/own/a/b" 0600
	both "not following the link '$at/sticky/trap' of user 54323: it leads to a file of user 65534" put_mode "$at/sticky/trap/x" ''
	both "unable to give '$at/own/set-group' the mode 2755: we are not in its group '54322'" dress_mode "$at/own/set-group" 2755
	both "'$at/other-group/named' has other names elsewhere, and its folder can be changed by others: its owner and mode are kept" \
		dress_mode "$at/other-group/named" 0600
	begin ''
	enter "$at/theirs/way" && [ "$PWD" = "$at/theirs/dir" ] || echo "a way that root made: $r_message"
	back
	follow "$at/own/link" && [ "$w_path" = "$at/own/file" ] || echo "a link of our own: $w_path"
	! follow "$at/sticky/trap/link" || echo "through a trap: $w_path"
	case $r_message in "not following the link '$at/sticky/trap'"*) ;; *) echo "through a trap: $r_message" ;; esac
	both 'unable to change users and groups: only root may (become: true)' may_account
	both "'$at/theirs' belongs to another user: clone as that user (become_user), or into a folder that is not there yet" \
		may_fill "$at/theirs" clone
	begin ''
	may_fill "$at/own" clone && [ -z "$r_message" ] || echo "$r_message"
	begin 1
	overlay "$at/new" directory 0755 "$me" us '' 1 '' && may_fill "$at/new" clone || echo "$r_message"
	overlay "$at/rooted" directory 0755 root us '' 1 '' && ! may_fill "$at/rooted" clone || echo 'what root would make'
	# All that is allowed, foreseen or done.
	for dry in 1 ''; do
		begin "$dry"
		touch_it "$at/sticky/shared" && touch_it "$at/own/file" || echo "$r_message"
		for path in group/file other-group/file other-group/set own/set own/new set-group/new group/new sticky/new sticky/way/new; do
			put_mode "$at/$path" '' || echo "$path: $r_message"
		done
		p_mode=0600 && fs_mkdir "$at/own/a" || echo "$r_message"
		p_mode=0700 && fs_mkdir "$at/own/b/c" || echo "$r_message"
		p_mode=''
		give "$at/own/given" "$me" 54321 || echo "$r_message"
		give "$at/own/numbers" "$my_uid" 65534 || echo "$r_message"
		p_owner='' p_group=54321 && fs_stat "$at/own/file" && fs_attributes "$at/own/file" || echo "$r_message"
		p_group='' p_owner=$my_uid && fs_stat "$at/own/b" && fs_attributes "$at/own/b" || echo "$r_message"
		p_owner=''
		for path in group/file other-group/file other-group/set own/set own/new set-group/new group/new sticky/new strangers/new \
			own/a own/b own/b/c own/given own/numbers own/file; do
			fs_stat "$at/$path"
			echo "$path $f_type $f_mode $f_owner $f_group"
		done >"$at/own/seen-${dry:-0}"
		[ -z "$r_message" ] || echo "$r_message"
	done
	diff "$at/own/seen-1" "$at/own/seen-0"
	diff - "$at/own/seen-0" <<-END
		group/file file 0664 nobody 54321
		other-group/file file 0666 nobody nogroup
		other-group/set file 0755 nobody nogroup
		own/set file 6755 nobody nogroup
		own/new file 0644 nobody nogroup
		set-group/new file 0644 nobody 54321
		group/new file 0644 nobody nogroup
		sticky/new file 0644 nobody nogroup
		strangers/new file 0644 nobody nogroup
		own/a directory 0600 nobody nogroup
		own/b directory 0700 nobody nogroup
		own/b/c directory 0700 nobody nogroup
		own/given file 0644 nobody 54321
		own/numbers file 0644 nobody nogroup
		own/file file 0644 nobody 54321
	END
	# An edit of somebody else's file, of which the kernel gives us no second name.
	begin ''
	edit_known=1 edit_text="old$nl" new_text=mine
	echo old >"$at/sticky/shared"
	ln "$at/theirs/file" own/second 2>/dev/null && return
	edit_text=x
	fs_stat "$at/other-group/file" && fs_replace "$at/other-group/file" text || echo "an edit: $r_message"
}

if [ $# -gt 1 ]; then
	cd "$3" && "$2"
	exit
fi
# ---- effects and lines

effects() {
	begin ''
	effect unit-active a 1 unit-enabled a 0 -- eval 'done=$done+' && [ "$done" = + ] || echo 'not done'
	! recall unit-active a || echo 'remembered where it was done'
	! effect unit-active a 1 -- false || echo 'a failure is hidden'
	effect -- eval 'done=$done+' && [ "$done" = ++ ] || echo 'not done without a word about it'
	begin 1
	effect unit-active a 1 unit-enabled a 0 -- eval 'done=$done+' || echo 'a dry run fails'
	[ "$done" = ++ ] || echo 'done in a dry run'
	recall unit-active a && [ "$recalled" = 1 ] || echo 'the first is not remembered'
	recall unit-enabled a && [ "$recalled" = 0 ] || echo 'the second is not remembered'
}

take_line() {
	seen="$seen<$1$2>"
	[ "$2" != stop ]
}

lines_of() {
	begin ''
	each_line "a $nl$nl*" take_line x || echo 'fails'
	[ "$seen" = '<xa ><x><x*>' ] || echo "lines: $seen"
	seen=
	! each_line "a${nl}stop${nl}b$nl" take_line '' || echo 'does not stop'
	[ "$seen" = '<a><stop>' ] || echo "lines to the stop: $seen"
	each_line '' take_line '' && [ "$seen" = '<a><stop>' ] || echo 'a line of nothing'
}

# A step's parameters are its own, over the defaults of its declaration.
takes_shows="p_name= p_state='as it is' p_dest="
do_shows() {
	shown="$p_name|$p_state|$p_dest|$p_mode|$p_more"
	p_state=changed
}

parameters_of_steps() {
	begin ''
	p_state=outside HOME=/home/me
	step 1 shows p_name="it's" p_dest='~/x' p_more='a b' t_homes='p_dest '
	[ "$shown" = "it's|as it is|/home/me/x||a b" ] || echo "the first: $shown"
	step 2 shows p_state= p_more=
	[ "$shown" = '||||' ] || echo "the second: $shown"
	[ "$p_state" = outside ] || echo "behind them: $p_state"
	[ -z "${p_more+set}" ] || echo 'a parameter outlives its step'
}

echo 1..41
umask 022
result 'symbolic modes are those of chmod' symbolic_modes
result 'other modes' other_modes
result 'each path has a name of its own in the record' overlay_keys
result 'the record of a dry run is found' overlay_finds
result 'much that is remembered is found' recall_much
result 'folders in folders cost what their number does' overlay_deep
result 'a dry run changes nothing and keeps its word' dry_run
result 'a folder is removed without the rm of GNU' remove_by_hand
result 'a mode takes the set-id bits of a folder' set_id_folder
result 'fs_stat without stat -c' stat_without_options
result 'paths, hashes, texts' small_functions
result 'in a folder that others can write' open_place
result 'what is refused' refusals
result 'links of others' traps
result 'a mark stays until it is done' due_marks_of_steps
result 'where marks lie' due_folders
result 'no mark in a dry run, none through a link' due_refused
result 'what changes is told, foreseen or done' changes_told
result 'owners and groups' owners_told
result 'refused in the same words by a dry run and a run' refused_in_both
result 'what may come is not predicted' foreseen
result 'ways to a place' ways
result 'who can change a place' closed_places
result 'bytes of the stream, files of the host' bodies
result 'edits that others make at the same time' edits
result 'backups' backups
result 'validation' validated
result 'folders that others make, or nobody can' raced_folders
result 'files with other names' second_names
result 'looking' looks
result 'commands' runs
result 'steps, and what stops them' steps
result 'the words of the shell' shell_words
result 'what may be read by then' foreseen_rights
result 'names in a folder' names_in_folders
result 'what a process has started' started_by_us
result 'a session leaves nothing' session
result 'what another user may not' as_nobody rights_of_others
done='' seen=''
result 'an effect is done, or remembered in a dry run' effects
result 'the lines of a text' lines_of
result 'parameters are those of their step' parameters_of_steps
