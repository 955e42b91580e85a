/* Who may read what, and what is read next: conflicts, earlier readings, and the oldest due. */
#include "services/assessment/assign.h"

#include <string.h>

/* An entry's queue is looked through this far: more than ever wait, unless nearly all of them are
 * of the reader's own district. */
#define LOOKED_THROUGH 5000

bool reader_load(const struct view *v, struct bytes assessor, struct reader *reader_r)
{
	if (!assessor_get(v, assessor, &reader_r->row))
		return false;
	reader_r->id = id_of_bytes(assessor);
	reader_r->n_orgs = assessor_orgs(v, assessor, reader_r->orgs, ORGS_MAX);
	return true;
}

static bool has_org(const struct reader *r, const struct id *org)
{
	if (id_is_none(org))
		return false;
	for (unsigned i = 0; i < r->n_orgs; i++)
		if (id_equal(&r->orgs[i], org))
			return true;
	return false;
}

bool reader_conflicts(const struct view *v, const struct reader *r, const struct waiting *w)
{
	if (id_equal(&r->row.educator, &w->educator) || id_equal(&r->id, &w->educator))
		return true;
	if (has_org(r, &w->school) || has_org(r, &w->district))
		return true;
	return is_related(v, bytes_of_id(&r->id), bytes_of_id(&w->educator));
}

/* Which submissions of the enrollment the assessor has judged. */
struct past {
	bool this_one;
	bool earlier, earlier_as_lead;
};

static struct past past_of(const struct view *v, const struct reader *r, struct bytes submission,
			   const struct waiting *w)
{
	struct past past = {0};
	struct bytes key, val;
	struct key k = {0};
	struct scan scan;

	key_add(&k, bytes_of_id(&w->enrollment));
	key_add(&k, bytes_of_id(&r->id));
	scan = scan_first(v, READ_BY, key_bytes(&k), key_bytes(&k));
	while (scan_next(&scan, &key, &val)) {
		struct read_by row;

		ENSURE(val.len == sizeof row && key.len == 3 * ID_LEN);
		memcpy(&row, val.data, sizeof row);
		if (memcmp(key.data + 2 * ID_LEN, submission.data, ID_LEN) == 0)
			past.this_one = true;
		else if (row.as_lead)
			past.earlier_as_lead = true;
		else
			past.earlier = true;
	}
	scan_end(&scan);
	return past;
}

enum standing reader_standing(const struct view *v, const struct reader *r, struct bytes submission,
			      const struct waiting *w)
{
	struct past past;

	if (id_equal(&r->id, &w->first_reader))
		return STANDING_READ_IT;
	if (reader_conflicts(v, r, w))
		return STANDING_CONFLICT;
	past = past_of(v, r, submission, w);
	if (past.this_one)
		return STANDING_READ_IT;
	if ((past.earlier || past.earlier_as_lead) && !w->waived)
		return STANDING_READ_EARLIER;
	return STANDING_FREE;
}

enum standing lead_standing(const struct view *v, const struct reader *r, struct bytes submission,
			    const struct waiting *w)
{
	struct past past;

	if (reader_conflicts(v, r, w))
		return STANDING_CONFLICT;
	past = past_of(v, r, submission, w);
	if (past.this_one)
		return STANDING_READ_IT;
	if (past.earlier && !w->waived)
		return STANDING_READ_EARLIER;
	return STANDING_FREE;
}

/* ---- the next one ---- */

struct choice {
	bool found;
	int64_t due_us;
	uint32_t rank;
	struct id submission;
};

static bool is_before(const struct queue_place *p, const struct choice *best)
{
	if (!best->found || p->due_us != best->due_us)
		return !best->found || p->due_us < best->due_us;
	if (p->rank != best->rank)
		return p->rank < best->rank;
	return memcmp(p->submission.data, best->submission.b, ID_LEN) < 0;
}

static void choose_of_entry(const struct view *v, const struct reader *r, struct bytes entry,
			    struct choice *best)
{
	struct scan scan = scan_first(v, WAITING, entry, entry);
	struct bytes key, val;

	for (unsigned n = 0; n < LOOKED_THROUGH && scan_next(&scan, &key, &val); n++) {
		struct queue_place p = place_of_key(key);
		struct waiting w;

		if (!is_before(&p, best))
			break;
		ENSURE(val.len == sizeof w);
		memcpy(&w, val.data, sizeof w);
		if (reader_standing(v, r, p.submission, &w) != STANDING_FREE)
			continue;
		*best = (struct choice){true, p.due_us, p.rank, id_of_bytes(p.submission)};
		break;
	}
	scan_end(&scan);
}

bool choose_submission(const struct view *v, const struct reader *r, int64_t now_us,
		       struct id *submission_r)
{
	struct bytes assessor = bytes_of_id(&r->id), key, val;
	struct scan scan = scan_first(v, QUALIFICATION, assessor, assessor);
	struct choice best = {0};
	int64_t until_us;

	while (scan_next(&scan, &key, &val))
		if (qualification_stands(val, now_us, &until_us))
			choose_of_entry(v, r, (struct bytes){key.data + ID_LEN, ID_LEN}, &best);
	scan_end(&scan);
	*submission_r = best.submission;
	return best.found;
}

/* ---- whether anyone may ---- */

bool find_reader(const struct view *v, struct bytes submission, const struct submission *row,
		 struct bytes except, int64_t now_us, int64_t *until_us_r)
{
	struct bytes entry = bytes_of_id(&row->entry), key, val;
	struct scan scan = scan_first(v, QUALIFIED, entry, entry);
	struct waiting w = waiting_of(row);
	bool found = false;

	while (!found && scan_next(&scan, &key, &val)) {
		struct bytes assessor = {key.data + ID_LEN, ID_LEN};
		struct reader r;

		if (!qualification_stands(val, now_us, until_us_r) || bytes_equal(assessor, except))
			continue;
		found = reader_load(v, assessor, &r) &&
			reader_standing(v, &r, submission, &w) == STANDING_FREE;
	}
	scan_end(&scan);
	return found;
}

bool find_lead(const struct view *v, struct bytes submission, const struct submission *row,
	       struct bytes except)
{
	struct scan scan = scan_first(v, LEAD, BYTES_NONE, BYTES_NONE);
	struct waiting w = waiting_of(row);
	struct bytes key, val;
	bool found = false;

	while (!found && scan_next(&scan, &key, &val)) {
		struct reader r;

		if (!bytes_equal(key, except) && reader_load(v, key, &r))
			found = lead_standing(v, &r, submission, &w) == STANDING_FREE;
	}
	scan_end(&scan);
	return found;
}

bool someone_may(const struct view *v, struct bytes submission, const struct submission *row,
		 struct bytes except, int64_t now_us)
{
	int64_t until_us;

	if (row->state == STATE_ADJUDICATION || row->state == STATE_REVIEW_LEAD)
		return find_lead(v, submission, row, except);
	return !submission_waits(row) || find_reader(v, submission, row, except, now_us, &until_us);
}
