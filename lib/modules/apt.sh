#% apt: installs, upgrades and removes Debian packages
#% name|package|pkg              list                             packages: NAME, NAME=VERSION (may end in *),
#%                                                                patterns
#% state                         text   present|absent|latest|fixed|build-dep|installed|removed =present
#%                                                                the state to ensure
#% update_cache|update-cache     bool   =no                       read the archives' lists first
#% cache_valid_time              int    =0                        seconds the lists stay good; implies update_cache
#% update_cache_retries          int    =5                        tries to read the lists
#% update_cache_retry_max_delay  int    =12                       most seconds between tries
#% install_recommends|install-recommends  bool   here             also what they recommend; default: as apt is
#%                                                                configured
#% purge                         bool   =no                       with absent: also their configuration
#% autoremove                    bool   =no                       remove dependencies nothing needs any more
#% autoclean                     bool   =no                       drop downloaded packages that are no longer offered
#% clean                         bool   =no                       drop all downloaded packages
#% default_release|default-release  text                          release to prefer, as 'bookworm-backports'
#% dpkg_options                  text   here =force-confdef,force-confold
#%                                                                options for dpkg, split at commas
#% only_upgrade                  bool   =no                       install nothing that is not there
#% upgrade                       text   no|yes|safe|full|dist|False|True =no
#%                                                                upgrade all packages
#% deb                           path                             a .deb file on the host, or its URL
#% force                         bool   =no                       --force-yes: also what breaks things
#% allow_unauthenticated|allow-unauthenticated  bool   =no        also unsigned packages
#% allow_downgrade|allow-downgrade|allow-downgrades|allow_downgrades  bool   =no
#%                                                                also older versions
#% allow_change_held_packages    bool   =no                       also packages on hold
#% fail_on_autoremove            bool   =no                       refuse to remove anything
#% force_apt_get                 bool   ignored =no               accepted: apt-get is always used
#% policy_rc_d                   int    lacking                   put /usr/sbin/policy-rc.d in place with 'copy', and
#%                                                                remove it afterwards
#% lock_timeout                  int    =60                       seconds to wait for another apt
#% here prepare
#% sets upgrade recommends dpkg_words
#% returns stdout and stderr of apt-get when something changed; cache_updated and cache_update_time when the lists
#%     were looked at
#% example
#%   - apt:
#%       name: [nginx, certbot]
#%       update_cache: true
#%       cache_valid_time: 3600

# shellcheck disable=SC2086,SC2254,SC2120,SC2119
# p_dpkg_words, p_recommends: options for apt-get. A dry run remembers `package NAME` (1: would be there, 0: would
# not).
do_apt() {
	if ! has apt-get; then
		fail "the host has no apt-get: use 'package', or the module of its package manager"
		return
	fi
	apt_cache || return
	apt_changed='' apt_wanted=''
	if [ -n "$p_upgrade" ]; then
		apt_run "$p_upgrade" || return
	fi
	[ -z "$p_deb" ] || apt_deb || return
	if [ -n "$p_name" ]; then
		eval "set -- $p_name"
		case $p_state in
		absent) apt_absent "$@" ;;
		build-dep | fixed) apt_plain "$@" ;;
		*) apt_present "$@" ;;
		esac || return
	fi
	if [ -n "$p_autoremove" ] && [ -z "$p_name" ]; then
		if [ -n "$p_purge" ]; then
			apt_run autoremove --purge || return
		else
			apt_run autoremove || return
		fi
	fi
	[ -n "$check" ] || [ -z "$p_autoclean$p_clean" ] || apt_clean
}

# ---------------------------------------------------------------- lists of the archives

# Reads the lists when that is asked for and they are too old. A dry run reads them into a folder of
# its own, so that its simulation sees what the run will see, and the host's stay as they are.
apt_cache() {
	apt_stale=
	if [ -z "$p_update_cache" ] && [ "$p_cache_valid_time" -eq 0 ]; then
		return 0
	fi
	apt_cache_time
	w_now=$(date +%s)
	if [ $((apt_time + p_cache_valid_time)) -ge "$w_now" ] && [ "$p_cache_valid_time" -gt 0 ]; then
		field cache_updated:b ''
		field cache_update_time:i "$apt_time"
		return 0
	fi
	apt_stale=1 apt_read=1
	[ -n "$p_name$p_deb$p_upgrade" ] || will_change
	field cache_updated:b 1
	if [ -n "$check" ]; then
		apt_read_aside
		remember apt-lists read 1
		field cache_update_time:i "$w_now"
		return 0
	fi
	w_try=1
	until attempt_apt update; do
		if [ "$w_try" -ge "$p_update_cache_retries" ]; then
			fail "Failed to update apt cache: $w_said"
			return 1
		fi
		w_pause=$((w_try * w_try))
		[ "$w_pause" -le "$p_update_cache_retry_max_delay" ] ||
			w_pause=$p_update_cache_retry_max_delay
		sleep "$w_pause"
		w_try=$((w_try + 1))
	done
	# What apt's own timer leaves; without it lists that did not change would never count as fresh.
	[ ! -d /var/lib/apt/periodic ] || touch /var/lib/apt/periodic/update-success-stamp 2>/dev/null
	apt_cache_time
	field cache_update_time:i "$apt_time"
}

# apt_aside: the option that makes apt-get use the lists of this dry run; empty without them.
apt_read_aside() {
	scratch || return 0
	mkdir -p "$scratch/lists/partial"
	printf '#clear APT::Update::%s;\n' Pre-Invoke Post-Invoke Post-Invoke-Success >"$scratch/hooks"
	apt_aside="-o Dir::State::lists=$scratch/lists"
	attempt_apt -c "$scratch/hooks" $apt_aside -o APT::Sandbox::User=root -o Dir::Cache::pkgcache= \
		-o Dir::Cache::srcpkgcache= update || apt_aside=
}

# apt_time: when the lists were last read; 0 when there are none, or the sources were changed since.
apt_cache_time() {
	w_stamp=/var/lib/apt/periodic/update-success-stamp
	[ -e "$w_stamp" ] || w_stamp=/var/lib/apt/lists
	apt_time=$(stat -c %Y "$w_stamp" 2>/dev/null) || apt_time=0
	for w_list in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/sources.list.d/*; do
		# shellcheck disable=SC3013
		[ ! "$w_list" -nt "$w_stamp" ] || apt_time=0
	done
	for w_list in /var/lib/apt/lists/*_Packages*; do
		[ -e "$w_list" ] || apt_time=0
	done
}

# apt-get update; -qq leaves only what went wrong.
attempt_apt() {
	watch_step
	w_said=$(DEBIAN_FRONTEND=noninteractive apt-get -qq -o APT::Update::Error-Mode=any "$@" 2>&1 3<&- 4>&-)
}

# ---------------------------------------------------------------- what is there

# apt_query NAME...: sets apt_known to lines "NAME ARCHITECTURE VERSION STATUS" of what dpkg knows.
apt_query() {
	w_names=
	for w_name; do
		w_name=${w_name%%=*}
		w_names="$w_names ${w_name%%/*}"
	done
	set -f
	apt_known=$nl$(dpkg-query -W -f '${Package} ${Architecture} ${Version} ${db:Status-Abbrev}\n' \
		-- $w_names 2>/dev/null)$nl
	set +f
}

# apt_find NAME[:ARCHITECTURE]: sets apt_status (its second letter i: installed) and apt_version.
apt_find() {
	apt_status='' apt_version=''
	w_base=${1%%:*} w_arch=
	case $1 in *:*) w_arch=${1#*:} ;; esac
	w_rest=$apt_known
	while
		case $w_rest in *"$nl$w_base "*) ;; *) false ;; esac
	do
		w_rest=${w_rest#*"$nl$w_base "}
		w_line=${w_rest%%"$nl"*}
		w_rest=$nl${w_rest#*"$nl"}
		case $w_line in
		"${w_arch:-*}"" "*) ;;
		*) [ -z "$w_arch" ] || [ "$w_arch" = any ] || [ "$w_arch" = native ] || continue ;;
		esac
		w_line=${w_line#* }
		case ${w_line#* } in
		?i*)
			apt_version=${w_line%% *} apt_status=${w_line#* }
			return
			;;
		?[!n]*) apt_status=${w_line#* } apt_version=${w_line%% *} ;;
		esac
	done
}

# apt_names NAME...: sets apt_list to the names with patterns replaced by what apt offers.
apt_names() {
	apt_list=
	for w_name; do
		case ${w_name%%=*} in
		*[*?[]*)
			for w_offered in $(apt-cache -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= pkgnames); do
				case $w_offered in
				${w_name%%=*}) apt_list="$apt_list $w_offered" ;;
				esac
			done
			;;
		*) apt_list="$apt_list $w_name" ;;
		esac
	done
}

apt_present() {
	apt_names "$@"
	set -f
	set -- $apt_list
	set +f
	[ $# -gt 0 ] || {
		fail "no package matches $p_name"
		return 1
	}
	apt_query "$@"
	apt_wanted=
	for w_name; do
		apt_satisfied "$w_name" || apt_wanted="$apt_wanted $w_name"
	done
	if [ "$p_state" = latest ]; then
		apt_wanted=
		for w_name; do
			if [ -n "$p_only_upgrade" ]; then
				apt_find "$w_name"
				case $apt_status in ?i*) ;; *) continue ;; esac
			fi
			apt_wanted="$apt_wanted $w_name"
		done
	fi
	[ -n "$apt_wanted" ] || return 0
	set -f
	set -- $apt_wanted
	set +f
	[ -z "$p_only_upgrade" ] || set -- --only-upgrade "$@"
	[ -z "$p_autoremove" ] || set -- --auto-remove "$@"
	[ -z "$p_default_release" ] || set -- -t "$p_default_release" "$@"
	[ -z "$p_fail_on_autoremove" ] || set -- --no-remove "$@"
	apt_run install "$@"
}

# apt_satisfied NAME[=VERSION]: whether nothing has to be done for it.
apt_satisfied() {
	w_pattern=
	w_bare=${1%%=*}
	case $1 in *=*) w_pattern=${1#*=} ;; esac
	apt_find "${w_bare%%/*}"
	if [ -n "$check" ] && recall package "${w_bare%%:*}"; then
		[ "$recalled" = 1 ]
		return
	fi
	case $apt_status in
	?i*) ;;
	*)
		[ -n "$p_only_upgrade" ]
		return
		;;
	esac
	[ -n "$w_pattern" ] || return 0
	case $apt_version in
	$w_pattern) return 0 ;;
	esac
	return 1
}

apt_absent() {
	apt_query "$@"
	apt_wanted=
	for w_name; do
		case $w_name in
		*[*?[]*)
			apt_matching "$w_name"
			continue
			;;
		esac
		apt_unwanted "$w_name"
	done
	[ -n "$apt_wanted" ] || return 0
	set -f
	set -- $apt_wanted
	set +f
	[ -z "$p_purge" ] || set -- --purge "$@"
	[ -z "$p_autoremove" ] || set -- --auto-remove "$@"
	apt_run remove "$@"
}

apt_unwanted() {
	if [ -n "$check" ] && recall package "${1%%[=:]*}"; then
		[ "$recalled" != 1 ] || apt_wanted="$apt_wanted ${1%%=*}"
		return 0
	fi
	apt_find "${1%%=*}"
	case $apt_status in
	?[icn]*) ;;
	'') return 0 ;;
	*)
		apt_wanted="$apt_wanted ${1%%=*}"
		return 0
		;;
	esac
	case $apt_status:$p_purge in
	?i*:*) apt_wanted="$apt_wanted ${1%%=*}" ;;
	?c*:1) apt_wanted="$apt_wanted ${1%%=*}" ;;
	esac
}

# Installed packages that a pattern matches.
apt_matching() {
	w_left=${apt_known#"$nl"}
	while [ -n "$w_left" ]; do
		w_line=${w_left%%"$nl"*} w_left=${w_left#*"$nl"}
		case ${w_line%% *} in
		$1) apt_unwanted "${w_line%% *}" ;;
		esac
	done
}

# build-dep and fixed: what apt-get itself says.
apt_plain() {
	if [ "$p_state" = build-dep ]; then
		apt_run build-dep "$@"
	else
		apt_run -f install "$@"
	fi
}

# ---------------------------------------------------------------- apt-get

# apt_run VERB WORD...: runs apt-get, or simulates it; what changes is what it says.
apt_run() {
	set -- -y -q -o "DPkg::Lock::Timeout=$p_lock_timeout" $p_dpkg_words $p_recommends "$@"
	[ -z "$p_force" ] || set -- --allow-unauthenticated --allow-downgrades \
		--allow-change-held-packages --allow-remove-essential "$@"
	[ -z "$p_allow_unauthenticated" ] || set -- --allow-unauthenticated "$@"
	[ -z "$p_allow_downgrade" ] || set -- --allow-downgrades "$@"
	[ -z "$p_allow_change_held_packages" ] || set -- --allow-change-held-packages "$@"
	if [ -n "$check" ]; then
		apt_simulate "$@"
		return
	fi
	DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical run_c apt-get "$@" || return 1
	if [ "$rc" -ne 0 ]; then
		tell_run
		fail "$(apt_words "$(run_output err; run_output out)")"
		return 1
	fi
	w_output=$(run_output out)
	case $nl$w_output in
	*"${nl}0 upgraded, 0 newly installed, 0 to remove"*) ;;
	*"${nl}0 upgraded, 0 newly installed, 0 reinstalled, 0 to remove"*) ;;
	*)
		will_change
		tell_run
		[ -z "$diff" ] || apt_tell "$w_output"
		;;
	esac
}

# run with untranslated messages: they are read here.
run_c() {
	w_locale=$saved_locale saved_locale=C.UTF-8
	export DEBIAN_FRONTEND DEBIAN_PRIORITY
	run "$@"
	w_status=$?
	saved_locale=$w_locale
	return $w_status
}

# apt_words TEXT: what went wrong: the lines apt marks, else all it said.
apt_words() {
	w_lines=$(printf '%s\n' "$1" | grep '^E: ')
	w_missing=
	case $w_lines in
	*'Unable to locate package '*)
		w_missing=${w_lines#*'Unable to locate package '}
		w_missing=${w_missing%%"$nl"*}
		printf "No package matching '%s' is available" "$w_missing"
		[ -n "$p_update_cache" ] || printf ": read the archives' lists with 'update_cache: true'"
		printf '%s' "$nl"
		;;
	esac
	printf '%s' "${w_lines:-$1}"
}

# apt_tell OUTPUT: the packages it lists, as a diff; real runs and simulations list the same. Where the
# lists of the archives are not current a dry run cannot know them: then those that were asked for.
apt_tell() {
	if [ -n "$apt_wanted" ] && { [ -n "${apt_read-}" ] || any_remembered apt-lists; }; then
		apt_tell_wanted
		return
	fi
	w_listed=$(printf '%s\n' "$1" | awk '/^[^ ]/ { s = "" }
		/^The following NEW packages will be installed/ { s = "+" }
		/^The following packages will be upgraded/ { s = "+"; u = " (upgraded)" }
		/^The following packages will be DOWNGRADED/ { s = "+"; u = " (downgraded)" }
		/^The following packages will be REMOVED/ { s = "-" }
		/^  / && s != "" { for (i = 1; i <= NF; i++) print s $i (s == "+" ? u : "") }
		/^[^ ]/ && !/^The/ { u = "" }')
	w_added='' w_removed=''
	while [ -n "$w_listed" ]; do
		w_line=${w_listed%%"$nl"*}
		case $w_listed in
		*"$nl"*) w_listed=${w_listed#*"$nl"} ;;
		*) w_listed='' ;;
		esac
		case $w_line in
		+*) w_added=$w_added${w_line#+}$nl ;;
		-*) w_removed=$w_removed${w_line#-}$nl ;;
		esac
	done
	change packages "$w_removed" "$w_added"
}

apt_tell_wanted() {
	w_listed=
	for w_name in $apt_wanted; do
		w_listed=$w_listed$w_name$nl
	done
	if [ "$p_state" = absent ]; then
		change packages "$w_listed" ''
	else
		change packages '' "$w_listed"
	fi
}

# A dry run: apt-get's own simulation, less what earlier steps would have done already.
apt_simulate() {
	if ! w_output=$(apt-get -s -o Debug::NoLocking=1 -o Dir::Log::Planner= -o Dir::Cache::pkgcache= \
		-o Dir::Cache::srcpkgcache= ${apt_aside-} "$@" 2>&1 3<&- 4>&-); then
		apt_unknown "$w_output"
		return
	fi
	w_new=
	w_lines=$(printf '%s\n' "$w_output" | sed -n 's/^\(Inst\|Remv\|Purg\) \([^ ]*\).*/\1 \2/p')
	while [ -n "$w_lines" ]; do
		w_line=${w_lines%%"$nl"*}
		case $w_lines in
		*"$nl"*) w_lines=${w_lines#*"$nl"} ;;
		*) w_lines='' ;;
		esac
		w_state=0
		case $w_line in 'Inst '*) w_state=1 ;; esac
		w_name=${w_line#* }
		if ! recall package "$w_name" || [ "$recalled" != "$w_state" ]; then
			w_new=1
			remember package "$w_name" "$w_state"
		fi
	done
	# What an earlier step would have made otherwise is not what the simulation sees.
	w_state=1 w_unseen=
	[ "$p_state" != absent ] || w_state=0
	for w_name in $apt_wanted; do
		w_name=${w_name%%[=:/]*}
		if recall package "$w_name" && [ "$recalled" != "$w_state" ]; then
			w_new=1 w_unseen=$w_unseen$w_name$nl
			remember package "$w_name" "$w_state"
		fi
	done
	[ -n "$w_new" ] || return 0
	will_change
	if [ -z "$w_unseen" ]; then
		apt_tell "$w_output"
	elif [ "$w_state" = 1 ]; then
		change packages '' "$w_unseen"
	else
		change packages "$w_unseen" ''
	fi
}

# A simulation that failed: with other lists, or after earlier steps, it may well succeed.
apt_unknown() {
	if [ -z "$apt_wanted" ]; then
		unpredicted 'apt-get cannot simulate this now'
		return 0
	fi
	! overlay_below /etc/apt || apt_stale=1
	if [ -z "$apt_stale" ] && ! any_remembered package && ! any_remembered command &&
		! any_remembered apt-lists; then
		fail "$(apt_words "$1")"
		return 1
	fi
	will_change
	w_state=1
	[ "$p_state" != absent ] || w_state=0
	for w_name in $apt_wanted; do
		remember package "${w_name%%[=:/]*}" "$w_state"
	done
	apt_tell_wanted
}

apt_clean() {
	[ -z "$p_clean" ] || attempt apt-get -y clean || return
	[ -z "$p_autoclean" ] || apt_run autoclean
}

# A .deb file: unchanged when dpkg has that version of it.
apt_deb() {
	w_deb=$p_deb
	case $p_deb in
	http://* | https://*)
		if [ -n "$check" ]; then
			unpredicted "would install '$p_deb' unless that version is there"
			remember package "${p_deb##*/}" 1
			return 0
		fi
		scratch || return
		w_deb=$scratch/package.deb
		if has curl; then
			attempt curl -fsSL -o "$w_deb" -- "$p_deb" || return
		else
			attempt wget -q -O "$w_deb" "$p_deb" || return
		fi
		;;
	/*) ;;
	*) w_deb=$PWD/$p_deb ;;
	esac
	if [ ! -f "$w_deb" ]; then
		if [ -n "$check" ] && { any_remembered command || overlay_find "$w_deb"; }; then
			unpredicted "'$p_deb' is not on the host yet"
			return 0
		fi
		fail "no file '$p_deb' on the host"
		return 1
	fi
	w_fields=$(dpkg-deb -f "$w_deb" Package Version 2>&1) || {
		fail "$w_fields"
		return 1
	}
	w_deb_name=${w_fields#*Package: }
	w_deb_name=${w_deb_name%%"$nl"*}
	w_deb_version=${w_fields#*Version: }
	w_deb_version=${w_deb_version%%"$nl"*}
	apt_query "$w_deb_name"
	apt_find "$w_deb_name"
	case $apt_status in
	?i*) [ "$apt_version" != "$w_deb_version" ] || return 0 ;;
	esac
	apt_wanted=$w_deb_name
	apt_run install "$w_deb"
}
