#% systemd: starts, stops, restarts, reloads units, and enables them at boot
#% name|service|unit            text                             the unit; without a suffix a service
#% state                        text   started|stopped|restarted|reloaded
#%                                                               the state to ensure, or the action to take
#% enabled                      bool   here                      whether it starts at boot
#% masked                       bool   here                      whether it is masked, so that it cannot be started
#% daemon_reload|daemon-reload  bool   =no                       read changed unit files first
#% daemon_reexec|daemon-reexec  bool   =no                       restart systemd itself first
#% scope                        text   system|user|global =system
#%                                                               whose systemd
#% no_block                     bool   =no                       do not wait for the unit
#% force                        bool   =no                       replace links that are in the way
#% here prepare=systemd_prepare finish=systemd_finish
#% sets enabled masked
#% returns name, state, enabled, status (what systemd says of the unit)
#% example
#%   - systemd:
#%       name: app.service
#%       state: restarted
#%       daemon_reload: true

# Units of systemd, and scripts in /etc/init.d where there is none: systemd and service.
# p_enabled and p_masked: yes, no or empty. A dry run remembers `unit NAME` (it would be there),
# `unit-active NAME`, `unit-enabled NAME` and `unit-masked NAME` (1 or 0).
do_systemd() {
	u_name=$p_name
	[ -z "$u_name" ] || field name:s "$u_name"
	if [ "$p_scope" = system ] && [ ! -d /run/systemd/system ] &&
		{ ! has systemctl || [ -x "/etc/init.d/${u_name%.service}" ]; }; then
		[ -z "${p_needs_systemd-}" ] || {
			fail "'$p_needs_systemd' needs systemd, which does not run here"
			return
		}
		service_init
		return
	fi
	case $p_scope in
	user)
		: "${XDG_RUNTIME_DIR:=/run/user/$my_uid}"
		export XDG_RUNTIME_DIR
		;;
	esac
	[ -z "$p_daemon_reexec" ] || effect -- systemd_ctl daemon-reexec || return
	[ -z "$p_daemon_reload" ] || effect -- systemd_ctl daemon-reload || return
	[ -n "$u_name$p_state$p_enabled$p_masked" ] || return
	case $u_name in
	*.service | *.socket | *.timer | *.target | *.mount | *.path | *.slice | *.device | *.automount | \
		*.swap | *.scope) u_unit=$u_name ;;
	*) u_unit=$u_name.service ;;
	esac
	systemd_look || return
	[ -z "$p_masked" ] || systemd_masked || return
	[ -z "$p_enabled" ] || systemd_enabled || return
	[ -z "$p_state" ] || systemd_state
}

systemd_ctl() {
	watch_step
	attempt systemctl --no-ask-password "--$p_scope" "$@"
}

# What the unit is now, or would be by then: u_load, u_active, u_enabled (as systemctl's words).
systemd_look() {
	if ! u_shown=$(systemctl "--$p_scope" --no-pager show -p Id -p Description -p LoadState \
		-p ActiveState -p SubState -p UnitFileState -p FragmentPath -p MainPID -p Result \
		-p Type -p NeedDaemonReload -p ExecMainStatus -- "$u_unit" 2>&1 3<&- 4>&-); then
		[ "$p_scope" = global ] || {
			fail "unable to ask systemd: $u_shown"
			return 1
		}
		u_shown="LoadState=loaded${nl}ActiveState=inactive${nl}UnitFileState=$(systemctl --global \
			is-enabled -- "$u_unit" 2>/dev/null)"
	fi
	systemd_property LoadState
	u_load=$w_property
	systemd_property ActiveState
	u_active=$w_property
	systemd_property UnitFileState
	u_enabled=$w_property
	systemd_foresee
	field properties:s "$u_shown"
	if [ "$u_load" = not-found ]; then
		systemd_missing
		return 1
	fi
}

systemd_property() {
	w_property=$nl$u_shown$nl
	case $w_property in
	*"$nl$1="*)
		w_property=${w_property#*"$nl$1="}
		w_property=${w_property%%"$nl"*}
		;;
	*) w_property= ;;
	esac
}

# A dry run: what earlier steps would have made of the unit.
systemd_foresee() {
	systemd_foresee_file
	if [ "$u_load" = not-found ] && recall unit "$u_unit"; then
		u_load=loaded u_active=inactive u_enabled=disabled
	fi
	if recall unit-active "$u_unit"; then
		u_active=inactive
		[ "$recalled" != 1 ] || u_active=active
	fi
	if recall unit-enabled "$u_unit"; then
		u_enabled=disabled
		[ "$recalled" != 1 ] || u_enabled=enabled
	fi
	if recall unit-masked "$u_unit"; then
		u_load=loaded
		[ "$recalled" != 1 ] || u_load=masked
	fi
	return 0
}

# The unit file as this dry run would have written it.
systemd_foresee_file() {
	[ "$u_load" = not-found ] || return 0
	w_file=$u_unit
	case $u_unit in *@?*.*) w_file=${u_unit%%@*}@.${u_unit##*.} ;; esac
	for w_folder in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system \
		/lib/systemd/system /usr/lib/systemd/system /etc/systemd/user "$HOME/.config/systemd/user"; do
		overlay_find "$w_folder/$w_file" || continue
		fs_type "$w_folder/$w_file"
		case $f_type in
		file | link) ;;
		*) continue ;;
		esac
		u_load=loaded u_active=inactive u_enabled=disabled
		eval "w_text=\$o_text_$w_o w_has=\$o_has_$w_o"
		if [ "$w_has" = 1 ] && [ "$f_type" = file ]; then
			case $nl$w_text in *"${nl}[Install]"*) ;; *) u_enabled=static ;; esac
		fi
		for w_link in "/etc/systemd/system/"*".wants/$u_unit"; do
			[ ! -L "$w_link" ] || u_enabled=enabled
		done
		return 0
	done
}

systemd_missing() {
	if any_remembered package; then
		unpredicted "unit '$u_unit' would come with a package"
	elif any_remembered command; then
		unpredicted "unit '$u_unit' is not there yet, and may come with a command"
	else
		fail "Could not find the requested service $u_name: the host has no unit '$u_unit'"
		return
	fi
	remember unit "$u_unit" 1
	case $p_state in
	stopped) remember unit-active "$u_unit" 0 ;;
	?*) remember unit-active "$u_unit" 1 ;;
	esac
	systemd_remember unit-enabled "$p_enabled"
}

# systemd_remember KIND yes|no|'': what a dry run would have made the unit be.
systemd_remember() {
	case $2 in
	yes) remember "$1" "$u_unit" 1 ;;
	no) remember "$1" "$u_unit" 0 ;;
	esac
}

systemd_masked() {
	local is=no verb=mask to=1
	[ "$u_load" != masked ] || is=yes
	[ "$p_masked" != "$is" ] || return 0
	[ "$p_masked" = yes ] || verb=unmask to=0
	change "$u_unit" "masked: $is$nl" "masked: $p_masked$nl"
	effect unit-masked "$u_unit" "$to" -- systemd_ctl "$verb" -- "$u_unit"
}

# enabled in the sense of `systemctl is-enabled`'s exit status.
systemd_enabled() {
	local is=no verb=enable to=1
	case $u_enabled in
	enabled | enabled-runtime | static | alias | indirect | generated) is=yes ;;
	esac
	field enabled:b "$(case $p_enabled in yes) echo 1 ;; esac)"
	[ "$p_enabled" != "$is" ] || return 0
	[ "$p_enabled" = yes ] || verb=disable to=0
	change "$u_unit" "enabled: $is$nl" "enabled: $p_enabled$nl"
	effect unit-enabled "$u_unit" "$to" -- systemd_ctl "$verb" ${p_force:+--force} -- "$u_unit"
}

systemd_state() {
	local running=stopped verb='' to=started active=1
	case $u_active in
	active | activating | reloading) running=started ;;
	esac
	case $p_state:$running in
	started:stopped | reloaded:stopped) verb=start ;;
	stopped:started) verb=stop to=stopped active=0 ;;
	stopped:*)
		to=stopped active=0
		[ "$u_active" != deactivating ] || verb=stop
		;;
	restarted:*) verb=restart ;;
	reloaded:*) verb=reload ;;
	esac
	field state:s "$to"
	[ -n "$verb" ] || return 0
	case $verb in
	start | stop) change "$u_unit" "state: $running$nl" "state: $to$nl" ;;
	*) change "$u_unit" "state: $running$nl" "state: $p_state$nl" ;;
	esac
	effect unit-active "$u_unit" "$active" -- systemd_act "$verb"
}

# systemd_act VERB: starts, stops, ... the unit; what its program said is told when that fails.
systemd_act() {
	local log
	systemd_ctl ${p_no_block:+--no-block} "$1" -- "$u_unit" && return
	# The journal gets the last words of a program a little after it has ended.
	[ "$my_uid" != 0 ] || [ "$p_scope" != system ] || journalctl --sync >/dev/null 2>&1 3<&- 4>&-
	log=$(journalctl -q --no-pager -o cat -n 20 "--$p_scope" -u "$u_unit" 2>/dev/null 3<&- 4>&-)
	fail "unable to $1 service $u_name: $r_message${log:+$nl$log}"
}

# ---------------------------------------------------------------- without systemd

service_init() {
	[ -n "$u_name" ] || return 0
	u_script=/etc/init.d/${u_name%.service} u_unit=${u_name%.service}
	u_load=loaded u_active=inactive
	if [ ! -x "$u_script" ]; then
		systemd_foresee
		systemd_missing
		return
	fi
	! "$u_script" status >/dev/null 2>&1 </dev/null 3<&- 4>&- || u_active=active
	u_enabled=disabled
	for w_link in /etc/rc[2345].d/S[0-9][0-9]"$u_unit" /etc/runlevels/default/"$u_unit"; do
		[ ! -e "$w_link" ] || u_enabled=enabled
	done
	systemd_foresee
	[ -z "$p_enabled" ] || service_enabled || return
	[ -z "$p_state" ] || service_state
}

service_enabled() {
	local is=no
	[ "$u_enabled" != enabled ] || is=yes
	field enabled:b "$(case $p_enabled in yes) echo 1 ;; esac)"
	[ "$p_enabled" != "$is" ] || return 0
	change "$u_unit" "enabled: $is$nl" "enabled: $p_enabled$nl"
	if [ "$p_enabled" = yes ]; then
		effect unit-enabled "$u_unit" 1 -- service_enable add enable on
	else
		effect unit-enabled "$u_unit" 0 -- service_enable del disable off
	fi
}

# service_enable WORDS...: what it is called by rc-update, update-rc.d and chkconfig.
service_enable() {
	if has rc-update; then
		attempt rc-update "$1" "$u_unit" default
	elif has update-rc.d; then
		attempt update-rc.d "$u_unit" defaults && attempt update-rc.d "$u_unit" "$2"
	elif has chkconfig; then
		attempt chkconfig "$u_unit" "$3"
	else
		fail "the host has neither systemctl, rc-update, update-rc.d nor chkconfig to enable '$u_unit'"
	fi
}

service_state() {
	local verb='' to=started active=1
	case $p_state:$u_active in
	started:inactive | reloaded:inactive) verb=start ;;
	stopped:active) verb=stop to=stopped active=0 ;;
	stopped:*) to=stopped ;;
	restarted:*) verb=restart ;;
	reloaded:*) verb=reload ;;
	esac
	field state:s "$to"
	[ -n "$verb" ] || return 0
	change "$u_unit" "state: $u_active$nl" "state: $p_state$nl"
	effect unit-active "$u_unit" "$active" -- service_act "$verb"
}

service_act() {
	if [ "$1" = restart ] && [ -n "${p_sleep-}" ]; then
		attempt "$u_script" stop
		sleep "$p_sleep"
		set -- start
	fi
	# A daemon keeps the output open: it must not be waited for.
	scratch || return
	"$u_script" "$1" >"$scratch/out" 2>&1 </dev/null 3<&- 4>&- ||
		fail "unable to $1 service $u_unit: $(cat "$scratch/out")"
}
