/* The tables of evidence: keys, typed get and put. */
#include "services/evidence/tables.h"

#include "libshared/check.h"

#include <string.h>

const char *const evidence_tables[N_TABLES] = {
	"s.entry",     "s.document",     "s.portfolio",   "s.reopening",     "s.artifact",
	"s.begun",     "s.item",         "s.consent",     "s.submission",    "s.sealed",
	"s.answer",    "s.grant",        "i.grant_of",    "s.seen",          "s.assessor",
	"s.relation",  "i.portfolio_of", "i.artifact_of", "i.submission_of", "i.use",
	"s.purge",     "s.forgetting",   "s.scanned",     "s.consent_said",  "s.view",
	"i.view_of",   "s.read",         "s.retired",     "i.place_of",      "s.print",
	"i.band",      "s.duplicate",    "s.declared",    "s.confirmed",     "s.shared",
	"s.retention", "s.hold",         "i.hold_of",     "s.purged",        "s.chain",
};

struct bytes key_of_two(struct key *k, struct bytes first, struct bytes second)
{
	key_add(k, first);
	return key_add(k, second);
}

void mark_put(struct txn *txn, unsigned table, struct bytes key)
{
	struct mark mark = {0};

	ROW_PUT(txn, table, key, &mark);
}

bool mark_there(const struct view *view, unsigned table, struct bytes key)
{
	struct bytes val;

	return view_get(view, table, key, &val);
}

const Evidence__Event *event_get(const struct view *view, unsigned table, struct bytes key,
				 struct arena *arena)
{
	struct message_fault fault;
	ProtobufCMessage *event;
	struct bytes val;

	if (!view_get(view, table, key, &val))
		return NULL;
	event = message_unpack(&evidence__event__descriptor, val, &EVENT_LIMITS, arena, &fault);
	ENSURE(event != NULL);
	return (const Evidence__Event *)event;
}

/* ---- ids under a prefix ---- */

struct id_scan id_scan(unsigned table, struct bytes of)
{
	struct id_scan scan = {.table = table};

	key_add(&scan.prefix, of);
	return scan;
}

bool id_next(struct id_scan *scan, const struct view *view, struct id *id_r)
{
	static const uint8_t zero;
	struct key from = scan->prefix;
	struct bytes key, val;
	struct scan rows;

	if (!id_is_none(&scan->at)) {
		key_add(&from, bytes_of_id(&scan->at));
		key_add(&from, BYTES_OF(zero)); /* the first key above it */
	}
	rows = scan_first(view, scan->table, key_bytes(&scan->prefix), key_bytes(&from));
	if (!scan_next(&rows, &key, &val))
		return false;
	scan->at = id_of_bytes((struct bytes){key.data + key.len - ID_LEN, ID_LEN});
	scan_end(&rows);
	*id_r = scan->at;
	return true;
}

/* ---- kept of neighbours ---- */

struct id policy_id(void)
{
	return id_of_name("document", "policy");
}

struct id media_id(void)
{
	return id_of_name("document", "media");
}

struct id calendar_id(void)
{
	return id_of_name("document", "calendar");
}

struct id profile_id(const char *code)
{
	return id_of_name("profile", code);
}

static struct bytes key_of_version(struct key *k, struct bytes id, uint32_t version)
{
	key_add(k, id);
	return key_add_u32(k, version);
}

void entry_put(struct txn *txn, const Evidence__EntryNoted *noted, struct bytes event)
{
	struct key k = {0};

	txn_put(txn, ENTRY, key_of_version(&k, bytes_of_pb(noted->entry), noted->version), event);
}

bool entry_known(const struct view *view, struct bytes entry, uint32_t version)
{
	struct key k = {0};

	return mark_there(view, ENTRY, key_of_version(&k, entry, version));
}

const Evidence__EntryNoted *entry_get(const struct view *view, struct bytes entry, uint32_t version,
				      struct arena *arena)
{
	struct key k = {0};
	const Evidence__Event *event =
		event_get(view, ENTRY, key_of_version(&k, entry, version), arena);

	return event == NULL ? NULL : event->entry_noted;
}

void document_put(struct txn *txn, struct id document, uint32_t version, struct bytes event)
{
	struct key k = {0};

	txn_put(txn, DOCUMENT, key_of_version(&k, bytes_of_id(&document), version), event);
}

uint32_t document_newest(const struct view *view, struct id document)
{
	struct bytes key, val;

	if (!view_last(view, DOCUMENT, bytes_of_id(&document), &key, &val))
		return 0;
	return get_u32_be(key.data + ID_LEN);
}

static const Evidence__Event *document_get(const struct view *view, struct id document,
					   uint32_t version, struct arena *arena)
{
	struct key k = {0};

	if (version == 0)
		version = document_newest(view, document);
	return event_get(view, DOCUMENT, key_of_version(&k, bytes_of_id(&document), version),
			 arena);
}

const Enrollment__Policy *policy_get(const struct view *view, uint32_t version, struct arena *arena)
{
	const Evidence__Event *event = document_get(view, policy_id(), version, arena);

	return event == NULL ? NULL : event->policy_noted->policy;
}

struct duplicate_rule duplicate_rule_of(const Enrollment__Policy *policy)
{
	return (struct duplicate_rule){
		.permille = policy->duplicate_permille > 0 ? policy->duplicate_permille : 700,
		.shingles_min =
			policy->duplicate_shingles_min > 0 ? policy->duplicate_shingles_min : 30,
	};
}

const Enrollment__Media *media_get(const struct view *view, uint32_t version, struct arena *arena)
{
	const Evidence__Event *event = document_get(view, media_id(), version, arena);

	return event == NULL ? NULL : event->media_noted->media;
}

const Enrollment__Calendar *calendar_get(const struct view *view, uint32_t version,
					 struct arena *arena)
{
	const Evidence__Event *event = document_get(view, calendar_id(), version, arena);

	return event == NULL ? NULL : event->calendar_noted->calendar;
}

const Enrollment__Profile *profile_get(const struct view *view, const char *code, uint32_t version,
				       struct arena *arena)
{
	const Evidence__Event *event = document_get(view, profile_id(code), version, arena);

	return event == NULL ? NULL : event->profile_noted->profile;
}

const Evidence__AssessorNoted *assessor_get(const struct view *view, struct bytes assessor,
					    struct arena *arena)
{
	const Evidence__Event *event = event_get(view, ASSESSOR, assessor, arena);

	return event == NULL ? NULL : event->assessor_noted;
}

void assessor_put(struct txn *txn, struct bytes assessor, struct bytes event)
{
	txn_put(txn, ASSESSOR, assessor, event);
}

bool relation_known(const struct view *view, struct bytes assessor, struct bytes educator)
{
	struct key k = {0};

	return mark_there(view, RELATION, key_of_two(&k, assessor, educator));
}

void relation_put(struct txn *txn, struct bytes assessor, struct bytes educator)
{
	struct key k = {0};

	mark_put(txn, RELATION, key_of_two(&k, assessor, educator));
}

/* ---- portfolios ---- */

bool portfolio_get(const struct view *view, struct bytes portfolio, struct portfolio *row_r)
{
	return ROW_GET(view, PORTFOLIO, portfolio, row_r);
}

void portfolio_put(struct txn *txn, struct bytes portfolio, struct portfolio *row)
{
	struct key k = {0};
	struct bytes listed = key_of_two(&k, bytes_of_id(&row->educator), portfolio);

	ROW_PUT(txn, PORTFOLIO, portfolio, row);
	if (!mark_there(txn_view(txn), PORTFOLIO_OF, listed))
		mark_put(txn, PORTFOLIO_OF, listed);
}

const Evidence__PortfolioReopened *reopening_get(const struct view *view, struct bytes portfolio,
						 struct arena *arena)
{
	const Evidence__Event *event = event_get(view, REOPENING, portfolio, arena);

	return event == NULL ? NULL : event->portfolio_reopened;
}

void reopening_put(struct txn *txn, struct bytes portfolio, struct bytes event)
{
	txn_put(txn, REOPENING, portfolio, event);
}

/* ---- artifacts ---- */

bool artifact_get(const struct view *view, struct bytes artifact, struct artifact *row_r)
{
	return ROW_GET(view, ARTIFACT, artifact, row_r);
}

void artifact_put(struct txn *txn, struct bytes artifact, struct artifact *row)
{
	ROW_PUT(txn, ARTIFACT, artifact, row);
}

void artifact_list(struct txn *txn, const Evidence__ArtifactBegun *begun, struct bytes event)
{
	struct bytes artifact = bytes_of_pb(begun->artifact);
	struct key k = {0};

	mark_put(txn, ARTIFACT_OF, key_of_two(&k, bytes_of_pb(begun->portfolio), artifact));
	txn_put(txn, BEGUN, artifact, event);
}

const Evidence__ArtifactBegun *begun_get(const struct view *view, struct bytes artifact,
					 struct arena *arena)
{
	const Evidence__Event *event = event_get(view, BEGUN, artifact, arena);

	return event == NULL ? NULL : event->artifact_begun;
}

bool chain_get(const struct view *view, struct bytes artifact, struct chain *row_r)
{
	return ROW_GET(view, CHAIN, artifact, row_r);
}

void chain_put(struct txn *txn, struct bytes artifact, struct chain *row)
{
	ROW_PUT(txn, CHAIN, artifact, row);
}

void chain_delete(struct txn *txn, struct bytes artifact)
{
	txn_delete(txn, CHAIN, artifact);
}

static struct bytes key_of_place(struct key *k, const struct artifact *row)
{
	key_add(k, bytes_of_id(&row->portfolio));
	key_add_u16(k, row->requirement);
	return key_add(k, bytes_of_id(&row->place));
}

void item_put(struct txn *txn, const struct artifact *row, struct bytes artifact)
{
	struct item item = {.artifact = id_of_bytes(artifact)};
	struct key k = {0};

	ROW_PUT(txn, ITEM, key_of_place(&k, row), &item);
}

void item_delete(struct txn *txn, const struct artifact *row)
{
	struct key k = {0};

	txn_delete(txn, ITEM, key_of_place(&k, row));
}

struct id_scan items_of(struct bytes portfolio, uint16_t requirement)
{
	struct id_scan scan = id_scan(ITEM, portfolio);

	key_add_u16(&scan.prefix, requirement);
	return scan;
}

bool item_next(struct id_scan *items, const struct view *view, struct id *artifact_r,
	       struct artifact *row_r)
{
	struct key k = items->prefix;
	struct item item;
	struct id place;

	if (!id_next(items, view, &place))
		return false;
	ENSURE(ROW_GET(view, ITEM, key_add(&k, bytes_of_id(&place)), &item));
	ENSURE(artifact_get(view, bytes_of_id(&item.artifact), row_r));
	*artifact_r = item.artifact;
	return true;
}

bool consent_get(const struct view *view, struct bytes artifact, struct bytes consent,
		 struct consent *row_r)
{
	struct key k = {0};

	return ROW_GET(view, CONSENT, key_of_two(&k, artifact, consent), row_r);
}

void consent_put(struct txn *txn, struct bytes artifact, struct bytes consent, struct consent *row)
{
	struct key k = {0};

	ROW_PUT(txn, CONSENT, key_of_two(&k, artifact, consent), row);
}

bool consent_holds(const struct view *view, struct bytes artifact, int64_t day)
{
	struct id_scan scan = id_scan(CONSENT, artifact);
	struct consent row;
	struct id consent;
	bool given = false;

	while (id_next(&scan, view, &consent)) {
		ENSURE(consent_get(view, artifact, bytes_of_id(&consent), &row));
		if (row.end != CONSENT_HOLDS || row.last_day < day)
			return false;
		given = true;
	}
	return given;
}

void use_put(struct txn *txn, struct bytes sha256, struct bytes owner)
{
	struct key k = {0};

	mark_put(txn, USE, key_of_two(&k, sha256, owner));
	txn_delete(txn, PURGE, sha256);
}

void use_drop(struct txn *txn, struct bytes sha256, struct bytes owner)
{
	struct key k = {0};

	txn_delete(txn, USE, key_of_two(&k, sha256, owner));
	if (!use_known(txn_view(txn), sha256))
		mark_put(txn, PURGE, sha256);
}

void purge_delete(struct txn *txn, struct bytes sha256)
{
	txn_delete(txn, PURGE, sha256);
}

bool purge_wanted(const struct view *view, struct bytes sha256)
{
	return mark_there(view, PURGE, sha256);
}

bool use_there(const struct view *view, struct bytes sha256, struct bytes owner)
{
	struct key k = {0};

	return mark_there(view, USE, key_of_two(&k, sha256, owner));
}

bool use_known(const struct view *view, struct bytes sha256)
{
	struct id_scan uses = id_scan(USE, sha256);
	struct id owner;

	return id_next(&uses, view, &owner);
}

void forgetting_put(struct txn *txn, struct bytes portfolio)
{
	mark_put(txn, FORGETTING, portfolio);
}

void forgetting_delete(struct txn *txn, struct bytes portfolio)
{
	txn_delete(txn, FORGETTING, portfolio);
}

bool forgetting_wanted(const struct view *view, struct bytes portfolio)
{
	return mark_there(view, FORGETTING, portfolio);
}

size_t removals_first(const struct view *view, unsigned table, struct bytes *keys_r, size_t n,
		      struct arena *arena)
{
	struct scan scan = scan_first(view, table, BYTES_NONE, BYTES_NONE);
	struct bytes key, val;
	size_t found = 0;

	while (found < n) {
		if (!scan_next(&scan, &key, &val))
			return found;
		keys_r[found++] = arena_copy(arena, key);
	}
	scan_end(&scan);
	return found;
}

/* ---- submissions and readers ---- */

bool submission_get(const struct view *view, struct bytes submission, struct submission *row_r)
{
	return ROW_GET(view, SUBMISSION, submission, row_r);
}

void submission_put(struct txn *txn, struct bytes submission, struct submission *row)
{
	ROW_PUT(txn, SUBMISSION, submission, row);
}

void submission_list(struct txn *txn, const Evidence__SubmissionSealed *sealed, struct bytes event)
{
	struct bytes submission = bytes_of_pb(sealed->submission);
	struct key k = {0};

	mark_put(txn, SUBMISSION_OF, key_of_two(&k, bytes_of_pb(sealed->portfolio), submission));
	txn_put(txn, SEALED, submission, event);
}

const Evidence__SubmissionSealed *sealed_get(const struct view *view, struct bytes submission,
					     struct arena *arena)
{
	const Evidence__Event *event = event_get(view, SEALED, submission, arena);

	return event == NULL ? NULL : event->submission_sealed;
}

static struct bytes key_of_answer(struct key *k, struct bytes submission, uint16_t number)
{
	key_add(k, submission);
	return key_add_u16(k, number);
}

void answer_put(struct txn *txn, struct bytes submission, uint16_t number, struct bytes sha256)
{
	struct answer_row row = {0};
	struct key k = {0};

	memcpy(row.sha256, sha256.data, MIN(sha256.len, sizeof row.sha256));
	ROW_PUT(txn, ANSWER, key_of_answer(&k, submission, number), &row);
}

bool answer_get(const struct view *view, struct bytes submission, uint16_t number,
		struct answer_row *row_r)
{
	struct key k = {0};

	return ROW_GET(view, ANSWER, key_of_answer(&k, submission, number), row_r);
}

bool grant_get(const struct view *view, struct bytes reading, struct grant *row_r)
{
	return ROW_GET(view, GRANT, reading, row_r);
}

void grant_put(struct txn *txn, struct bytes reading, struct grant *row)
{
	struct key k = {0};
	struct bytes listed = key_of_two(&k, bytes_of_id(&row->submission), reading);

	ROW_PUT(txn, GRANT, reading, row);
	if (!mark_there(txn_view(txn), GRANT_OF, listed))
		mark_put(txn, GRANT_OF, listed);
}

static struct bytes key_of_seen(struct key *k, struct bytes reading, uint32_t item)
{
	key_add(k, reading);
	return key_add_u32(k, item);
}

bool seen_before(const struct view *view, struct bytes reading, uint32_t item)
{
	struct key k = {0};

	return mark_there(view, SEEN, key_of_seen(&k, reading, item));
}

void seen_add(struct txn *txn, struct bytes reading, uint32_t item)
{
	struct seen row = {0};
	struct key k = {0};
	struct bytes key = key_of_seen(&k, reading, item);

	ROW_GET(txn_view(txn), SEEN, key, &row);
	row.views++;
	ROW_PUT(txn, SEEN, key, &row);
}

/* ---- words ---- */

const char *artifact_state_word(uint8_t state)
{
	static const char *const words[] = {
		[ARTIFACT_UPLOADING] = "uploading", [ARTIFACT_NEEDS_PRIVACY] = "needs_privacy_step",
		[ARTIFACT_READY] = "ready",         [ARTIFACT_RESTRICTED] = "restricted",
		[ARTIFACT_REPLACED] = "replaced",   [ARTIFACT_ABANDONED] = "abandoned",
		[ARTIFACT_FORGOTTEN] = "forgotten", [ARTIFACT_PURGED] = "purged",
	};

	return state < ARRAY_LEN(words) && words[state] != NULL ? words[state] : "";
}

const char *submission_state_word(uint8_t state)
{
	static const char *const words[] = {
		[SUBMISSION_SEALED] = "sealed",     [SUBMISSION_OPENED] = "opened",
		[SUBMISSION_RECALLED] = "recalled", [SUBMISSION_RETURNED] = "returned",
		[SUBMISSION_DECIDED] = "decided",
	};

	return state < ARRAY_LEN(words) && words[state] != NULL ? words[state] : "";
}

/* The strongest of what was done. */
const char *privacy_word(uint8_t privacy)
{
	if (privacy & PRIVACY_REDACTED)
		return "redaction";
	if (privacy & PRIVACY_CONSENT)
		return "consent";
	return privacy & PRIVACY_ATTESTED ? "no_identifiers" : "none";
}
