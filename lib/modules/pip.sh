#% pip: installs Python packages, in a virtual environment or in the system
#% name                      list   here                      packages as pip accepts them: NAME, NAME==1.2, a URL
#% version                   text   here                      version, with one name
#% requirements              path                             file on the host that lists packages
#% virtualenv                path                             virtual environment to use, created when it is missing
#% virtualenv_command        text   here ="python3 -m venv"   command that creates it
#% virtualenv_python         text                             Python for it, when the command is virtualenv
#% virtualenv_site_packages  bool   =no                       it also sees the system's packages
#% state                     text   present|absent|latest|forcereinstall =present
#%                                                            the state to ensure
#% extra_args                text   here                      more options for pip
#% editable                  bool   =no                       install in editable mode
#% chdir                     path                             folder to work in
#% executable                path                             the pip to use
#% umask                     text                             umask for what is installed
#% break_system_packages     bool   =no                       also where the system's packages are managed otherwise
#% here prepare
#% sets names venv_words extra_words program
#% exclusive virtualenv,executable
#% returns cmd, virtualenv, requirements, stdout, stderr
#% example
#%   - pip:
#%       requirements: /srv/app/requirements.txt
#%       virtualenv: /srv/app/venv

# shellcheck disable=SC2086,SC2016
# Python packages. p_names, p_venv_words, p_extra_words: quoted words; p_program: pip.py. A dry run makes
# $p_virtualenv/bin/activate in its overlay and remembers `pip ENVIRONMENT NAME`.
do_pip() {
	[ -z "$p_virtualenv" ] || field virtualenv:s "$p_virtualenv"
	[ -z "$p_requirements" ] || field requirements:s "$p_requirements"
	pip_new=
	if [ -n "$p_chdir" ] && [ ! -d "$p_chdir" ]; then
		fs_type "$p_chdir"
		if [ -z "$check" ] || [ "$f_type" != directory ]; then
			fail "folder '$p_chdir' does not exist on the host"
			return
		fi
	fi
	if [ -n "$p_virtualenv" ]; then
		pip_in "$p_virtualenv"
		pip_venv=$w_path
		pip_trusted || return
		fs_type "$pip_venv/bin/activate"
		[ "$f_type" != absent ] || pip_make || return
	fi
	[ -n "$p_names$p_requirements" ] || return 0
	if [ "$p_state" = present ] && pip_foreseen; then
		return 0
	fi
	if [ -n "$pip_new" ] && [ -n "$check" ]; then
		pip_remember
		return 0
	fi
	pip_find_command || return
	pip_satisfied
	w_known=$?
	if [ "$w_known" -eq 0 ]; then
		return 0
	fi
	if [ -n "$check" ]; then
		pip_predict "$w_known"
		return
	fi
	pip_run
}

# Whether root may run what lies in the virtual environment, and write there: not where another user owns a
# folder on the way, who could put anything in its place.
pip_trusted() {
	[ "$my_uid" = 0 ] || return 0
	w_folder=$pip_venv
	while [ ! -d "$w_folder" ] && [ "$w_folder" != / ]; do
		parent "$w_folder"
		w_folder=$w_parent
	done
	enter "$w_folder" || return 1
	w_up=. w_rest=$PWD
	while [ -O "$w_up" ] && [ -n "${w_rest%/}" ]; do
		w_up=$w_up/.. w_rest=${w_rest%/*}
	done
	w_ok=1
	[ ! -O "$w_up" ] || w_ok=0
	back
	[ $w_ok -ne 0 ] || return 0
	fail "root cannot use '$p_virtualenv' safely: another user owns a folder of its path: use it as that user (become_user)"
	return 1
}

# w_path: a path as seen from p_chdir.
pip_in() {
	case $1 in
	/*) w_path=$1 ;;
	*) w_path=${p_chdir:-$PWD}/$1 ;;
	esac
}

pip_make() {
	pip_new=1
	eval "set -- $p_venv_words"
	change "$p_virtualenv" "state: absent$nl" "state: virtual environment$nl"
	if [ -n "$check" ]; then
		fs_type "$pip_venv"
		[ "$f_type" = directory ] ||
			overlay "$pip_venv" directory 0755 "$me" "$my_group" '' 1 ''
		overlay "$pip_venv/bin" directory 0755 "$me" "$my_group" '' 1 ''
		for w_name in activate pip python python3; do
			overlay "$pip_venv/bin/$w_name" file 0755 "$me" "$my_group" '' unknown ''
		done
		return 0
	fi
	[ -z "$p_virtualenv_site_packages" ] || set -- "$@" --system-site-packages
	case $p_virtualenv_python:$1 in
	?*:*virtualenv) set -- "$@" -p "$p_virtualenv_python" ;;
	esac
	w_umask=$(umask)
	[ -z "$p_umask" ] || umask "$p_umask"
	run "$@" "$pip_venv"
	umask "$w_umask"
	if [ "$rc" -ne 0 ]; then
		tell_run
		fail "unable to create the virtual environment '$p_virtualenv': $(run_output out; run_output err)"
		return 1
	fi
}

# Whether this dry run has already foreseen all that is asked for.
pip_foreseen() {
	[ -n "$check" ] || return 1
	if [ -n "$p_requirements" ]; then
		recall pip "${pip_venv-} -r $p_requirements" || return 1
	fi
	eval "set -- $p_names"
	for w_name; do
		recall pip "${pip_venv-} $w_name" || return 1
	done
}

pip_remember() {
	eval "set -- $p_names"
	if [ -n "$p_requirements" ]; then
		remember pip "${pip_venv-} -r $p_requirements" 1
		pip_requirements && pip_remember_lines
	fi
	for w_name; do
		remember pip "${pip_venv-} $w_name" 1
		remember pip "${pip_venv-} ${w_name%%[!A-Za-z0-9._-]*}" 1
	done
}

# The names in the lines of w_list.
pip_remember_lines() {
	while [ -n "$w_list" ]; do
		w_line=${w_list%%"$nl"*} w_list=${w_list#"$w_line"}
		w_list=${w_list#"$nl"} w_line=${w_line%%[!A-Za-z0-9._-]*}
		case $w_line in
		'' | -*) ;;
		*) remember pip "${pip_venv-} $w_line" 1 ;;
		esac
	done
}

# pip_words: the words that start pip; pip_python: the Python behind it, when known.
pip_find_command() {
	if [ -n "$p_virtualenv" ]; then
		pip_words='"$pip_venv/bin/python" -m pip' pip_python=$pip_venv/bin/python
	elif [ -n "$p_executable" ]; then
		pip_words='"$p_executable"' pip_python=
		[ -x "${p_executable%/*}/python3" ] && pip_python=${p_executable%/*}/python3
		[ -n "$pip_python" ] || ! has python3 || pip_python=python3
	elif has python3; then
		pip_words='python3 -m pip' pip_python=python3
	elif [ -n "$check" ] && { any_remembered package || any_remembered command; }; then
		unpredicted 'Python is not on the host yet'
		return 1
	else
		fail 'the host has no python3: install the packages python3 and python3-pip first'
		return 1
	fi
	if [ -n "$check" ] && [ -n "$p_virtualenv" ] && [ ! -x "$pip_python" ]; then
		unpredicted 'what the virtual environment will hold by then is not known'
		pip_remember
		return 1
	fi
}

# Whether what is asked for is there: 0 yes, 1 no, 2 cannot be told. Python itself answers, with the
# requirement rules that pip has; it writes nothing.
pip_satisfied() {
	case $p_state in
	latest | forcereinstall) return 2 ;;
	esac
	[ -z "$p_editable" ] || return 2
	[ -n "$pip_python" ] || return 2
	w_list=
	if [ -n "$p_requirements" ]; then
		pip_requirements || return
	fi
	eval "set -- $p_names"
	for w_name; do
		w_list=$w_list$w_name$nl
	done
	printf %s "$w_list" | "$pip_python" -B -c "$p_program" "$p_state" >/dev/null 2>&1 3<&- 4>&-
}

# The text of the requirements file in w_list; fails with what pip_satisfied shall say.
pip_requirements() {
	pip_in "$p_requirements"
	fs_type "$w_path"
	if [ "$f_type" = absent ]; then
		# pip itself says what is wrong.
		return 2
	fi
	if [ "$o_count" -gt 0 ] && overlay_find "$w_path" && eval "[ \"\$o_has_$w_o\" != 1 ]"; then
		eval "[ \"\$o_has_$w_o\" = 0 ]" || return 2
	fi
	fs_text "$w_path" || return 2
	w_list=$f_text
}

# What a dry run says: 1: something is missing.
pip_predict() {
	if [ "$1" -eq 1 ]; then
		will_change
		pip_remember
		return
	fi
	if [ -n "$p_requirements" ]; then
		pip_in "$p_requirements"
		fs_type "$w_path"
		if [ "$f_type" = absent ] && ! any_remembered command && ! any_remembered git; then
			fail "no file '$p_requirements' on the host"
			return
		fi
	fi
	unpredicted 'pip alone can tell whether something is to be installed'
}

pip_run() {
	eval "set -- $pip_words"
	case $p_state in
	absent) set -- "$@" uninstall -y ;;
	latest) set -- "$@" install -U ;;
	forcereinstall) set -- "$@" install -U --force-reinstall ;;
	*) set -- "$@" install ;;
	esac
	[ -z "$p_break_system_packages" ] || set -- "$@" --break-system-packages
	eval "set -- \"\$@\" $p_extra_words"
	[ -z "$p_requirements" ] || set -- "$@" -r "$p_requirements"
	if [ -n "$p_editable" ]; then
		set -- "$@" -e
	fi
	eval "set -- \"\$@\" $p_names"
	w_umask=$(umask)
	[ -z "$p_umask" ] || umask "$p_umask"
	saved_locale=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
	export PIP_DISABLE_PIP_VERSION_CHECK PIP_NO_INPUT
	run "$@"
	w_ran=$?
	umask "$w_umask"
	[ "$w_ran" -eq 0 ] || [ -n "$rc" ] || return
	field cmd:s "$*"
	tell_run
	if [ "$rc" -ne 0 ]; then
		w_said=$(run_output err)
		case $w_said in
		*'No module named pip'*)
			w_said="$w_said$nl""install the package python3-pip, or python3-venv for virtual environments, first"
			;;
		esac
		fail "${w_said:-$(run_output out)}"
		return
	fi
	if run_output out | grep -q '^ *Successfully \(un\)\{0,1\}installed'; then
		will_change
	fi
}
