// SPDX-License-Identifier: GPL-2.0-only
/* pack.c - the only file with threads.
 *
 * A ring of slots, each a batch of pages, goes round through three hands:
 *
 *       pulled ..... handed over ..... taken ..... filling
 *     (lent out)   (a worker's turn)             (caller pushes)
 *
 * The counters below only grow; slot number n lives in slot[n % slots]. The lock guards the
 * counters and each slot's `done`; the rest of a slot belongs to whoever has it in hand: the caller
 * while filling and after pulling, one thread in between.
 *
 * The caller does not sleep while there is work: when the slot that it wants is not packed yet, it
 * takes a turn itself. So N threads are N - 1 workers and the caller, on as many CPUs. */
#include "output/pack.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/scope.h"

enum { SLOTS_PER_THREAD = 2, THREADS_MOST = 1024, TEXT_BYTES = 512, STACK_BYTES = 256 * 1024 };

struct slot {
	struct packed_page *page;
	unsigned pages;
	uint8_t *data;
	size_t bytes;
	err_t result;
	char text[TEXT_BYTES]; /* why it failed */
	bool done;
};

/* What packing one page takes. Each belongs to one thread, which makes and unmakes it. */
struct hands {
	struct reader *reader;
	void *state;
	uint8_t *page; /* for what is overwritten; NULL: nothing is. Owned */
	const uint8_t *lent; /* the pages that come next, as far as they were lent in one piece */
	size_t lent_pages;
};

struct packer {
	struct packing packing;
	unsigned batch_pages, slots;
	size_t page_bytes;
	struct slot *slot;
	struct hands own; /* the caller's */
	uint8_t *zero;    /* a page of zeros, packed; NULL: they are shared, or none are. Owned */
	size_t zero_bytes;

	pthread_mutex_t lock;
	pthread_cond_t handed_over, packed;
	uint64_t filling; /* caller only: the slot being filled; all below were handed over */
	uint64_t offered; /* locked: slots handed over */
	uint64_t taken;   /* locked: slots taken to be packed */
	uint64_t pulled;  /* caller only */
	bool stop;        /* locked */
	pthread_t *thread; /* the workers */
	unsigned workers;
};

static size_t bound(const struct packing *packing, size_t page)
{
	return packing->codec ? packing->codec->bound(page) : page;
}

static unsigned pages_per_batch(const struct packing *packing)
{
	size_t page = page_bytes(&packing->source->target);

	return packing->batch_bytes > page ? (unsigned)(packing->batch_bytes / page) : 1;
}

/* The last page of a batch may need the codec's bound rather than a page. */
static size_t slot_data_bytes(const struct packing *packing)
{
	size_t page = page_bytes(&packing->source->target);

	return (pages_per_batch(packing) - 1) * page + bound(packing, page);
}

size_t packer_bytes_per_thread(const struct packing *packing)
{
	enum { CODEC_STATE = 512 * 1024, READER = 256 * 1024 };

	return SLOTS_PER_THREAD * slot_data_bytes(packing) + CODEC_STATE + READER + STACK_BYTES;
}

static err_t hands_init(struct hands *hands, const struct packing *packing)
{
	*hands = (struct hands){ 0 };
	TRY(reader_create(packing->source, &hands->reader));
	if (packing->scrub) {
		hands->page = malloc(page_bytes(&packing->source->target));
		if (!hands->page)
			return fail(ERR_NOMEM, "no memory for a page");
	}
	if (!packing->codec)
		return OK;
	hands->state = packing->codec->create(page_bytes(&packing->source->target));
	return hands->state ? OK : fail(ERR_NOMEM, "no memory for %s", packing->codec->name);
}

static void hands_deinit(struct hands *hands, const struct packing *packing)
{
	if (hands->state)
		packing->codec->destroy(hands->state);
	free(hands->page);
	reader_destroy(hands->reader);
}

/* A page with what is to be overwritten in it overwritten. */
static const uint8_t *scrubbed(const struct packer *packer, const struct hands *hands, pfn_t pfn,
			       const uint8_t *in)
{
	const struct packing *packing = &packer->packing;
	paddr_t at = pfn << packing->source->target.page_shift;

	if (!packing->scrub || !scrub_touches(packing->scrub, at, packer->page_bytes))
		return in;
	memcpy(hands->page, in, packer->page_bytes);
	scrub_apply(packing->scrub, at, hands->page, packer->page_bytes);
	return hands->page;
}

static size_t put_zero(const struct packer *packer, uint8_t *out)
{
	memcpy(out, packer->zero, packer->zero_bytes);
	return packer->zero_bytes;
}

/* Lend a page, and those behind it as far as they are packed next. */
static err_t read_page(const struct packer *packer, struct hands *hands, const struct slot *slot,
		       const struct packed_page *page, const uint8_t **ret)
{
	const struct packed_page *end = slot->page + slot->pages, *next = page + 1;

	if (!hands->lent_pages) {
		while (next < end && next->pfn == page->pfn + (pfn_t)(next - page))
			next++;
		hands->lent_pages = (size_t)(next - page);
		err_t result = reader_pages(hands->reader, page->pfn, &hands->lent_pages,
					    &hands->lent);
		if (result != OK) {
			hands->lent_pages = 0;
			return result;
		}
	}
	*ret = hands->lent;
	hands->lent += packer->page_bytes;
	hands->lent_pages--;
	return OK;
}

/* A page's life: read, scrub, all zero?, pack, smaller? The data goes behind what the slot has. */
static err_t pack_one(const struct packer *packer, struct hands *hands, struct slot *slot,
		      struct packed_page *page)
{
	const struct packing *packing = &packer->packing;
	size_t size = packer->page_bytes, packed = 0;
	uint8_t *out = slot->data + slot->bytes;
	const uint8_t *in;

	err_t result = read_page(packer, hands, slot, page, &in);
	page->size = 0;
	if (result == ERR_IO || result == ERR_HOLE) {
		page->as = PACKED_ABSENT;
		return OK;
	}
	TRY(result);
	in = scrubbed(packer, hands, page->pfn, in);
	bool zero = (packing->share_zero || packer->zero) && all_zero(in, size);
	page->as = PACKED_ZERO;
	if (!zero || !packing->share_zero) {
		if (zero)
			packed = put_zero(packer, out);
		else if (packing->codec)
			packed = packing->codec->pack(hands->state, in, size, out);
		if (!packed)
			memcpy(out, in, size);
		page->as = packed ? PACKED_SMALLER : PACKED_RAW;
		page->size = (uint32_t)(packed ? packed : size);
	}
	if (reader_faulted(hands->reader)) {
		page->as = PACKED_ABSENT;
		page->size = 0;
		hands->lent_pages = 0;
	}
	slot->bytes += page->size;
	return OK;
}

static void pack_slot(const struct packer *packer, struct hands *hands, struct slot *slot)
{
	slot->bytes = 0;
	slot->result = OK;
	hands->lent_pages = 0;
	for (unsigned i = 0; i < slot->pages && slot->result == OK; i++)
		slot->result = pack_one(packer, hands, slot, &slot->page[i]);
	if (slot->result != OK)
		strncpy(slot->text, err_text(), TEXT_BYTES - 1);
}

static void set_done(struct packer *packer, struct slot *slot)
{
	pthread_mutex_lock(&packer->lock);
	slot->done = true;
	pthread_cond_signal(&packer->packed);
	pthread_mutex_unlock(&packer->lock);
}

/* Wait for a slot to pack. NULL: there is no need to, *over became true. Both may come with the
 * news. */
static struct slot *take_slot(struct packer *packer, pthread_cond_t *news, const bool *over)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&packer->lock);
	while (!*over && packer->taken == packer->offered)
		pthread_cond_wait(news, &packer->lock);
	if (!*over)
		slot = &packer->slot[packer->taken++ % packer->slots];
	pthread_mutex_unlock(&packer->lock);
	return slot;
}

/* One that has no memory to begin with leaves the work to the others. */
static void *work(void *argument)
{
	struct packer *packer = argument;
	struct hands hands;
	struct slot *slot;

	if (hands_init(&hands, &packer->packing) == OK)
		while ((slot = take_slot(packer, &packer->handed_over, &packer->stop))) {
			pack_slot(packer, &hands, slot);
			set_done(packer, slot);
		}
	hands_deinit(&hands, &packer->packing);
	return NULL;
}

/* Workers leave signals to the main thread, but SIGBUS, which comes to the thread that faults. */
static err_t start_workers(struct packer *packer)
{
	unsigned workers = packer->packing.threads - 1; /* of 2 threads and more */
	pthread_attr_t attributes;
	sigset_t all, before;
	int result = 0;

	packer->thread = calloc(workers, sizeof(*packer->thread));
	if (!packer->thread)
		return fail(ERR_NOMEM, "no memory for %u threads", workers);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	sigfillset(&all);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (!result && packer->workers < workers) {
		result =
		    pthread_create(&packer->thread[packer->workers], &attributes, work, packer);
		packer->workers += !result;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return OK; /* fewer than asked for will do, for the caller works, too */
}

static err_t make_slots(struct packer *packer)
{
	unsigned threads = packer->packing.threads;

	packer->slots = threads > 1 ? threads * SLOTS_PER_THREAD : 1;
	packer->slot = calloc(packer->slots, sizeof(*packer->slot));
	if (!packer->slot)
		return fail(ERR_NOMEM, "no memory for %u batches", packer->slots);
	for (unsigned i = 0; i < packer->slots; i++) {
		struct slot *slot = &packer->slot[i];
		slot->page = calloc(packer->batch_pages, sizeof(*slot->page));
		slot->data = malloc(slot_data_bytes(&packer->packing));
		if (!slot->page || !slot->data)
			return fail(ERR_NOMEM, "no memory for a batch of %u pages",
				    packer->batch_pages);
	}
	return OK;
}

/* Most pages of a machine may be of zeros: where each is packed, it is done once. */
static err_t pack_zero(struct packer *packer)
{
	const struct codec *codec = packer->packing.codec;
	size_t size = packer->page_bytes;
	FREE_AT_END uint8_t *page = calloc(1, size);

	if (!codec || packer->packing.share_zero)
		return OK;
	packer->zero = malloc(bound(&packer->packing, size));
	void *state = codec->create(size);
	if (page && packer->zero && state)
		packer->zero_bytes = codec->pack(state, page, size, packer->zero);
	if (state)
		codec->destroy(state);
	if (!page || !packer->zero || !state)
		return fail(ERR_NOMEM, "no memory for a page");
	if (!packer->zero_bytes) {
		free(packer->zero);
		packer->zero = NULL;
	}
	return OK;
}

err_t packer_create(const struct packing *packing, struct packer **ret)
{
	struct packer *packer = calloc(1, sizeof(*packer));

	if (!packer)
		return fail(ERR_NOMEM, "no memory for packing pages");
	packer->packing = *packing;
	if (packing->threads > THREADS_MOST)
		packer->packing.threads = THREADS_MOST;
	packer->page_bytes = page_bytes(&packing->source->target);
	packer->batch_pages = pages_per_batch(packing);
	pthread_mutex_init(&packer->lock, NULL);
	pthread_cond_init(&packer->handed_over, NULL);
	pthread_cond_init(&packer->packed, NULL);

	err_t result = make_slots(packer);
	if (result == OK)
		result = pack_zero(packer);
	if (result == OK)
		result = hands_init(&packer->own, packing);
	if (result == OK && packing->threads > 1)
		result = start_workers(packer);
	if (result == OK)
		*ret = packer;
	else
		packer_destroy(packer);
	return result;
}

void packer_destroy(struct packer *packer)
{
	if (!packer)
		return;
	pthread_mutex_lock(&packer->lock);
	packer->stop = true;
	pthread_cond_broadcast(&packer->handed_over);
	pthread_mutex_unlock(&packer->lock);
	for (unsigned i = 0; i < packer->workers; i++)
		pthread_join(packer->thread[i], NULL);
	hands_deinit(&packer->own, &packer->packing);
	for (unsigned i = 0; packer->slot && i < packer->slots; i++) {
		free(packer->slot[i].page);
		free(packer->slot[i].data);
	}
	pthread_cond_destroy(&packer->packed);
	pthread_cond_destroy(&packer->handed_over);
	pthread_mutex_destroy(&packer->lock);
	free(packer->thread);
	free(packer->zero);
	free(packer->slot);
	free(packer);
}

bool packer_full(const struct packer *packer)
{
	return packer->filling - packer->pulled == packer->slots;
}

bool packer_busy(const struct packer *packer)
{
	return packer->filling != packer->pulled;
}

static struct slot *filling_slot(struct packer *packer)
{
	return &packer->slot[packer->filling % packer->slots];
}

static void hand_over(struct packer *packer)
{
	struct slot *slot = filling_slot(packer);

	packer->filling++;
	slot->done = false;
	pthread_mutex_lock(&packer->lock);
	packer->offered = packer->filling;
	pthread_cond_signal(&packer->handed_over);
	pthread_mutex_unlock(&packer->lock);
}

void packer_push(struct packer *packer, pfn_t pfn)
{
	struct slot *slot = filling_slot(packer);

	slot->page[slot->pages++].pfn = pfn;
	if (slot->pages == packer->batch_pages)
		hand_over(packer);
}

void packer_flush(struct packer *packer)
{
	if (!packer_full(packer) && filling_slot(packer)->pages)
		hand_over(packer);
}

err_t packer_pull(struct packer *packer, struct packed *ret)
{
	struct slot *slot = &packer->slot[packer->pulled % packer->slots];

	for (struct slot *turn; (turn = take_slot(packer, &packer->packed, &slot->done));) {
		pack_slot(packer, &packer->own, turn);
		set_done(packer, turn);
	}
	if (slot->result != OK)
		return fail(slot->result, "%s", slot->text);
	*ret = (struct packed){ slot->page, slot->pages, slot->data, slot->bytes };
	slot->pages = 0;
	packer->pulled++;
	return OK;
}
