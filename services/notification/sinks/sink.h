/*
 * A sink takes the public events of one state to its licensure system: by webhook (webhook.c) or to
 * an Ed-Fi API (edfi.c).
 *
 *	sinks.c ──deliver()──> the kind, with HTTP (http.h) ──> finish(): what became of it
 *
 * An event may be delivered twice (after a crash in between), always under the same id; it is never
 * lost, and no later event of its subject overtakes it. Kinds keep nothing that must survive a
 * crash: what is not recorded as taken is delivered again.
 */
#ifndef CAIRN_NOTIFICATION_SINK_H
#define CAIRN_NOTIFICATION_SINK_H

#include "libshared/id.h"
#include "proto/notification.pb-c.h"
#include "proto/public.pb-c.h"
#include "services/notification/sinks/http.h"

#define SINK_WHY_LEN 160
#define SINK_SECRETS 2 /* the newest, and the one before it while both sign */
#define SINK_SECRET_LEN 32

/* What a kind needs to know of a sink; borrowed for the call of deliver(). */
struct sink_target {
	const Notification__Sink *sink;
	const Notification__SinkPrivate *secret; /* opened for this call */
	uint8_t secrets[SINK_SECRETS][SINK_SECRET_LEN];
	unsigned n_secrets; /* newest first */
};

/* What the licensure system said of a posting in its answer. */
struct sink_answer {
	bool given, accepted;
	struct id posting;     /* the ledger entry that the event told of */
	const char *reference; /* its own number; "" */
	const char *because;   /* of a refusal; "" */
};

struct sink_finish {
	Notification__Delivery delivery;
	uint32_t code;
	int64_t not_before_us;
	char why[SINK_WHY_LEN]; /* "" when taken */
	struct sink_answer answer;
};
/* May be called from within deliver(). The texts are borrowed for the call. */
typedef void sink_finish_fn(void *ctx, const struct sink_finish *finish);

struct sink_dispatch {
	const struct sink_target *target;
	uint64_t seq;
	const Cairn__CloudEvent *event; /* as this state may see it; lives for the call */
	const char *origin;             /* the host of this installation; NULL or "": it has none */
	int64_t now_us;
	sink_finish_fn *finish; /* once for each */
	void *ctx;
};

/* What is wrong with these settings and how to mend it, or NULL; pure, in the arena. Rules reach
 * it, so each stands in a file without HTTP: webhook_check.c, edfi_check.c. secret may be NULL: it
 * stays as it is. */
typedef const char *sink_check_fn(const Notification__Sink *sink,
				  const Notification__SinkPrivate *secret, struct arena *arena);
sink_check_fn webhook_check, edfi_check;

struct sink_kind; /* of the kind's own: connections, tokens */

struct sink_ops {
	const char *word; /* "webhook", "edfi" */
	struct sink_kind *(*open)(struct http *http);
	void (*close)(struct sink_kind **k);
	void (*deliver)(struct sink_kind *k, const struct sink_dispatch *dispatch);
	/* Asks the target whether it wants to hear from us, without an event; NULL: nothing to ask.
	 * finish: TAKEN it agreed (code: its rate a second, 0: any), else not. */
	void (*introduce)(struct sink_kind *k, const struct sink_dispatch *dispatch);
};

extern const struct sink_ops webhook_ops, edfi_ops;

#endif
