/*
 * The life of credentials under a kit or in a simulation: its commands, ready to send, and the
 * status lists.
 *
 *	kit_send(&kit, olga, life_suspend(kit.arena, credential));
 */
#ifndef CAIRN_TEST_LIFE_KIT_H
#define CAIRN_TEST_LIFE_KIT_H

#include "proto/issuance.pb-c.h"
#include "tests/support/kit.h"

/* ---- commands: they live in the arena, and borrow the ids ---- */
const ProtobufCMessage *life_suspend(struct arena *arena, struct bytes credential);
const ProtobufCMessage *life_reinstate(struct arena *arena, struct bytes credential);
const ProtobufCMessage *life_propose(struct arena *arena, struct bytes credential,
				     Issuance__LifeReason reason);
const ProtobufCMessage *life_confirm(struct arena *arena, struct bytes credential);
const ProtobufCMessage *life_withdraw(struct arena *arena, struct bytes credential);
/* by and second agreed. */
const ProtobufCMessage *life_revoke(struct arena *arena, struct bytes credential,
				    Issuance__LifeReason reason, struct bytes by,
				    struct bytes second);
/* The other: of the credential that takes its place. */
const ProtobufCMessage *life_reverse(struct arena *arena, struct bytes credential,
				     struct bytes renewed);
const ProtobufCMessage *life_correct(struct arena *arena, struct bytes credential,
				     struct bytes corrected);

/* A list of kit_issuer(), as it is served; NULL: there is none. */
const Issuance__StatusListAnswer *life_list(struct kit *k, uint32_t number);

#endif
