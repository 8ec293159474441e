# SPDX-License-Identifier: GPL-2.0-only
# readers.sh - dumps are made, and other people's readers open them: drgn, and the crash that knows the kernel. Sourced
# after lib.sh by run, oracle, secrets and xen, which bring the folder $dir and the program $ours.

# A dump by these arguments; why there is none is told.
dumped() { "$ours" -f "$@" > "$dir/said" 2>&1 || { bad "makedumpfile $*: $(tail -n 3 "$dir/said" | tr -s "\n" " ")"; return 1; }; }

# drgn lists the tasks that the guest printed: those that had not ended since, as level 0 of the same memory tells. And it
# prints the log, as from level 0.
# $1 kernel, $2 dump, $3 guest's log, $4 name, $5 level 0 dump
tasks_by_drgn()
{
	vmlinux=$(kernel_debug "$1") || { skip "$4: drgn: no vmlinux with debug information"; return; }
	tasks "$3" > "$dir/guest"
	for dump in "$2" "$5"; do
		/usr/bin/python3 "$VMDIR/tasks.py" "$vmlinux" "$dump" "$dir/drgn-log.$(basename "$dump")" > "$dir/drgn" 2> "$dir/wrong" ||
			{ bad "$4: drgn: $(tail -n 1 "$dir/wrong")"; return; }
		sort "$dir/drgn" > "$dir/drgn.$(basename "$dump")"
	done
	grep -q 'Linux version' "$dir/drgn-log.$(basename "$2")" &&
		cmp -s "$dir/drgn-log.$(basename "$2")" "$dir/drgn-log.$(basename "$5")" &&
		ok "$4: drgn prints the log, $(wc -l < "$dir/drgn-log.$(basename "$2")") lines, as from level 0" ||
		bad "$4: drgn prints another log than from level 0"
	both=$(comm -12 "$dir/guest" "$dir/drgn.$(basename "$2")" | wc -l)
	if ! cmp -s "$dir/drgn.$(basename "$2")" "$dir/drgn.$(basename "$5")"; then
		bad "$4: drgn lists other tasks than in level 0: $(comm -3 "$dir/drgn.$(basename "$2")" "$dir/drgn.$(basename "$5")" | tr '\n' ';')"
	elif [ "$both" -lt 20 ] || ! grep -qE ' (workload|plant)$' "$dir/drgn.$(basename "$2")"; then
		bad "$4: drgn finds $both of the guest's $(wc -l < "$dir/guest") tasks"
	else
		ok "$4: drgn lists $both of the guest's $(wc -l < "$dir/guest") tasks (the others had ended), as from level 0"
	fi
}

# A crash that knows the kernel: $1 "crash" or "crash-SUITE". Prints the command.
crash_command()
{
	case $1 in
	crash) command -v crash ;;
	crash-*)
		suite=${1#crash-} folder=$CACHE/$1
		if [ ! -e "$folder/ready" ]; then
			for package in crash $(apt_in "$suite" apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts \
				--no-breaks --no-replaces --no-enhances crash | grep -E '^(lib|zlib)' | sort -u); do
				package "$suite" "$package" "$folder" > /dev/null 2>&1
			done
			: > "$folder/ready"
		fi
		loader=$(find "$folder" -name 'ld-linux-x86-64.so.2' | head -n 1)
		binary=$(find "$folder" -name crash -type f -path '*bin*' | head -n 1)
		[ -n "$loader" ] && [ -n "$binary" ] &&
			echo "$loader --library-path $(find "$folder" -type d -name x86_64-linux-gnu | tr '\n' ':') $binary" ;;
	esac
}

# The first crash of the table that reads the level 0 dump; not every one finds its way through the stack that a CPU had.
# $1 kernel, $2 dump, $3 guest's log, $4 name, $5 a dump of level 0 of the same
by_crash()
{
	refused=
	for reader in $(kernel_readers "$1" | tr ' ' '\n' | grep crash); do
		vmlinux=$(kernel_debug "$1") && command=$(crash_command "$reader") || { refused="$reader is not to be had"; continue; }
		for dump in "$5" "$2"; do
			# shellcheck disable=SC2086
			printf 'sys\nps\nlog\nbt\nquit\n' | timeout 300 $command -s "$vmlinux" "$dump" > "$dir/crash.$(basename "$dump")" 2>&1
		done
		if grep -q 'RELEASE:' "$dir/crash.$(basename "$5")"; then
			alike_to_crash "$4" "$dir/crash.$(basename "$5")" "$dir/crash.$(basename "$2")"
			return
		fi
		refused="$reader does not read the level 0 dump of this kernel: $(grep -v '^$' "$dir/crash.$(basename "$5")" | tail -n 1)"
	done
	[ -z "$refused" ] || skip "$4: $refused"
}

# Of a dump with erasures crash warns first. $1 name, $2 what it said of level 0, $3 of the dump
alike_to_crash()
{
	for text in "$2" "$3"; do
		sed '/^WARNING: .*:$/,/runtime behavior\.$/d' "$text" | grep -v -E 'DUMPFILE|PARTIAL|^$' > "$text.text"
	done
	cmp -s "$2.text" "$3.text" && grep -q swapper "$3" && grep -q 'Linux version' "$3" &&
		ok "$1: $reader: sys, ps, log, bt as from level 0$(grep -q '#0 ' "$3" || echo ' (where bt finds no stack either)')" ||
		bad "$1: $reader differs from level 0: $(diff "$2.text" "$3.text" | head -n 3 | tr '\n' ' ')"
}
