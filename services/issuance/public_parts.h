/*
 * The public stream: what is looked up for an event (public.c), and its data as JSON
 * (public_data.c).
 */
#ifndef CAIRN_ISSUANCE_PUBLIC_PARTS_H
#define CAIRN_ISSUANCE_PUBLIC_PARTS_H

#include "libshared/buffer.h"
#include "libshared/service.h"
#include "proto/issuance.pb-c.h"

/* What many events say alike: JSON values of a version of a micro-credential or stack, and of its
 * issuer. */
struct public_facts {
	struct public_facts *next;
	struct id version, issuer_id;
	const char *code;
	const char *achievement, *renewal, *issuer;
};

struct rendering {
	const struct public_ask *ask;
	const Issuance__PublicRow *row;
	const Issuance__CredentialIssued *credential;
	const struct public_facts *facts;
	const Issuance__LicenseNoted *license; /* in the subscriber's scope; NULL: no scope */
	const Issuance__Event *entry;          /* of the ledger; NULL: it is about the credential */
};

/* Its three JSON values, in the arena. */
void public_facts_write(struct public_facts *f, const Issuance__AchievementNoted *a,
			const Issuance__IssuerNoted *issuer, struct arena *arena);
/* The event's data. */
void public_put_data(struct buffer *b, const struct rendering *r);

#endif
