// SPDX-License-Identifier: GPL-2.0-only
/* kernel.h - the types of a small kernel, laid out as mkdump lays out 6.1 on x86_64; with all that
 * debug information can make difficult: anonymous unions, a typedef without a tag, a member that
 * only a named struct has, a bit field; in other.c declarations and another struct of the name. */
#ifndef TESTS_VMLINUX_KERNEL_H
#define TESTS_VMLINUX_KERNEL_H

struct list_head {
	struct list_head *next, *prev;
};

struct page {
	unsigned long flags;
	union {
		struct {
			union {
				struct list_head lru;
				struct {
					void *filler;
					unsigned mlock_count;
				};
			};
			void *mapping;
			unsigned long index;
			unsigned long private;
		};
		struct {
			unsigned long compound_head;
			unsigned char compound_dtor;
			unsigned char compound_order;
		};
	};
	union {
		int _mapcount;
		unsigned page_type;
	};
	int _refcount;
	unsigned long memcg_data;
};

struct mem_section {
	unsigned long section_mem_map;
	void *usage;
};

struct free_area {
	struct list_head free_list[5];
	unsigned long nr_free;
};

typedef struct {
	long counter;
} atomic64_t;

typedef atomic64_t atomic_long_t;

struct zone {
	unsigned long spanned_pages;
	unsigned contiguous : 1;
	char pad1[52];
	atomic_long_t vm_stat[8];
	struct free_area free_area[11];
	char pad2[184];
};

typedef struct pglist_data {
	struct zone node_zones[2];
	int nr_zones, node_id;
	unsigned long node_start_pfn, node_spanned_pages;
	char pad[104];
} pg_data_t;

typedef struct {
	unsigned long bits[1];
} nodemask_t;

struct uts_namespace {
	struct {
		char text[6][65];
	} name;
};

struct vmap_area {
	struct {
		unsigned long va_start, va_end;
	} range;
	const volatile struct list_head list;
};

struct prb_data_blk_lpos {
	unsigned long begin, next;
};

struct prb_desc {
	atomic_long_t state_var;
	struct prb_data_blk_lpos text_blk_lpos;
};

struct prb_data_ring {
	unsigned size_bits;
	char *data;
	atomic_long_t head_lpos, tail_lpos;
};

struct prb_desc_ring {
	unsigned count_bits;
	struct prb_desc *descs;
	void *infos;
	atomic_long_t head_id, tail_id;
};

struct printk_ringbuffer {
	struct prb_desc_ring desc_ring;
	struct prb_data_ring text_data_ring;
	atomic_long_t fail;
};

struct printk_record {
	struct {
		unsigned long seq, ts_nsec;
		unsigned short text_len;
	} info;
};

enum pageflags {
	PG_locked, PG_referenced, PG_uptodate, PG_dirty, PG_lru, PG_active, PG_workingset,
	PG_waiters, PG_error, PG_slab, PG_owner_priv_1, PG_arch_1, PG_reserved, PG_private,
	PG_private_2,
	PG_writeback, PG_head, PG_mappedtodisk, PG_reclaim, PG_swapbacked, PG_unevictable,
	PG_mlocked, PG_uncached, PG_hwpoison, PG_swapcache = PG_owner_priv_1,
};

enum compound_dtor_id { NULL_COMPOUND_DTOR, COMPOUND_PAGE_DTOR, HUGETLB_PAGE_DTOR };
enum zone_stat_item { NR_FREE_PAGES, NR_ZONE_LRU_BASE };
enum node_states { N_POSSIBLE, N_ONLINE };

#endif
