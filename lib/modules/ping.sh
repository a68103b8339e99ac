# shellcheck shell=sh disable=SC2154
do_ping() {
	if [ "$p_data" = crash ]; then
		fail boom
		return
	fi
	field ping:s "$p_data"
}
