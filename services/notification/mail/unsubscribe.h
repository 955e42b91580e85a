/*
 * The link in a letter that switches its topic off without signing in (RFC 8058).
 *
 * It names the notice and proves that we wrote it: a keyed hash, which nobody without this
 * service's key can make. It can do no more than switch off what its reader may switch off, so it
 * does not expire.
 */
#ifndef CAIRN_NOTIFICATION_UNSUBSCRIBE_H
#define CAIRN_NOTIFICATION_UNSUBSCRIBE_H

#include "libshared/decision.h"

bool unsubscribe_is_ours(const struct caps *caps, struct bytes notice, struct bytes mark);
/* url/NOTICE-MARK, both in hex. */
char *unsubscribe_url(const struct caps *caps, const char *url, struct bytes notice,
		      struct arena *arena);

#endif
