#% ping: checks that the host can be reached and used
#% data  text   =pong  what to answer; 'crash' fails
#% returns ping: the data
#% example
#%   - ping:

do_ping() {
	if [ "$p_data" = crash ]; then
		fail boom
		return
	fi
	field ping:s "$p_data"
}
