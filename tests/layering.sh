#!/bin/sh
# Checks who includes whom: a room of lib/ includes itself and the rooms before it, cmd/ any, nothing
# includes cmd/, and each third-party header stays behind its own files. Prints TAP.
set -eu
cd "$(dirname "$0")/.."

rooms='base value jinja template inventory playbook modules transport run report'

# HEADER (an extended regular expression) and patterns of the only files that may include it.
walls='
yaml\.h lib/value/yaml*.c
ini\.h lib/base/ini*.c
jansson\.h lib/value/json*.c
curl/.* lib/base/http*.c
libssh/.* lib/transport/ssh*
openssl/.* lib/base/digest.c lib/base/secret-memory.c lib/inventory/vault.c lib/template/filters-hash.c lib/template/lookup-password.c
gio/.* lib/modules/git_push.c
'

number=0
failed=0
result() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		failed=1
		echo "not ok $number - $1"
		echo "$2" | sed 's/^/# /'
	fi
}

before=
for room in $rooms; do
	before="$before${before:+|}$room"
	# lib's own headers are written "room/file.h"; names without a folder are beside the file.
	result "lib/$room includes itself and earlier rooms only" \
		"$(grep -rnE '#include "[^"]*/' "lib/$room" --include='*.[ch]' | grep -vE "#include \"($before)/" || true)"
done
for folder in lib/*/; do
	room=${folder#lib/} room=${room%/}
	case " $rooms " in
	*" $room "*) ;;
	*) result "$folder is in the list of rooms" "add it to tests/layering.sh and the architecture" ;;
	esac
done

# The streets of lib/jinja: each includes itself, those before it and the public header, which includes none of them.
streets='syntax engine library'
# What lib/template, which adds filters, tests and variables to the language, takes from inside it.
inside='engine/call engine/evaluate engine/frame engine/loader engine/markup engine/objects engine/operators
engine/output syntax/environment syntax/limits syntax/literal library/format library/methods library/random
library/regex library/text library/url'

# included PATH: the headers of lib/jinja that files there include, as "FILE:jinja/NAME".
included() {
	grep -roE '#include "jinja/[^"]*' "$1" --include='*.[ch]' | sed 's/#include "//' | sort -u
}
before='jinja\.h$'
result 'lib/jinja/jinja.h includes none of its streets' "$(included lib/jinja/jinja.h)"
for street in $streets; do
	before="$before|$street/"
	result "lib/jinja/$street includes itself and earlier streets only" \
		"$(included "lib/jinja/$street" | grep -vE ":jinja/($before)" || true)"
done
for folder in lib/jinja/*/; do
	street=${folder#lib/jinja/} street=${street%/}
	case " $streets " in
	*" $street "*) ;;
	*) result "$folder is in the list of streets" "add it to tests/layering.sh and the architecture" ;;
	esac
done
allowed=$(printf '%s' "$inside" | tr ' \n' '||')
result 'lib/template includes what is listed of lib/jinja' \
	"$(included lib/template | grep -vE ":jinja/(jinja|$allowed)\.h" || true)"
for name in $inside; do
	grep -rq "#include \"jinja/$name\.h\"" lib/template || result "lib/template includes jinja/$name.h" 'strike it from the list'
done
result 'all others include its public header only' "$(for folder in lib/*/ cmd/ tests/; do
	case $folder in lib/jinja/ | lib/template/) ;; *) included "$folder" | grep -vE '^tests/unit/jinja/|:jinja/jinja\.h$' || true ;; esac
done)"
result 'lib/jinja is Jinja2 and nothing else' "$(grep -rniE 'ansible|playbook' lib/jinja || true)"
result 'nothing in lib/ includes cmd/' "$(grep -rn '#include.*cmd/\|#include "command\.h"' lib || true)"

# is_allowed FILE PATTERNS
is_allowed() (
	set -f
	for pattern in $2; do
		# shellcheck disable=SC2254 # a pattern is wanted
		case $1 in $pattern) exit 0 ;; esac
	done
	exit 1
)

list=$(mktemp)
trap 'rm -f "$list"' EXIT
echo "$walls" | sed '/^$/d' >"$list"
while read -r header allowed; do
	strangers=
	for file in $(grep -rlE "#include <$header>" lib cmd --include='*.[ch]' || true); do
		is_allowed "$file" "$allowed" || strangers="$strangers $file"
	done
	result "<$header> stays in $allowed" "$strangers"
done <"$list"

# PATTERN (an extended regular expression): a way from text to code, and the only files that go it.
# What they compile is the text of a playbook or a template file, or has passed source_is_code().
only_in() {
	strangers=
	for file in $(grep -rlE "$2" lib cmd --include='*.c' || true); do
		case " $3 " in
		*" $file "*) ;;
		*) strangers="$strangers $file" ;;
		esac
	done
	result "$1" "$strangers"
}
only_in 'templates are compiled in few places' '(^|[^_])jinja_compile\(' \
	'lib/jinja/syntax/parser.c lib/jinja/engine/loader.c lib/template/cache.c lib/template/lookup-file.c lib/template/template.c'
only_in 'a text is looked up compiled only as a value' '(^|[^_])cache_get\(' \
	'lib/template/cache.c lib/template/source.c'
only_in 'plain bytes become a template only where a template file is read' \
	'(^|[^_])template_(parse|render_text)\(' \
	'lib/template/template.c lib/modules/template.c cmd/render.c'
only_in 'one function decides which text is code' 'if \(.*flags.*VALUE_UNSAFE' lib/inventory/listing.c

# exit() and printing belong to cmd/.
result 'lib/ neither prints nor exits' "$(grep -rnwE '(printf|puts|g_print|g_printerr|exit|abort) *\(' lib \
	--include='*.[ch]' | grep -vE ':[0-9]+:[[:space:]]*(/?\*|//)' || true)"
echo "1..$number"
exit $failed
