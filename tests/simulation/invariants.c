/* What must always hold, over the logs of a settled world. */
#include "tests/simulation/invariants.h"
#include "tests/simulation/invariants_ledger.h"
#include "tests/simulation/invariants_seats.h"
#include "tests/simulation/invariants_privacy.h"
#include "tests/simulation/invariants_report.h"
#include "tests/simulation/invariants_review.h"
#include "tests/simulation/invariants_stack.h"

#include "libshared/blobs.h"
#include "libshared/check.h"
#include "libshared/log.h"
#include "libshared/parked.h"
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/issuance.pb-c.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct history read_log(struct world *w, unsigned service, struct arena *arena)
{
	struct node *node = &w->nodes[service];
	struct history h = {.n = engine_durable_seq(node->engine)};
	const struct view *v = engine_view_begin(node->engine);
	struct message_fault fault;

	h.events = arena_zalloc(arena, MAX(h.n, (size_t)1) * sizeof *h.events);
	for (size_t i = 0; i < h.n; i++) {
		struct event *e = &h.events[i];

		ENSURE(eventlog_get(v, i + 1, &e->record));
		e->record.payload = arena_copy(arena, e->record.payload);
		if (e->record.kind < RUNTIME_KIND)
			e->message = message_unpack(node->service->event, e->record.payload,
						    &EVENT_LIMITS, arena, &fault);
	}
	engine_view_end(node->engine);
	return h;
}

/* ---- 1 to 3: commands and neighbours' events have one effect ---- */

static int by_cause(const void *a, const void *b)
{
	const struct event *x = *(const struct event *const *)a,
			   *y = *(const struct event *const *)b;
	int order = memcmp(x->record.cause.b, y->record.cause.b, ID_LEN);

	return order != 0 ? order
			  : (x->record.seq > y->record.seq) - (x->record.seq < y->record.seq);
}

/* The events that one input caused stand together: it was decided once. */
static void check_decided_once(const struct history *h)
{
	const struct event **sorted = calloc(h->n + 1, sizeof(void *));

	ENSURE(sorted != NULL);
	for (size_t i = 0; i < h->n; i++)
		sorted[i] = &h->events[i];
	qsort(sorted, h->n, sizeof(void *), by_cause);
	for (size_t i = 1; i < h->n; i++)
		ENSURE(!id_equal(&sorted[i]->record.cause, &sorted[i - 1]->record.cause) ||
		       sorted[i]->record.seq == sorted[i - 1]->record.seq + 1);
	free(sorted);
}

/* What was acknowledged is in the log, at the seq it was told. */
static void check_acknowledged(struct world *w, const struct history histories[])
{
	for (size_t i = 0; i < w->n_calls; i++) {
		const struct call *c = &w->calls[i];
		const struct history *h = &histories[c->to];

		ENSURE(c->answered);
		if (c->first.status != CAIRN__STATUS__OK || c->first.seq == 0)
			continue;
		ENSURE(c->first.seq <= h->n);
		/* What it brought may have released parked events after its own. */
		for (uint64_t seq = c->first.seq;; seq--) {
			ENSURE(seq > 0);
			if (id_equal(&h->events[seq - 1].record.cause, &c->id))
				break;
		}
	}
}

static void print_parked(void *ctx, const struct parked *p)
{
	struct record r;

	ENSURE(record_unpack(p->raw, p->seq, &r));
	fprintf(stderr, "%s: parked of %s seq %llu kind %u reason %d awaits %u\n",
		(const char *)ctx, p->stream, (unsigned long long)p->seq, r.kind, (int)p->reason,
		p->awaits_kind);
}

static void check_followed(struct world *w)
{
	for (unsigned i = 0; i < N_LINKS; i++)
		ENSURE(link_caught_up(w, &w->links[i]));
	for (unsigned i = 0; i < N_SERVICES; i++) {
		const struct view *v = engine_view_begin(w->nodes[i].engine);

		parked_each(v, "", print_parked, w->nodes[i].dir);
		ENSURE(view_count(v, TABLE_PARKED) == 0);
		engine_view_end(w->nodes[i].engine);
	}
}

/* ---- 4: credentials ---- */

static const Assessment__DecisionReleased *released(const struct history *assessment,
						    struct bytes decision)
{
	const Assessment__DecisionReleased *found = NULL;

	for (size_t i = 0; i < assessment->n; i++) {
		const Assessment__Event *e =
			(const Assessment__Event *)assessment->events[i].message;

		if (e == NULL || e->body_case != ASSESSMENT__EVENT__BODY_DECISION_RELEASED ||
		    !bytes_equal(bytes_of_pb(e->decision_released->decision), decision))
			continue;
		ENSURE(found == NULL); /* released once */
		found = e->decision_released;
	}
	return found;
}

/* Whether a credential was revoked or superseded before an event. */
static bool is_over(const struct history *h, size_t before, struct bytes credential)
{
	for (size_t i = 0; i < before; i++) {
		const Issuance__Event *e = (const Issuance__Event *)h->events[i].message;

		if (e == NULL)
			continue;
		if ((e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED &&
		     bytes_equal(bytes_of_pb(e->credential_revoked->credential), credential)) ||
		    (e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_SUPERSEDED &&
		     bytes_equal(bytes_of_pb(e->credential_superseded->credential), credential)))
			return true;
	}
	return false;
}

/* A credential of a decision, and not the award of a stack. */
static bool is_pass(const Issuance__Event *e)
{
	return e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED &&
	       e->credential_issued->n_members == 0;
}

static void check_credentials(const struct history *issuance, const struct history *assessment,
			      struct tally *tally)
{
	for (size_t i = 0; i < issuance->n; i++) {
		const Issuance__Event *e = (const Issuance__Event *)issuance->events[i].message;
		const Assessment__DecisionReleased *r;

		if (!is_pass(e))
			continue;
		tally->credentials++;
		r = released(assessment, bytes_of_pb(e->credential_issued->decision));
		ENSURE(r != NULL && r->passed);
		for (size_t k = 0; k < r->n_rows; k++)
			ENSURE(r->rows[k]->met);
		for (size_t k = 0; k < i; k++) {
			const Issuance__Event *o =
				(const Issuance__Event *)issuance->events[k].message;

			if (!is_pass(o) ||
			    is_over(issuance, i, bytes_of_pb(o->credential_issued->credential)))
				continue;
			ENSURE(!bytes_equal(bytes_of_pb(o->credential_issued->educator),
					    bytes_of_pb(e->credential_issued->educator)) ||
			       !bytes_equal(bytes_of_pb(o->credential_issued->entry),
					    bytes_of_pb(e->credential_issued->entry)) ||
			       o->credential_issued->valid_until_us <=
				       e->credential_issued->decided_us);
		}
	}
}

/* The key that signed the credential last before event number i. */
static const char *signed_by(const struct history *issuance, size_t i, struct bytes credential)
{
	while (i-- > 0) {
		const Issuance__Event *e = (const Issuance__Event *)issuance->events[i].message;

		if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED &&
		    bytes_equal(bytes_of_pb(e->credential_issued->credential), credential))
			return e->credential_issued->key;
		if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REISSUED &&
		    bytes_equal(bytes_of_pb(e->credential_reissued->credential), credential))
			return e->credential_reissued->signing->key;
		if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED &&
		    bytes_equal(bytes_of_pb(e->credential_reinstated->credential), credential))
			return e->credential_reinstated->signing->key;
	}
	return NULL;
}

/* Each is signed again by another key than the one before, once for each reissue; that of a stack
 * also by the same, for other members. */
static void check_reissues(const struct history *issuance, struct tally *tally)
{
	for (size_t i = 0; i < issuance->n; i++) {
		const Issuance__Event *e = (const Issuance__Event *)issuance->events[i].message;
		const Issuance__CredentialReissued *r;
		const char *before;

		if (e == NULL || e->body_case != ISSUANCE__EVENT__BODY_CREDENTIAL_REISSUED)
			continue;
		r = e->credential_reissued;
		before = signed_by(issuance, i, bytes_of_pb(r->credential));
		ENSURE(before != NULL && strcmp(before, r->replaces) == 0);
		ENSURE(strcmp(before, r->signing->key) != 0 || r->signing->n_members > 0);
		tally->reissued++;
	}
}

/* A place in a status list, and in whose: each issuer counts its own. */
struct place {
	const Issuance__StatusEntry *at; /* NULL: none is given */
	struct bytes issuer;
};

static struct bytes issuer_of(const struct history *issuance, struct bytes credential)
{
	for (size_t i = 0; i < issuance->n; i++) {
		const Issuance__Event *e = (const Issuance__Event *)issuance->events[i].message;

		if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED &&
		    bytes_equal(bytes_of_pb(e->credential_issued->credential), credential))
			return bytes_of_pb(e->credential_issued->issuer);
	}
	ensure_failed("what is reinstated was issued", __FILE__, __LINE__);
}

static struct place place_given(const struct history *issuance, size_t i)
{
	const Issuance__Event *e = (const Issuance__Event *)issuance->events[i].message;

	if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED)
		return (struct place){e->credential_issued->status,
				      bytes_of_pb(e->credential_issued->issuer)};
	if (e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REINSTATED)
		return (struct place){
			e->credential_reinstated->signing->status,
			issuer_of(issuance, bytes_of_pb(e->credential_reinstated->credential))};
	return (struct place){0};
}

/* A place is given once, whoever gets it. */
static void check_places(const struct history *issuance, struct tally *tally)
{
	struct place *places = calloc(issuance->n + 1, sizeof *places);
	size_t n = 0;

	ENSURE(places != NULL);
	for (size_t i = 0; i < issuance->n; i++) {
		const Issuance__Event *e = (const Issuance__Event *)issuance->events[i].message;
		struct place given = place_given(issuance, i);

		tally->revoked +=
			e != NULL && e->body_case == ISSUANCE__EVENT__BODY_CREDENTIAL_REVOKED;
		if (given.at == NULL)
			continue;
		for (size_t k = 0; k < n; k++)
			ENSURE(places[k].at->list != given.at->list ||
			       places[k].at->index != given.at->index ||
			       !bytes_equal(places[k].issuer, given.issuer));
		places[n++] = given;
	}
	free(places);
}

/* ---- 5: a sealed submission never changes ---- */

static void check_manifests(struct world *w, const struct history *evidence, struct tally *tally)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 16);

	for (size_t i = 0; i < evidence->n; i++) {
		const Evidence__Event *e = (const Evidence__Event *)evidence->events[i].message;
		const struct blobs *blobs = w->nodes[EVIDENCE].caps.blobs;
		uint8_t hash[SHA256_LEN];
		struct bytes manifest;
		uint64_t size;

		if (e == NULL || e->body_case != EVIDENCE__EVENT__BODY_SUBMISSION_SEALED)
			continue;
		tally->submissions++;
		arena_reset(arena);
		ENSURE(blobs_read(blobs, e->submission_sealed->manifest_sha256.data, 0, 1 << 20,
				  arena, &manifest));
		sha256(manifest, hash);
		ENSURE(bytes_equal(BYTES_OF(hash),
				   bytes_of_pb(e->submission_sealed->manifest_sha256)));
		for (size_t k = 0; k < e->submission_sealed->n_items; k++)
			ENSURE(blobs_has(blobs, e->submission_sealed->items[k]->sha256.data,
					 &size));
	}
}

/* ---- 6: who may read ---- */

static const Assessment__Event *find_event(const struct history *h, size_t before, uint32_t kind,
					   struct bytes entity)
{
	for (size_t i = before; i-- > 0;) {
		const Assessment__Event *e = (const Assessment__Event *)h->events[i].message;

		if (e == NULL || e->body_case != kind)
			continue;
		if ((kind == ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED &&
		     bytes_equal(bytes_of_pb(e->submission_received->submission), entity)) ||
		    (kind == ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED &&
		     bytes_equal(bytes_of_pb(e->assessor_registered->assessor), entity)))
			return e;
	}
	return NULL;
}

static bool is_related(const struct history *h, size_t before, struct bytes assessor,
		       struct bytes educator)
{
	for (size_t i = 0; i < before; i++) {
		const Assessment__Event *e = (const Assessment__Event *)h->events[i].message;

		if (e != NULL && e->body_case == ASSESSMENT__EVENT__BODY_RELATION_NOTED &&
		    bytes_equal(bytes_of_pb(e->relation_noted->assessor), assessor) &&
		    bytes_equal(bytes_of_pb(e->relation_noted->educator), educator))
			return true;
	}
	return false;
}

static void check_completed(const struct history *h, size_t at,
			    const Assessment__ReadingCompleted *c)
{
	const Assessment__Event *received = find_event(
		h, at, ASSESSMENT__EVENT__BODY_SUBMISSION_RECEIVED, bytes_of_pb(c->submission));
	const Assessment__Event *assessor = find_event(
		h, at, ASSESSMENT__EVENT__BODY_ASSESSOR_REGISTERED, bytes_of_pb(c->assessor));

	ENSURE(received != NULL && assessor != NULL);
	for (size_t i = 0; i < assessor->assessor_registered->n_orgs; i++)
		ENSURE(!bytes_equal(bytes_of_pb(assessor->assessor_registered->orgs[i]),
				    bytes_of_pb(received->submission_received->school)));
	ENSURE(!is_related(h, at, bytes_of_pb(c->assessor),
			   bytes_of_pb(received->submission_received->educator)));
	for (size_t i = 0; i < at; i++) { /* nobody reads one submission twice */
		const Assessment__Event *e = (const Assessment__Event *)h->events[i].message;

		ENSURE(e == NULL || e->body_case != ASSESSMENT__EVENT__BODY_READING_COMPLETED ||
		       !bytes_equal(bytes_of_pb(e->reading_completed->submission),
				    bytes_of_pb(c->submission)) ||
		       !bytes_equal(bytes_of_pb(e->reading_completed->assessor),
				    bytes_of_pb(c->assessor)));
	}
}

static void check_readings(const struct history *h, struct tally *tally)
{
	for (size_t i = 0; i < h->n; i++) {
		const Assessment__Event *e = (const Assessment__Event *)h->events[i].message;

		if (e == NULL)
			continue;
		if (e->body_case == ASSESSMENT__EVENT__BODY_READING_COMPLETED)
			check_completed(h, i, e->reading_completed);
		tally->decisions += e->body_case == ASSESSMENT__EVENT__BODY_DECISION_RELEASED;
		tally->adjudications +=
			e->body_case == ASSESSMENT__EVENT__BODY_ADJUDICATION_COMPLETED;
	}
}

/* ---- 8: tables are a function of the log ---- */

static void print_line(void *ctx, const char *line)
{
	const bool *verbose = ctx;

	if (*verbose || strstr(line, "equal") == NULL)
		fprintf(stderr, "%s\n", line);
}

static void check_tables(struct world *w)
{
	for (unsigned i = 0; i < N_SERVICES; i++) {
		char db[200], scratch[200];
		bool verbose = false;

		snprintf(db, sizeof db, "%s/db", w->nodes[i].dir);
		snprintf(scratch, sizeof scratch, "%s/verify-%u", w->dir, i);
		ENSURE(mkdir(scratch, 0700) == 0);
		ENSURE(engine_verify(w->nodes[i].service, db, NULL, scratch, print_line,
				     &verbose) == 0);
	}
}

void check_invariants(struct world *w, struct tally *tally_r)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1 << 20);
	struct history histories[N_SERVICES];

	*tally_r = (struct tally){.commands = (unsigned)w->n_calls};
	check_followed(w);
	for (unsigned i = 0; i < N_SERVICES; i++) {
		histories[i] = read_log(w, i, arena);
		check_decided_once(&histories[i]);
		tally_r->crashes += w->nodes[i].crashes;
	}
	check_acknowledged(w, histories);
	check_credentials(&histories[ISSUANCE], &histories[ASSESSMENT], tally_r);
	check_reissues(&histories[ISSUANCE], tally_r);
	check_ledgers(w, &histories[ISSUANCE], tally_r);
	check_stacks(w, &histories[ENROLLMENT], &histories[ISSUANCE], tally_r);
	check_places(&histories[ISSUANCE], tally_r);
	check_manifests(w, &histories[EVIDENCE], tally_r);
	check_purges(w, &histories[EVIDENCE], tally_r);
	check_no_names(&histories[EVIDENCE]);
	check_no_names(&histories[ASSESSMENT]);
	check_readings(&histories[ASSESSMENT], tally_r);
	check_seats(&histories[ASSESSMENT], tally_r);
	tally_r->overturned = check_overturned(&histories[ASSESSMENT], &histories[ISSUANCE]);
	tally_r->double_reads = check_reports(w, &histories[ASSESSMENT]);
	check_tables(w);
}

uint64_t world_fingerprint(const struct world *w)
{
	crypto_generichash_state state;
	uint8_t hash[16];

	crypto_generichash_init(&state, NULL, 0, sizeof hash);
	for (unsigned i = 0; i < N_SERVICES; i++) {
		struct log_head head = engine_head(w->nodes[i].engine);

		crypto_generichash_update(&state, head.at.log_id.b, ID_LEN);
		crypto_generichash_update(&state, head.at.chain, CHAIN_LEN);
	}
	crypto_generichash_final(&state, hash, sizeof hash);
	return get_u64_le(hash);
}
