#!/bin/sh
# Writes a C file that holds a text file as a string: embed.sh NAME INPUT OUTPUT.
# Comment lines and indentation of shell files are dropped: they would only cost bytes on the wire.
set -eu
name=$1 input=$2 output=$3
case $input in
*.sh) filter='/^[[:space:]]*#/d; s/^[[:space:]]*//; /^$/d' ;;
*) filter='' ;;
esac
{
	printf '/* Made from %s by embed.sh. */\nextern const char %s[];\nconst char %s[] =\n' \
		"${input##*/}" "$name" "$name"
	sed -e "$filter" "$input" | sed -e 's/\\/\\\\/g; s/"/\\"/g; s/?/\\?/g; s/^/\t"/; s/$/\\n"/'
	printf '\t"";\n'
} >"$output"
