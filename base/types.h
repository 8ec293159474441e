// SPDX-License-Identifier: GPL-2.0-only
/* types.h - the words every room uses: page frames, addresses, and what the dumped machine is like.
 * All addresses are 64 bit whatever the host and whatever the dumped machine. */
#ifndef BASE_TYPES_H
#define BASE_TYPES_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t pfn_t;   /* number of a page frame */
typedef uint64_t paddr_t; /* physical address of the dumped machine */
typedef uint64_t vaddr_t; /* virtual address of the dumped kernel */

enum { UTS_FIELD = 65, UTS_FIELDS = 6 }; /* struct new_utsname: six fields of 65 bytes, since 2.1 */

/* How integers and pages of the dumped machine look. Known once the input is open. */
struct target {
	uint8_t word_bytes; /* 4 or 8: sizeof(long) of the dumped kernel, not of the container */
	bool big_endian;
	uint8_t page_shift; /* 12..16 */
	uint8_t align_64;   /* 4 or 8: how its compiler aligns 64-bit integers in a struct */
};

static inline uint64_t page_bytes(const struct target *target)
{
	return UINT64_C(1) << target->page_shift;
}

/* First page frame at or above a physical address, without overflow at the top. */
static inline pfn_t pfn_up(const struct target *target, paddr_t at)
{
	return (at >> target->page_shift) + ((at & (page_bytes(target) - 1)) != 0);
}

static inline uint64_t round_up(uint64_t value, uint64_t step)
{
	return (value + step - 1) / step * step;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
