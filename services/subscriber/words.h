/*
 * What is said to people.
 */
#ifndef CAIRN_SUBSCRIBER_WORDS_H
#define CAIRN_SUBSCRIBER_WORDS_H

#include "libshared/base.h"
#include "services/subscriber/cairn_subscriber.h"

struct situation {
	enum cairn_subscriber_reason reason;
	const char *endpoint;
	const char *detail; /* what the server said, in a word */
	uint64_t seq, head;
	bool heard;
};

void words_of_situation(const struct situation *s, char *text_r, size_t size);

#endif
