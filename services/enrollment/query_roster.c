/* Questions about rosters and organisations. */
#include "services/enrollment/query_parts.h"
#include "services/enrollment/roster.h"

#include "libshared/check.h"
#include "libshared/seal.h"

#include <string.h>

#define PEOPLE_AT_ONCE 200

static Cairn__Status bad(struct query *q, const char *what)
{
	return query_refuse(q, CAIRN__STATUS__INVALID, what);
}

/* ---- rosters ---- */

static Enrollment__RosterMatch *match_of(struct query *q, const Enrollment__CompareRoster *ask,
					 const struct id *roster, const Enrollment__RosterKey *key)
{
	struct bytes district = bytes_of_pb(ask->district);
	struct id hash = roster_hash(q->caps, district, ask->system, key->identifier, q->arena);
	struct id email = lookup_hash(q->caps, "email", bytes_of_text(key->email));
	struct roster_place place = {district, bytes_of_pb(key->school)};
	struct roster_match m = roster_match(q->view, roster, &hash, &email, place);
	Enrollment__RosterMatch *match = arena_alloc(q->arena, sizeof *match);

	enrollment__roster_match__init(match);
	match->state = m.state;
	match->in_roster = m.in_roster;
	match->missed = m.in_roster ? m.row.missed : 0;
	if (m.state != ENROLLMENT__ROSTER_STATE__ROSTER_ELSEWHERE) /* nothing of others' people */
		match->educator = kept_id(q, &m.educator);
	return match;
}

Cairn__Status ask_compare_roster(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__CompareRoster *ask = query->compare_roster;
	Enrollment__RosterComparison a = ENROLLMENT__ROSTER_COMPARISON__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct roster_sum_row sum;
	struct id roster;

	if (!is_id(bytes_of_pb(ask->district)) || ask->n_people > PEOPLE_AT_ONCE)
		return bad(q, "district: an id; people: at most 200 at once");
	roster = roster_id(bytes_of_pb(ask->district), ask->system, q->arena);
	sum = roster_sum(q->view, bytes_of_id(&roster));
	a.known = sum.known;
	a.suspected = sum.suspected;
	a.inactive = sum.inactive;
	a.matches = arena_alloc(q->arena, (ask->n_people + 1) * sizeof *a.matches);
	for (size_t i = 0; i < ask->n_people; i++)
		a.matches[a.n_matches++] = match_of(q, ask, &roster, ask->people[i]);
	body.body_case = ENROLLMENT__ANSWER__BODY_ROSTER_COMPARISON;
	body.roster_comparison = &a;
	return query_answer(q, &body.base);
}

static Enrollment__RosterRow *row_of(struct query *q, const struct roster_row *row)
{
	Enrollment__RosterRow *a = arena_alloc(q->arena, sizeof *a);
	struct educator_row educator;

	enrollment__roster_row__init(a);
	a->educator = kept_id(q, &row->educator);
	a->missed = row->missed;
	if (educator_get(q->view, bytes_of_id(&row->educator), &educator))
		a->school = kept_id(q, &educator.school);
	return a;
}

/* next is a hash, good only for the question that comes after. */
static void add_rows(struct query *q, const Enrollment__ListRoster *ask, const struct id *roster,
		     Enrollment__RosterList *a)
{
	struct scan scan = roster_scan(q->view, bytes_of_id(roster), bytes_of_pb(ask->after));
	size_t limit = limit_of(ask->limit);
	struct bytes hash, last = BYTES_NONE;
	struct roster_row row;

	a->rows = arena_alloc(q->arena, limit * sizeof *a->rows);
	while (roster_next(&scan, &hash, &row)) {
		if (row.missed < ask->missed_least)
			continue;
		if (a->n_rows == limit) {
			a->next = pb_of_bytes(last);
			scan_end(&scan);
			return;
		}
		a->rows[a->n_rows++] = row_of(q, &row);
		last = arena_copy(q->arena, hash);
	}
}

Cairn__Status ask_roster(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__ListRoster *ask = query->list_roster;
	Enrollment__RosterList a = ENROLLMENT__ROSTER_LIST__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct roster_sum_row sum;
	struct id roster;

	if (!is_id(bytes_of_pb(ask->district)) ||
	    (ask->after.len > 0 && !is_id(bytes_of_pb(ask->after))))
		return bad(q, "district, after: an id is 16 bytes");
	roster = roster_id(bytes_of_pb(ask->district), ask->system, q->arena);
	sum = roster_sum(q->view, bytes_of_id(&roster));
	a.known = sum.known;
	a.suspected = sum.suspected;
	a.inactive = sum.inactive;
	add_rows(q, ask, &roster, &a);
	body.body_case = ENROLLMENT__ANSWER__BODY_ROSTER;
	body.roster = &a;
	return query_answer(q, &body.base);
}

/* ---- organisations ---- */

static Enrollment__OrgAnswer *org_of(struct query *q, struct bytes id)
{
	Enrollment__OrgAnswer *a;
	struct org_row row;

	if (!org_get(q->view, id, &row))
		return NULL;
	a = arena_alloc(q->arena, sizeof *a);
	enrollment__org_answer__init(a);
	a->org = kept(q, id);
	a->kind = (Enrollment__OrgKind)row.kind;
	a->name = arena_text(q->arena, org_name(q->view, id));
	a->parent = kept_id(q, &row.parent);
	a->state = arena_text(q->arena, (struct bytes){(const uint8_t *)row.state,
						       strnlen(row.state, STATE_TEXT)});
	return a;
}

Cairn__Status ask_orgs(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__ListOrgs *ask = query->list_orgs;
	struct bytes parent = bytes_of_pb(ask->parent), id;
	size_t limit = limit_of(ask->limit);
	Enrollment__OrgList a = ENROLLMENT__ORG_LIST__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct scan scan;

	if ((parent.len > 0 && !is_id(parent)) ||
	    (ask->after.len > 0 && !is_id(bytes_of_pb(ask->after))))
		return bad(q, "parent, after: an id is 16 bytes");
	if (parent.len > 0)
		a.of = org_of(q, parent);
	else
		parent = bytes_of_id(&ID_NONE);
	a.orgs = arena_alloc(q->arena, limit * sizeof *a.orgs);
	scan = mark_scan(q->view, ORG_OF, parent, bytes_of_pb(ask->after));
	while (mark_next(&scan, &id)) {
		if (a.n_orgs == limit) {
			a.next = a.orgs[limit - 1]->org;
			scan_end(&scan);
			break;
		}
		a.orgs[a.n_orgs] = org_of(q, arena_copy(q->arena, id));
		ENSURE(a.orgs[a.n_orgs++] != NULL);
	}
	body.body_case = ENROLLMENT__ANSWER__BODY_ORGS;
	body.orgs = &a;
	return query_answer(q, &body.base);
}
