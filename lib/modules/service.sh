#% service: starts, stops, restarts, reloads services, and enables them at boot
#% with systemd
#% name                         text   required                  the service
#% state                        text   started|stopped|restarted|reloaded
#%                                                               the state to ensure, or the action to take
#% enabled                      bool   here                      whether it starts at boot
#% sleep                        int                              seconds between stop and start, with /etc/init.d
#% arguments|args               text   ignored =
#% pattern                      text   ignored
#% runlevel                     text   ignored =default
#% use                          text   ignored auto|systemd|sysvinit|service =auto
#%                                                               accepted: what the host has is used
#% daemon_reload|daemon-reload  bool   =no                       with systemd: read changed unit files first
#% daemon_reexec|daemon-reexec  bool   =no                       with systemd: restart it first
#% masked                       bool   here                      with systemd: whether it is masked, so that it
#%                                                               cannot be started
#% scope                        text   system|user|global =system
#%                                                               with systemd: whose
#% no_block                     bool   =no                       with systemd: do not wait for the unit
#% force                        bool   =no                       with systemd: replace links that are in the way
#% here prepare finish=systemd_finish
#% sets enabled masked needs_systemd
#% returns name, state, enabled, status (what systemd says of the unit)
#% example
#%   - service:
#%       name: nginx
#%       state: started
#%       enabled: true

do_service() {
	do_systemd
}
