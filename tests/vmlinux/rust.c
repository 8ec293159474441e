// SPDX-License-Identifier: GPL-2.0-only
/* rust.c - a unit that comes first of all and will say that it is of Rust, whose types have the
 * kernel's names and are others. */
struct list_head {
	long of_rust;
	void *prev, *next;
};

struct page {
	char of_rust[72];
	unsigned long private, mapping, flags;
};

enum of_rust { PG_lru = 40, NR_FREE_PAGES = 41 };

struct list_head rust_list;
struct page rust_page;
enum of_rust rust_flag = PG_lru;
