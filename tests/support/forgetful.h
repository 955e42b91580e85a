/*
 * The journal of a disk that forgets (forgetful.c), and putting back what was not synced.
 */
#ifndef CAIRN_TEST_FORGETFUL_H
#define CAIRN_TEST_FORGETFUL_H

#include <stdint.h>

#define FORGET_PATH 256

enum { FORGET_WRITE = 1, FORGET_SYNC };

struct forget_entry {
	uint32_t kind, zero;
	uint64_t offset, written, size_before;
	uint64_t len; /* bytes that follow: what stood there before */
	char path[FORGET_PATH];
};

/* Undoes what the journal says was written and not synced: each write by chance (half of them
 * reached the disk), latest first. Removes the journal. Returns how many writes were undone. seed:
 * of the chance. */
unsigned forget_unsynced(const char *journal, uint64_t seed);

#endif
