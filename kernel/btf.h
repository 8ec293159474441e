// SPDX-License-Identifier: GPL-2.0-only
/* btf.h - the types a kernel keeps of itself, out of its memory: BTF, since 5.2 (e83b9f55448a), in
 * [__start_BTF, __stop_BTF); modules', since 5.11 (36e68442d1af), build on those.
 * The whole is some megabytes whatever the machine; it is held while it is asked, then let go. */
#ifndef KERNEL_BTF_H
#define KERNEL_BTF_H

#include "facts/asks.h"
#include "facts/types.h"
#include "kernel/memory.h"

struct btf {
	struct types types;     /* the door: &btf.types goes where a struct types * is wanted */
	const struct btf *base; /* of a module: the kernel's, lent; NULL: it stands alone */
	bool big_endian;
	uint8_t word_bytes;
	uint8_t *bytes;             /* owned */
	const uint8_t *type, *text; /* its sections, in bytes */
	uint32_t type_bytes, text_bytes;
	uint32_t first_id, first_text; /* where the base's end */
	uint32_t count;             /* of types, without void */
	uint32_t *at;               /* where each stands in its section; owned */
};

/* Take what stands at [start, end) of the dead kernel. ERR_CORRUPT, ERR_IO: it is no BTF, or
 * damaged; the sentence says where. ERR_NOMEM. After a failure nothing is held. The struct stays
 * where it is while it is open. */
err_t btf_open(struct btf *, struct memory *, vaddr_t start, vaddr_t end, const struct btf *base);
void btf_close(struct btf *);

/* The same of bytes in hand, which become its own; also after a failure they need no free(). */
err_t btf_parse(struct btf *, const struct target *, uint8_t *bytes, size_t size,
		const struct btf *base);

/* Take the kernel's own, which stand where symbols tell; if a symbol is 0, nothing does, and they
 * are looked for in the image, by their looks. ERR_NOFACT: there are none; else as btf_open(). */
err_t btf_open_own(struct btf *, struct memory *, const struct facts *, vaddr_t start,
		   vaddr_t end);

/* Answer what can be answered: sizes, offsets, lengths, enumerators. Looks at each type once. */
void btf_answer(struct btf *, struct asks *);

#endif
