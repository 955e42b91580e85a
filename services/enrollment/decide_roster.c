/* The rules of rosters: who is registered, moved or missing by what a district's system says. */
#include "services/enrollment/roster.h"

#include "libshared/seal.h"
#include "services/enrollment/must.h"
#include "services/enrollment/rules.h"

#define CLOSED_AT_ONCE 200

/* A system's word and what it calls somebody make a handle that nobody else has. */
static bool roster_ok(const struct view *view, ProtobufCBinaryData import,
		      ProtobufCBinaryData district, const char *system, struct decision *d)
{
	return must_id(d, "import", import) && must_id(d, "district", district) &&
	       must_code(d, "system", system) &&
	       org_ok(view, "district", district, ENROLLMENT__ORG_KIND__DISTRICT, d);
}

static enum verdict register_person(const struct view *view,
				    const Enrollment__NoteRosterPerson *ask, struct decision *d)
{
	Enrollment__RegisterEducator person = ENROLLMENT__REGISTER_EDUCATOR__INIT;
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;

	person.educator = ask->educator;
	person.person = ask->person;
	person.school = ask->school;
	person.district = ask->district;
	person.language = ask->language;
	cmd.register_educator = &person;
	return decide_register_educator(view, &cmd, d);
}

static enum verdict move_person(const struct view *view, const Enrollment__NoteRosterPerson *ask,
				const struct id *educator, struct decision *d)
{
	Enrollment__MoveEducator move = ENROLLMENT__MOVE_EDUCATOR__INIT;
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;

	move.educator = pb_of_id(educator);
	move.school = ask->school;
	move.district = ask->district;
	cmd.move_educator = &move;
	return decide_move_educator(view, &cmd, d);
}

/* Brings the educator where the roster has them. */
static enum verdict place_person(const struct view *view, const Enrollment__NoteRosterPerson *ask,
				 struct roster_match *m, struct decision *d)
{
	switch (m->state) {
	case ENROLLMENT__ROSTER_STATE__ROSTER_NEW:
		m->educator = id_of_bytes(bytes_of_pb(ask->educator));
		return register_person(view, ask, d);
	case ENROLLMENT__ROSTER_STATE__ROSTER_SAME:
		return ACCEPTED;
	case ENROLLMENT__ROSTER_STATE__ROSTER_ELSEWHERE:
		return refuse_text(
			d, ENROLLMENT__REASON__ELSEWHERE,
			"another district has this educator; it has to let them go first");
	case ENROLLMENT__ROSTER_STATE__ROSTER_ERASED:
		return refuse_text(d, ENROLLMENT__REASON__ERASED,
				   "this educator asked to be forgotten; a roster registers nobody "
				   "again");
	default:
		return move_person(view, ask, &m->educator, d);
	}
}

static void answer_state(struct decision *d, Enrollment__RosterState state)
{
	Enrollment__RosterReceipt receipt = ENROLLMENT__ROSTER_RECEIPT__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;

	receipt.state = state;
	body.body_case = ENROLLMENT__ANSWER__BODY_ROSTER_PERSON;
	body.roster_person = &receipt;
	answer(d, &body.base);
}

static void emit_seen(struct decision *d, const struct id *roster, const struct id *hash,
		      const struct id *educator, ProtobufCBinaryData import)
{
	Enrollment__RosterSeen seen = ENROLLMENT__ROSTER_SEEN__INIT;

	seen.roster = pb_of_id(roster);
	seen.person_hash = pb_of_id(hash);
	seen.educator = pb_of_id(educator);
	seen.import = import;
	EMIT(d, bytes_of_id(educator), ROSTER_SEEN, roster_seen, &seen);
}

enum verdict decide_note_roster_person(const struct view *view, const Enrollment__Command *cmd,
				       struct decision *d)
{
	const Enrollment__NoteRosterPerson *ask = cmd->note_roster_person;
	struct bytes district = bytes_of_pb(ask->district);
	struct roster_place place = {district, bytes_of_pb(ask->school)};
	struct id roster, hash, email;
	struct roster_match m;

	if (!roster_ok(view, ask->import, ask->district, ask->system, d) ||
	    !must_code(d, "identifier", ask->identifier) ||
	    !must_id(d, "educator", ask->educator) ||
	    !must_count(d, "person", ask->person != NULL, 1, 1) ||
	    !org_ok(view, "school", ask->school, ENROLLMENT__ORG_KIND__SCHOOL, d))
		return REFUSED;
	roster = roster_id(district, ask->system, d->arena);
	hash = roster_hash(d->caps, district, ask->system, ask->identifier, d->arena);
	email = lookup_hash(d->caps, "email", bytes_of_text(ask->person->email));
	m = roster_match(view, &roster, &hash, &email, place);
	if (place_person(view, ask, &m, d) != ACCEPTED)
		return REFUSED;
	if (!m.in_roster || m.row.missed > 0 ||
	    !bytes_equal(bytes_of_id(&m.row.seen_in), bytes_of_pb(ask->import)))
		emit_seen(d, &roster, &hash, &m.educator, ask->import);
	answer_state(d, m.state);
	return ACCEPTED;
}

/* ---- who is missing ---- */

static void emit_missed(struct decision *d, const struct id *roster, struct bytes hash,
			const struct roster_row *row, ProtobufCBinaryData import)
{
	Enrollment__RosterMissed missed = ENROLLMENT__ROSTER_MISSED__INIT;

	missed.roster = pb_of_id(roster);
	missed.person_hash = pb_of_bytes(arena_copy(d->arena, hash));
	missed.educator = pb_of_id(&row->educator);
	missed.import = import;
	missed.times = row->missed + 1;
	EMIT(d, bytes_of_id(&row->educator), ROSTER_MISSED, roster_missed, &missed);
}

static bool is_missing(const struct roster_row *row, struct bytes import)
{
	return !bytes_equal(bytes_of_id(&row->seen_in), import) &&
	       !bytes_equal(bytes_of_id(&row->missed_in), import);
}

static void answer_closed(struct decision *d, struct bytes next, uint32_t missed)
{
	Enrollment__CloseReceipt receipt = ENROLLMENT__CLOSE_RECEIPT__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;

	receipt.next = pb_of_bytes(next);
	receipt.missed = missed;
	body.body_case = ENROLLMENT__ANSWER__BODY_ROSTER_CLOSED;
	body.roster_closed = &receipt;
	answer(d, &body.base);
}

enum verdict decide_close_roster(const struct view *view, const Enrollment__Command *cmd,
				 struct decision *d)
{
	const Enrollment__CloseRoster *ask = cmd->close_roster;
	struct bytes hash, next = BYTES_NONE;
	uint32_t seen = 0, missed = 0;
	struct roster_row row;
	struct scan scan;
	struct id roster;

	if (!roster_ok(view, ask->import, ask->district, ask->system, d) ||
	    (ask->after.len > 0 && !must_id(d, "after", ask->after)))
		return REFUSED;
	roster = roster_id(bytes_of_pb(ask->district), ask->system, d->arena);
	scan = roster_scan(view, bytes_of_id(&roster), bytes_of_pb(ask->after));
	while (roster_next(&scan, &hash, &row)) {
		if (is_missing(&row, bytes_of_pb(ask->import))) {
			emit_missed(d, &roster, hash, &row, ask->import);
			missed++;
		}
		if (++seen == CLOSED_AT_ONCE) {
			next = arena_copy(d->arena, hash);
			scan_end(&scan);
			break;
		}
	}
	answer_closed(d, next, missed);
	return ACCEPTED;
}
