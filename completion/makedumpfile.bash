# SPDX-License-Identifier: GPL-2.0-only
# makedumpfile.bash - bash completion. Options, and what their arguments are called, come from `makedumpfile -h`,
# so that what completes is what the installed program can do. An argument in small letters stands for itself.

# Lines "-d LEVEL", "-c", "--work-dir FOLDER" of the program $1; "-h, --help" gives two.
_makedumpfile_options()
{
	"$1" -h 2>/dev/null | sed -n 's/^  \(-.*\)/\1/p' | while read -r first second rest; do
		case $first in
		*,) printf '%s %s\n' "${first%,}" "$rest" "$second" "$rest" ;;
		*)  printf '%s %s\n' "$first" "$second" ;;
		esac
	done
}

_makedumpfile()
{
	local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} options argument

	# --option=word arrives as three words.
	[ "$word" != "=" ] || word=
	[ "$option" != "=" ] || option=${COMP_WORDS[COMP_CWORD-2]}
	options=$(_makedumpfile_options "${COMP_WORDS[0]}")
	argument=$(awk -v option="$option" '$1 == option { print $2; exit }' <<< "$options")
	case $argument in
	FOLDER | DIR | DIRECTORY)
		mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
	LEVEL*)
		mapfile -t COMPREPLY < <(compgen -W "0 1 9 16 17 31" -- "$word") ;;
	[[:lower:]]*)
		mapfile -t COMPREPLY < <(compgen -W "${argument//|/ }" -- "$word") ;;
	N | KIB | ORDER | SIZE | ADDR*)
		COMPREPLY=() ;;
	*)
		if [ -z "$argument" ] && [[ $word == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(awk '{ print $1 }' <<< "$options")" -- "$word")
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$word")
		fi ;;
	esac
}

complete -o filenames -F _makedumpfile makedumpfile
