/* SPDX-License-Identifier: GPL-2.0-only */
/* drop-driver.c - leave out the pages whose page.private is a number that a driver marks its pages
 * with: an example of an extension that drops.
 *
 * The mark is MARK, or the environment's DROP_DRIVER_MARK. */
#include <makedumpfile-extension.h>
#include <stdlib.h>
#include <string.h>

#define MARK 0x6d61726b64726f70ULL /* "pordkram", as bytes */

EXTENSION_SYMBOL(text, "vmlinux", "_stext", true);
EXTENSION_TYPE(private, "vmlinux", "page", "private", true);
EXTENSION_TABLES;

static uint64_t mark = MARK;

void extension_init(void)
{
	const char *given = getenv("DROP_DRIVER_MARK");

	if (given)
		mark = strtoull(given, NULL, 0);
}

int extension_callback(unsigned long pfn, const void *struct_page)
{
	uint64_t value = 0;

	(void)pfn;
	if (private.member_size > sizeof(value))
		return EXTENSION_UNDECIDED;
	memcpy(&value, (const char *)struct_page + private.member_bit_offset / 8,
	       private.member_size);
	return value == mark ? EXTENSION_DROP : EXTENSION_UNDECIDED;
}
