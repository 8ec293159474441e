// SPDX-License-Identifier: GPL-2.0-only
/* confine.c - what a confined process can still do. Each test runs in a child, for it cannot go
 * back. A kernel without Landlock is told aloud. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "tests/test.h"

/* Run it in a child and in a fresh folder; what it returns is a set of bits. */
static int in_child(int (*run)(void))
{
	char folder[] = "/tmp/confine.XXXXXX";
	int status = 0;

	if (!mkdtemp(folder) || chdir(folder) || mkdir("in", 0700) || mkdir("out", 0700))
		return -1;
	pid_t child = fork();
	if (!child)
		_exit(run());
	waitpid(child, &status, 0);
	unlink("in/old");
	unlink("out/new");
	rmdir("in");
	rmdir("out");
	return !chdir("/") && !rmdir(folder) && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool makes(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT, 0600);

	return fd >= 0 && !close(fd);
}

static bool reads(const char *name)
{
	int fd = open(name, O_RDONLY);

	return fd >= 0 && !close(fd);
}

static int try_files(void)
{
	int list = confine_begin(), before = open("in/old", O_RDWR | O_CREAT, 0600);

	list = confine_allow(list, "in", MAY_READ);
	list = confine_allow_folder_of(list, "out/new", MAY_WRITE | MAY_REMOVE);
	list = confine_allow(list, "absent", MAY_WRITE);
	confine(list);
	return makes("out/new") << 0 | reads("in/old") << 1 | (write(before, "x", 1) == 1) << 2 |
	       !unlink("out/new") << 3 | makes("in/new") << 4 | reads("/etc/passwd") << 5 |
	       !truncate("in/old", 0) << 6 | !unlink("in/old") << 7;
}

TEST(files_are_made_and_read_where_allowed)
{
	int list = confine_begin();

	if (list < 0) {
		printf("SKIP unit confine: this kernel has no Landlock\n");
		return;
	}
	close(list);
	CHECK_EQ(in_child(try_files), 15);
}

static int try_lists(void)
{
	int list = confine_begin();

	list = confine_allow(list, "out", MAY_WRITE);
	confine(list);
	bool first = makes("out/new");
	list = confine_begin();
	list = confine_allow(list, "out", MAY_REMOVE);
	list = confine_allow(list, "in", MAY_WRITE);
	confine(list);
	return first | makes("out/more") << 1 | makes("in/new") << 2 | !unlink("out/new") << 3;
}

TEST(a_second_list_only_takes_away)
{
	int list = confine_begin();

	if (list < 0)
		return;
	close(list);
	CHECK_EQ(in_child(try_lists), 1);
}

static int try_calls(void)
{
	char *const no_arguments[] = { "true", NULL };

	confine(-1); /* as where there is no Landlock */
	bool socket_refused = socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM;
	execv("/bin/true", no_arguments);
	return (errno == EPERM) | socket_refused << 1 | makes("out/new") << 2;
}

TEST(no_programs_and_no_sockets)
{
	CHECK_EQ(in_child(try_calls), 7);
}

int main(void)
{
	return run_tests((struct test[]){
		{ "files are made and read where allowed", files_are_made_and_read_where_allowed },
		{ "a second list only takes away", a_second_list_only_takes_away },
		{ "no programs and no sockets", no_programs_and_no_sockets },
		{ 0 },
	});
}
