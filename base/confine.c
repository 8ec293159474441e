// SPDX-License-Identifier: GPL-2.0-only
/* confine.c - no_new_privs, Landlock for files, a seccomp filter for the rest.
 * Everything is asked of the kernel by number, for the headers of a build host may be older than
 * the kernel that runs. */
#include "base/confine.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/scope.h"

/* System calls since 5.1 have the same number on every machine. */
enum {
	CALL_IO_URING_SETUP = 425,
	CALL_OPEN_TREE = 428,
	CALL_MOUNT_SETATTR = 442,
	CALL_LANDLOCK_CREATE = 444, /* Landlock: v5.13 */
	CALL_LANDLOCK_ADD = 445,
	CALL_LANDLOCK_RESTRICT = 446,
};

/* --- Landlock: include/uapi/linux/landlock.h --- */

enum {
	ASK_VERSION = 1, RULE_PATH_BENEATH = 1,
	FS_WRITE_FILE = 1 << 1, FS_READ_FILE = 1 << 2, FS_READ_DIR = 1 << 3,
	FS_REMOVE_FILE = 1 << 5, FS_MAKE_REG = 1 << 8,
	FS_TRUNCATE = 1 << 14,
	OF_FILES = FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE, /* the others are of folders */
};

struct landlock_ruleset {
	uint64_t files, net, scopes;
};

struct landlock_path {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

/* All that a version of Landlock can forbid; newest first. */
static const struct landlock_version {
	long version;
	struct landlock_ruleset all;
	size_t bytes; /* of the structure it knows */
} versions[] = {
	{ 6, { (1 << 16) - 1, 3, 3 }, 24 }, /* v6.12: signals and abstract sockets of others */
	{ 5, { (1 << 16) - 1, 3, 0 }, 16 }, /* v6.10: ioctl of devices */
	{ 4, { (1 << 15) - 1, 3, 0 }, 16 }, /* v6.7: TCP */
	{ 3, { (1 << 15) - 1, 0, 0 }, 8 },  /* v6.2: truncate */
	{ 2, { (1 << 14) - 1, 0, 0 }, 8 },  /* v5.19: link and rename between folders */
	{ 1, { (1 << 13) - 1, 0, 0 }, 8 },  /* v5.13 */
};

static const struct landlock_version *landlock_version(void)
{
	long have = syscall(CALL_LANDLOCK_CREATE, NULL, 0, ASK_VERSION);

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
		if (have >= versions[i].version)
			return &versions[i];
	return NULL;
}

static uint64_t rights_of(unsigned may)
{
	return (may & MAY_READ ? FS_READ_FILE | FS_READ_DIR : 0) |
	       (may & MAY_WRITE ? FS_WRITE_FILE | FS_READ_FILE | FS_MAKE_REG | FS_TRUNCATE : 0) |
	       (may & MAY_REMOVE ? FS_REMOVE_FILE | FS_READ_DIR : 0); /* to sync the folder */
}

int confine_begin(void)
{
	const struct landlock_version *version = landlock_version();

	return version ? (int)syscall(CALL_LANDLOCK_CREATE, &version->all, version->bytes, 0) : -1;
}

/* False: it cannot be made. */
static bool add_rule(int list, const char *name, unsigned may)
{
	const struct landlock_version *version = landlock_version();
	CLOSE_AT_END int fd = open(name, O_PATH | O_CLOEXEC);
	struct stat stat;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR;
	if (fstat(fd, &stat) || !version)
		return false;
	struct landlock_path path = { rights_of(may) & version->all.files, fd };
	if (!S_ISDIR(stat.st_mode))
		path.rights &= OF_FILES;
	/* EBADFD: a pipe or the like, which Landlock lets pass. */
	return !syscall(CALL_LANDLOCK_ADD, list, RULE_PATH_BENEATH, &path, 0) || errno == EBADFD;
}

int confine_allow(int list, const char *name, unsigned may)
{
	if (list < 0 || add_rule(list, name, may))
		return list;
	close(list);
	return -1;
}

int confine_allow_folder_of(int list, const char *file, unsigned may)
{
	const char *slash = strrchr(file, '/');
	char folder[PATH_MAX];

	if (!slash)
		return confine_allow(list, ".", may);
	if (snprintf(folder, sizeof(folder), "%.*s", (int)(slash - file) + 1, file) >=
	    (int)sizeof(folder))
		return list; /* too long for a name: it will not be opened either */
	return confine_allow(list, folder, may);
}

/* --- seccomp --- */

/* What a dump has no use for. Landlock sees to files and ptrace, where there is Landlock. */
static const int refused[] = {
	SYS_execve, SYS_execveat, SYS_socket, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot,
	SYS_setns, SYS_unshare, SYS_init_module, SYS_finit_module, SYS_delete_module,
	SYS_kexec_load, SYS_reboot, SYS_bpf, SYS_perf_event_open, SYS_process_vm_writev,
	SYS_open_by_handle_at, SYS_swapon, SYS_swapoff, SYS_acct, SYS_add_key, SYS_request_key,
	SYS_keyctl, SYS_mknodat, SYS_symlinkat, SYS_linkat, SYS_clock_settime, SYS_sethostname,
	CALL_IO_URING_SETUP, CALL_OPEN_TREE, CALL_OPEN_TREE + 1, CALL_OPEN_TREE + 2,
	CALL_MOUNT_SETATTR,
};

enum { REFUSED = sizeof(refused) / sizeof(refused[0]), OTHER_ABI = 0x40000000 /* x32 */ };

/* What the linker calls the beginning of this program: its own ELF header. */
extern const uint8_t __ehdr_start[] __attribute__((visibility("hidden")));

/* The kernel's number for this machine, include/uapi/linux/audit.h: its ELF number, word size and
 * byte order. 0: two conventions share these. */
static uint32_t audit_machine(void)
{
	bool is_64_bit = sizeof(long) == 8;
	uint32_t machine = ((const Elf32_Ehdr *)(const void *)__ehdr_start)->e_machine;

	if (!is_64_bit && (machine == EM_X86_64 || machine == EM_MIPS))
		return 0;
	return machine | (is_64_bit ? 0x80000000 : 0) |
	       (BYTE_ORDER == LITTLE_ENDIAN ? 0x40000000 : 0);
}

/* Load machine and number, and go to the last instruction for what is refused. */
static void confine_calls(void)
{
	struct sock_filter code[REFUSED + 6];
	uint32_t machine = audit_machine();
	unsigned at = 0;

	if (!machine)
		return;
	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						  offsetof(struct seccomp_data, arch));
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 0,
						  REFUSED + 3);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						  offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < REFUSED; i++)
		code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							  (uint32_t)refused[i],
							  (uint8_t)(REFUSED + 1 - i), 0);
	code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, OTHER_ABI, 1, 0);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	struct sock_fprog program = { (uint16_t)at, code };
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* --- all of it --- */

void confine(int list)
{
	bool first = !prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);

	if (!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		if (list >= 0)
			syscall(CALL_LANDLOCK_RESTRICT, list, 0);
		if (first)
			confine_calls();
	}
	if (list >= 0)
		close(list);
}

void confine_capabilities(void)
{
	/* The reserved blocks of a file system are CAP_SYS_RESOURCE's. */
	enum { KEEP = 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH | 1 << CAP_FOWNER |
		      1 << CAP_SYS_RESOURCE };
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return;
	for (int i = 0; i < 2; i++) {
		data[i].effective &= i ? 0 : KEEP;
		data[i].permitted &= i ? 0 : KEEP;
		data[i].inheritable = 0;
	}
	syscall(SYS_capset, &header, data);
}
