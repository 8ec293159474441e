// SPDX-License-Identifier: GPL-2.0-only
/* eras.h - what the kernels of twenty years look like from outside, for mkdump: tables by version.
 * Written from the kernel's history, not from the tool's tables, so that the one checks the other.
 * Each table is in ascending order; a line holds from its version on. */
#ifndef TESTS_MAKE_ERAS_H
#define TESTS_MAKE_ERAS_H

#include "base/types.h"

#define V(a, b, c) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (c))

enum { NO = 255, FOREVER = 0xffff };

/* Offsets in struct page (x86_64). NO: there is no such member. */
struct page_layout {
	uint32_t since;
	uint8_t size, flags, count, mapcount, private, mapping, lru, head, dtor, order;
};

static const struct page_layout page_layouts[] = {
	/*                  size fl count mapc priv mapp lru head dtor order */
	{ 0,                56,  0, 8,    12,  16,  24,  40, NO,  NO,  NO },
	{ V(3, 1, 0),       64,  0, 28,   24,  48,  8,   32, NO,  NO,  NO }, /* fc9bb8c768ab */
	{ V(4, 4, 0),       64,  0, 28,   24,  48,  8,   32, 32,  40,  44 }, /* 1d798ca3f164 */
	{ V(4, 16, 0),      64,  0, 28,   24,  48,  8,   32, 32,  40,  41 }, /* bytes */
	{ V(4, 18, 0),      64,  0, 52,   48,  40,  24,  8,  8,   16,  17 }, /* 4da1984edbbe */
	{ V(6, 6, 0),       64,  0, 52,   48,  40,  24,  8,  8,   NO,  NO }, /* 9c5ccf2db04b */
	{ V(99, 0, 0),      56,  8, 0,    4,   24,  16,  40, 40,  NO,  NO }, /* made up */
};

/* The same for machines of 32 bits. */
static const struct page_layout page_layouts_32[] = {
	/*                  size fl count mapc priv mapp lru head dtor order */
	{ 0,                32,  0, 4,    8,   12,  16,  24, NO,  NO,  NO },
	{ V(3, 1, 0),       32,  0, 16,   12,  28,  4,   20, NO,  NO,  NO },
	{ V(4, 4, 0),       32,  0, 16,   12,  28,  4,   20, 20,  24,  26 },
	{ V(4, 16, 0),      32,  0, 16,   12,  28,  4,   20, 20,  24,  25 },
	{ V(4, 18, 0),      32,  0, 28,   24,  20,  12,  4,  4,   8,   9 },
	{ V(6, 6, 0),       32,  0, 28,   24,  20,  12,  4,  4,   NO,  NO },
};

/* Bits of page.flags: the place in the list is the number. */
struct flag_names {
	uint32_t since;
	const char *names;
};

static const struct flag_names flag_names[] = {
	{ 0, "locked error referenced uptodate dirty lru active slab checked arch_1 reserved "
	     "private writeback nosave head swapcache mappedtodisk reclaim nosave_free" },
	{ V(2, 6, 17), "locked error referenced uptodate dirty lru active slab checked arch_1 "
		       "reserved private writeback nosave head swapcache mappedtodisk reclaim "
		       "nosave_free buddy" },
	{ V(2, 6, 26), "locked error referenced uptodate dirty lru active slab owner_priv_1 arch_1 "
		       "reserved private writeback head tail swapcache mappedtodisk reclaim "
		       "buddy" },
	{ V(2, 6, 28), "locked error referenced uptodate dirty lru active slab owner_priv_1 arch_1 "
		       "reserved private writeback head tail swapcache mappedtodisk reclaim buddy "
		       "swapbacked unevictable mlocked" },
	{ V(2, 6, 30), "locked error referenced uptodate dirty lru active slab owner_priv_1 arch_1 "
		       "reserved private private_2 writeback head tail swapcache mappedtodisk "
		       "reclaim buddy swapbacked unevictable mlocked uncached hwpoison" },
	{ V(2, 6, 38), "locked error referenced uptodate dirty lru active slab owner_priv_1 arch_1 "
		       "reserved private private_2 writeback head tail swapcache mappedtodisk "
		       "reclaim swapbacked unevictable mlocked uncached hwpoison" },
	{ V(4, 4, 0), "locked error referenced uptodate dirty lru active slab owner_priv_1 arch_1 "
		      "reserved private private_2 writeback head swapcache mappedtodisk reclaim "
		      "swapbacked unevictable mlocked uncached hwpoison" },
	/* PG_waiters (62906027091f); swapcache becomes a name of owner_priv_1 (6326fec1122c) */
	{ V(4, 10, 0), "locked error referenced uptodate dirty lru active waiters slab swapcache "
		       "arch_1 reserved private private_2 writeback head mappedtodisk reclaim "
		       "swapbacked unevictable mlocked uncached hwpoison" },
	{ V(4, 20, 0), "locked referenced uptodate dirty lru active workingset waiters error slab "
		       "swapcache arch_1 reserved private private_2 writeback head mappedtodisk "
		       "reclaim swapbacked unevictable mlocked uncached hwpoison" },
	{ V(6, 6, 0), "locked writeback referenced uptodate dirty lru head waiters active "
		      "workingset error slab swapcache arch_1 reserved private private_2 "
		      "mappedtodisk reclaim swapbacked unevictable mlocked uncached hwpoison" },
	{ V(6, 10, 0), "locked writeback referenced uptodate dirty lru head waiters active "
		       "workingset error swapcache arch_1 reserved private private_2 mappedtodisk "
		       "reclaim swapbacked unevictable mlocked uncached hwpoison" },
	{ V(6, 12, 0), "locked writeback referenced uptodate dirty lru head waiters active "
		       "workingset swapcache owner_2 arch_1 reserved private private_2 reclaim "
		       "swapbacked unevictable mlocked uncached hwpoison" },
	{ V(6, 14, 0), "locked writeback referenced uptodate dirty lru head waiters active "
		       "workingset swapcache owner_2 arch_1 reserved private private_2 reclaim "
		       "swapbacked unevictable dropbehind mlocked hwpoison" },
	/* made up: a kernel that no one has seen */
	{ V(99, 0, 0), "hwpoison writeback locked dirty new_1 swapbacked uptodate new_2 "
		       "lru head waiters workingset active new_3 new_4 referenced reserved private "
		       "swapcache mlocked" },
};

/* Marks in page._mapcount. 0: a kernel of that time has none. */
struct page_types {
	uint32_t since, buddy, offline, hugetlb, slab, unaccepted;
};

static const struct page_types page_types[] = {
	{ 0, 0, 0, 0, 0, 0 },
	{ V(2, 6, 38), (uint32_t)-2, 0, 0, 0, 0 },
	{ V(2, 6, 39), (uint32_t)-128, 0, 0, 0, 0 },
	{ V(4, 18, 0), ~0x80u, 0, 0, 0, 0 },
	{ V(5, 0, 0), ~0x80u, ~0x100u, 0, 0, 0 },
	{ V(6, 9, 0), ~0x80u, ~0x100u, ~0x800u, 0, 0 },
	{ V(6, 10, 0), ~0x80u, ~0x100u, ~0x800u, ~0x1000u, 0 },
	{ V(6, 11, 0), ~0x40000000u, ~0x20000000u, ~0x04000000u, ~0x02000000u, 0 },
	{ V(6, 12, 0), 0xf0000000, 0xf1000000, 0xf4000000, 0xf5000000, 0xf7000000 },
	{ V(99, 0, 0), 0xa0, 0xa1, 0xa4, 0xa5, 0xa7 }, /* made up */
};

/* How the address space is cut up. */
struct space_era {
	uint32_t since;
	uint64_t page_offset, vmemmap, page_offset_57, vmemmap_57;
	uint8_t physmem_bits;
};

static const struct space_era space_eras[] = {
	{ 0, 0xffff810000000000, 0xffffe20000000000, 0, 0, 40 },
	{ V(2, 6, 26), 0xffff810000000000, 0xffffe20000000000, 0, 0, 44 },
	{ V(2, 6, 27), 0xffff880000000000, 0xffffe20000000000, 0, 0, 44 },
	{ V(2, 6, 31), 0xffff880000000000, 0xffffea0000000000, 0xff10000000000000,
	  0xffd4000000000000, 46 },
	{ V(4, 20, 0), 0xffff888000000000, 0xffffea0000000000, 0xff11000000000000,
	  0xffd4000000000000, 46 },
};

/* The last line of a table that began before or with a version. */
#define ERA_OF(table, version)                                                                     \
	({                                                                                         \
		size_t last_ = sizeof(table) / sizeof((table)[0]) - 1;                             \
		while ((table)[last_].since > (version))                                           \
			last_--;                                                                   \
		&(table)[last_];                                                                   \
	})

/* Every number the made kernel has to tell, in the order of info_keys. */
#define VALUE_LIST(X)                                                                              \
	X(UTS) X(UTS_NAME_AT) X(NODE_MAP) X(NODEMASK) X(PGD) X(STEXT) X(MEM_MAP) X(CONTIG)         \
	X(NODE_DATA) X(NODES) X(SECTION) X(SECTIONS) X(SECTION_SIZE) X(ZERO) X(WORD) X(PHYS_BASE)  \
	X(PHYS_BASE_AT) X(OFFSET) X(LA57) X(SME) X(SECTION_BITS) X(PHYSMEM_BITS) X(PAGE)           \
	X(PGDAT_SIZE) X(ZONE_SIZE) X(AREA_SIZE) X(LIST_SIZE) X(FLAGS) X(COUNT) X(MAPPING) X(LRU)   \
	X(MAPCOUNT) X(PRIVATE) X(HEAD) X(DTOR) X(ORDER) X(FOLIO_DTOR) X(FOLIO_ORDER) X(NR_ZONES)   \
	X(NODE_MEM_MAP) X(START_PFN) X(SPANNED) X(NODE_ID) X(FREE_AREA) X(VM_STAT)                 \
	X(ZONE_SPANNED) X(ORDERS) X(TYPES) X(PG_LRU) X(PG_PRIVATE) X(PG_SWAPCACHE)                 \
	X(PG_SWAPBACKED) X(PG_SLAB) X(PG_HWPOISON) X(HEAD_MASK) X(PG_HUGETLB) X(HUGETLB_DTOR)      \
	X(FREE_HUGE) X(T_BUDDY) X(T_OFFLINE) X(T_HUGETLB) X(T_SLAB) X(T_UNACCEPTED) \
	X(VA_BITS) X(T1SZ) X(KIMAGE) X(PHYS_OFFSET) X(PACMASK) X(PAGE_OFFSET) X(LINK_ADDR)        \
	X(KERNEL_PA) X(RAM_BASE) X(OFFSET_PHYS) X(TOP_PGD) X(PAE) X(LPAE) X(LEVELS_3) X(LEVELS_4) \
	X(RADIX) X(VMALLOC) X(VMAP_LIST) X(VA_START) X(VA_LIST) X(BACKING_LIST) X(PSIZE_DEFS)     \
	X(VMEMMAP_PSIZE) X(BACKING_SIZE) X(BACKING_NEXT) X(BACKING_PHYS) X(BACKING_VIRT)          \
	X(PSIZE_SIZE) X(PSIZE_SHIFT)

#define VALUE_ENUM(name) V_##name,
enum value { VALUE_LIST(VALUE_ENUM) VALUES };

/* A line of vmcoreinfo: hexadecimal (x; h: with 0x), decimal (d), 32 bits with sign (s) or y, and
 * the versions that print it. One whose value is NOTHING is left out: another configuration's, or
 * another machine's. */
static const uint64_t NOTHING = UINT64_MAX - 77;

struct info_key {
	const char *key;
	char form;
	enum value value;
	uint32_t since, until;
};

#define ALWAYS 0, UINT32_MAX
#define FROM(a, b) V(a, b, 0), UINT32_MAX
#define UNTIL(a, b) 0, V(a, b, 0)

static const struct info_key info_keys[] = {
	{ "SYMBOL(system_utsname)", 'x', V_UTS, 0, V(2, 6, 19) },
	{ "SYMBOL(init_uts_ns)", 'x', V_UTS, V(2, 6, 19), UINT32_MAX },
	{ "OFFSET(uts_namespace.name)", 'd', V_UTS_NAME_AT, FROM(5, 11) },
	{ "SYMBOL(node_online_map)", 'x', V_NODE_MAP, ALWAYS },
	{ "SIZE(nodemask_t)", 'd', V_NODEMASK, ALWAYS },
	{ "SYMBOL(swapper_pg_dir)", 'x', V_PGD, ALWAYS },
	{ "SYMBOL(_stext)", 'x', V_STEXT, ALWAYS },
	{ "SYMBOL(mem_map)", 'x', V_MEM_MAP, ALWAYS },
	{ "SYMBOL(contig_page_data)", 'x', V_CONTIG, ALWAYS },
	{ "SYMBOL(mem_section)", 'x', V_SECTION, ALWAYS },
	{ "LENGTH(mem_section)", 'd', V_SECTIONS, ALWAYS },
	{ "SIZE(mem_section)", 'd', V_SECTION_SIZE, ALWAYS },
	{ "OFFSET(mem_section.section_mem_map)", 'd', V_ZERO, ALWAYS },
	{ "NUMBER(SECTION_SIZE_BITS)", 'd', V_SECTION_BITS, FROM(5, 13) },
	{ "NUMBER(MAX_PHYSMEM_BITS)", 'd', V_PHYSMEM_BITS, FROM(5, 9) },
	{ "SIZE(page)", 'd', V_PAGE, ALWAYS },
	{ "SIZE(pglist_data)", 'd', V_PGDAT_SIZE, ALWAYS },
	{ "SIZE(zone)", 'd', V_ZONE_SIZE, ALWAYS },
	{ "SIZE(free_area)", 'd', V_AREA_SIZE, ALWAYS },
	{ "SIZE(list_head)", 'd', V_LIST_SIZE, ALWAYS },
	{ "OFFSET(page.flags)", 'd', V_FLAGS, ALWAYS },
	{ "OFFSET(page._count)", 'd', V_COUNT, UNTIL(4, 7) },
	{ "OFFSET(page._refcount)", 'd', V_COUNT, FROM(4, 7) },
	{ "OFFSET(page.mapping)", 'd', V_MAPPING, ALWAYS },
	{ "OFFSET(page.lru)", 'd', V_LRU, ALWAYS },
	{ "OFFSET(page._mapcount)", 'd', V_MAPCOUNT, FROM(3, 8) },
	{ "OFFSET(page.private)", 'd', V_PRIVATE, FROM(3, 8) },
	{ "OFFSET(page.compound_dtor)", 'd', V_DTOR, V(4, 5, 0), V(6, 3, 0) },
	{ "OFFSET(page.compound_order)", 'd', V_ORDER, V(4, 5, 0), V(6, 3, 0) },
	{ "OFFSET(page.compound_head)", 'd', V_HEAD, V(4, 6, 0), V(7, 1, 0) },
	{ "OFFSET(page.compound_info)", 'd', V_HEAD, FROM(7, 1) },
	{ "OFFSET(folio._folio_dtor)", 'd', V_FOLIO_DTOR, V(6, 3, 0), V(6, 6, 0) },
	{ "OFFSET(folio._folio_order)", 'd', V_FOLIO_ORDER, V(6, 3, 0), V(6, 6, 0) },
	{ "OFFSET(pglist_data.node_zones)", 'd', V_ZERO, ALWAYS },
	{ "OFFSET(pglist_data.nr_zones)", 'd', V_NR_ZONES, ALWAYS },
	{ "OFFSET(pglist_data.node_mem_map)", 'd', V_NODE_MEM_MAP, ALWAYS },
	{ "OFFSET(pglist_data.node_start_pfn)", 'd', V_START_PFN, ALWAYS },
	{ "OFFSET(pglist_data.node_spanned_pages)", 'd', V_SPANNED, ALWAYS },
	{ "OFFSET(pglist_data.node_id)", 'd', V_NODE_ID, ALWAYS },
	{ "OFFSET(zone.free_area)", 'd', V_FREE_AREA, ALWAYS },
	{ "OFFSET(zone.vm_stat)", 'd', V_VM_STAT, ALWAYS },
	{ "OFFSET(zone.spanned_pages)", 'd', V_ZONE_SPANNED, ALWAYS },
	{ "OFFSET(free_area.free_list)", 'd', V_ZERO, ALWAYS },
	{ "OFFSET(list_head.next)", 'd', V_ZERO, ALWAYS },
	{ "OFFSET(list_head.prev)", 'd', V_WORD, ALWAYS },
	{ "LENGTH(zone.free_area)", 'd', V_ORDERS, ALWAYS },
	{ "LENGTH(free_area.free_list)", 'd', V_TYPES, V(2, 6, 24), UINT32_MAX },
	{ "NUMBER(NR_FREE_PAGES)", 'd', V_ZERO, ALWAYS },
	{ "NUMBER(PG_lru)", 'd', V_PG_LRU, ALWAYS },
	{ "NUMBER(PG_private)", 'd', V_PG_PRIVATE, ALWAYS },
	{ "NUMBER(PG_swapcache)", 'd', V_PG_SWAPCACHE, ALWAYS },
	{ "NUMBER(PG_swapbacked)", 'd', V_PG_SWAPBACKED, FROM(4, 12) },
	{ "NUMBER(PG_slab)", 'd', V_PG_SLAB, V(3, 8, 0), V(6, 10, 0) },
	{ "NUMBER(PG_hwpoison)", 'd', V_PG_HWPOISON, FROM(3, 6) },
	{ "NUMBER(PG_head_mask)", 'd', V_HEAD_MASK, FROM(3, 17) },
	{ "NUMBER(PG_hugetlb)", 'd', V_PG_HUGETLB, V(6, 6, 0), V(6, 9, 0) },
	{ "NUMBER(HUGETLB_PAGE_DTOR)", 'd', V_HUGETLB_DTOR, V(4, 5, 0), V(6, 6, 0) },
	{ "SYMBOL(free_huge_page)", 'x', V_FREE_HUGE, V(3, 17, 0), V(4, 4, 0) },
	{ "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", 's', V_T_BUDDY, FROM(3, 8) },
	{ "NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", 's', V_T_OFFLINE, FROM(5, 0) },
	{ "NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)", 's', V_T_HUGETLB, FROM(6, 9) },
	{ "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)", 's', V_T_SLAB, FROM(6, 10) },
	{ "NUMBER(PAGE_UNACCEPTED_MAPCOUNT_VALUE)", 's', V_T_UNACCEPTED, FROM(6, 16) },
	{ "SYMBOL(phys_base)", 'x', V_PHYS_BASE_AT, V(2, 6, 22), V(4, 10, 0) },
	{ "NUMBER(phys_base)", 'd', V_PHYS_BASE, FROM(4, 10) },
	{ "SYMBOL(init_level4_pgt)", 'x', V_TOP_PGD, UNTIL(4, 13) },
	{ "SYMBOL(init_top_pgt)", 'x', V_TOP_PGD, FROM(4, 13) },
	{ "NUMBER(pgtable_l5_enabled)", 'd', V_LA57, FROM(4, 18) },
	{ "NUMBER(sme_mask)", 'd', V_SME, FROM(5, 1) },
	{ "SYMBOL(node_data)", 'x', V_NODE_DATA, ALWAYS },
	{ "LENGTH(node_data)", 'd', V_NODES, ALWAYS },
	{ "NUMBER(VA_BITS)", 'd', V_VA_BITS, ALWAYS },
	{ "NUMBER(kimage_voffset)", 'h', V_KIMAGE, ALWAYS },
	{ "NUMBER(PHYS_OFFSET)", 'h', V_PHYS_OFFSET, ALWAYS },
	{ "NUMBER(KERNELPACMASK)", 'h', V_PACMASK, FROM(5, 8) },
	{ "NUMBER(TCR_EL1_T1SZ)", 'h', V_T1SZ, FROM(5, 9) },
	{ "NUMBER(PAGE_OFFSET)", 'h', V_PAGE_OFFSET, ALWAYS },
	{ "NUMBER(KERNEL_LINK_ADDR)", 'h', V_LINK_ADDR, ALWAYS },
	{ "NUMBER(va_kernel_pa_offset)", 'h', V_KERNEL_PA, FROM(6, 5) },
	{ "NUMBER(phys_ram_base)", 'h', V_RAM_BASE, ALWAYS },
	{ "KERNELOFFSET", 'x', V_OFFSET, FROM(3, 14) },
	{ "KERNELOFFPHYS", 'x', V_OFFSET_PHYS, ALWAYS },
	{ "CONFIG_X86_PAE", 'y', V_PAE, ALWAYS },
	{ "CONFIG_ARM_LPAE", 'y', V_LPAE, ALWAYS },
	{ "CONFIG_PGTABLE_3", 'y', V_LEVELS_3, ALWAYS },
	{ "CONFIG_PGTABLE_4", 'y', V_LEVELS_4, ALWAYS },
	{ "NUMBER(RADIX_MMU)", 'd', V_RADIX, FROM(6, 8) },
	{ "NUMBER(VMALLOC_START)", 'h', V_VMALLOC, FROM(6, 9) },
	{ "SYMBOL(vmap_area_list)", 'x', V_VMAP_LIST, V(3, 10, 0), V(6, 9, 0) },
	{ "OFFSET(vmap_area.va_start)", 'd', V_VA_START, V(3, 10, 0), V(6, 9, 0) },
	{ "OFFSET(vmap_area.list)", 'd', V_VA_LIST, V(3, 10, 0), V(6, 9, 0) },
	{ "SYMBOL(vmemmap_list)", 'x', V_BACKING_LIST, ALWAYS },
	{ "SYMBOL(mmu_vmemmap_psize)", 'x', V_VMEMMAP_PSIZE, ALWAYS },
	{ "SYMBOL(mmu_psize_defs)", 'x', V_PSIZE_DEFS, ALWAYS },
	{ "SIZE(vmemmap_backing)", 'd', V_BACKING_SIZE, ALWAYS },
	{ "OFFSET(vmemmap_backing.list)", 'd', V_BACKING_NEXT, ALWAYS },
	{ "OFFSET(vmemmap_backing.phys)", 'd', V_BACKING_PHYS, ALWAYS },
	{ "OFFSET(vmemmap_backing.virt_addr)", 'd', V_BACKING_VIRT, ALWAYS },
	{ "SIZE(mmu_psize_def)", 'd', V_PSIZE_SIZE, ALWAYS },
	{ "OFFSET(mmu_psize_def.shift)", 'd', V_PSIZE_SHIFT, ALWAYS },
};

#endif
