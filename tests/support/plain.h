/*
 * Whether a message holds anything but ids, hashes, numbers and codes: no record may hold free
 * text.
 */
#ifndef CAIRN_TEST_PLAIN_H
#define CAIRN_TEST_PLAIN_H

#include "libshared/bytes.h"

/* Texts of letters, digits, dot, dash and underscore; bytes of 0, 16 or 32. False: *field_r is the
 * name of the field that holds something else. */
bool message_is_plain(const ProtobufCMessage *m, const char **field_r);

#endif
