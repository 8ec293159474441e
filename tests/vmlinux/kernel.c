// SPDX-License-Identifier: GPL-2.0-only
/* kernel.c - a vmlinux of nothing but types, names and who it is; the linker adds the addresses
 * that mkdump's kernel has. */
#include "kernel.h"

#ifndef RELEASE
#define RELEASE "6.1.0-recipe"
#endif

const char linux_banner[] = "Linux version 6.1.0-recipe (cc) #1 SMP";
unsigned long empty_zero_page[512];
struct mem_section **mem_section_type;
extern struct pglist_data *node_data[];
struct pglist_data *node_data[64];
nodemask_t node_states[5];
struct printk_ringbuffer *prb;
struct vmap_area first_area;
struct uts_namespace init_uts_ns __attribute__((section(".uts"))) = {
	{ { "Linux", "(none)", RELEASE, "#1 SMP", "x86_64", "(none)" } },
};
enum pageflags flag;
enum compound_dtor_id dtor;
enum zone_stat_item stat;
enum node_states state;
pg_data_t node;
struct page page;
