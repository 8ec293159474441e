// SPDX-License-Identifier: GPL-2.0-only
/* machines.h - one declaration for each file in this room that is a machine. */
#ifndef ARCH_MACHINES_H
#define ARCH_MACHINES_H

#include "arch/arch.h"

extern const struct arch arch_arm64, arch_riscv64, arch_s390x, arch_x86_64;

#endif
