#% git: checks out a git repository on the host
#% repo|name                    text   required     address of the repository, as seen from the host
#% dest                         path   required     where the checkout goes
#% version                      text   =HEAD        branch, tag or full commit
#% remote                       text   =origin      name of the remote
#% force                        bool   =no          discard local changes
#% update                       bool   =yes         fetch newer commits into an existing checkout
#% clone                        bool   =yes         make the checkout when it is missing
#% depth                        int                 number of commits to fetch; default: all
#% bare                         bool   =no          a repository without a checkout
#% recursive                    bool   =yes         submodules too
#% single_branch                bool   =no          clone that one branch only
#% refspec                      text                one more refspec to fetch
#% reference                    path                repository on the host to borrow objects from
#% accept_hostkey               bool   =no          record the server's unknown host key
#% accept_newhostkey            bool   =no          the same
#% key_file                     path                private key on the host to log in with
#% ssh_opts                     text                more options for ssh
#% executable                   path                the git to use
#% verify_commit                bool   lacking =no  use 'command: git verify-commit HEAD' after it
#% gpg_whitelist|gpg_allowlist  list   lacking      use 'command: git verify-commit HEAD' after it
#% track_submodules             bool   lacking =no  use 'command: git submodule update --remote' after it
#% separate_git_dir             path   lacking      use 'command: git init --separate-git-dir' before it
#% archive                      path   lacking      use 'command: git archive' after it
#% archive_prefix               text   lacking      use 'command: git archive --prefix' after it
#% umask                        text                umask for the checkout
#% here prepare
#% returns before, after; remote_url_changed when it was
#% example
#%   - git:
#%       repo: https://git.example.org/app.git
#%       dest: /srv/app
#%       version: v1.2

# shellcheck disable=SC2086
# A checkout from a repository the host can reach. A dry run remembers `git DEST` (the commit, or
# "new" when it cannot be known).
do_git() {
	g_key=$p_dest
	[ -z "$check" ] || overlay_path "$p_dest"
	[ -z "$check" ] || g_key=$o_path
	g_git=${p_executable:-git}
	if ! has "$g_git"; then
		if [ -n "$check" ] && { any_remembered package || any_remembered command; }; then
			git_first_without
			return
		fi
		[ -z "$p_executable" ] || {
			fail "no command '$p_executable' on the host"
			return
		}
		fail "the host has no git: install the package git first"
		return
	fi
	git_environment
	w_umask=$(umask)
	[ -z "$p_umask" ] || umask "$p_umask"
	git_main
	umask "$w_umask"
	unset GIT_SSH_COMMAND
}

# A dry run on a host that will have git by then.
git_first_without() {
	field before:n ''
	change "$p_dest" '' "version: $p_version$nl"
	remember git "$g_key" new
	overlay "$p_dest" directory 0755 "$me" "$my_group" '' 1 ''
}

# No question can be answered here.
git_environment() {
	GIT_TERMINAL_PROMPT=0
	w_ssh='ssh -o BatchMode=yes'
	if [ -n "$p_key_file" ]; then
		git_quote "$p_key_file"
		w_ssh="$w_ssh -i $w_quoted -o IdentitiesOnly=yes"
	fi
	[ -z "$p_accept_hostkey$p_accept_newhostkey" ] ||
		w_ssh="$w_ssh -o StrictHostKeyChecking=accept-new"
	GIT_SSH_COMMAND="$w_ssh${p_ssh_opts:+ $p_ssh_opts}"
	# Else `git status` refreshes the index.
	GIT_OPTIONAL_LOCKS=1
	[ -z "$check" ] || GIT_OPTIONAL_LOCKS=0
	export GIT_TERMINAL_PROMPT GIT_SSH_COMMAND GIT_OPTIONAL_LOCKS
}

# w_quoted: a text as one word for the shell that git starts for ssh.
git_quote() {
	w_rest=$1 w_quoted=
	while case $w_rest in *"'"*) ;; *) false ;; esac; do
		w_quoted="$w_quoted${w_rest%%"'"*}'\\''" w_rest=${w_rest#*"'"}
	done
	w_quoted="'$w_quoted$w_rest'"
}

# git_ask WORD...: runs git in the checkout; its words in w_said, all it prints in w_out.
git_ask() {
	w_out=$("$g_git" -C "$g_at" "$@" 2>/dev/null 3<&- 4>&-)
}

git_do() {
	watch_step
	attempt "$g_git" -C "$g_at" "$@"
}

# git_inside FUNCTION: what changes the checkout is done from within it, where nobody who owns a folder above
# can put another one in its place.
git_inside() {
	enter "$g_dest" || return 1
	g_at=.
	"$@"
	w_ok=$?
	g_at=$g_dest
	back
	return $w_ok
}

git_main() {
	fs_now "$p_dest"
	g_dest=$w_now g_at=$w_now
	g_folder=$g_dest/.git
	[ -z "$p_bare" ] || g_folder=$g_dest/HEAD
	g_before=
	if [ -n "$check" ] && recall git "$g_key" && [ -n "$recalled" ]; then
		g_after=$recalled
		git_foreseen
		return
	fi
	if unknown_below "$p_dest/."; then
		unpredicted "what '$o_known_not' will hold is not known here"
		return
	elif ! fs_there "$g_folder"; then
		git_clone
		return
	fi
	if git_ask rev-parse -q --verify HEAD; then
		g_before=$w_out
	elif ! w_said=$("$g_git" -C "$g_dest" rev-parse --git-dir 2>&1 3<&- 4>&-); then
		fail "$w_said"
		return
	fi
	if [ -z "$g_before" ]; then
		field before:n ''
	else
		field before:s "$g_before"
	fi
	if [ -z "$p_update" ]; then
		field after:s "$g_before"
		return
	fi
	git_modified || return
	git_inside git_remote || return
	git_remote_head || return
	[ -n "$g_there$p_refspec" ] || git_ask rev-parse -q --verify "$p_version^{commit}" || git_version_there || return
	if [ -n "$g_there" ] && [ "$g_there" = "$g_before" ] && [ -z "$g_modified$g_moved" ]; then
		field after:s "$g_before"
		return
	fi
	if [ -d "$g_folder" ]; then
		may_write "$g_folder" || return
	fi
	may_write "$g_dest" || return
	if [ -n "$check" ]; then
		git_predict
		return
	fi
	git_inside git_update
}

# What an earlier step of this dry run would have left.
git_foreseen() {
	field before:s "$g_after"
	[ "$g_after" = new ] || g_before=$g_after
	git_remote && git_remote_head || return
	if [ "$g_after" = "$g_there" ] || { [ "$g_after" = new ] && [ -z "$g_there" ]; }; then
		field after:s "$g_after"
	elif [ "$g_after" = new ]; then
		unpredicted 'the commit that will be there is not known'
	else
		git_predict
	fi
}

# g_modified: whether tracked files were changed there.
git_modified() {
	g_modified=
	[ -z "$p_bare" ] || return 0
	git_ask status --porcelain --untracked-files=no --ignore-submodules=none
	[ -n "$w_out" ] || return 0
	if [ -z "$p_force" ]; then
		fail "Local modifications exist in the destination: $p_dest (force=no)$nl$w_out"
		return 1
	fi
	g_modified=1
}

# The remote's address. g_moved: it was another one.
git_remote() {
	g_moved=
	if recall git-remote "$g_key" && [ -n "$recalled" ]; then
		w_out=$recalled
	else
		git_ask config --get "remote.$p_remote.url" || w_out=
	fi
	[ "$w_out" != "$p_repo" ] || return 0
	g_moved=1
	field remote_url_changed:b 1
	change "$p_dest" "$p_remote: $w_out$nl" "$p_remote: $p_repo$nl"
	[ -z "$check" ] || {
		remember git-remote "$g_key" "$p_repo"
		return 0
	}
	if [ -z "$w_out" ]; then
		git_do remote add "$p_remote" "$p_repo"
	else
		git_do remote set-url "$p_remote" "$p_repo"
	fi
}

# g_there: the commit the repository has for p_version; empty when only a fetch can tell. g_kind:
# commit, branch, tag, head or unknown.
git_remote_head() {
	g_there='' g_kind=unknown
	case ${#p_version}:$p_version in
	*:*[!0-9a-f]*) ;;
	40:*)
		g_there=$p_version g_kind=commit
		return 0
		;;
	esac
	if git_recall_repo; then
		[ "$recalled" = new ] || g_there=$recalled
		return 0
	fi
	[ -n "$check" ] || watch_step
	if ! w_heads=$("$g_git" ls-remote -- "$p_repo" HEAD "refs/heads/$p_version" "refs/tags/$p_version" \
		"refs/tags/$p_version^{}" "$p_version" 2>&1 3<&- 4>&-); then
		if git_may_come; then
			unpredicted "unable to reach the repository '$p_repo' yet: $w_heads"
			remember git "$g_key" new
		else
			fail "unable to reach the repository '$p_repo': $w_heads"
		fi
		return 1
	fi
	for w_name in "refs/heads/$p_version" "refs/tags/$p_version^{}" "refs/tags/$p_version" "$p_version"; do
		case $nl$w_heads$nl in
		*"$tab$w_name$nl"*) ;;
		*) continue ;;
		esac
		w_line=$nl$w_heads$nl
		w_line=${w_line%%"$tab$w_name$nl"*}
		g_there=${w_line##*"$nl"}
		case $w_name in
		refs/heads/*) g_kind=branch ;;
		refs/tags/*) g_kind=tag ;;
		HEAD) g_kind='head' ;;
		esac
		return 0
	done
}

# Whether the repository is a folder that an earlier step of this dry run would have checked out.
git_recall_repo() {
	[ -n "$check" ] && any_remembered git || return 1
	overlay_path "${p_repo#file://}"
	recall git "$o_path" && [ -n "$recalled" ]
}

# Whether an earlier step of this dry run may bring what the repository is reached by: itself, or a key.
git_may_come() {
	may_come && return 0
	[ -n "$check" ] && [ "$o_count" -gt 0 ] || return 1
	case $p_repo in
	file://*) w_path=${p_repo#file://} ;;
	*:*) return 0 ;;
	*) w_path=$p_repo ;;
	esac
	overlay_find "$w_path" || overlay_below "$w_path"
}

git_predict() {
	if [ -z "$g_there" ]; then
		# A short commit: it may be there already.
		if git_ask rev-parse -q --verify "$p_version^{commit}"; then
			g_there=$w_out
		else
			unpredicted "'$p_version' can be known only after a fetch"
			remember git "$g_key" new
			return 0
		fi
	fi
	field after:s "$g_there"
	[ "$g_there" != "$g_before" ] || [ -n "${g_modified-}" ] || return 0
	will_change
	change "$p_dest" "${g_before:+commit: $g_before$nl}" "commit: $g_there$nl"
	remember git "$g_key" "$g_there"
}

git_clone() {
	field before:n ''
	[ -n "$p_clone" ] || return 0
	git_folder_ready || return
	git_remote_head || return
	git_version_there || return
	if [ -n "$check" ]; then
		[ -n "$g_there" ] || unpredicted "'$p_version' can be known only after a fetch"
		[ -z "$g_there" ] || change "$p_dest" '' "commit: ${g_there:-$p_version}$nl"
		[ -z "$g_there" ] || field after:s "$g_there"
		remember git "$g_key" "${g_there:-new}"
		remember git-remote "$g_key" "$p_repo"
		overlay_folders "$p_dest"
		overlay_path "$p_dest"
		remember filled "$o_path" 1
		return 0
	fi
	may_change
	set --
	[ -z "$p_depth" ] || set -- "$@" --depth "$p_depth"
	[ -z "$p_bare" ] || set -- "$@" --bare
	[ -z "$p_reference" ] || set -- "$@" --reference "$p_reference"
	[ "$p_remote" = origin ] || set -- "$@" --origin "$p_remote"
	case $g_kind in
	branch | tag)
		set -- "$@" --branch "$p_version"
		[ -n "$p_single_branch" ] || [ -z "$p_depth" ] || set -- "$@" --no-single-branch
		;;
	esac
	[ -z "$p_single_branch" ] || set -- "$@" --single-branch
	git_folder || return
	git_inside git_clone_here "$@" && return
	[ -z "$g_made" ] || git_unmake
	return 1
}

# The folder for a clone, our own and empty. g_made: it was not there before.
git_folder() {
	g_made=
	fs_type "$p_dest"
	[ "$f_type" = absent ] || return 0
	g_made=1 g_diff=$diff diff='' p_mode='' p_owner='' p_group=
	fs_mkdir "$p_dest"
	w_ok=$?
	diff=$g_diff
	return $w_ok
}

git_unmake() {
	w_kept=$r_message
	place "$p_dest" && rmdir "./$w_base" 2>/dev/null
	place_leave
	r_message=$w_kept
}

git_clone_here() {
	if [ ! -O . ]; then
		fail "'$p_dest' belongs to another user: clone as that user (become_user), or into a folder that is not there yet"
		return 1
	fi
	g_from=$p_repo
	case $p_repo in
	/* | *:*) ;;
	*) [ ! -e "$start/$p_repo" ] || g_from=$start/$p_repo ;;
	esac
	watch_step
	attempt "$g_git" clone -q "$@" -- "$g_from" . || return 1
	case $g_kind in
	commit | unknown) git_checkout || return 1 ;;
	esac
	git_submodules && git_finish
}

# A plain word that is neither a branch nor a tag there is no commit either, unless it looks like one.
git_version_there() {
	[ -z "$g_there" ] || return 0
	case $p_version in
	*[!0-9a-f]*) ;;
	*) return 0 ;;
	esac
	case $p_version in
	*[!A-Za-z0-9._-]*) return 0 ;;
	esac
	if git_recall_repo; then
		return 0
	fi
	fail "Failed to checkout $p_version: the repository '$p_repo' has no such branch or tag"
	return 1
}

# Whether p_dest is, or can be made, an empty folder of ours.
git_folder_ready() {
	p_mode='' p_owner='' p_group=
	fs_may_mkdir "$p_dest" || return 1
	[ -z "$w_missing" ] || return 0
	if ! fs_empty_quietly "$p_dest"; then
		fail "destination path '$p_dest' already exists and is not an empty directory"
		return 1
	fi
	may_fill "$p_dest" clone
}

git_update() {
	may_change
	set --
	[ -z "$p_depth" ] || set -- "$@" --depth "$p_depth"
	if [ -n "$p_bare" ]; then
		set -- "$@" "$p_remote" '+refs/heads/*:refs/heads/*'
	else
		set -- "$@" "$p_remote" "+refs/heads/*:refs/remotes/$p_remote/*"
	fi
	[ -z "$p_refspec" ] || set -- "$@" "$p_refspec"
	if [ "$g_kind" != commit ] || ! git_ask cat-file -e "$p_version^{commit}"; then
		git_do fetch -q --force --tags "$@" || return
		if [ "$g_kind" = commit ] && ! git_ask cat-file -e "$p_version^{commit}"; then
			git_do fetch -q --force "$p_remote" "$p_version" || return
		fi
	fi
	[ -n "$p_bare" ] || git_checkout || return
	git_submodules || return
	[ -z "$g_modified" ] || will_change
	git_finish
}

git_checkout() {
	[ -z "$p_bare" ] || return 0
	case $g_kind in
	branch) git_do checkout -q --force -B "$p_version" "refs/remotes/$p_remote/$p_version" ;;
	head)
		git_do remote set-head "$p_remote" --auto
		git_ask symbolic-ref --short "refs/remotes/$p_remote/HEAD" || w_out=
		w_branch=${w_out#"$p_remote/"}
		if [ -n "$w_branch" ]; then
			git_do checkout -q --force -B "$w_branch" "$g_there"
		else
			git_do checkout -q --force --detach "$g_there"
		fi
		;;
	*)
		git_do checkout -q --force --detach "${g_there:-$p_version}" ||
			fail "Failed to checkout $p_version: $w_said"
		;;
	esac
	[ "$r_status" != failed ]
}

git_submodules() {
	[ -n "$p_recursive" ] && [ -f "$g_at/.gitmodules" ] || return 0
	git_do submodule -q sync && git_do submodule -q update --init --recursive ${p_force:+--force}
}

git_finish() {
	git_ask rev-parse HEAD
	field after:s "$w_out"
	[ "$w_out" != "$g_before" ] || return 0
	will_change
	change "$p_dest" "${g_before:+commit: $g_before$nl}" "commit: $w_out$nl"
}
