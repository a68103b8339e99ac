#% cron: manages the jobs and variables of a crontab
#% name          text   required                  what the job is known by
#% job|value     text                             the command; with env, the value
#% state         text   present|absent =present   whether it should exist
#% minute        text   here =*                   0-59, *, */2
#% hour          text   here =*                   0-23
#% day|dom       text   here =*                   1-31
#% month         text   here =*                   1-12
#% weekday|dow   text   here =*                   0-6, Sunday is 0
#% special_time  text   here annually|daily|hourly|monthly|reboot|weekly|yearly
#%                                                instead of the times
#% user          text                             whose crontab; in a cron_file who runs it
#% cron_file     text   here                      a file in /etc/cron.d instead
#% disabled      bool   here =no                  there, but commented out
#% insertafter   text   lacking                   remove it, variables go before all jobs
#% insertbefore  text   lacking                   remove it, variables go before all jobs
#% backup        bool   lacking =no               save the output of 'crontab -l' before it
#% env           bool   =no                       a variable, not a job
#% here prepare
#% sets line file
#% needs job if state=present
#% returns nothing of its own
#% example
#%   - cron:
#%       name: backup
#%       hour: '3'
#%       minute: '0'
#%       job: /usr/local/bin/backup

# Crontabs. A job is the line behind "#Ansible: NAME", a variable the line NAME="...". p_line: the line;
# p_file: a file in /etc/cron.d, or empty for the user's crontab. A dry run remembers `crontab USER`.
do_cron() {
	c_user=${p_user:-$me}
	if [ -n "$p_file" ]; then
		fs_type "$p_file"
		if [ "$f_type" = link ]; then
			follow "$p_file" || return
			p_file=$w_path
			fs_type "$p_file"
		fi
		case $f_type in
		file | absent) ;;
		*)
			fail "unable to read '$p_file': it is not a file"
			return
			;;
		esac
	fi
	cron_look || return
	[ "$new_text" != "$c_old" ] || return 0
	if [ -z "$p_file" ]; then
		# Another run may add to it between our look and crontab's write.
		[ -n "$check" ] || lock_edits
		cron_look && cron_write
		[ -n "$check" ] || unlock_edits
	elif [ -z "$new_text" ]; then
		fs_remove "$p_file"
	else
		fs_parent_ready "$p_file" || return
		fs_type "$p_file"
		[ "$f_type" != absent ] || p_mode=0644
		edit_here cron_look "$p_file"
	fi
}

# c_old: what is there; new_text: what shall be.
cron_look() {
	if [ -z "$p_file" ]; then
		cron_read || return
	else
		f_text=
		fs_type "$p_file"
		if [ "$f_type" = file ]; then
			fs_text "$p_file" || {
				fs_unknown "$p_file" || fail "unable to read '$p_file'"
				return 1
			}
		fi
		c_old=$f_text
	fi
	if [ -n "$p_env" ]; then
		cron_edit_variable
	else
		cron_edit_job
	fi
}

# c_old: the user's crontab.
cron_read() {
	c_old=
	if [ "$c_user" != "$me" ] && ! account_known passwd "$c_user" "crontab of '$c_user': the host has no such user"; then
		return 1
	elif [ "$c_user" != "$me" ] && [ "$my_uid" != 0 ]; then
		fail "crontab of '$c_user': only root may change that of another user (become: true)"
		return 1
	fi
	if [ -n "$check" ] && eval "[ -n \"\${o_crontab_given-}\" ]" && recall crontab "$c_user"; then
		eval "c_old=\$o_crontab_$recalled"
		return 0
	fi
	if ! has crontab; then
		[ -n "$check" ] && any_remembered package && return 0
		fail 'the host has no crontab: install the package cron'
		return 1
	fi
	if [ "$c_user" = "$me" ]; then
		c_old=$(crontab -l 2>/dev/null && printf x)
	else
		c_old=$(crontab -u "$c_user" -l 2>/dev/null && printf x)
	fi
	c_old=${c_old%x}
}

cron_edit_job() {
	local state=
	new_text=
	each_line "$c_old" cron_job_line
	[ "$p_state" = present ] || return 0
	case $state in
	here) new_text=$new_text$p_line$nl ;;
	'') new_text="$new_text#Ansible: $p_name$nl$p_line$nl" ;;
	esac
}

# cron_job_line LINE: what becomes of it. state: here behind the name of the job, past behind the job.
cron_job_line() {
	if [ "$state" = here ]; then
		state=past
		[ "$p_state" = absent ] || new_text=$new_text$p_line$nl
	elif [ "$1" = "#Ansible: $p_name" ] && [ -z "$state" ]; then
		state=here
		[ "$p_state" = absent ] || new_text=$new_text$1$nl
	else
		new_text=$new_text$1$nl
	fi
}

# A new variable goes first: it holds for the jobs below it.
cron_edit_variable() {
	local found=
	new_text=
	each_line "$c_old" cron_variable_line
	if [ "$p_state" = present ] && [ -z "$found" ]; then
		new_text=$p_line$nl$new_text
	fi
}

cron_variable_line() {
	case $1 in
	"$p_name="*)
		found=1
		[ "$p_state" = absent ] || new_text=$new_text$p_line$nl
		;;
	*) new_text=$new_text$1$nl ;;
	esac
}

cron_write() {
	change "crontab $c_user" "$c_old" "$new_text"
	if [ -n "$check" ]; then
		o_crontab_given=$((${o_crontab_given:-0} + 1))
		eval "o_crontab_$o_crontab_given=\$new_text"
		remember crontab "$c_user" "$o_crontab_given"
		return 0
	fi
	set -- -
	[ "$c_user" = "$me" ] || set -- -u "$c_user" -
	w_said=$(printf %s "$new_text" | crontab "$@" 2>&1 3<&- 4>&-) || fail "$w_said"
}
