/* The tables of enrollment: keys, typed get and put. */
#include "services/enrollment/tables.h"

#include "libshared/check.h"

#include <string.h>

const char *const enrollment_tables[] = {
	"s.document", "s.policy",   "s.entry",       "s.retired",  "s.search",     "s.org",
	"s.educator", "s.license",  "s.enrollment",  "s.progress", "s.submission", "s.erasure",
	"i.erasing",  "s.relation", "i.by_handle",   "i.by_email", "i.by_license", "i.license_of",
	"i.active",   "i.earned",   "i.of_educator", "s.review",   "i.of_entry",   "s.goal",
	"i.org_of",   "s.roster",   "s.roster_sum",  "s.cohort",   "i.cohort_of",  "s.member",
	"s.tally",
};
_Static_assert(ARRAY_LEN(enrollment_tables) == ENROLLMENT_TABLES_END - SERVICE_TABLES,
	       "a name for each table");

enum part {
	PART_ROW,
	PART_PREREQUISITES = 1, /* of ENTRY */
	PART_CODE = 2,
	PART_NAME = 1,   /* of ORG */
	PART_SEALED = 1, /* of EDUCATOR and LICENSE */
};

static struct bytes key_of_two(struct key *k, struct bytes first, struct bytes second)
{
	key_add(k, first);
	return key_add(k, second);
}

static struct bytes key_of_part(struct key *k, struct bytes id, uint16_t part)
{
	key_add(k, id);
	return key_add_u16(k, part);
}

/* The bytes of a part, or none. */
static struct bytes part_get(const struct view *view, unsigned table, struct bytes id,
			     uint16_t part)
{
	struct key k = {0};
	struct bytes val;

	return view_get(view, table, key_of_part(&k, id, part), &val) ? val : BYTES_NONE;
}

static void part_put(struct txn *txn, unsigned table, struct bytes id, uint16_t part,
		     struct bytes val)
{
	struct key k = {0};

	txn_put(txn, table, key_of_part(&k, id, part), val);
}

/* ---- documents ---- */

struct id only_id(enum document_kind kind)
{
	return id_of_name("document", kind == DOC_POLICY             ? "policy"
				      : kind == DOC_CALENDAR         ? "calendar"
				      : kind == DOC_QUALITY_STANDARD ? "quality standard"
								     : "media");
}

struct id profile_id(const char *code)
{
	return id_of_name("profile", code);
}

static struct bytes document_prefix(struct key *k, enum document_kind kind, struct bytes id)
{
	key_add_u16(k, (uint16_t)kind);
	return key_add(k, id);
}

uint32_t document_newest(const struct view *view, enum document_kind kind, struct bytes id)
{
	struct key k = {0};
	struct bytes key, val;

	if (!view_last(view, DOCUMENT, document_prefix(&k, kind, id), &key, &val))
		return 0;
	return get_u32_be(key.data + key.len - sizeof(uint32_t));
}

bool document_get(const struct view *view, enum document_kind kind, struct bytes id,
		  uint32_t version, struct bytes *event_r)
{
	struct key k = {0};
	struct bytes prefix = document_prefix(&k, kind, id), key;

	if (version == 0)
		return view_last(view, DOCUMENT, prefix, &key, event_r);
	return view_get(view, DOCUMENT, key_add_u32(&k, version), event_r);
}

void document_put(struct txn *txn, enum document_kind kind, struct bytes id, uint32_t version,
		  struct bytes event)
{
	struct key k = {0};

	document_prefix(&k, kind, id);
	txn_put(txn, DOCUMENT, key_add_u32(&k, version), event);
}

const Enrollment__Event *document_read(struct bytes event, struct arena *arena)
{
	struct message_fault fault;
	ProtobufCMessage *m =
		message_unpack(&enrollment__event__descriptor, event, &EVENT_LIMITS, arena, &fault);

	ENSURE(m != NULL); /* an event of ours, as apply was given it */
	return (const Enrollment__Event *)m;
}

struct document_scan document_scan(const struct view *view, enum document_kind kind)
{
	return (struct document_scan){.view = view, .kind = kind, .at = ID_NONE};
}

/* The smallest id after at, none of which can be all ones. */
static bool id_step(struct id *at)
{
	for (size_t i = ID_LEN; i-- > 0;)
		if (++at->b[i] != 0)
			return true;
	return false;
}

bool document_next(struct document_scan *scan, struct bytes *event_r)
{
	struct key prefix = {0}, from = {0};
	struct scan rows;
	struct bytes key, val;

	key_add_u16(&prefix, (uint16_t)scan->kind);
	document_prefix(&from, scan->kind, bytes_of_id(&scan->at));
	rows = scan_first(scan->view, DOCUMENT, key_bytes(&prefix), key_bytes(&from));
	if (!scan_next(&rows, &key, &val))
		return false;
	scan->at = id_of_bytes((struct bytes){key.data + prefix.len, ID_LEN});
	scan_end(&rows);
	ENSURE(document_get(scan->view, scan->kind, bytes_of_id(&scan->at), 0, event_r));
	ENSURE(id_step(&scan->at));
	return true;
}

/* ---- rows of the catalogue ---- */

bool policy_get(const struct view *view, uint32_t version, struct policy_row *row_r)
{
	struct key k = {0};
	struct bytes key, val;

	if (version != 0)
		return ROW_GET(view, POLICY, key_add_u32(&k, version), row_r);
	if (!view_last(view, POLICY, BYTES_NONE, &key, &val))
		return false;
	ENSURE(val.len == sizeof *row_r);
	memcpy(row_r, val.data, sizeof *row_r);
	return true;
}

void policy_put(struct txn *txn, struct policy_row *row)
{
	struct key k = {0};

	ROW_PUT(txn, POLICY, key_add_u32(&k, row->policy_version), row);
}

struct notice_days review_notices(const struct view *view)
{
	struct policy_row policy;

	if (policy_get(view, 0, &policy) && policy.review_notices.n > 0)
		return policy.review_notices;
	return (struct notice_days){.n = 2, .days = {90, 30}};
}

bool entry_get(const struct view *view, struct bytes entry, struct entry_row *row_r)
{
	struct key k = {0};

	return ROW_GET(view, ENTRY, key_of_part(&k, entry, PART_ROW), row_r);
}

struct bytes entry_prerequisites(const struct view *view, struct bytes entry)
{
	return part_get(view, ENTRY, entry, PART_PREREQUISITES);
}

struct bytes entry_code(const struct view *view, struct bytes entry)
{
	return part_get(view, ENTRY, entry, PART_CODE);
}

void entry_put(struct txn *txn, const Enrollment__Entry *entry, struct entry_row *row)
{
	struct bytes id = bytes_of_pb(entry->entry);
	struct id ids[PREREQUISITES_MAX];
	struct key k = {0};

	if (entry->n_prerequisites > PREREQUISITES_MAX) {
		txn_fault(txn, "an entry with more prerequisites than the rule allows");
		return;
	}
	for (size_t i = 0; i < entry->n_prerequisites; i++)
		ids[i] = id_of_bytes(bytes_of_pb(entry->prerequisites[i]));
	ROW_PUT(txn, ENTRY, key_of_part(&k, id, PART_ROW), row);
	part_put(txn, ENTRY, id, PART_PREREQUISITES,
		 (struct bytes){(const uint8_t *)ids, entry->n_prerequisites * ID_LEN});
	part_put(txn, ENTRY, id, PART_CODE, bytes_of_text(entry->code));
}

bool retired_get(const struct view *view, struct bytes entry, struct retired_row *row_r)
{
	return ROW_GET(view, RETIRED, entry, row_r);
}

void retired_put(struct txn *txn, struct bytes entry, struct retired_row *row)
{
	ROW_PUT(txn, RETIRED, entry, row);
}

bool review_get(const struct view *view, struct bytes entry, struct review_row *row_r)
{
	return ROW_GET(view, REVIEW, entry, row_r);
}

void review_put(struct txn *txn, struct bytes entry, struct review_row *row)
{
	ROW_PUT(txn, REVIEW, entry, row);
}

/* ---- people ---- */

bool org_get(const struct view *view, struct bytes org, struct org_row *row_r)
{
	struct key k = {0};

	return ROW_GET(view, ORG, key_of_part(&k, org, PART_ROW), row_r);
}

void org_put(struct txn *txn, struct bytes org, struct org_row *row, const char *name)
{
	struct key k = {0};

	ROW_PUT(txn, ORG, key_of_part(&k, org, PART_ROW), row);
	part_put(txn, ORG, org, PART_NAME, bytes_of_text(name));
	mark_put(txn, ORG_OF, bytes_of_id(&row->parent), org);
}

struct bytes org_name(const struct view *view, struct bytes org)
{
	return part_get(view, ORG, org, PART_NAME);
}

bool educator_get(const struct view *view, struct bytes educator, struct educator_row *row_r)
{
	struct key k = {0};

	return ROW_GET(view, EDUCATOR, key_of_part(&k, educator, PART_ROW), row_r);
}

void educator_put(struct txn *txn, struct bytes educator, struct educator_row *row)
{
	struct key k = {0};

	ROW_PUT(txn, EDUCATOR, key_of_part(&k, educator, PART_ROW), row);
}

struct bytes educator_person(const struct view *view, struct bytes educator)
{
	return part_get(view, EDUCATOR, educator, PART_SEALED);
}

void educator_put_person(struct txn *txn, struct bytes educator, struct bytes box)
{
	part_put(txn, EDUCATOR, educator, PART_SEALED, box);
}

/* The first license that is left; its key and the hash it is found by. */
static bool first_license(const struct view *view, struct bytes educator, struct key *key_r,
			  struct license_row *row_r)
{
	struct scan scan = scan_first(view, LICENSE, educator, educator);
	struct bytes key, val;

	if (!scan_next(&scan, &key, &val))
		return false;
	*key_r = (struct key){0};
	key_add(key_r, (struct bytes){key.data, (size_t)2 * ID_LEN});
	scan_end(&scan);
	return ROW_GET(view, LICENSE, key_add_u16(key_r, PART_ROW), row_r);
}

static void goals_forget(struct txn *txn, struct bytes educator)
{
	struct bytes goal;
	struct goal_row row;

	for (;;) {
		struct scan scan = goal_scan(txn_view(txn), educator);
		struct id first;

		if (txn_fault_kind(txn) != FAULT_NONE || !goal_next(&scan, &goal, &row))
			return;
		first = id_of_bytes(goal);
		scan_end(&scan);
		goal_delete(txn, educator, bytes_of_id(&first));
	}
}

void educator_forget(struct txn *txn, struct bytes educator, struct educator_row *row)
{
	struct license_row license;
	struct key k = {0};

	while (first_license(txn_view(txn), educator, &k, &license)) {
		txn_delete(txn, BY_LICENSE, bytes_of_id(&license.number_hash));
		txn_delete(txn, LICENSE_OF, (struct bytes){k.data + ID_LEN, ID_LEN});
		txn_delete(txn, LICENSE, key_bytes(&k));
		k.len = (size_t)2 * ID_LEN;
		txn_delete(txn, LICENSE, key_add_u16(&k, PART_SEALED));
		if (txn_fault_kind(txn) != FAULT_NONE)
			return;
	}
	goals_forget(txn, educator);
	txn_delete(txn, BY_HANDLE, bytes_of_id(&row->handle_hash));
	txn_delete(txn, BY_EMAIL, bytes_of_id(&row->email_hash));
	k = (struct key){0};
	txn_delete(txn, EDUCATOR, key_of_part(&k, educator, PART_SEALED));
	*row = (struct educator_row){.erased = 1};
	educator_put(txn, educator, row);
}

bool license_get(const struct view *view, struct bytes educator, struct bytes license,
		 struct license_row *row_r)
{
	struct key k = {0};

	key_of_two(&k, educator, license);
	return ROW_GET(view, LICENSE, key_add_u16(&k, PART_ROW), row_r);
}

void license_put(struct txn *txn, struct bytes educator, struct bytes license,
		 struct license_row *row, struct bytes box)
{
	struct key k = {0};

	key_of_two(&k, educator, license);
	ROW_PUT(txn, LICENSE, key_add_u16(&k, PART_ROW), row);
	k.len = (size_t)2 * ID_LEN;
	txn_put(txn, LICENSE, key_add_u16(&k, PART_SEALED), box);
	ref_put(txn, BY_LICENSE, bytes_of_id(&row->number_hash), educator);
	ref_put(txn, LICENSE_OF, license, educator);
}

struct scan license_scan(const struct view *view, struct bytes educator)
{
	return scan_first(view, LICENSE, educator, educator);
}

bool license_next(struct scan *scan, struct bytes *license_r, struct bytes *box_r)
{
	struct bytes key;

	while (scan_next(scan, &key, box_r)) {
		*license_r = (struct bytes){key.data + ID_LEN, ID_LEN};
		if (get_u16_be(key.data + key.len - sizeof(uint16_t)) == PART_SEALED)
			return true;
	}
	return false;
}

/* ---- goals ---- */

bool goal_get(const struct view *view, struct bytes educator, struct bytes goal,
	      struct goal_row *row_r)
{
	struct key k = {0};

	return ROW_GET(view, GOAL, key_of_two(&k, educator, goal), row_r);
}

void goal_put(struct txn *txn, struct bytes educator, struct bytes goal, struct goal_row *row)
{
	struct key k = {0};

	ROW_PUT(txn, GOAL, key_of_two(&k, educator, goal), row);
}

void goal_delete(struct txn *txn, struct bytes educator, struct bytes goal)
{
	struct key k = {0};

	txn_delete(txn, GOAL, key_of_two(&k, educator, goal));
}

struct scan goal_scan(const struct view *view, struct bytes educator)
{
	return scan_first(view, GOAL, educator, educator);
}

bool goal_next(struct scan *scan, struct bytes *goal_r, struct goal_row *row_r)
{
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return false;
	*goal_r = (struct bytes){key.data + ID_LEN, ID_LEN};
	ENSURE(val.len == sizeof *row_r);
	memcpy(row_r, val.data, sizeof *row_r);
	return true;
}

bool erasure_get(const struct view *view, struct bytes educator, struct erasure_row *row_r)
{
	return ROW_GET(view, ERASURE, educator, row_r);
}

void erasure_put(struct txn *txn, struct bytes educator, struct erasure_row *row)
{
	ROW_PUT(txn, ERASURE, educator, row);
	if ((row->holders & HOLDER_ENROLLMENT) != 0)
		mark_delete(txn, ERASING, educator, BYTES_NONE);
	else
		mark_put(txn, ERASING, educator, BYTES_NONE);
}

/* ---- enrollments ---- */

bool enrollment_get(const struct view *view, struct bytes enrollment, struct enrollment_row *row_r)
{
	return ROW_GET(view, ENROLLMENT, enrollment, row_r);
}

void enrollment_put(struct txn *txn, struct bytes enrollment, struct enrollment_row *row)
{
	ROW_PUT(txn, ENROLLMENT, enrollment, row);
}

bool enrollment_runs(const struct enrollment_row *row)
{
	return row->state == ENROLLMENT__STATE__ACTIVE || row->state == ENROLLMENT__STATE__PAUSED;
}

bool earned_get(const struct view *view, struct bytes educator, struct bytes entry,
		struct earned_row *row_r)
{
	struct key k = {0};

	return ROW_GET(view, EARNED, key_of_two(&k, educator, entry), row_r);
}

void earned_put(struct txn *txn, struct bytes educator, struct bytes entry, struct earned_row *row)
{
	struct key k = {0};

	ROW_PUT(txn, EARNED, key_of_two(&k, educator, entry), row);
}

/* ---- small rows ---- */

bool ref_get(const struct view *view, enum enrollment_table table, struct bytes id,
	     struct id *found_r)
{
	struct ref_row row;

	if (!ROW_GET(view, table, id, &row))
		return false;
	*found_r = row.id;
	return true;
}

void ref_put(struct txn *txn, enum enrollment_table table, struct bytes id, struct bytes target)
{
	struct ref_row row = {.id = id_of_bytes(target)};

	ROW_PUT(txn, table, id, &row);
}

bool active_get(const struct view *view, struct bytes educator, struct bytes entry,
		struct id *enrollment_r)
{
	struct key k = {0};

	return ref_get(view, ACTIVE, key_of_two(&k, educator, entry), enrollment_r);
}

void active_put(struct txn *txn, struct bytes educator, struct bytes entry, struct bytes enrollment)
{
	struct key k = {0};

	ref_put(txn, ACTIVE, key_of_two(&k, educator, entry), enrollment);
}

void active_delete(struct txn *txn, struct bytes educator, struct bytes entry)
{
	struct key k = {0};

	txn_delete(txn, ACTIVE, key_of_two(&k, educator, entry));
}

bool mark_get(const struct view *view, enum enrollment_table table, struct bytes first,
	      struct bytes second)
{
	struct key k = {0};
	struct mark_row row;

	return ROW_GET(view, table, key_of_two(&k, first, second), &row);
}

void mark_put(struct txn *txn, enum enrollment_table table, struct bytes first, struct bytes second)
{
	struct key k = {0};
	struct mark_row row = {0};

	ROW_PUT(txn, table, key_of_two(&k, first, second), &row);
}

void mark_delete(struct txn *txn, enum enrollment_table table, struct bytes first,
		 struct bytes second)
{
	struct key k = {0};

	txn_delete(txn, table, key_of_two(&k, first, second));
}

struct scan mark_scan(const struct view *view, enum enrollment_table table, struct bytes first,
		      struct bytes after)
{
	struct key k = {0};

	key_of_two(&k, first, after);
	if (after.len > 0)
		key_add(&k, (struct bytes){(const uint8_t *)"", 1}); /* the smallest key above */
	return scan_first(view, table, first, key_bytes(&k));
}

bool mark_next(struct scan *scan, struct bytes *second_r)
{
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return false;
	*second_r = (struct bytes){key.data + scan->prefix.len, key.len - scan->prefix.len};
	return true;
}
