// SPDX-License-Identifier: GPL-2.0-only
/* models.h - the memory models that need a file of their own. */
#ifndef KERNEL_MODELS_H
#define KERNEL_MODELS_H

#include "kernel/memmap.h"

extern const struct memmap_model memmap_discontig, memmap_sparse, memmap_sparse_extreme;

#endif
