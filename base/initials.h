// SPDX-License-Identifier: GPL-2.0-only
/* initials.h - the first letters of names that are looked for, so that most others are passed over
 * by them, before they are read to the end.
 * A set of bits: what it does not have is not looked for; what it has may be. */
#ifndef BASE_INITIALS_H
#define BASE_INITIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INITIALS = 4, INITIALS_BITS = 1 << 12 };

struct initials {
	uint64_t word[INITIALS_BITS / 64]; /* zeros: nothing is looked for */
};

/* The first letters, up to `most` and 8, of a text as one number, the first lowest, and zeros where
 * it is shorter. */
static inline uint64_t letters_of(const char *text, size_t most)
{
	uint64_t letters = 0;

	for (unsigned i = 0; i < sizeof(letters) && i < most && text[i]; i++)
		letters |= (uint64_t)(uint8_t)text[i] << 8 * i;
	return letters;
}

/* Those by which a name of up to `most` bytes is passed over. */
static inline uint32_t initials_of(const char *name, size_t most)
{
	return (uint32_t)letters_of(name, most < INITIALS ? most : INITIALS);
}

static inline unsigned initials_bit(uint32_t letters)
{
	return (letters * 2654435761u) >> 20; /* Knuth's multiplication; the upper 12 bits */
}

/* A name of up to `most` bytes is looked for. */
static inline void initials_add(struct initials *initials, const char *name, size_t most)
{
	unsigned bit = initials_bit(initials_of(name, most));

	initials->word[bit / 64] |= UINT64_C(1) << bit % 64;
}

static inline bool initials_have(const struct initials *initials, uint32_t letters)
{
	unsigned bit = initials_bit(letters);

	return initials->word[bit / 64] >> bit % 64 & 1;
}

#endif
