#% tempfile: creates a temporary file or folder on the host
#% state   text   file|directory =file  what to make
#% path    path                         folder to make it in; default: the host's TMPDIR
#% prefix  text   =ansible.             prefix of its name
#% suffix  text   =                     and ends with
#% returns path, state, mode, owner, group, uid, gid, size
#% example
#%   - tempfile:
#%       state: directory
#%     register: work

do_tempfile() {
	if [ -n "$check" ]; then
		unpredicted "would make a temporary $p_state"
		return
	fi
	w_folder=${p_path:-${TMPDIR:-/tmp}}
	random_name || return
	w_made=$w_folder/$p_prefix${w_random%%-*}${w_random##*-}$p_suffix
	w_old_umask=$(umask)
	umask 077
	if [ "$p_state" = file ]; then
		w_said=$({ set -C && : >"$w_made"; } 2>&1)
	else
		w_said=$(mkdir "$w_made" 2>&1)
	fi
	w_ok=$?
	umask "$w_old_umask"
	if [ $w_ok -ne 0 ]; then
		fail "unable to create '$w_made': ${w_said##*: }"
		return
	fi
	will_change
	field path:s "$w_made"
	fs_stat "$w_made"
	describe "$w_made"
}
