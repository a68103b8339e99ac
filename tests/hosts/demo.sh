#!/bin/bash
# The demonstration: a bare host, the sample Django site, and the two commands of the README.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
project=$top/build/demo
site=staging.example.com

say() { printf '\n== %s\n' "$*"; }

# The inventory a newcomer would write: inventory.example with its four lines edited.
write_inventory() {
	local host
	host=$(sed -n 's/^host1 //p' "$pool/inventory" | sed 's/ansible_user=[^ ]* //')
	sed -e "s|^$site\$|$site $host|" -e 's|^ansible_user=.*|ansible_user=admin|' \
		-e 's|^project=.*|project=superlists|' "$top/inventory.example"
	# This host has no network: what pip would fetch comes from Debian's packages. And it has no
	# name in the DNS: the page is asked for by the address too.
	cat <<-END

		[all:vars]
		virtualenv_site_packages=true
		extra_packages=['gunicorn','python3-django']
		remove_default_site=true
		site_aliases=['$address']
	END
}

make_project() {
	rm -rf "$project"
	mkdir -p "$project"
	cp -R "$top/tests/system/site/." "$project"
	write_inventory >"$project/inventory"
	cd "$project"
	git init -q -b main
	git add -A
	git -c user.name=Demo -c user.email=demo@example.com commit -q -m 'the sample site'
}

say 'a bare Debian host'
"$here/hosts.sh" up 1
pool=$("$here/hosts.sh" folder)
address=$("$here/hosts.sh" list | awk '{ print $2 }')
make_project

for command in provision deploy; do
	say "$command staging"
	"$top/build/$command" staging --known-hosts "$pool/known_hosts" </dev/null
done

url=http://$address/
say "$url"
page=$(curl --silent --show-error --fail --noproxy '*' --max-time 10 "$url") || {
	echo "demo: the page does not answer" >&2
	exit 1
}
sed -n 's/.*<title>\(.*\)<\/title>.*/\1/p; s/.*<h1>\(.*\)<\/h1>.*/\1/p' <<<"$page"
cat <<END

The site answers at $url
The project is in $project: change a file there, commit it, and see what would happen with
    cd $project && $top/build/deploy staging --known-hosts $pool/known_hosts --dry-run
Its host is reached by: ./dev hosts ssh host1
Remove it with: ./dev hosts down
END
