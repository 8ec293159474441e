// SPDX-License-Identifier: GPL-2.0-only
/* window.h - a reader's view of the input file: a few windows, mapped where the source says so and
 * the kernel allows it, or read. Used by the formats; everybody else sees source.h only. */
#ifndef INPUT_WINDOW_H
#define INPUT_WINDOW_H

#include "base/fault.h"
#include "input/source.h"

enum {
	WINDOWS = 4,                   /* of one reader; the one unused longest makes room */
	WINDOW_MAP_BYTES = 2 << 20,    /* a multiple of every host page size; so large that mapping,
					  and threads told of unmapping, cost next to nothing */
	WINDOW_READ_BYTES = 64 * 1024,
};

struct window {
	struct fault_area area; /* where it is mapped; bytes 0: it is not */
	uint64_t file_at;
	size_t bytes;  /* 0: holds nothing */
	uint64_t used; /* the reader's clock when it was last used */
};

struct reader {
	const struct source *source;
	struct window window[WINDOWS];
	uint8_t *copies; /* a buffer of WINDOW_READ_BYTES for each, filled where it is not mapped;
			    owned */
	size_t last_window;
	uint64_t clock;
	uint64_t faults_told; /* faults in all windows when reader_faulted() was last asked */
	size_t extent;  /* where the last lookup ended */
	uint8_t *page;  /* a page put together from parts */
	struct unpacked *unpacked; /* of input/kdump_pages.c; owned */
	struct reader **part; /* of input/split.c: of the other parts; owned. NULL: none yet */
};

/* Lend file bytes [at, at + *size), cut to one window. The caller has checked them against the
 * file. */
err_t window_lend(struct reader *, uint64_t at, const uint8_t **ret, size_t *size);

/* Pages of the mappings that could not be read so far, and were replaced by zeros. */
uint64_t windows_faults(const struct reader *);

/* Forget what the windows hold, so that the next loan maps or reads again. */
void windows_forget(struct reader *);

#endif
