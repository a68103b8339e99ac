#% get_url: downloads a file to the host over HTTP, HTTPS or FTP
#% takes attributes
#% url                    text   required          where it is (http, https or ftp)
#% dest                   path   required          where it goes; a folder gets the URL's last part
#% checksum               text   here =            ALGORITHM:HEX of the content
#% sha256sum              text   here =            the old way to write checksum: sha256:HEX
#% force                  bool   =no               fetch it even when the file is there
#% backup                 bool   =no               keep the old file under a dated name
#% timeout                int    =10               seconds without an answer
#% headers                dict                     more headers
#% url_username|username  text                     user for basic authentication
#% url_password|password  text   secret            its password
#% force_basic_auth       bool   ignored =no       accepted: it is always sent at once
#% validate_certs         bool   =yes              check the server's certificate
#% http_agent             text   =ansible-httpget  name to call ourselves
#% use_proxy              bool   =yes              use the proxy the host's environment names
#% decompress             bool   lacking =yes      remove it, what is fetched is kept as the server meant it
#% client_cert            text   lacking           use 'command' with curl --cert
#% client_key             text   lacking           use 'command' with curl --key
#% ciphers                list   lacking           use 'command' with curl --ciphers
#% unredirected_headers   list   lacking           remove it and give the address that the server redirects to
#% use_gssapi             bool   lacking =no       use 'command' with curl --negotiate
#% use_netrc              bool   ignored =yes      accepted: no .netrc is read
#% tmp_dest               path   ignored           accepted: what is fetched waits beside dest
#% validate               text                     command that checks the new file, named %s
#% here prepare
#% sets checksum basename
#% returns url, dest, state, mode, owner, group, uid, gid, size; backup_file with backup
#% example
#%   - get_url:
#%       url: https://example.org/app-1.2.tar.gz
#%       dest: /opt/app-1.2.tar.gz
#%       checksum: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

# A file from the web. p_checksum: ALGORITHM:HEX in lower case, or empty.
do_get_url() {
	field url:s "$p_url"
	fs_type "$p_dest"
	if fs_folder "$p_dest"; then
		p_dest=${p_dest%/}/$p_basename
	fi
	field dest:s "$p_dest"
	fs_stat "$p_dest"
	if [ "$f_type" = link ] && fs_there "$p_dest"; then
		follow "$p_dest" || return
		p_dest=$w_path
		fs_stat "$p_dest"
	fi
	if [ "$f_type" = other ]; then
		fail "'$p_dest' is neither a file, a folder nor a link: remove it first"
		return
	fi
	if [ "$f_type" = file ]; then
		if [ -n "$p_checksum" ] && get_url_sum "$p_dest"; then
			get_url_unchanged 'file already exists'
			return
		elif [ -z "$p_checksum" ] && [ -z "$p_force" ]; then
			get_url_unchanged 'file already exists'
			return
		fi
	fi
	if [ -n "$check" ]; then
		get_url_predict
		return
	fi
	fs_parent_ready "$p_dest" || return
	scratch || return
	new_file=$scratch/download
	watch_step
	get_url_fetch || return
	if [ -n "$p_checksum" ] && ! get_url_sum "$new_file"; then
		fail "The checksum for $p_url did not match ${p_checksum#*:}; it was $w_sum."
		rm -f -- "$new_file"
		return
	fi
	fs_sha256 "$new_file"
	fs_stat "$p_dest"
	if [ "$f_type" = file ] && content_is "$p_dest" "$f_sha256"; then
		fs_stat "$p_dest"
		get_url_unchanged ''
	else
		fs_stat "$p_dest"
		get_url_put
	fi
	rm -f -- "$new_file"
}

# A dry run asks for the head alone, so that a file that is not there is told. A server that does not answer such a
# question tells nothing.
get_url_head() {
	g_method='head' new_file=
	get_url_fetch
	w_ok=$?
	g_method=
	[ $w_ok -ne 0 ] || return 0
	case $r_message in
	*' 405'* | *' 501'*)
		r_status=ok r_message=
		return 0
		;;
	esac
	if may_come; then
		r_status=ok
		unpredicted "not to be fetched yet: $r_message"
	fi
	return 1
}

# Contents from the web make no diff: a dry run cannot know them.
get_url_put() {
	w_kept=$diff
	may put "$p_dest" && may_own "$p_dest" "$p_owner" "$p_group" || return
	change "$p_dest" "state: $f_type$nl" "from: $p_url$nl"
	diff=
	fs_replace "$p_dest" file
	diff=$w_kept
	[ "$r_status" = failed ] || {
		fs_stat "$p_dest"
		describe "$p_dest"
	}
}

get_url_predict() {
	if [ "$f_type" = file ] && { [ -z "$p_checksum" ] || overlay_find "$p_dest"; }; then
		unpredicted 'only a download can tell whether it differs'
		overlay "$p_dest" file "$f_mode" "$f_owner" "$f_group" '' unknown ''
		return
	fi
	fs_parent_ready "$p_dest" || return
	get_url_head || return
	fs_stat "$p_dest"
	may put "$p_dest" && may_own "$p_dest" "$p_owner" "$p_group" || return
	change "$p_dest" "state: $f_type$nl" "from: $p_url$nl"
	parent "$p_dest"
	fs_wanted || {
		fail "invalid mode '$p_mode'"
		return
	}
	overlay "$p_dest" file "$w_mode" "$w_owner" "$w_group" '' unknown ''
	fs_stat "$p_dest"
	describe "$p_dest"
}

get_url_unchanged() {
	fs_attributes "$p_dest" || return
	describe "$p_dest"
	r_message=$1
}

# get_url_sum FILE: whether it has the checksum; w_sum: the one it has.
get_url_sum() {
	w_kind=${p_checksum%%:*}
	if [ "$o_count" -gt 0 ] && overlay_find "$1"; then
		return 1
	elif has "${w_kind}sum"; then
		w_sum=$(read_with "$1" "${w_kind}sum")
	else
		w_sum=$(read_with "$1" openssl dgst "-$w_kind" -r)
	fi
	w_sum=${w_sum%% *}
	[ "$w_sum" = "${p_checksum#*:}" ]
}

# The options go by stdin: a password in a command line can be read by everyone on the host.
get_url_fetch() {
	eval "set -- $p_headers"
	if has curl; then
		w_said=$(get_url_options "$@" | curl -K - -o "${new_file:-/dev/null}" 2>&1 3<&- 4>&-) && return 0
	elif has wget && [ -z "$p_url_password" ]; then
		set -- -q -O "${new_file:-/dev/null}" -T "$p_timeout"
		[ -z "${g_method-}" ] || set -- "$@" --spider
		[ -n "$p_validate_certs" ] || set -- "$@" --no-check-certificate
		set -- wget "$@"
		if [ -n "$t_timeout" ] && has timeout; then
			set -- timeout "$t_timeout" "$@"
		fi
		w_said=$("$@" "$p_url" 2>&1 3<&- 4>&-) && return 0
	else
		fail 'the host has no curl (nor wget, which serves without a password): install the package curl'
		return 1
	fi
	[ -z "$new_file" ] || rm -f -- "$new_file"
	fail "Request failed: ${w_said:-unable to fetch $p_url}"
	return 1
}

# What curl reads, one option a line.
get_url_options() {
	[ -z "${g_method-}" ] || echo "$g_method"
	printf 'fail\nsilent\nshow-error\nlocation\nurl = "%s"\nconnect-timeout = %s\n' "$p_url" "$p_timeout"
	[ -z "$t_timeout" ] || echo "max-time = $t_timeout"
	[ -n "$p_validate_certs" ] || echo insecure
	[ -n "$p_use_proxy" ] || echo 'noproxy = "*"'
	get_url_option user-agent "$p_http_agent"
	[ -z "$p_url_username" ] || get_url_option user "$p_url_username:$p_url_password"
	while [ $# -gt 1 ]; do
		get_url_option header "$1: $2"
		shift 2
	done
}

# get_url_option NAME TEXT: with what curl's configuration wants escaped.
get_url_option() {
	printf '%s = "' "$1"
	printf %s "$2" | sed 's/\\/\\\\/g; s/"/\\"/g' | tr -d '\n'
	printf '"\n'
}
