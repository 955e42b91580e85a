/* What the files of the tables share: packed messages, and keys of two ids. */
#ifndef CAIRN_ASSESSMENT_TABLES_PARTS_H
#define CAIRN_ASSESSMENT_TABLES_PARTS_H

#include "services/assessment/tables.h"

/* A packed message of a table, unpacked into the arena; NULL: there is none. */
const ProtobufCMessage *stored(const struct view *v, unsigned table, struct bytes key,
			       const ProtobufCMessageDescriptor *type, struct arena *arena);
void store_message(struct txn *t, unsigned table, struct bytes key, const ProtobufCMessage *m);
/* The value of a row that a scan is at. */
const ProtobufCMessage *stored_in(struct bytes val, const ProtobufCMessageDescriptor *type,
				  struct arena *arena);
struct bytes pair_key(struct key *k, struct bytes first, struct bytes second);

#endif
