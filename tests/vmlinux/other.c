// SPDX-License-Identifier: GPL-2.0-only
/* other.c - a unit that comes first and knows the kernel's types by name only, or means others. */
struct page;
struct zone;
struct vmap_area {
	char colour[3];
};

struct page *a_page;
struct zone *a_zone;
struct vmap_area an_area;
