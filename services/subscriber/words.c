/* Why a subscriber stopped, and what to do about it. */
#include "services/subscriber/words.h"

#include <inttypes.h>
#include <stdio.h>

static const char *advice(enum cairn_subscriber_reason reason)
{
	static const char *const texts[] = {
		[CAIRN_SUBSCRIBER_FORBIDDEN] =
			"our key may not follow it under this name: the server's operator gives it "
			"the role licensure, and a name begins with our peer name",
		[CAIRN_SUBSCRIBER_TRUNCATED] =
			"what comes next is no longer kept there: ask the server's operator for a "
			"copy of what is missing",
		[CAIRN_SUBSCRIBER_AHEAD] =
			"it ends before what we hold: an older copy was restored there, and a "
			"person has to say which of our effects still stand",
		[CAIRN_SUBSCRIBER_DIVERGED] =
			"what we hold is not what stands there: the history was changed, and a "
			"person has to compare the two",
		[CAIRN_SUBSCRIBER_UNSUPPORTED] = "it asks for another version of this library, or "
						 "another address",
		[CAIRN_SUBSCRIBER_BROKEN] = "what came cannot be read, or leaves an event out",
	};

	return texts[reason];
}

void words_of_situation(const struct situation *s, char *text_r, size_t size)
{
	if (s->reason != CAIRN_SUBSCRIBER_GOING)
		snprintf(text_r, size,
			 "stopped (%s) after event %" PRIu64 " of %s, whose head is %" PRIu64
			 ": %s",
			 s->detail, s->seq, s->endpoint, s->head, advice(s->reason));
	else if (s->heard)
		snprintf(text_r, size, "following %s, after event %" PRIu64 " of %" PRIu64,
			 s->endpoint, s->seq, s->head);
	else
		snprintf(
			text_r, size,
			"nothing is heard from %s, and it is tried again: is that the address of "
			"issuance's log socket, does it run, is the server's key right, and is our "
			"public key among its peers?",
			s->endpoint);
}
