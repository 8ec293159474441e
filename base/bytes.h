// SPDX-License-Identifier: GPL-2.0-only
/* bytes.h - integers of the dumped machine, read from and written to plain bytes.
 * Any byte order, any alignment, any host: bytes are shifted together, and compilers turn that into
 * one load (and a swap where it is due). Nobody casts a buffer to an integer pointer. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/types.h"

static inline uint16_t get_16(bool big, const uint8_t *at)
{
	return big ? (uint16_t)(at[0] << 8 | at[1]) : (uint16_t)(at[1] << 8 | at[0]);
}

static inline uint32_t get_32(bool big, const uint8_t *at)
{
	if (big)
		return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static inline uint64_t get_64(bool big, const uint8_t *at)
{
	if (big)
		return (uint64_t)get_32(true, at) << 32 | get_32(true, at + 4);
	return (uint64_t)get_32(false, at + 4) << 32 | get_32(false, at);
}

/* What is left of a number in an unsigned long of the dumped kernel. */
static inline uint64_t as_word(const struct target *target, uint64_t value)
{
	return target->word_bytes == 8 ? value : (uint32_t)value;
}

/* An unsigned long of the dumped kernel. Where the target is known, this must become one load. */
static inline __attribute__((always_inline)) uint64_t get_word(const struct target *target,
							       const uint8_t *at)
{
	return target->word_bytes == 8 ? get_64(target->big_endian, at)
				       : get_32(target->big_endian, at);
}

static inline void put_16(bool big, uint8_t *at, uint16_t value)
{
	at[big ? 1 : 0] = (uint8_t)value;
	at[big ? 0 : 1] = (uint8_t)(value >> 8);
}

static inline void put_32(bool big, uint8_t *at, uint32_t value)
{
	put_16(big, at + (big ? 2 : 0), (uint16_t)value);
	put_16(big, at + (big ? 0 : 2), (uint16_t)(value >> 16));
}

static inline void put_64(bool big, uint8_t *at, uint64_t value)
{
	put_32(big, at + (big ? 4 : 0), (uint32_t)value);
	put_32(big, at + (big ? 0 : 4), (uint32_t)(value >> 32));
}

/* An unsigned long of the dumped kernel; the upper half is dropped where it has none. */
static inline void put_word(const struct target *target, uint8_t *at, uint64_t value)
{
	if (target->word_bytes == 8)
		put_64(target->big_endian, at, value);
	else
		put_32(target->big_endian, at, (uint32_t)value);
}

/* Are all bytes zero? Stops at the first stretch that is not. Any size, any alignment. */
bool all_zero(const uint8_t *bytes, size_t size);

#endif
