// SPDX-License-Identifier: GPL-2.0-only
/* expect.c - what -g must say of kernel.h, as the compiler says it. */
#include <stddef.h>
#include <stdio.h>

#include "kernel.h"

#define SIZE(type, name) printf("SIZE(" name ")=%zu\n", sizeof(type))
#define OFFSET(type, member)                                                                       \
	printf("OFFSET(" #type "." #member ")=%zu\n", offsetof(struct type, member))
#define COUNT(type, member)                                                                        \
	printf("LENGTH(" #type "." #member ")=%zu\n",                                              \
	       sizeof(((struct type *)0)->member) / sizeof(((struct type *)0)->member[0]))
#define NUMBER(name) printf("NUMBER(" #name ")=%d\n", name)

static void sizes(void)
{
	SIZE(struct page, "page");
	SIZE(struct mem_section, "mem_section");
	SIZE(struct pglist_data, "pglist_data");
	SIZE(struct zone, "zone");
	SIZE(struct free_area, "free_area");
	SIZE(struct list_head, "list_head");
	SIZE(nodemask_t, "nodemask_t");
	SIZE(struct printk_ringbuffer, "printk_ringbuffer");
	SIZE(struct prb_desc, "prb_desc");
}

static void kernel_offsets(void)
{
	OFFSET(page, flags);
	OFFSET(page, _refcount);
	OFFSET(page, mapping);
	OFFSET(page, lru);
	OFFSET(page, _mapcount);
	OFFSET(page, private);
	OFFSET(page, compound_dtor);
	OFFSET(page, compound_order);
	OFFSET(page, compound_head);
	OFFSET(mem_section, section_mem_map);
	OFFSET(pglist_data, node_zones);
	OFFSET(pglist_data, nr_zones);
	OFFSET(pglist_data, node_start_pfn);
	OFFSET(pglist_data, node_spanned_pages);
	OFFSET(zone, free_area);
	OFFSET(zone, vm_stat);
	OFFSET(zone, spanned_pages);
	OFFSET(free_area, free_list);
	OFFSET(list_head, next);
	OFFSET(list_head, prev);
	printf("OFFSET(vmap_area.va_start)=%zu\n", offsetof(struct vmap_area, range.va_start));
	OFFSET(vmap_area, list);
}

static void log_offsets(void)
{
	OFFSET(printk_ringbuffer, desc_ring);
	OFFSET(printk_ringbuffer, text_data_ring);
	OFFSET(prb_desc_ring, count_bits);
	OFFSET(prb_desc_ring, descs);
	OFFSET(prb_desc_ring, infos);
	OFFSET(prb_desc_ring, head_id);
	OFFSET(prb_desc_ring, tail_id);
	OFFSET(prb_desc, state_var);
	OFFSET(prb_desc, text_blk_lpos);
	OFFSET(prb_data_blk_lpos, begin);
	OFFSET(prb_data_blk_lpos, next);
	OFFSET(prb_data_ring, size_bits);
	OFFSET(prb_data_ring, data);
	printf("OFFSET(atomic_long_t.counter)=%zu\n", offsetof(atomic_long_t, counter));
	OFFSET(uts_namespace, name);
}

static void numbers(void)
{
	puts("LENGTH(node_data)=64");
	COUNT(zone, free_area);
	COUNT(free_area, free_list);
	NUMBER(NR_FREE_PAGES);
	NUMBER(N_ONLINE);
	NUMBER(PG_lru);
	NUMBER(PG_private);
	printf("NUMBER(PG_head_mask)=%d\n", 1 << PG_head);
	NUMBER(PG_swapcache);
	NUMBER(PG_swapbacked);
	NUMBER(PG_slab);
	NUMBER(PG_hwpoison);
	NUMBER(HUGETLB_PAGE_DTOR);
}

int main(void)
{
	puts("OSRELEASE=6.1.0-recipe\nPAGESIZE=4096");
	sizes();
	kernel_offsets();
	log_offsets();
	numbers();
	return 0;
}
