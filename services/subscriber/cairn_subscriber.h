/*
 * libcairn-subscriber: following what Cairn's issuance tells licensure systems.
 *
 *	s = cairn_subscriber_open(&options, fault);
 *	for (;;) {
 *		got = cairn_subscriber_next(s, 1000, &event);
 *		if (got == CAIRN_SUBSCRIBER_STOPPED)
 *			break;                 cairn_subscriber_text(s) says why
 *		if (got == CAIRN_SUBSCRIBER_NOTHING)
 *			continue;
 *		begin; the effect of event; keep event->position; commit;
 *		cairn_subscriber_stored(s);
 *	}
 *	cairn_subscriber_close(&s);
 *
 * Events are CloudEvents and come in order, each once, after the position that is given to
 * cairn_subscriber_open(). A position is text without meaning to its keeper. Kept in the same
 * transaction as the effect of its event, nothing is lost and nothing done twice, whenever either
 * side is killed.
 *
 * A lost connection is made again; that is no event and no fault. What cannot be mended by waiting
 * stops the subscriber with a reason: it never skips and never goes back by itself.
 *
 * A subscriber belongs to one thread at a time. There is no global state; the library starts no
 * thread but the one in which libzmq does its input and output. Nothing is written to any file or
 * to standard error.
 */
#ifndef CAIRN_SUBSCRIBER_H
#define CAIRN_SUBSCRIBER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CAIRN_SUBSCRIBER_POSITION_MAX 256 /* bytes of a position's text, with its NUL */
#define CAIRN_SUBSCRIBER_FAULT_MAX 256    /* bytes of a fault's text, with its NUL */

struct cairn_subscriber;

/* All texts are copied. Set size first: CAIRN_SUBSCRIBER_OPTIONS does, and clears the rest. */
struct cairn_subscriber_options {
	size_t size;
	const char *endpoint;     /* of issuance's log socket: "tcp://HOST:PORT" or "ipc://PATH" */
	const char *server_key;   /* issuance's public key, 40 characters of Z85 */
	const char *secret_key;   /* our own secret key, 40 characters of Z85 */
	const char *name;         /* under which the server keeps what we have not stored yet: our
				     peer name, alone or with ".SUFFIX". NULL: it keeps nothing */
	const char *position;     /* where to go on; NULL or "": at the beginning */
	const char *const *types; /* only events of these types; none: all that we may see. Other
				     types than before hold from the position on: what came
				     before it does not come again */
	size_t n_types;           /* 64 at most */
	size_t window_bytes;      /* how much is sent ahead of what is stored; 0: 1 MiB */
};

#define CAIRN_SUBSCRIBER_OPTIONS                                                                   \
	{                                                                                          \
		.size = sizeof(struct cairn_subscriber_options)                                    \
	}

/* Lives until the next call with the same subscriber. Later versions may add members at the end. */
struct cairn_subscriber_event {
	const char *id;
	const char *type; /* "org.cairn.credential.issued.v1" */
	const char *source;
	const char *subject;        /* what it is about; order holds for each, and for all; or "" */
	const char *time;           /* RFC 3339 */
	const char *data;           /* JSON */
	uint64_t sequence;          /* counts all events of the stream */
	uint64_t previous_sequence; /* of the event before, as far as we may see it */
	const char *position;       /* to keep beside the effect */
};

enum cairn_subscriber_got {
	CAIRN_SUBSCRIBER_STOPPED = -1, /* for good: see cairn_subscriber_reason() */
	CAIRN_SUBSCRIBER_NOTHING = 0,  /* for now */
	CAIRN_SUBSCRIBER_GOT = 1
};

enum cairn_subscriber_reason {
	CAIRN_SUBSCRIBER_GOING = 0,       /* not stopped */
	CAIRN_SUBSCRIBER_FORBIDDEN = 1,   /* our key may not follow this */
	CAIRN_SUBSCRIBER_TRUNCATED = 2,   /* what comes next is no longer kept there */
	CAIRN_SUBSCRIBER_AHEAD = 3,       /* our position is beyond the end of the stream */
	CAIRN_SUBSCRIBER_DIVERGED = 4,    /* what we hold is not what stands there */
	CAIRN_SUBSCRIBER_UNSUPPORTED = 5, /* the server needs a newer or another subscriber */
	CAIRN_SUBSCRIBER_BROKEN = 6       /* what came cannot be read, or misses an event */
};

/* fault_r is NULL or has room for CAIRN_SUBSCRIBER_FAULT_MAX bytes. NULL: it says what is wrong and
 * what is expected. Does not wait for the connection. */
struct cairn_subscriber *cairn_subscriber_open(const struct cairn_subscriber_options *options,
					       char *fault_r);
/* Says goodbye to the server, which takes up to 0.2 s; accepts a pointer to NULL and leaves NULL.
 */
void cairn_subscriber_close(struct cairn_subscriber **s);

/* The next event. Waits timeout_ms at most; 0: not at all; -1: as long as it takes. A signal ends
 * the wait early, with nothing. */
enum cairn_subscriber_got cairn_subscriber_next(struct cairn_subscriber *s, int timeout_ms,
						const struct cairn_subscriber_event **event_r);
/* All that have come, at least one: the position to keep is that of the last. */
enum cairn_subscriber_got cairn_subscriber_next_batch(
	struct cairn_subscriber *s, int timeout_ms,
	const struct cairn_subscriber_event *const **events_r, size_t *n_r);
/* Everything handed over is stored for good. Without it the server stops sending when the window is
 * full, and keeps old events for us. */
void cairn_subscriber_stored(struct cairn_subscriber *s);

/* The position after all that was handed over; it also moves past events that we may not see. */
const char *cairn_subscriber_position(const struct cairn_subscriber *s);

/* For a loop of one's own: when fd is readable, or after wait_ms have passed, call
 * cairn_subscriber_next() with timeout 0 until there is nothing. The fd tells of changes only, so
 * do the same once before the first wait. */
int cairn_subscriber_fd(const struct cairn_subscriber *s);
int cairn_subscriber_wait_ms(const struct cairn_subscriber *s);

enum cairn_subscriber_reason cairn_subscriber_reason(const struct cairn_subscriber *s);
/* What is the matter, as a sentence: why it stopped, or how the connection is. Lives until the next
 * call with the same subscriber. */
const char *cairn_subscriber_text(struct cairn_subscriber *s);

struct cairn_subscriber_lag {
	uint64_t sequence; /* up to where events were handed over */
	uint64_t head;     /* end of the stream as last heard; 0: never heard */
	uint64_t behind;   /* head - sequence, with events that we may not see */
	int64_t heard_ms;  /* since the server was heard; -1: not in this session */
};
void cairn_subscriber_lag(const struct cairn_subscriber *s, struct cairn_subscriber_lag *lag_r);

const char *cairn_subscriber_version(void);

#ifdef __cplusplus
}
#endif

#endif
