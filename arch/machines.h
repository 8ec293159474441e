// SPDX-License-Identifier: GPL-2.0-only
/* machines.h - the list of machines: one line each, for a file of that name in this room. */
#ifndef ARCH_MACHINES_H
#define ARCH_MACHINES_H

#include "arch/arch.h"

#define MACHINES(X)     \
	X(x86_64)       \
	X(arm64)        \
	X(riscv64)      \
	X(s390x)        \
	X(x86)          \
	X(arm)          \
	X(ppc64)        \
	X(mips64)       \
	X(loongarch64)  \
	X(ppc)          \
	X(ia64)         \
	X(sparc64)

#define DECLARE(name) extern const struct arch arch_##name;
MACHINES(DECLARE)
#undef DECLARE

#endif
