/*
 * What the two halves of webhooks share: webhook.c delivers, webhook_introduce.c asks first.
 *
 * A call lives from deliver() or introduce() to its finish.
 */
#ifndef CAIRN_NOTIFICATION_WEBHOOK_PARTS_H
#define CAIRN_NOTIFICATION_WEBHOOK_PARTS_H

#include "services/notification/sinks/sink.h"

#define WEBHOOK_CHALLENGE_LEN 64

struct webhook_call {
	struct sink_kind *kind;
	struct webhook_call *next, **at; /* in the kind's list */
	sink_finish_fn *finish;
	void *ctx;
	int64_t now_us, mono_us; /* of the attempt, in the caller's clock and in ours */
	struct id sink;
	bool has_posting;
	struct id posting;
	/* Of an introduction, for its second question. */
	char *url, *origin;
	uint8_t secrets[SINK_SECRETS][SINK_SECRET_LEN];
	size_t secrets_len;
	char challenge[WEBHOOK_CHALLENGE_LEN + 1];
};

struct sink_kind {
	struct http *http;
	struct arena *sending, *answers; /* of one request, of one answer */
	struct webhook_call *calls;
};

struct webhook_call *webhook_call_new(struct sink_kind *k, const struct sink_dispatch *dispatch);
/* Frees the call, then tells. */
void webhook_call_finish(struct webhook_call *call, const struct sink_finish *finish);

/* False: it has ended, since nothing could be signed. */
bool webhook_has_secret(const struct sink_dispatch *dispatch);

/* What is posted: an event, signed. */
struct webhook_letter {
	const char *url;
	const Cairn__CloudEvent *event;
	int64_t now_us;
	struct bytes secrets; /* as webhook_signatures() takes them */
};
void webhook_post(const struct webhook_letter *letter, http_answer_fn *fn,
		  struct webhook_call *call);

/* What an answer means that is not a yes: delivery, code, not_before_us and why. */
void webhook_outcome(const struct webhook_call *call, const struct http_answer *answer,
		     struct sink_finish *finish_r);

void webhook_introduce(struct sink_kind *k, const struct sink_dispatch *dispatch);

#endif
