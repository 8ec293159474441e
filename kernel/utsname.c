// SPDX-License-Identifier: GPL-2.0-only
/* utsname.c - struct new_utsname, alone until 2.6.18, then in a namespace. */
#include "kernel/utsname.h"

#include <string.h>

enum { KREF_BYTES = 4 }; /* before the names, until 5.10 */

err_t utsname_find(const struct facts *facts, vaddr_t *ret)
{
	if (fact_known(facts, SYMBOL_SYSTEM_UTSNAME)) {
		*ret = facts->value[SYMBOL_SYSTEM_UTSNAME];
		return OK;
	}
	TRY(fact_need(facts, SYMBOL_INIT_UTS_NS, ret));
	/* The kref moved behind in 5.11 (9a56493f6942), which exports where the names are. */
	bool moved = facts_version(facts) >= KERNEL_VERSION(5, 11, 0);
	*ret += fact_or(facts, OFFSET_UTS_NAMESPACE_NAME, moved ? 0 : KREF_BYTES);
	return OK;
}

err_t utsname_release(const struct facts *facts, vaddr_t *ret)
{
	TRY(utsname_find(facts, ret));
	*ret += RELEASE_FIELD * UTS_FIELD;
	return OK;
}

bool utsname_is_release(struct reader *reader, const struct facts *facts, paddr_t at)
{
	char release[UTS_FIELD];

	return reader_read(reader, at, release, sizeof(release)) == OK &&
	       memchr(release, 0, sizeof(release)) && !strcmp(release, facts->release);
}
