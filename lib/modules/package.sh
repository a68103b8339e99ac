#% package: installs and removes packages with the host's package manager
#% with apt
#% name|pkg                      list   required                  packages
#% state                         text   present|absent|latest|installed|removed =present
#%                                                                the state to ensure
#% update_cache|update-cache     bool   =no                       read the archives' lists first
#% cache_valid_time              int    =0                        seconds the lists stay good (apt)
#% install_recommends|install-recommends  bool   here             with apt: also what they recommend
#% default_release|default-release  text                          with apt: release to prefer
#% dpkg_options                  text   here =force-confdef,force-confold
#%                                                                with apt: options for dpkg
#% purge                         bool   =no                       with apt: also their configuration
#% autoremove                    bool   =no                       with apt: remove dependencies nothing needs any more
#% only_upgrade                  bool   =no                       with apt: install nothing that is not there
#% force                         bool   =no                       with apt: --force-yes
#% allow_unauthenticated|allow-unauthenticated  bool   =no        with apt: also unsigned packages
#% allow_downgrade|allow-downgrade|allow-downgrades|allow_downgrades  bool   =no
#%                                                                with apt: also older versions
#% allow_change_held_packages    bool   =no                       with apt: also packages on hold
#% fail_on_autoremove            bool   =no                       with apt: refuse to remove anything
#% force_apt_get                 bool   ignored =no               accepted: apt-get is always used
#% lock_timeout                  int    =60                       with apt: seconds to wait for another
#% update_cache_retries          int    =5                        with apt: tries to read the lists
#% update_cache_retry_max_delay  int    =12                       with apt: most seconds between tries
#% use                           text   auto|apt|dnf|yum|apk|pacman|zypper =auto
#%                                                                package manager; auto: what the host has
#% here prepare
#% sets needs_apt
#% returns stdout and stderr of the package manager when something changed
#% example
#%   - package:
#%       name: git

# shellcheck disable=SC2086
# With apt all is as in apt.sh; the others do what they all can. A dry run remembers the same.
do_package() {
	w_use=$p_use
	if [ "$w_use" = auto ]; then
		for w_use in apt-get dnf yum apk pacman zypper none; do
			! has "$w_use" || break
		done
	fi
	case $w_use in
	apt | apt-get)
		do_apt
		return
		;;
	dnf | yum | apk | pacman | zypper)
		has "$w_use" || {
			fail "the host has no $w_use"
			return
		}
		;;
	*)
		fail 'the host has no package manager known here (apt, dnf, yum, apk, pacman, zypper)'
		return
		;;
	esac
	[ -z "$p_needs_apt" ] || {
		fail "'$p_needs_apt' is for apt, and the host has $w_use"
		return
	}
	eval "set -- $p_name"
	w_wanted=
	for w_name; do
		package_satisfied "$w_name" || w_wanted="$w_wanted $w_name"
	done
	[ -n "$w_wanted" ] || return 0
	w_text=
	for w_name in $w_wanted; do
		w_text=$w_text$w_name$nl
	done
	if [ -n "$check" ] && [ "$p_state" = latest ]; then
		unpredicted 'would upgrade what is not the latest'
		return
	fi
	case $p_state in
	absent) change packages "$w_text" '' ;;
	present) change packages '' "$w_text" ;;
	esac
	if [ -n "$check" ]; then
		w_state=1
		[ "$p_state" != absent ] || w_state=0
		for w_name in $w_wanted; do
			remember package "$w_name" "$w_state"
		done
		return
	fi
	package_run
}

# package_satisfied NAME: whether nothing has to be done for it.
package_satisfied() {
	if [ -n "$check" ] && recall package "$1"; then
		w_there=$recalled
	else
		w_there=0
		case $w_use in
		dnf | yum | zypper) ! rpm -q --whatprovides "$1" >/dev/null 2>&1 || w_there=1 ;;
		apk) ! apk info -e "$1" >/dev/null 2>&1 || w_there=1 ;;
		pacman) ! pacman -Q "$1" >/dev/null 2>&1 || w_there=1 ;;
		esac
	fi
	case $p_state:$w_there in
	present:1 | absent:0) return 0 ;;
	esac
	return 1
}

package_run() {
	case $w_use:$p_state in
	dnf:absent | yum:absent) set -- $w_use -y remove ;;
	dnf:latest | yum:latest | dnf:present | yum:present) set -- $w_use -y install ;;
	zypper:absent) set -- zypper -n remove ;;
	zypper:*) set -- zypper -n install ;;
	apk:absent) set -- apk del ;;
	apk:latest) set -- apk add --upgrade ;;
	apk:*) set -- apk add ;;
	pacman:absent) set -- pacman --noconfirm -R ;;
	pacman:*) set -- pacman --noconfirm -S --needed ;;
	esac
	if [ -n "$p_update_cache" ]; then
		case $w_use in
		apk) attempt apk update || return ;;
		pacman) attempt pacman --noconfirm -Sy || return ;;
		zypper) attempt zypper -n refresh || return ;;
		*) attempt $w_use -y makecache || return ;;
		esac
	fi
	run_c "$@" $w_wanted || return
	tell_run
	if [ "$rc" -ne 0 ]; then
		fail "$(run_output err; run_output out)"
		return
	fi
	if [ "$p_state" = latest ]; then
		case $(run_output out) in
		*'Nothing to do'* | *'there is nothing to do'*) ;;
		*) will_change ;;
		esac
	fi
}
