# shellcheck shell=sh disable=SC2154,SC2034
# Puts content in place: copy and template. Parameters of the sender's own: p_basename, p_size.
do_copy() {
	fs_stat "$p_dest"
	case $p_dest in
	*/)
		if [ "$f_type" = absent ]; then
			fs_mkdir "${p_dest%/}" || return
		fi
		p_dest=$p_dest$p_basename
		fs_stat "$p_dest"
		;;
	*)
		if [ "$f_type" = directory ] || { [ "$f_type" = link ] && [ -d "$p_dest" ]; }; then
			if [ -z "$p_basename" ]; then
				fail "'$p_dest' is a folder: give the name of a file"
				return
			fi
			p_dest=$p_dest/$p_basename
			fs_stat "$p_dest"
		fi
		;;
	esac
	if [ "$f_type" = link ] && [ -n "$p_follow" ] && [ -e "$p_dest" ]; then
		p_dest=$(readlink -f -- "$p_dest")
		fs_stat "$p_dest"
	fi
	if [ "$f_type" = directory ]; then
		fail "'$p_dest' is a folder: remove it first, or give another name"
		return
	fi
	field dest:s "$p_dest"
	if [ "$f_type" = file ] && content_is "$p_dest" "$p_sha256"; then
		fs_attributes "$p_dest" || return
		describe "$p_dest"
		return
	fi
	if [ "$f_type" != absent ] && [ -z "$p_force" ]; then
		describe "$p_dest"
		return
	fi
	if [ "$body" -eq 0 ] && [ "$p_size" -ne 0 ]; then
		want
		return
	fi
	fs_parent_ready "$p_dest" || return
	fs_stat "$p_dest"
	fs_replace "$p_dest" body || return
	fs_stat "$p_dest"
	describe "$p_dest"
}
