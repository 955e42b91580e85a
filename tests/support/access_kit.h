/*
 * Accounts under a kit: the gateway's own rules, by commands that are written as words.
 *
 *	access_kit_open();
 *	access_given("grant_role grant=@g account=@ana role=COACH");     as cairnctl
 *	access_self("note_sign_in account=@ana means=PASSWORD");         as the gateway itself
 *	... access_ask("list_accounts")->accounts ...
 *	access_kit_close();
 *
 * "@name" is an id, "+60" a time from now in seconds.
 */
#ifndef CAIRN_TEST_ACCESS_KIT_H
#define CAIRN_TEST_ACCESS_KIT_H

#include "proto/gateway.pb-c.h"
#include "services/gateway/gateway.h"
#include "tests/support/kit.h"

#define HASHED                                                                                     \
	"$argon2id$v=19$m=65536,t=2,p=1$g8zZ2f8SpY94YflqmIkGuQ$"                                   \
	"7+Exe+57lvsfsDkRQlkMzEoVx/VSk4ylKF9hp5QicCU"
#define SECRET "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SELF ROLE_SELF
#define CTL (ROLE_OPERATOR | ROLE_ASSERTS | ROLE_NAMES)

extern struct kit kit;

/* With an operator (@root), an agency's administrator (@dean), and Ana, who teaches and reads. */
void access_kit_open(void);
void access_kit_close(void);
struct bytes access_id(const char *name);
const ProtobufCMessage *access_message(const ProtobufCMessageDescriptor *type, const char *text);
Cairn__Status access_send(uint32_t roles, const char *text);
/* What is not accepted stops the test. */
void access_given(const char *text);
void access_self(const char *text);
const Gateway__Answer *access_ask(const char *text);

#endif
