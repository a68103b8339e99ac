# shellcheck shell=sh disable=SC2154,SC2034
do_tempfile() {
	if [ -n "$check" ]; then
		unpredicted "would make a temporary $p_state"
		return
	fi
	w_folder=${p_path:-${TMPDIR:-/tmp}}
	w_kind=
	[ "$p_state" = file ] || w_kind=-d
	w_made=$(mktemp $w_kind "$w_folder/${p_prefix}XXXXXXXX" 2>&1) || {
		fail "$w_made"
		return
	}
	if [ -n "$p_suffix" ]; then
		# Its random part makes the name unique: the suffix takes nothing from that.
		attempt mv -n -- "$w_made" "$w_made$p_suffix" || return
		w_made=$w_made$p_suffix
	fi
	will_change
	field path:s "$w_made"
	fs_stat "$w_made"
	describe "$w_made"
}
