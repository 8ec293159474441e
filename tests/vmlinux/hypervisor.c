// SPDX-License-Identifier: GPL-2.0-only
/* hypervisor.c - what a xen-syms with debug information has, as far as -X asks: types as Xen 4 has
 * them, at the addresses of mkdump's hypervisor. */
struct list_entry {
	unsigned next, previous;
};

struct page_info {
	union {
		struct list_entry list;
		unsigned long shadow_backpointer;
	};
	unsigned long count_info;
	union {
		struct {
			unsigned long type_info;
		} inuse;
		struct {
			unsigned char need_tlbflush, scrub_state;
		} free;
	} u;
	union {
		struct {
			unsigned _domain; /* of its owner, by number */
		} inuse;
		struct {
			unsigned order;
		} free;
	} v;
	unsigned tlbflush_timestamp;
};

struct domain {
	unsigned short domain_id;
	unsigned char guest_type, rest[133];
	struct domain *next_in_list;
};

struct domain *domain_list __attribute__((section(".variables")));
unsigned long max_page __attribute__((section(".variables")));
unsigned long idle_pg_table[512] __attribute__((section(".tables")));
struct page_info *a_page;
