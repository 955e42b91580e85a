/*
 * Reading a status list that anybody may have made.
 */
#ifndef CAIRN_ISSUANCE_STATUS_BIT_H
#define CAIRN_ISSUANCE_STATUS_BIT_H

#include "libshared/arena.h"

/* The bit at index (decimal) of an encodedList: base64url after "u", of gzip. False: it is none, or
 * has no such place. Takes bounded memory, whatever the list unpacks to. */
bool status_bit(const char *encoded, const char *index, struct arena *arena,
		bool *bit_r) MUST_CHECK;

#endif
