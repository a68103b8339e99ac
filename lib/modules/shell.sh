#% shell: runs a command line on the host through a shell
#% takes free_form command
#% parameters of command
#% with command
#% here prepare finish
#% returns cmd, rc, stdout, stderr, stdout_lines, stderr_lines, start, end, delta
#% example
#%   - shell: dump app | gzip > /var/backups/app.gz
#%     args:
#%       creates: /var/backups/app.gz

do_shell() {
	do_command
}
