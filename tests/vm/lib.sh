# SPDX-License-Identifier: GPL-2.0-only
# lib.sh - fetch kernels, build guests, boot them, take cores. Sourced by run and by the demo's script.
# Everything made lies in $CACHE (default build/vm) and is made once.
PATH=$PATH:/usr/sbin:/sbin
vm=${VMDIR:-$(cd "$(dirname "$0")/../vm" && pwd)}
root=$(cd "$vm/../.." && pwd)
BUILD=${BUILD:-build}
CACHE=${CACHE:-$root/build/vm}
mkdir -p "$CACHE"

# What a test says, which tests/run counts.
ok()   { echo "ok   $1"; }
bad()  { echo "FAIL $1"; }
skip() { echo "SKIP $1"; }

# apt SUITE COMMAND...: apt-get or apt-cache of another suite, in a folder of its own; the machine's is not touched.
# With ARCH set, of another architecture too, by Debian's name of it.
apt_in()
{
	suite=$1; shift
	folder=$CACHE/apt/$suite${ARCH:+-$ARCH}
	if [ ! -e "$folder/ready" ]; then
		mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
		: > "$folder/status"
		apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' | sort -u > "$folder/mirrors"
		main=$(sed -n 's/^Debian|//p' "$folder/mirrors" | head -n 1)
		[ -n "$main" ] || { echo "apt knows no mirror of Debian" >&2; return 1; }
		security=$(sed -n 's/^Debian-Security|//p' "$folder/mirrors" | head -n 1)
		echo "deb $main $suite main" > "$folder/sources.list"
		[ -z "$security" ] || echo "deb $security $suite-security main" >> "$folder/sources.list"
		apt_raw "$folder" apt-get update -q > "$folder/log" 2>&1 || true # not every suite has a security part
		ls "$folder"/lists/*_Packages* > /dev/null 2>&1 || { echo "apt: $(tail -n 1 "$folder/log")" >&2; return 1; }
		: > "$folder/ready"
	fi
	apt_raw "$folder" "$@"
}

apt_raw()
{
	folder=$1 program=$2; shift 2
	"$program" -o Dir::State="$folder" -o Dir::State::status="$folder/status" -o Dir::Cache="$folder/cache" \
		-o Dir::Etc::sourcelist="$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Acquire::Check-Valid-Until=false -o APT::Sandbox::User=root \
		${ARCH:+-o APT::Architecture=$ARCH -o APT::Architectures=$ARCH} "$@"
}

# package SUITE PACKAGE FOLDER [PATTERN]: unpack a package, or the files of it that match.
package()
{
	debs=$CACHE/debs/$1${ARCH:+-$ARCH}
	mkdir -p "$debs" "$3"
	(cd "$debs" && apt_in "$1" apt-get download -q "$2" > /dev/null) || return 1
	deb=$(ls -t "$debs/$2"_*.deb | head -n 1)
	if [ $# -gt 3 ]; then
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$3" --wildcards "$4"
	else
		dpkg-deb -x "$deb" "$3"
	fi
	rm -f "$deb"
}

# KERNELS: the table of them.
KERNELS=${KERNELS:-$vm/kernels}
kernel_suite()   { awk -v k="$1" '$1 == k { print $2 }' "$KERNELS"; }
kernel_readers() { awk -v k="$1" '$1 == k { $1 = $2 = $3 = ""; print }' "$KERNELS"; }

# The package that holds the kernel: the meta package names it.
kernel_package()
{
	meta=$(awk -v k="$1" '$1 == k { print $3 }' "$KERNELS")
	case $meta in linux-image-[0-9]*.[0-9]*) echo "$meta"; return ;; esac
	apt_in "$(kernel_suite "$1")" apt-cache depends "$meta" | awk '/Depends: linux-image/ { print $2; exit }'
}

# What the package of a kernel is made of: itself, or (Debian's 7.2) one for the image and one for the modules.
kernel_parts()
{
	echo "$2"
	apt_in "$1" apt-cache depends "$2" | awk '/Depends: linux-(binary|modules)-/ { print $2 }'
}

# kernel NAME: folder of its vmlinuz and modules. kernel_debug NAME: its vmlinux with DWARF.
kernel()
{
	folder=$CACHE/kernel/$1
	if [ ! -e "$folder/ready" ]; then
		package_name=$(kernel_package "$1")
		[ -n "$package_name" ] || return 1
		for part in $(kernel_parts "$(kernel_suite "$1")" "$package_name"); do
			package "$(kernel_suite "$1")" "$part" "$folder" >&2 || return 1
		done
		# Debian's 7.2 has the image with the modules.
		for image in "$folder"/usr/lib/modules/*/vmlinuz; do
			[ ! -e "$image" ] || install -D "$image" "$folder/boot/vmlinuz-$(basename "$(dirname "$image")")"
		done
		: > "$folder/ready"
	fi
	echo "$folder"
}

kernel_debug()
{
	folder=$CACHE/debug/$1
	if [ ! -e "$folder/ready" ]; then
		package "$(kernel_suite "$1")" "$(kernel_package "$1")-dbg" "$folder" './usr/lib/debug/*vmlinux*' >&2 || return 1
		: > "$folder/ready"
	fi
	ls "$folder"/usr/lib/debug/boot/vmlinux*
}

# A program and the libraries it is linked with, into the tree that becomes the initramfs.
with_libraries()
{
	program=$(command -v "$1")
	install -D "$program" "$2/bin/$(basename "$program")"
	{ ldd "$program" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
		install -D "$library" "$2$library"
	done
}

# initramfs NAME: busybox, the workload, kexec, our makedumpfile (static), the modules a guest needs.
initramfs()
{
	tree=$CACHE/tree/$1.$$ out=$CACHE/initrd-$1${PLANT:+-planted}
	rm -rf "$tree"
	mkdir -p "$tree/bin" "$tree/modules"
	install "$vm/init" "$tree/init"
	install "$(command -v busybox)" "$tree/bin/busybox"
	with_libraries kexec "$tree"
	${CC:-cc} -O1 -static -o "$tree/bin/workload" "$vm/workload.c" || return 1
	make -C "$root" -s BUILD=build/static LINKTYPE=static build/static/makedumpfile >&2 || return 1
	if command -v makedumpfile > /dev/null; then
		with_libraries makedumpfile "$tree"
		mv "$tree/bin/makedumpfile" "$tree/bin/packaged"
	fi
	install -s "$root/build/static/makedumpfile" "$tree/bin/makedumpfile"
	modules "$1" "$tree" || return 1
	[ -z "${PLANT-}" ] || planted "$1" "$tree" || return 1
	pack "$tree" "$out"
}

# planted NAME TREE: with PLANT set, the program that plants secrets, and the modules it needs, which are not inserted
# elsewhere, in their order.
planted()
{
	${CC:-cc} -O1 -static -o "$2/bin/plant" "$vm/plant.c" || return 1
	folder=$(kernel "$1") || return 1
	mkdir -p "$2/planted"
	: > "$2/planted/order"
	for module in scsi_debug sd_mod ecb xts aesni-intel dm-crypt; do with_needed "$folder" $module "$2/planted"; done
}

# with_needed KERNEL MODULE FOLDER: a module and before it what it depends on, once. One that is not there is a part of
# the kernel.
with_needed()
{
	! grep -qx "$2" "$3/order" || return 0
	file=$(find "$1" -name "$2.ko*" -o -name "$(echo "$2" | tr _ -).ko*" | head -n 1)
	[ -n "$file" ] || return 0
	case $file in
	*.xz) xz -dc "$file" ;;
	*)    cat "$file" ;;
	esac > "$3/$2.ko"
	for needed in $(strings -n 8 "$3/$2.ko" | sed -n 's/^depends=//p' | tr ',' ' '); do with_needed "$1" "$needed" "$3"; done
	echo "$2" >> "$3/order"
}

# modules NAME TREE: what a guest of that kernel needs of its modules.
modules()
{
	folder=$(kernel "$1") || return 1
	for module in qemu_fw_cfg virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_blk \
		crc16 crc32c_generic libcrc32c mbcache jbd2 ext4; do
		find "$folder" -name "$module.ko*" | while read -r file; do
			case $file in
			*.xz) xz -dc "$file" ;;
			*)    cat "$file" ;;
			esac > "$2/modules/$module.ko"
		done
	done
}

# pack TREE INITRAMFS
pack()
{
	(cd "$1" && find . | cpio -o -H newc --quiet | gzip -1) > "$2.$$" && mv "$2.$$" "$2"
	rm -rf "$1"
	echo "$2"
}

# disk FILE MIB [FOLDER]: an ext4 disk, filled from FOLDER.
disk()
{
	rm -f "$1"
	truncate -s "$2M" "$1"
	mke2fs -q -t ext4 -F ${3:+-d "$3"} "$1" 2>/dev/null
}
from_disk() { debugfs -R "dump $2 $3" "$1" > /dev/null 2>&1 && [ -e "$3" ]; }

# Real KVM only when it boots a guest; some machines have a /dev/kvm on which kernels never start.
accelerator()
{
	[ -e "$CACHE/accelerator" ] || {
		echo tcg,thread=multi > "$CACHE/accelerator"
		if [ -w /dev/kvm ]; then
			folder=$(kernel 6.1) && timeout 20 qemu-system-x86_64 -accel kvm -m 256 -nographic -no-reboot \
				-kernel "$folder"/boot/vmlinuz-* -append "console=ttyS0 panic=-1" 2>/dev/null |
				grep -q 'Linux version' && echo kvm > "$CACHE/accelerator"
		fi
	}
	cat "$CACHE/accelerator"
}

# guest NAME MIB LOG APPEND [QEMU OPTION...]: boot in the foreground.
guest()
{
	name=$1 mib=$2 log=$3 append=$4; shift 4
	folder=$(kernel "$name") || return 1
	qemu-system-x86_64 -accel "$(accelerator)" -cpu "${CPU:-max}" -m "$mib" -smp 2 -no-reboot -display none -vga none \
		-device vmcoreinfo -kernel "$folder"/boot/vmlinuz-* -initrd "$CACHE/initrd-$name${PLANT:+-planted}" \
		-append "console=ttyS0 panic=-1 $append" -serial "file:$log" "$@" > "$log.qemu" 2>&1
}

# wait_for TEXT LOG SECONDS
wait_for()
{
	for _ in $(seq "$3"); do
		grep -q "$1" "$2" 2>/dev/null && return 0
		sleep 1
	done
	return 1
}

# core NAME MIB OUT APPEND: boot, wait until the guest is ready, take its memory with dump-guest-memory.
# What the guest said lies in OUT.log.
core()
{
	[ ! -s "$3" ] || return 0
	(initramfs "$1") > /dev/null || return 1
	socket=$CACHE/monitor.$$
	rm -f "$3.log"
	disk "$3.disk" 256
	guest "$1" "$2" "$3.log" "$4" -drive "file=$3.disk,format=raw,if=virtio" \
		-qmp "unix:$socket,server=on,wait=off" &
	if wait_for READY "$3.log" "${PATIENCE:-300}"; then
		/usr/bin/python3 "$vm/qmp.py" "$socket" "$3.new"
	fi
	/usr/bin/python3 "$vm/qmp.py" "$socket"
	wait
	rm -f "$3.disk" "$socket"
	[ -s "$3.new" ] && mv "$3.new" "$3"
}

# crash_guest NAME MIB OUT CAPTURES: crashkernel, kexec -p, sysrq-c; in the capture kernel each line "FILE OPTIONS" of
# CAPTURES runs makedumpfile on /proc/vmcore. The files come back as OUT.FILE, the raw core as OUT.raw.
crash_guest()
{
	[ ! -s "$3.raw" ] || return 0
	(initramfs "$1") > /dev/null || return 1
	rm -rf "$3.files"; mkdir -p "$3.files"
	cp "$(kernel "$1")"/boot/vmlinuz-* "$3.files/vmlinuz"
	cp "$CACHE/initrd-$1" "$3.files/initrd"
	printf '%s\n' "$4" > "$3.files/captures"
	: > "$3.files/want-raw"
	disk "$3.disk" $(($2 + 512)) "$3.files"
	rm -rf "$3.files" "$3.log"
	CPU=${CPU:-max,la57=off} timeout "${PATIENCE:-900}" \
		env VMDIR="$vm" sh -c '. "$VMDIR/lib.sh"; guest "$@"' guest "$1" "$2" "$3.log" "crashkernel=192M dump.work=$(($2 / 4)) dump.crash" \
		-drive "file=$3.disk,format=raw,if=virtio"
	grep -q CAPTURED "$3.log" || return 1
	printf '%s\n' "$4" | while read -r file _; do
		from_disk "$3.disk" "/$file" "$3.$file"
		from_disk "$3.disk" "/$file.said" "$3.$file.said"
	done
	from_disk "$3.disk" /raw "$3.raw"
	rm -f "$3.disk"
}

# tasks LOG: what the guest's ps printed, "PID COMM" sorted, without ps and its shell's short-lived helpers.
tasks() { tr -d '\r' < "$1" | sed -n '/^TASKS$/,/^TASKS END$/p' | awk '$1 ~ /^[0-9]+$/ && $2 != "ps" { print $1, $2 }' | sort; }
