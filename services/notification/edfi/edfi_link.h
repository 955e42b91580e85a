/*
 * An Ed-Fi sink as it is set, with what is known of its API: in memory alone, learned again after a
 * start. Another setting makes another link.
 */
#ifndef CAIRN_NOTIFICATION_EDFI_LINK_H
#define CAIRN_NOTIFICATION_EDFI_LINK_H

#include "services/notification/edfi/edfi_map.h"
#include "services/notification/edfi/edfi_session.h"

#define EDFI_SUM_LEN 32
/* Definitions that are known to be there; what is forgotten is told again. */
#define EDFI_DEFINED_MOST 256

struct edfi_link {
	struct edfi_link *next;
	struct sink_kind *kind;
	struct id sink;
	uint8_t sum[EDFI_SUM_LEN]; /* of its settings */
	unsigned n_jobs;           /* events on their way: the link stays for them */
	struct edfi_session *session;
	char *namespace_, *descriptors; /* descriptors: with a slash at its end */
	bool type_is_free;              /* the type of credentials is ours to choose */
	bool type_is_other;             /* and is Other, since we could not create it */
	uint64_t defined[EDFI_DEFINED_MOST];
	unsigned n_defined; /* ever; the oldest gives way */
};

/* Of this sink as it is now; what it was before goes when its last event is done. */
struct edfi_link *edfi_link_of(struct edfi_link **links, struct http *http,
			       const struct sink_target *target);
void edfi_links_free(struct edfi_link **links);

/* Whether the API is known to have the definition of a request, as one that was taken. */
bool edfi_link_has(const struct edfi_link *l, const struct edfi_request *definition);
void edfi_link_note(struct edfi_link *l, const struct edfi_request *definition);

#endif
