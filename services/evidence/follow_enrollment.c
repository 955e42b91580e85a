/* What enrollment's events mean here: the catalogue is kept, portfolios open and close. */
#include "services/evidence/follow.h"

#include "proto/enrollment.pb-c.h"

#define OF_ENROLLMENT(event) ((const Enrollment__Event *)(event))

/* ---- enrollment: the catalogue ---- */

static void emit_document(struct decision *d, struct id document, Evidence__Event *event,
			  Evidence__Event__BodyCase body)
{
	emit_event(d, bytes_of_id(&document), event, body);
	brings(d, AWAIT_DOCUMENT, bytes_of_id(&document));
}

enum verdict on_profile_published(const struct view *view, const ProtobufCMessage *event,
				  struct decision *d)
{
	Evidence__ProfileNoted noted = EVIDENCE__PROFILE_NOTED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	(void)view;
	noted.profile = OF_ENROLLMENT(event)->profile_published->profile;
	if (noted.profile == NULL)
		return refuse(d, EVIDENCE__REASON__BAD_VALUE);
	ours.profile_noted = &noted;
	emit_document(d, profile_id(noted.profile->code), &ours,
		      EVIDENCE__EVENT__BODY_PROFILE_NOTED);
	return ACCEPTED;
}

enum verdict on_policy_published(const struct view *view, const ProtobufCMessage *event,
				 struct decision *d)
{
	Evidence__PolicyNoted noted = EVIDENCE__POLICY_NOTED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	(void)view;
	noted.policy = OF_ENROLLMENT(event)->policy_published->policy;
	if (noted.policy == NULL)
		return refuse(d, EVIDENCE__REASON__BAD_VALUE);
	ours.policy_noted = &noted;
	emit_document(d, policy_id(), &ours, EVIDENCE__EVENT__BODY_POLICY_NOTED);
	return ACCEPTED;
}

enum verdict on_calendar_published(const struct view *view, const ProtobufCMessage *event,
				   struct decision *d)
{
	Evidence__CalendarNoted noted = EVIDENCE__CALENDAR_NOTED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	(void)view;
	noted.calendar = OF_ENROLLMENT(event)->calendar_published->calendar;
	if (noted.calendar == NULL)
		return refuse(d, EVIDENCE__REASON__BAD_VALUE);
	ours.calendar_noted = &noted;
	emit_document(d, calendar_id(), &ours, EVIDENCE__EVENT__BODY_CALENDAR_NOTED);
	return ACCEPTED;
}

enum verdict on_media_published(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	Evidence__MediaNoted noted = EVIDENCE__MEDIA_NOTED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	(void)view;
	noted.media = OF_ENROLLMENT(event)->media_published->media;
	if (noted.media == NULL)
		return refuse(d, EVIDENCE__REASON__BAD_VALUE);
	ours.media_noted = &noted;
	emit_document(d, media_id(), &ours, EVIDENCE__EVENT__BODY_MEDIA_NOTED);
	return ACCEPTED;
}

static Evidence__RowOfEntry **rows_of_rubric(const Enrollment__Rubric *rubric, struct arena *arena)
{
	static const Evidence__RowOfEntry init = EVIDENCE__ROW_OF_ENTRY__INIT;
	Evidence__RowOfEntry **rows = arena_alloc(arena, (rubric->n_criteria + 1) * sizeof *rows);

	for (size_t i = 0; i < rubric->n_criteria; i++) {
		rows[i] = arena_alloc(arena, sizeof *rows[i]);
		*rows[i] = init;
		rows[i]->code = rubric->criteria[i]->code;
		rows[i]->n_requirements = rubric->criteria[i]->n_requirements;
		rows[i]->requirements = rubric->criteria[i]->requirements;
	}
	return rows;
}

/* The reflection is a question like the others, the last one. An entry without a rubric is a fault
 * of the catalogue: it is parked, and an operator hears of it. */
enum verdict on_entry_published(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	const Enrollment__Entry *entry = OF_ENROLLMENT(event)->entry_published->entry;
	Evidence__EntryNoted noted = EVIDENCE__ENTRY_NOTED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;
	struct id version;

	(void)view;
	if (entry == NULL || entry->rubric == NULL || !is_id(bytes_of_pb(entry->entry)))
		return refuse(d, EVIDENCE__REASON__BAD_VALUE);
	noted.entry = entry->entry;
	noted.version = entry->version;
	noted.code = entry->code;
	noted.profile = entry->profile;
	noted.questions = arena_alloc(d->arena, (entry->n_questions + 1) * sizeof *noted.questions);
	for (size_t i = 0; i < entry->n_questions; i++)
		noted.questions[noted.n_questions++] = entry->questions[i];
	if (entry->reflection != NULL)
		noted.questions[noted.n_questions++] = entry->reflection;
	noted.n_requirements = entry->n_requirements;
	noted.requirements = entry->requirements;
	noted.n_rows = entry->rubric->n_criteria;
	noted.rows = rows_of_rubric(entry->rubric, d->arena);
	ours.entry_noted = &noted;
	emit_event(d, bytes_of_pb(entry->entry), &ours, EVIDENCE__EVENT__BODY_ENTRY_NOTED);
	version = id_of_version(bytes_of_pb(entry->entry), entry->version);
	brings(d, AWAIT_ENTRY, bytes_of_id(&version));
	return ACCEPTED;
}

/* ---- enrollment: people ---- */

static void emit_enrollment(struct decision *d, struct bytes portfolio, Enrollment__State state,
			    ProtobufCBinaryData school, ProtobufCBinaryData district)
{
	Evidence__EnrollmentNoted noted = EVIDENCE__ENROLLMENT_NOTED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	noted.portfolio = pb_of_bytes(portfolio);
	noted.state = state;
	noted.school = school;
	noted.district = district;
	ours.enrollment_noted = &noted;
	emit_event(d, portfolio, &ours, EVIDENCE__EVENT__BODY_ENROLLMENT_NOTED);
}

/* A seal says where the educator works at that time. */
enum verdict on_educator_moved(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d)
{
	const Enrollment__EducatorMoved *moved = OF_ENROLLMENT(event)->educator_moved;
	struct id_scan portfolios = id_scan(PORTFOLIO_OF, bytes_of_pb(moved->educator));
	struct portfolio row;
	struct id portfolio;

	while (id_next(&portfolios, view, &portfolio)) {
		ENSURE(portfolio_get(view, bytes_of_id(&portfolio), &row));
		if (row.standing > STANDING_PAUSED)
			continue; /* resuming says it again */
		emit_enrollment(d, bytes_of_id(&portfolio),
				row.standing == STANDING_PAUSED ? ENROLLMENT__STATE__PAUSED
								: ENROLLMENT__STATE__ACTIVE,
				moved->school, moved->district);
	}
	return ACCEPTED;
}

enum verdict on_relation_declared(const struct view *view, const ProtobufCMessage *event,
				  struct decision *d)
{
	const Enrollment__RelationDeclared *declared = OF_ENROLLMENT(event)->relation_declared;
	Evidence__RelationNoted noted = EVIDENCE__RELATION_NOTED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	if (relation_known(view, bytes_of_pb(declared->assessor), bytes_of_pb(declared->educator)))
		return ACCEPTED;
	noted.assessor = declared->assessor;
	noted.educator = declared->educator;
	ours.relation_noted = &noted;
	emit_event(d, bytes_of_pb(declared->assessor), &ours, EVIDENCE__EVENT__BODY_RELATION_NOTED);
	return ACCEPTED;
}

static void close_submissions_of(const struct view *view, struct decision *d,
				 struct bytes portfolio, const char *why)
{
	struct id_scan submissions = id_scan(SUBMISSION_OF, portfolio);
	struct id submission;

	while (id_next(&submissions, view, &submission))
		emit_grants_closed(view, d, bytes_of_id(&submission), why);
}

/* Readers are cut off; the bytes and texts are purged when this is durable. */
enum verdict on_educator_erased(const struct view *view, const ProtobufCMessage *event,
				struct decision *d)
{
	struct bytes educator = bytes_of_pb(OF_ENROLLMENT(event)->educator_erased->educator);
	Evidence__EducatorForgotten forgotten = EVIDENCE__EDUCATOR_FORGOTTEN__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;
	struct id_scan portfolios = id_scan(PORTFOLIO_OF, educator);
	struct id portfolio;
	bool known = false;

	while (id_next(&portfolios, view, &portfolio)) {
		known = true;
		close_submissions_of(view, d, bytes_of_id(&portfolio), "erased");
	}
	if (!known)
		return ACCEPTED;
	forgotten.educator = pb_of_bytes(educator);
	ours.educator_forgotten = &forgotten;
	emit_event(d, educator, &ours, EVIDENCE__EVENT__BODY_EDUCATOR_FORGOTTEN);
	return ACCEPTED;
}

/* ---- enrollment: enrollments ---- */

/* Everything that a portfolio stands on is known; else waits for it. */
static enum verdict need_catalogue(const struct view *view, const Enrollment__Enrolled *enrolled,
				   struct decision *d)
{
	struct id version = id_of_version(bytes_of_pb(enrolled->entry), enrolled->version);
	struct id policy = policy_id(), media = media_id();

	if (!entry_known(view, bytes_of_pb(enrolled->entry), enrolled->version))
		return await(d, AWAIT_ENTRY, bytes_of_id(&version));
	if (document_newest(view, policy) == 0)
		return await(d, AWAIT_DOCUMENT, bytes_of_id(&policy));
	if (document_newest(view, media) == 0)
		return await(d, AWAIT_DOCUMENT, bytes_of_id(&media));
	return ACCEPTED;
}

enum verdict on_enrolled(const struct view *view, const ProtobufCMessage *event, struct decision *d)
{
	const Enrollment__Enrolled *e = OF_ENROLLMENT(event)->enrolled;
	Evidence__PortfolioOpened opened = EVIDENCE__PORTFOLIO_OPENED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;
	struct portfolio known;

	if (portfolio_get(view, bytes_of_pb(e->enrollment), &known))
		return ACCEPTED;
	if (need_catalogue(view, e, d) == AWAITING)
		return AWAITING;
	opened.portfolio = e->enrollment;
	opened.educator = e->educator;
	opened.entry = e->entry;
	opened.version = e->version;
	opened.school = e->school;
	opened.district = e->district;
	opened.policy_version = document_newest(view, policy_id());
	opened.media_version = document_newest(view, media_id());
	ours.portfolio_opened = &opened;
	emit_event(d, bytes_of_pb(e->enrollment), &ours, EVIDENCE__EVENT__BODY_PORTFOLIO_OPENED);
	brings(d, AWAIT_PORTFOLIO, bytes_of_pb(e->enrollment));
	return ACCEPTED;
}

enum verdict on_paused(const struct view *view, const ProtobufCMessage *event, struct decision *d)
{
	struct bytes portfolio = bytes_of_pb(OF_ENROLLMENT(event)->paused->enrollment);
	struct portfolio row;

	if (!portfolio_get(view, portfolio, &row))
		return await(d, AWAIT_PORTFOLIO, portfolio);
	if (row.standing == STANDING_ACTIVE)
		emit_enrollment(d, portfolio, ENROLLMENT__STATE__PAUSED, pb_of_id(&row.school),
				pb_of_id(&row.district));
	return ACCEPTED;
}

/* From a pause or from a lapse; not after a withdrawal or an erasure. */
enum verdict on_resumed(const struct view *view, const ProtobufCMessage *event, struct decision *d)
{
	const Enrollment__Resumed *e = OF_ENROLLMENT(event)->resumed;
	struct bytes portfolio = bytes_of_pb(e->enrollment);
	struct portfolio row;

	if (!portfolio_get(view, portfolio, &row))
		return await(d, AWAIT_PORTFOLIO, portfolio);
	if (row.standing != STANDING_WITHDRAWN && row.standing != STANDING_FORGOTTEN)
		emit_enrollment(d, portfolio, ENROLLMENT__STATE__ACTIVE, e->school, e->district);
	return ACCEPTED;
}

void emit_closed(struct decision *d, struct bytes portfolio, const char *why)
{
	Evidence__PortfolioClosed closed = EVIDENCE__PORTFOLIO_CLOSED__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	closed.portfolio = pb_of_bytes(portfolio);
	closed.why = arena_text(d->arena, bytes_of_text(why));
	ours.portfolio_closed = &closed;
	emit_event(d, portfolio, &ours, EVIDENCE__EVENT__BODY_PORTFOLIO_CLOSED);
}

/* Nothing can be sealed any more; what is sealed is assessed all the same. */
static enum verdict stands_no_more(const struct view *view, struct bytes portfolio,
				   uint8_t standing, const char *why, struct decision *d)
{
	struct portfolio row;

	if (!portfolio_get(view, portfolio, &row))
		return await(d, AWAIT_PORTFOLIO, portfolio);
	if (row.standing != standing && row.standing != STANDING_FORGOTTEN)
		emit_closed(d, portfolio, why);
	return ACCEPTED;
}

enum verdict on_withdrawn(const struct view *view, const ProtobufCMessage *event,
			  struct decision *d)
{
	return stands_no_more(view, bytes_of_pb(OF_ENROLLMENT(event)->withdrawn->enrollment),
			      STANDING_WITHDRAWN, "withdrawn", d);
}

enum verdict on_lapsed(const struct view *view, const ProtobufCMessage *event, struct decision *d)
{
	return stands_no_more(view, bytes_of_pb(OF_ENROLLMENT(event)->lapsed->enrollment),
			      STANDING_LAPSED, "lapsed", d);
}

/* The decision usually has closed it before. One whose pass was taken back meanwhile is open again.
 */
enum verdict on_completed(const struct view *view, const ProtobufCMessage *event,
			  struct decision *d)
{
	struct bytes portfolio = bytes_of_pb(OF_ENROLLMENT(event)->completed->enrollment);
	struct portfolio row;

	if (!portfolio_get(view, portfolio, &row))
		return await(d, AWAIT_PORTFOLIO, portfolio);
	if (row.stage < STAGE_PASSED && !row.taken_back)
		emit_closed(d, portfolio, "passed");
	return ACCEPTED;
}
