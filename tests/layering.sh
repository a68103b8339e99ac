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
