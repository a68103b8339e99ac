#% apt_repository: adds or removes an apt repository
#% repo                          text   required                 the source line: deb http://... RELEASE COMPONENT
#% state                         text   present|absent =present  whether it should exist
#% filename                      text   here                     name of the file in sources.list.d, without .list
#% update_cache|update-cache     bool   =yes                     read the archives' lists after a change
#% install_python_apt            bool   ignored =yes             accepted: nothing in Python is needed
#% update_cache_retries          int    =5                       tries to read the lists
#% update_cache_retry_max_delay  int    =12                      most seconds between tries
#% mode                          mode   =0644                    mode of the file
#% validate_certs                bool   ignored =yes
#% codename                      text   ignored
#% here prepare
#% sets line file ppa
#% returns repo, state
#% example
#%   - apt_repository:
#%       repo: deb https://deb.example.org/debian bookworm main

# Archives for apt. p_line: the source line, tidied; p_file: where a new one goes. A dry run remembers
# `apt-lists`: packages from there would be known by then.
do_apt_repository() {
	field repo:s "$p_repo"
	field state:s "$p_state"
	if ! has apt-get; then
		fail 'the host has no apt-get'
		return
	fi
	if [ -n "$p_ppa" ]; then
		apt_repository_ppa
		return
	fi
	a_found=
	for a_file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list "$p_file"; do
		fs_type "$a_file"
		[ "$f_type" = file ] || continue
		fs_text "$a_file" || continue
		a_kept='' a_rest=$f_text a_here=
		while [ -n "$a_rest" ]; do
			a_line=${a_rest%%"$nl"*}
			a_rest=${a_rest#"$a_line"}
			a_rest=${a_rest#"$nl"}
			if apt_repository_same "$a_line"; then
				a_found=1 a_here=1
			else
				a_kept=$a_kept$a_line$nl
			fi
		done
		if [ -n "$a_here" ] && [ "$p_state" = absent ]; then
			apt_repository_drop || return
		fi
	done
	if [ "$p_state" = present ] && [ -z "$a_found" ]; then
		apt_repository_add || return
	fi
	[ "$r_status" = changed ] || return 0
	remember_lists
	[ -n "$p_update_cache" ] && [ -z "$check" ] || return 0
	apt_repository_read
}

remember_lists() {
	[ -z "$check" ] || remember apt-lists read 1
	apt_read=1
}

# Whether a line is the wanted one, blanks aside.
apt_repository_same() {
	set -f
	# shellcheck disable=SC2086
	set -- $1
	set +f
	[ "$*" = "$p_line" ]
}

# The file without the line; without anything left, no file.
apt_repository_drop() {
	fs_stat "$a_file"
	case $a_file:$a_kept in
	*.list.d/*:)
		fs_remove "$a_file"
		;;
	*)
		new_text=$a_kept a_mode=$p_mode p_mode=
		fs_replace "$a_file" text
		w_ok=$?
		p_mode=$a_mode
		return $w_ok
		;;
	esac
}

apt_repository_add() {
	f_text=
	fs_type "$p_file"
	[ "$f_type" = absent ] || fs_text "$p_file" || return
	case $f_text in
	'' | *"$nl") ;;
	*) f_text=$f_text$nl ;;
	esac
	new_text=$f_text$p_line$nl a_old=$f_text
	fs_parent_ready "$p_file" || return
	fs_stat "$p_file"
	a_was=$f_type
	fs_replace "$p_file" text
}

# Lists that cannot be read must not stay: nothing could be installed any more.
apt_repository_read() {
	a_try=1
	until w_said=$(DEBIAN_FRONTEND=noninteractive apt-get -qq update 2>&1 3<&- 4>&-); do
		[ "$a_try" -lt "$p_update_cache_retries" ] || {
			apt_repository_undo
			return
		}
		a_pause=$((a_try * a_try))
		[ "$a_pause" -le "$p_update_cache_retry_max_delay" ] || a_pause=$p_update_cache_retry_max_delay
		sleep "$a_pause"
		a_try=$((a_try + 1))
	done
	[ ! -d /var/lib/apt/periodic ] || touch /var/lib/apt/periodic/update-success-stamp 2>/dev/null
}

# Its lists cannot be read: everything is as before.
apt_repository_undo() {
	if [ "$p_state" = present ]; then
		if [ "$a_was" = absent ]; then
			rm -f -- "$p_file"
		else
			printf %s "$a_old" >"$p_file"
		fi
	fi
	fail "Failed to update apt cache, the archive was taken out again: $w_said"
}

apt_repository_ppa() {
	a_name=${p_line#ppa:}
	a_there=
	for a_file in /etc/apt/sources.list.d/"${a_name%%/*}"-*-"${a_name#*/}"-*; do
		[ ! -e "$a_file" ] || a_there=1
	done
	case $p_state:$a_there in
	present:1 | absent:) return ;;
	esac
	if [ "$p_state" = present ]; then
		change "$p_line" "state: absent$nl" "state: present$nl"
	else
		change "$p_line" "state: present$nl" "state: absent$nl"
	fi
	remember_lists
	[ -z "$check" ] || return 0
	if ! has add-apt-repository; then
		fail 'the host has no add-apt-repository: install the package software-properties-common'
		return
	fi
	if [ "$p_state" = present ]; then
		attempt add-apt-repository -y "$p_line"
	else
		attempt add-apt-repository -y -r "$p_line"
	fi
}
