/* What must hold of privacy: no names in the logs, nothing held is purged, nothing purged is read.
 */
#include "tests/simulation/invariants_privacy.h"

#include "proto/evidence.pb-c.h"

#include <string.h>

/* As the operator and the clerk of the world write them; so long that no hash or id has one by
 * chance. */
static const char *const names[] = {"Teacher Number", "teacher-", "school.example", "A school",
				    "TN-license-"};

void check_no_names(const struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		for (size_t k = 0; k < ARRAY_LEN(names) && h->events[i].message != NULL; k++)
			ENSURE(memmem(h->events[i].record.payload.data,
				      h->events[i].record.payload.len, names[k],
				      strlen(names[k])) == NULL);
}

static const Evidence__Event *evidence_at(const struct history *h, size_t i)
{
	return (const Evidence__Event *)h->events[i].message;
}

/* How many holds stand on the portfolio before that event. */
static int holds_before(const struct history *h, size_t before, struct bytes portfolio)
{
	int holds = 0;

	for (size_t i = 0; i < before; i++) {
		const Evidence__Event *e = evidence_at(h, i);

		if (e == NULL)
			continue;
		if (e->body_case == EVIDENCE__EVENT__BODY_HOLD_PLACED)
			holds += bytes_equal(bytes_of_pb(e->hold_placed->portfolio), portfolio);
		if (e->body_case == EVIDENCE__EVENT__BODY_HOLD_LIFTED)
			holds -= bytes_equal(bytes_of_pb(e->hold_lifted->portfolio), portfolio);
	}
	return holds;
}

static struct bytes educator_of(const struct history *h, struct bytes portfolio)
{
	for (size_t i = 0; i < h->n; i++) {
		const Evidence__Event *e = evidence_at(h, i);

		if (e != NULL && e->body_case == EVIDENCE__EVENT__BODY_PORTFOLIO_OPENED &&
		    bytes_equal(bytes_of_pb(e->portfolio_opened->portfolio), portfolio))
			return bytes_of_pb(e->portfolio_opened->educator);
	}
	return BYTES_NONE;
}

static void check_unreadable(struct world *w, ProtobufCBinaryData artifact, struct bytes educator)
{
	Evidence__Query query = EVIDENCE__QUERY__INIT;
	Evidence__FetchOwn fetch = EVIDENCE__FETCH_OWN__INIT;

	fetch.artifact = artifact;
	query.body_case = EVIDENCE__QUERY__BODY_FETCH_OWN;
	query.fetch_own = &fetch;
	ENSURE(world_ask(w, EVIDENCE, educator, &query.base) == NULL);
}

void check_purges(struct world *w, const struct history *evidence, struct tally *tally)
{
	for (size_t i = 0; i < evidence->n; i++) {
		const Evidence__Event *e = evidence_at(evidence, i);
		struct bytes portfolio;

		if (e == NULL || e->body_case != EVIDENCE__EVENT__BODY_ARTIFACT_PURGED)
			continue;
		portfolio = bytes_of_pb(e->artifact_purged->portfolio);
		ENSURE(holds_before(evidence, i, portfolio) == 0);
		check_unreadable(w, e->artifact_purged->artifact, educator_of(evidence, portfolio));
		tally->purged++;
	}
}
