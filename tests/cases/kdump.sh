# SPDX-License-Identifier: GPL-2.0-only
# kdump.sh - for the `before` of cases whose input is a dump file: sourced in the folder of vmcore.
# base is the level 0 dump of vmcore; input NAME OPTIONS makes a file of another shape from it, once.
[ -f base ] || "$build/makedumpfile" --message-level 0 -d0 vmcore base

input()
{
	name=$1
	shift
	[ -f "$name" ] || "$build/tests/mkkdump" "$@" base "$name"
}

# bytes FILE OFFSET OCTAL-ESCAPES: over what is there
bytes()
{
	# shellcheck disable=SC2059
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}
