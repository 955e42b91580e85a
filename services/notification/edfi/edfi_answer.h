/*
 * What the answers of an Ed-Fi API mean. Pure.
 *
 * An API's own words are kept for a person who looks into what was refused, but nothing in them
 * that could name somebody: what stands in quotes and is no name of the standard's, numbers of more
 * than three digits, addresses, and what is to be hidden become "...".
 */
#ifndef CAIRN_NOTIFICATION_EDFI_ANSWER_H
#define CAIRN_NOTIFICATION_EDFI_ANSWER_H

#include "services/notification/sinks/sink.h"

struct edfi_verdict {
	Notification__Delivery delivery;
	uint32_t code;
	int64_t retry_after_us; /* 0: the API did not ask for it */
	char why[SINK_WHY_LEN]; /* "" when taken */
};

struct edfi_asked {
	const char *resource;   /* "credentials"; "token" */
	const char *namespace_; /* that the record stands in */
	const char *hidden;     /* who it is about; NULL: nobody is named */
};

void edfi_judge(const struct edfi_asked *asked, const struct http_answer *answer,
		struct edfi_verdict *verdict_r);
void edfi_verdict_set(struct edfi_verdict *v, Notification__Delivery delivery, const char *format,
		      ...) PRINTF_LIKE(3, 4);

/* Whether an answer says that a descriptor, a whole URI, is not there. */
bool edfi_misses_descriptor(const struct http_answer *answer, const char *uri);
/* Whether an answer says that what a resource is called ("Certification") is not there. */
bool edfi_misses_reference(const struct http_answer *answer, const char *name);

/* The API's words, cleaned. text_r holds SINK_WHY_LEN bytes. */
void edfi_words(struct bytes body, const char *hidden, char *text_r);

#endif
