#% hostname: sets the host name
#% name  text   required  the name
#% use   text   ignored   accepted: what the host has is used
#% match name ^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$  a host name
#% returns name
#% example
#%   - hostname:
#%       name: web1

# The name in the kernel and in /etc/hostname. A dry run remembers `hostname HOST`.
do_hostname() {
	field name:s "$p_name"
	w_now='' w_kept=
	if [ -r /proc/sys/kernel/hostname ]; then
		read -r w_now </proc/sys/kernel/hostname
	else
		w_now=$(uname -n)
	fi
	fs_type /etc/hostname
	if [ "$f_type" = file ]; then
		fs_text /etc/hostname
		w_kept=${f_text%%"$nl"*}
	fi
	! recall hostname host || w_now=$recalled
	if [ "$w_now" = "$p_name" ] && [ "$w_kept" = "$p_name" ]; then
		return
	fi
	change hostname "$w_now$nl" "$p_name$nl"
	if [ -n "$check" ]; then
		remember hostname host "$p_name"
		fs_stat /etc/hostname
		overlay /etc/hostname file "${f_mode:-0644}" "${f_owner:-root}" "${f_group:-root}" '' 1 "$p_name$nl"
		return
	fi
	if [ -d /run/systemd/system ] && has hostnamectl; then
		attempt hostnamectl set-hostname -- "$p_name"
		return
	fi
	fs_stat /etc/hostname
	diff='' new_text=$p_name$nl
	fs_replace /etc/hostname text && attempt hostname "$p_name"
}
