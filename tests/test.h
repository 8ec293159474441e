// SPDX-License-Identifier: GPL-2.0-only
/* test.h - the whole harness. A test file is a program: TEST(name) { CHECK(...); } ... then
 * int main(void) { return run_tests((struct test[]){ { "name", name }, { 0 } }); }
 * Each test prints one line; the process ends with 1 when one failed. */
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(int *failures);
};

#define TEST(name) static void name(int *failures)

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("  %s:%d: %s\n", __FILE__, __LINE__, #condition);                   \
			++*failures;                                                               \
		}                                                                                  \
	} while (0)

#define CHECK_EQ(left, right)                                                                      \
	do {                                                                                       \
		uint64_t left_is = (uint64_t)(left), right_is = (uint64_t)(right);                 \
		if (left_is != right_is) {                                                         \
			printf("  %s:%d: %s is %#" PRIx64 ", not %#" PRIx64 "\n", __FILE__,        \
			       __LINE__, #left, left_is, right_is);                                \
			++*failures;                                                               \
		}                                                                                  \
	} while (0)

/* Numbers that look random and are the same on every machine and run. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline int run_tests(const struct test *test)
{
	int failed = 0;

	for (; test->name; test++) {
		int failures = 0;
		test->run(&failures);
		printf("%s %s\n", failures ? "FAIL" : "ok  ", test->name);
		failed |= failures != 0;
	}
	return failed;
}

#endif
