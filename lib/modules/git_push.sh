#% git_push: pushes a commit of a local repository to the host and checks it out
#% src          text   here =.     folder of the repository here
#% dest         path   required    where the checkout goes on the host
#% version      text   here =HEAD  branch, tag or commit
#% remote_name  text               remote on the host that is set to the repository's origin
#% force        bool   =yes        discard local changes to tracked files on the host
#% here prepare answer
#% sets commit branch shallow remote_url answered files
#% returns before, after
#% example
#%   - git_push:
#%       dest: /srv/app
#%       version: main

# shellcheck disable=SC2119,SC2120
# A commit from the sender's repository. p_commit, p_branch (may be empty), p_shallow, p_remote_url;
# p_answered: the body is a pack of what was missing, or, in a dry run, p_files lists what would change:
# PATH MODE TEXT. A dry run remembers `git DEST`.
do_git_push() {
	g_before=
	g_key=$p_dest
	[ -z "$check" ] || overlay_path "$p_dest"
	[ -z "$check" ] || g_key=$o_path
	fs_now "$p_dest"
	g_dest=$w_now
	if [ -n "$check" ] && recall git "$g_key" && [ -n "$recalled" ]; then
		[ "$recalled" = new ] || g_before=$recalled
		g_dirty=
	elif has git; then
		git_push_look || return
	elif [ -z "$check" ]; then
		fail "the host has no git: install the package git first"
		return
	elif ! any_remembered package && ! any_remembered command; then
		fail "the host has no git: install the package git first"
		return
	fi
	if [ "$g_before" = "$p_commit" ] && [ -z "$g_dirty" ]; then
		git_push_remote || return
		field before:s "$g_before"
		field after:s "$p_commit"
		return
	fi
	p_mode='' p_owner='' p_group=
	fs_may_mkdir "$p_dest" || return
	if [ -z "$w_missing" ]; then
		fs_type "$p_dest/.git"
		if [ "$f_type" = absent ]; then
			may_fill "$p_dest" push || return
		elif [ "$f_type" = directory ]; then
			may_enter "$p_dest" && may_write "$g_dest/.git" && may_write "$g_dest" || return
		fi
	fi
	if [ -n "$g_dirty" ] && [ -z "$p_force" ]; then
		fail "files were changed in '$p_dest' on the host, and 'force' is off:$nl$g_dirty"
		return
	fi
	if [ -z "$p_answered" ] && { [ -n "$check" ] || ! git_push_has; }; then
		ask "$g_before"
		return
	fi
	if [ -z "$g_before" ]; then
		field before:n ''
	else
		field before:s "$g_before"
	fi
	field after:s "$p_commit"
	git_push_tell
	if [ -n "$check" ]; then
		git_push_foresee
		return
	fi
	git_push_apply
}

# g_before, g_dirty: what is there now.
git_push_look() {
	g_dirty=
	if unknown_below "$p_dest/."; then
		unpredicted "what '$o_known_not' will hold is not known here"
		return 1
	fi
	fs_there "$g_dest/.git" || return 0
	if g_before=$(git -C "$g_dest" rev-parse -q --verify HEAD 2>/dev/null); then
		g_dirty=$(git ${check:+--no-optional-locks} -C "$g_dest" status --porcelain --untracked-files=no 2>&1)
		return 0
	fi
	g_before=
	w_said=$(git -C "$g_dest" rev-parse --git-dir 2>&1) && return
	fail "$w_said"
	return 1
}

git_push_has() {
	[ -e "$p_dest/.git" ] && git -C "$p_dest" cat-file -e "$p_commit^{commit}" 2>/dev/null
}

git_push_tell() {
	if [ "$g_before" = "$p_commit" ]; then
		change "$p_dest" "changed on the host:$nl$g_dirty$nl" "commit: $p_commit$nl"
	else
		change "$p_dest" "${g_before:+commit: $g_before$nl}" "commit: $p_commit$nl"
	fi
}

git_push_foresee() {
	remember git "$g_key" "$p_commit"
	overlay_folders "$p_dest/.git"
	overlay_path "$p_dest/.git"
	remember filled "$o_path" 1
	new_group "$p_dest"
	eval "set -- $p_files"
	while [ $# -gt 2 ]; do
		case $1:$3 in
		*/*:text:* | */*:sha256:*) overlay_folders "$p_dest/${1%/*}" ;;
		esac
		case $3 in
		text:*) overlay "$p_dest/$1" file "$2" "$me" "$w_new_group" '' 1 "${3#text:}" ;;
		sha256:*) overlay "$p_dest/$1" file "$2" "$me" "$w_new_group" '' "${3#sha256:}" '' ;;
		*) overlay "$p_dest/$1" absent '' '' '' '' 1 '' ;;
		esac
		shift 3
	done
}

# From within the folder, where nobody who owns one above can put another in its place.
git_push_apply() {
	fs_type "$p_dest"
	if [ "$f_type" = absent ]; then
		g_diff=$diff diff='' p_mode='' p_owner='' p_group=
		fs_mkdir "$p_dest"
		w_ok=$?
		diff=$g_diff
		[ $w_ok -eq 0 ] || return
	fi
	enter "$p_dest" || return
	git_push_here
	back
}

git_push_here() {
	if [ ! -e .git ]; then
		if [ ! -O . ]; then
			fail "'$p_dest' belongs to another user: push as that user (become_user), or into a folder that is not there yet"
			return 1
		fi
		attempt git init -q || return
	fi
	if [ "$body" -gt 0 ]; then
		git_push_take || return
	fi
	if [ -n "$p_shallow" ]; then
		printf %s "$p_shallow" >>.git/shallow
	fi
	git_push_remote . || return
	if [ -n "$p_branch" ]; then
		attempt git checkout -q --force -B "$p_branch" "$p_commit"
	else
		attempt git checkout -q --force --detach "$p_commit"
	fi
}

# The pack goes to a file first: a lost connection must not leave half of it in the repository.
git_push_take() {
	scratch || return
	w_left=$body body=0
	w_said=$({ take_exactly "$w_left" | {
		cat >"$scratch/pack" || {
			cat >/dev/null
			false
		}
	}; } 2>&1)
	if [ "$(wc -c <"$scratch/pack")" -ne "$w_left" ]; then
		fail "unable to write '$scratch/pack': ${w_said:-short write}"
		return 1
	fi
	w_said=$(git index-pack --stdin --fix-thin <"$scratch/pack" 2>&1 3<&- 4>&-) && {
		rm -f "$scratch/pack"
		return 0
	}
	rm -f "$scratch/pack"
	fail "unable to take the commits: $w_said"
	return 1
}

git_push_remote() {
	[ -n "$p_remote_name" ] && [ -n "$p_remote_url" ] && [ -z "$check" ] || return 0
	w_url=$(git -C "${1:-$p_dest}" config --get "remote.$p_remote_name.url")
	if [ "$w_url" = "$p_remote_url" ]; then
		return 0
	elif [ -n "$w_url" ]; then
		attempt git -C "${1:-$p_dest}" remote set-url "$p_remote_name" "$p_remote_url"
	else
		attempt git -C "${1:-$p_dest}" remote add "$p_remote_name" "$p_remote_url"
	fi
}
