// SPDX-License-Identifier: GPL-2.0-only
/* peak.c - run a program and tell its peak memory: peak PROGRAM ARGUMENTS...
 * Prints "VmHWM RssAnon" in KiB on stderr's last line: the kernel's own high-water mark, read when
 * the program exits, mapped files included; and the largest anonymous part seen, once each ms. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static long status_of(pid_t pid, const char *name)
{
	char path[64], line[256];
	long value = -1;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name) + 1, NULL, 10);
	if (file)
		fclose(file);
	return value;
}

int main(int argc, char **argv)
{
	long peak = -1, anonymous = -1;
	int status = 0, result = 1;

	if (argc < 2)
		return 1;
	pid_t pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(pid, &status, 0); /* stopped by its exec */
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXIT);
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	for (;;) {
		long now = status_of(pid, "RssAnon");
		anonymous = now > anonymous ? now : anonymous;
		pid_t changed = waitpid(pid, &status, WNOHANG);
		if (changed == 0) {
			usleep(1000);
			continue;
		}
		if (changed < 0 || !WIFSTOPPED(status))
			break;
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
			peak = status_of(pid, "VmHWM");
			ptrace(PTRACE_CONT, pid, NULL, NULL);
		} else {
			intptr_t signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
			ptrace(PTRACE_CONT, pid, NULL, (void *)signal);
		}
	}
	if (WIFEXITED(status))
		result = WEXITSTATUS(status);
	fprintf(stderr, "%ld %ld\n", peak, anonymous);
	return result;
}
