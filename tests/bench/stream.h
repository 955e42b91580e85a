/*
 * One stream of events and many who follow it, whatever carries it: who writes, who reads, and how
 * long each event took from being sent to its arrival, its sync included.
 *
 *	stream_run(&run, &nats_stream);
 *	run.per_second, run.p50_ms, run.p99_ms
 *
 * One process writes and two read (one, when there is one reader), all forked at once. Each reader
 * has a connection of its own, encrypted, and its own place in the stream; it keeps nothing.
 */
#ifndef CAIRN_BENCH_STREAM_H
#define CAIRN_BENCH_STREAM_H

#include "tests/bench/crew.h"

#define STREAM_READERS_MAX 100

struct stream_run;

struct stream_ops {
	const char *name;
	/* In a process of its own: connects, says crew_ready(), and sends as stream_due() allows
	 * until all are acknowledged. */
	void (*write)(struct stream_run *run, struct crew_member *m);
	/* The same for readers first .. first + n - 1; each event to stream_arrived(). */
	void (*read)(struct stream_run *run, struct crew_member *m, unsigned first, unsigned n);
};

struct stream_run {
	void *ctx;        /* the ops' own */
	const char *name; /* of the stream, which is fresh, or holds n events to be replayed */
	unsigned readers;
	size_t n;       /* events */
	size_t window;  /* sent and not acknowledged */
	double rate;    /* a second; 0: as the window allows */
	size_t payload; /* bytes of each event */
	bool replay;    /* nobody writes */

	/* results */
	double per_second; /* to each reader */
	double p50_ms, p99_ms;
	double mean_bytes; /* of an event */

	/* within */
	const struct stream_ops *ops;
	int64_t *sent_us; /* shared: of each event */
	int32_t *took_us; /* shared: of each event to each reader */
	uint64_t *bytes;  /* shared: to the first reader */
	size_t arrived[STREAM_READERS_MAX];
};

void stream_run(struct stream_run *run, const struct stream_ops *ops);

/* For write(): how many may be sent now; the next one is. */
size_t stream_due(const struct stream_run *run, size_t sent, size_t acknowledged, int64_t began_us);
void stream_sent(struct stream_run *run, size_t i);
/* For read(): the reader's next event, of so many bytes. */
void stream_arrived(struct stream_run *run, unsigned reader, size_t bytes);
bool stream_is_read(const struct stream_run *run, unsigned first, unsigned n);

/* Servers of other people on loopback (tests/bench/run starts them); ctx is this. */
struct stream_server {
	uint16_t port;
	const char *dir; /* of ca.crt, client.crt and client.key */
};
extern const struct stream_ops redis_stream, nats_stream;
/* A stream must be made before it is written to. */
void nats_make(struct stream_run *run);
/* So many events in a fresh stream, before they are replayed. */
void redis_fill(struct stream_run *run);
void nats_fill(struct stream_run *run);

/* Issuance's public stream, over CURVE; ctx is a populated issuance (tests/integration/season.h)
 * that runs. What is written suspends and reinstates. */
extern const struct stream_ops cairn_stream;

#endif
