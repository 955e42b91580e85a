/*
 * An issuance service where somebody has earned a credential, as texts: for tests of what the
 * gateway shows of it.
 */
#ifndef CAIRN_TEST_PUBLIC_KIT_H
#define CAIRN_TEST_PUBLIC_KIT_H

#include <stdint.h>

struct kit;

struct public_kit {
	struct kit *kit;
	char *credential, *educator, *entry; /* ids */
	char *document;                      /* signed */
	char *did_path, *did_document;       /* "/issuers/x/did.json" */
	char *status_path, *status_list;     /* "/issuers/x/status/1" */
	char *token;                         /* of the last link */
};

/* A license of TN, a status list and a checkpoint that know of the credential. */
struct public_kit *public_kit_new(void);
void public_kit_destroy(struct public_kit **p);

struct kit *public_kit(const struct public_kit *p);
int64_t public_kit_now(const struct public_kit *p);
/* A link for a day, with the holder's name. Returns its token. */
const char *public_kit_share(struct public_kit *p);
void public_kit_withdraw(struct public_kit *p);

#endif
