#% raw: runs a command line on the host through a shell
#% takes free_form command
#% with command
#% executable  text   here  shell to use instead of /bin/sh
#% here prepare
#% returns rc, stdout, stderr, stdout_lines, stderr_lines
#% example
#%   - raw: test -e /usr/bin/python3 || apt-get install -y python3

do_raw() {
	do_command
}
