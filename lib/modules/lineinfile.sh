#% lineinfile: ensures that a line is in a file, or is not
#% takes attributes
#% path|dest|destfile|name  path   required                 the file
#% state                    text   present|absent =present  whether the line should exist
#% line|value               text                            the line
#% regexp|regex             text   here                     the last line it matches is replaced; with absent, every
#%                                                          one is removed
#% search_string            text   here                     the same, with a plain text
#% insertafter              text   here                     a new line goes after the last line this matches; EOF
#%                                                          (default), BOF
#% insertbefore             text   here                     or before it; BOF
#% backrefs                 bool   here =no                 fill \1 in 'line' with what 'regexp' matched; add nothing
#%                                                          when it does not match
#% firstmatch               bool   here =no                 the first match counts, not the last
#% create                   bool   =no                      make the file when it is missing
#% backup                   bool   =no                      keep the old file under a dated name
#% validate                 text                            command that checks the new file, named %s
#% here prepare answer finish=edit_finish
#% sets kind quick answered edited message ere found
#% exclusive insertafter,insertbefore
#% exclusive regexp,search_string
#% needs line if state=present
#% needs line|regexp|search_string if state=absent
#% returns path, msg; found with absent; backup_file with backup
#% example
#%   - lineinfile:
#%       path: /etc/ssh/sshd_config
#%       regexp: '^#?PermitRootLogin'
#%       line: PermitRootLogin no
#%       validate: sshd -t -f %s

# Edits of a file: lineinfile, blockinfile, replace. The regular expressions are Python's, so the sender
# edits: the file goes there and comes back as the body (p_answered; p_edited: it differs), unless one of
# the quick ways (p_quick) shows that nothing is to be done: line, no-line, match, no-match (p_line,
# p_ere), block, no-block (p_begin, p_whole, p_end), no-text (p_ere).
do_lineinfile() {
	field path:s "$p_path"
	fs_stat "$p_path"
	if [ "$f_type" = link ]; then
		follow "$p_path" || return
		p_path=$w_path
		fs_stat "$p_path"
	fi
	case $f_type in
	file) ;;
	absent)
		edit_absent || return
		;;
	directory)
		fail "Path $p_path is a directory !"
		return
		;;
	*)
		fail "'$p_path' is not a file"
		return
		;;
	esac
	if [ -n "$p_answered" ] && [ -n "$p_edited" ] && [ -z "$check" ]; then
		edit_put
		return
	elif [ -n "$p_answered" ]; then
		edit_finish
		return
	fi
	f_text=
	if [ "$f_type" = file ]; then
		edit_read || return
		if edit_quick; then
			edit_unchanged
			return
		fi
		if [ "${#f_text}" -gt "$limit_bytes" ]; then
			fail "'$p_path' is larger than $limit_bytes bytes: too large to edit"
			return
		fi
	fi
	e_step=$step_id e_tries=0
	edit_ask
}

# edit_text: what the sender makes the new content of.
edit_ask() {
	edit_text=$f_text edit_new=
	[ "$f_type" = file ] || edit_new=1
	ask "$f_text"
}

# Puts what the sender made in place, unless somebody else has edited the file meanwhile.
edit_put() {
	e_status=$r_status edit_moved=
	lock_edits
	edit_again || edit_finish
	unlock_edits
	[ -n "$edit_moved" ] || return 0
	r_status=$e_status r_message=
	fs_stat "$p_path"
	edit_again || fail "'$p_path' was changed by somebody else while it was edited"
}

# Whether the file has changed since the sender was asked: then it is asked once more, so that an edit by
# somebody else is not lost.
edit_again() {
	[ "${e_step-}" = "$step_id" ] || return 1
	f_text=
	[ "$f_type" != file ] || fs_text "$p_path" || return 1
	case $edit_new$f_type in
	file | 1absent) [ "$f_text" != "$edit_text" ] || return 1 ;;
	esac
	e_tries=$((e_tries + 1))
	if [ $e_tries -gt 50 ]; then
		fail "'$p_path' is changed by somebody else all the time"
		return 0
	fi
	edit_ask
}

# A missing file: returns 0 when it shall be made.
edit_absent() {
	if [ "$p_kind" = lineinfile ] && [ "$p_state" = absent ]; then
		r_message='file not present'
		return 1
	fi
	if [ "$p_kind" = blockinfile ] && [ "$p_state" = absent ] && [ -n "$p_create" ]; then
		r_message="File $p_path not present"
		return 1
	fi
	if [ "$p_kind" != replace ] && [ -n "$p_create" ]; then
		return 0
	fi
	if may_come || unknown_below "$p_path"; then
		unpredicted "'$p_path' does not exist yet"
		return 1
	fi
	field rc:i 257
	if [ "$p_kind" = lineinfile ]; then
		fail "Destination $p_path does not exist !"
	else
		fail "Path $p_path does not exist !"
	fi
	return 1
}

# f_text, unless the content is not known or holds what the shell cannot.
edit_read() {
	if [ "$o_count" -gt 0 ] && overlay_find "$p_path"; then
		eval "w_has=\$o_has_$w_o"
		case $w_has in
		0 | 1) ;;
		*)
			unpredicted "what '$p_path' will hold is not known here"
			return 1
			;;
		esac
	fi
	fs_text "$p_path" || {
		fail "unable to read '$p_path'"
		return 1
	}
	if [ "${#f_text}" -lt "${f_size:-0}" ]; then
		fail "'$p_path' holds NUL bytes: it is not a text"
		return 1
	fi
}

edit_quick() {
	case $f_text in
	*"$nl") ;;
	*) return 1 ;;
	esac
	case $f_text in
	*"$edit_return"*) return 1 ;;
	esac
	case $p_quick in
	line) edit_has_line ;;
	no-line) ! edit_has_line ;;
	match)
		w_found=$(printf %s "$f_text" | grep -E -- "$p_ere")
		if [ -n "$w_found" ]; then
			[ "${w_found##*"$nl"}" = "$p_line" ]
		else
			edit_has_line && ! printf %s "$f_text" | grep -Eq -- "$p_ere"
		fi
		;;
	no-match | no-text) ! printf %s "$f_text" | grep -Eq -- "$p_ere" ;;
	block)
		case $nl$f_text in *"$nl$p_whole"*) ;; *) return 1 ;; esac
		edit_once "$p_begin" && edit_once "$p_end"
		;;
	no-block) ! edit_once "$p_begin" && ! edit_once "$p_end" ;;
	*) return 1 ;;
	esac
}

edit_has_line() {
	case $nl$f_text in
	*"$nl$p_line$nl"*) return 0 ;;
	esac
	return 1
}

# edit_once LINE: whether a line stands in the text, and once only.
edit_once() {
	case $nl$f_text in
	*"$nl$1"*"$nl$1"*) return 1 ;;
	*"$nl$1"*) return 0 ;;
	esac
	return 1
}

edit_return=$(printf '\r')

edit_unchanged() {
	[ "$p_kind:${p_state-}" != lineinfile:absent ] || field found:i 0
	[ "$f_type" = absent ] || fs_attributes "$p_path" || return
	case $r_status in
	changed) r_message='ownership, perms or SE linux context changed' ;;
	esac
}

edit_finish() {
	[ -z "${p_found-}" ] || field found:i "$p_found"
	if [ -z "$p_edited" ]; then
		edit_unchanged
		return
	fi
	if [ "$f_type" = absent ]; then
		parent "$p_path"
		fs_type "$w_parent"
		if [ "$f_type" = absent ]; then
			edit_parents || return
		fi
		fs_parent_ready "$p_path" || return
		fs_stat "$p_path"
	fi
	edit_known=1
	fs_replace "$p_path" body
	w_ok=$?
	edit_known=
	[ $w_ok -eq 0 ] || return
	r_message=$p_message
}

# The folders that are missing, with the mode folders get.
edit_parents() {
	w_mode_kept=$p_mode
	p_mode=
	parent "$p_path"
	fs_mkdir "$w_parent"
	w_made=$?
	p_mode=$w_mode_kept
	return $w_made
}
