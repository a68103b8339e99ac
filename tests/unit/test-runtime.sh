#!/bin/sh
# shellcheck disable=SC1090,SC2016,SC2034,SC2088,SC2154
# Tests of the functions of lib/transport/runtime/, in the shell that runs this: SHELL test-runtime.sh RUNTIME, which
# is all of them in one file, build/lib/transport/runtime.sh.
set -u
. "$1"
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
number=0

# result NAME FAILURES: a TAP line.
result() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		printf '%s\n' "$2" | head -n 20 | sed 's/^/# /'
	fi
}

# What sutler_main sets before its first step; frames go to a file.
begin() {
	nonce=0123 nl='
' tab='	'
	halted='' loop_failed='' replaying='' body=0 check=$1 diff=1 keep_going='' scratch=''
	o_memory=''
	overlay_start
	start=$folder w_hidden='' w_temporary='' text_limit_bytes=100000
	due_marks='' due_done='' due_new='' dry=$1
	lines=0 behind='' watched='' watcher='' pipes='' in_memory=''
	limit_bytes=1000 output_limit_bytes=1000 hasher='' saved_locale='' exact_head=1
	LC_ALL=C
	strict_shell
	r_status=ok r_message='' r_head='' r_body='' step_id=1
	p_mode='' p_owner='' p_group='' p_validate='' p_backup='' p_selinux='' p_chdir='' p_stdin_given=''
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

echo 1..14
umask 022
result 'symbolic modes are those of chmod' "$(symbolic_modes 2>&1)"
result 'other modes' "$(other_modes 2>&1)"
result 'each path has a name of its own in the record' "$(overlay_keys 2>&1)"
result 'the record of a dry run is found' "$(overlay_finds 2>&1)"
result 'much that is remembered is found' "$(recall_much 2>&1)"
result 'folders in folders cost what their number does' "$(overlay_deep 2>&1)"
result 'a dry run changes nothing and keeps its word' "$(dry_run 2>&1)"
result 'a mode takes the set-id bits of a folder' "$(set_id_folder 2>&1)"
result 'fs_stat without stat -c' "$(stat_without_options 2>&1)"
result 'paths, hashes, texts' "$(small_functions 2>&1)"
result 'in a folder that others can write' "$(open_place 2>&1)"
result 'what is refused' "$(refusals 2>&1)"
result 'links of others' "$(traps 2>&1)"
result 'a mark stays until it is done' "$(due_marks_of_steps 2>&1)"
result 'no mark in a dry run, none through a link' "$(due_refused 2>&1)"
