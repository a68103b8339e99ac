#% getent: looks entries of the host's databases up: users, groups, hosts, services, ...
#% takes sets_facts
#% database  text  required  passwd, group, hosts, services or another one that nsswitch.conf(5) names
#% key       text            what to look up; default: everything
#% service   text            where to look it up, as 'files'; default: as the host is configured
#% split     text            what stands between the fields; default: : in passwd, shadow, group and gshadow, else blanks
#% fail_key  bool  =yes      fail when the key is not there; no: the fact is null
#% match database ^[a-z_0-9]+$  a database
#% match key ^[^-]  a key
#% match service ^[^-]  a service
#% match split ^[\s\S]  a separator
#% returns ansible_facts with getent_DATABASE: the key of each entry, and its other fields as a list
#% example
#%   - getent:
#%       database: passwd
#%       key: www-data
#%   - debug:
#%       var: ansible_facts.getent_passwd['www-data'][4]

# Entries that a dry run would have made have no place in the host's databases.
do_getent() {
	local kind=none found
	case $p_database in
	passwd | shadow) kind=user-entry ;;
	group | gshadow) kind=group ;;
	esac
	if [ -n "$p_split" ]; then
		getent_escape "$p_split"
		p_split=$w_json
	elif [ "$kind" != none ]; then
		p_split=:
	fi
	if getent_foreseen "$kind"; then
		unpredicted "what '$p_database' will hold is not known here"
		return
	elif ! has getent; then
		fail 'the host has no getent'
		return
	fi
	found=$(getent ${p_service:+-s "$p_service"} "$p_database" ${p_key:+"$p_key"} 2>/dev/null 3<&- 4>&-)
	case $? in
	0) field ansible_facts:j "$(printf %s "${found:+$found$nl}" | getent_facts)" ;;
	1) fail 'Missing arguments, or database unknown.' ;;
	2) getent_missing ;;
	3) fail 'Enumeration not supported on this database.' ;;
	*) fail 'Unexpected failure!' ;;
	esac
}

# getent_foreseen KIND: whether earlier steps of a dry run would have changed what is looked up. Who is in a group, and the
# number of a group, stand in other entries than that of the user or group that a step was about.
getent_foreseen() {
	case $1 in
	none) return 1 ;;
	group) ! any_remembered user-groups && ! any_remembered user-entry || return 0 ;;
	*) ! any_remembered regid && ! any_remembered user-password && ! any_remembered user-expiry || return 0 ;;
	esac
	case $p_key in
	'') any_remembered "$1" ;;
	*[!0-9]*) recall "$1" "$p_key" ;;
	*)
		case $1 in
		group) recall gid "$p_key" ;;
		*) recall uid "$p_key" ;;
		esac
		;;
	esac
}

getent_missing() {
	local words='One or more supplied key could not be found in the database.'
	if [ -n "$p_fail_key" ]; then
		fail "$words"
		return
	fi
	r_message=$words
	getent_escape "$p_key"
	field ansible_facts:j "{\"getent_$p_database\": {\"$w_json\": null}}"
}

# getent_escape TEXT: sets w_json to how it stands in a string of JSON.
getent_escape() {
	w_json=$(printf %s "$1" | getent_strings)
}

getent_strings() {
	sed 's/\\/\\\\/g; s/"/\\"/g'
}

# Lines of a database as the fact: with the same key twice, a list of what each line holds.
getent_facts() {
	getent_strings | GETENT_NAME=getent_$p_database GETENT_SPLIT=$p_split awk '
		function text(s) {
			gsub(/\t/, "\\t", s)
			gsub(/[\001-\037]/, "", s)
			return "\"" s "\""
		}
		BEGIN { split_at = ENVIRON["GETENT_SPLIT"] }
		{
			key = $1; list = ""; rest = $0
			if (split_at == "") {
				for (i = 2; i <= NF; i++) list = list (i > 2 ? ", " : "") text($i)
			} else {
				at = index(rest, split_at)
				key = at ? substr(rest, 1, at - 1) : rest
				for (i = 0; at; i++) {
					rest = substr(rest, at + length(split_at))
					at = index(rest, split_at)
					list = list (i ? ", " : "") text(at ? substr(rest, 1, at - 1) : rest)
				}
			}
			if (!(key in seen)) names[++n] = key
			lists[key] = lists[key] (seen[key]++ ? ", " : "") "[" list "]"
		}
		END {
			printf "{\"%s\": {", ENVIRON["GETENT_NAME"]
			for (i = 1; i <= n; i++) {
				several = seen[names[i]] > 1
				if (i > 1) printf ", "
				printf "%s: %s%s%s", text(names[i]), (several ? "[" : ""), lists[names[i]], (several ? "]" : "")
			}
			printf "}}"
		}'
}
