/* Questions: the catalogue, enrollments, educators, and, for whoever may, their names. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/enrollment/query_parts.h"
#include "services/enrollment/facets.h"
#include "services/enrollment/search.h"

#include <string.h>

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200
#define PURPOSE_MAX 64

static Cairn__Status not_found(struct query *q, const char *what)
{
	return query_refuse(q, CAIRN__STATUS__INVALID, what);
}

size_t limit_of(uint32_t asked)
{
	return asked == 0 ? LIMIT_DEFAULT : MIN(asked, LIMIT_MOST);
}

/* A copy out of the page, for an answer's field. */
ProtobufCBinaryData kept(struct query *q, struct bytes b)
{
	return pb_of_bytes(arena_copy(q->arena, b));
}

ProtobufCBinaryData kept_id(struct query *q, const struct id *id)
{
	if (id_is_none(id))
		return (ProtobufCBinaryData){0};
	return kept(q, bytes_of_id(id));
}

/* A person asks about their own things only; an operator, or a portal for itself, about anyone's.
 */
static bool is_allowed(const struct query *q, struct bytes educator)
{
	return (q->roles & ROLE_OPERATOR) != 0 || id_is_none(&q->actor) ||
	       bytes_equal(educator, bytes_of_id(&q->actor));
}

static Cairn__Status forbidden(struct query *q)
{
	return query_refuse(q, CAIRN__STATUS__FORBIDDEN, "this belongs to another educator");
}

/* ---- the catalogue ---- */

/* The newest version of another entry that this one names; NULL: it names none. */
static const Enrollment__Entry *neighbour(struct query *q, struct bytes id)
{
	struct bytes event;

	if (id.len == 0 || !document_get(q->view, DOC_ENTRY, id, 0, &event))
		return NULL;
	return document_read(event, q->arena)->entry_published->entry;
}

/* What it takes the place of, and what takes its place: who holds the older one can see both. */
static void add_neighbours(struct query *q, const struct retired_row *retired,
			   Enrollment__EntryAnswer *a)
{
	const Enrollment__Entry *before = neighbour(q, bytes_of_pb(a->entry->supersedes));
	const Enrollment__Entry *after = id_is_none(&retired->successor)
						 ? NULL
						 : neighbour(q, bytes_of_id(&retired->successor));

	if (before != NULL) {
		a->supersedes_code = before->code;
		a->supersedes_title = before->title;
	}
	if (after != NULL) {
		a->superseded_by = after->entry;
		a->superseded_by_code = after->code;
		a->superseded_by_title = after->title;
	}
}

static Cairn__Status ask_entry(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__GetEntry *ask = query->get_entry;
	struct bytes id = bytes_of_pb(ask->entry), event;
	Enrollment__EntryAnswer a = ENROLLMENT__ENTRY_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	const Enrollment__EntryPublished *published;
	struct retired_row retired = {0};
	struct review_date review;

	if (!is_id(id) || !document_get(q->view, DOC_ENTRY, id, ask->version, &event))
		return not_found(q, "entry: no such micro-credential, or no such version of it");
	published = document_read(event, q->arena)->entry_published;
	a.entry = published->entry;
	a.hash = published->hash;
	a.newest = document_newest(q->view, DOC_ENTRY, id);
	if (retired_get(q->view, id, &retired)) {
		a.retired = true;
		a.finish_by_us = retired.finish_by_us;
	}
	review = review_date_of(q, id, a.entry->version);
	a.review_by = review.text;
	a.review_overdue = review.overdue;
	add_neighbours(q, &retired, &a);
	body.body_case = ENROLLMENT__ANSWER__BODY_ENTRY;
	body.entry = &a;
	return query_answer(q, &body.base);
}

static Enrollment__EntrySummary *summary_of(struct query *q, const struct search_hit *hit)
{
	Enrollment__EntrySummary *s = arena_alloc(q->arena, sizeof *s);
	const Enrollment__Entry *entry;
	struct bytes event;

	ENSURE(document_get(q->view, DOC_ENTRY, bytes_of_id(&hit->row.entry),
			    hit->row.entry_version, &event));
	entry = document_read(event, q->arena)->entry_published->entry;
	enrollment__entry_summary__init(s);
	s->entry = entry->entry;
	s->code = entry->code;
	s->version = entry->version;
	s->title = entry->title;
	s->topic = entry->topic;
	s->grade_band = entry->grade_band;
	s->hours_typical = entry->hours_typical;
	s->n_languages = entry->n_languages;
	s->languages = entry->languages;
	s->retired = hit->row.retired != 0;
	s->issuer = entry->issuer;
	s->competency = entry->competency;
	s->hours_min = entry->hours_min;
	s->hours_max = entry->hours_max;
	s->clock_hours = entry->clock_hours;
	s->n_renewal_categories = entry->n_renewal_categories;
	s->renewal_categories = entry->renewal_categories;
	s->fee_cents = entry->fee_cents;
	s->review_overdue = review_date_of(q, bytes_of_id(&hit->row.entry), entry->version).overdue;
	return s;
}

/* All rows are walked, for the total; only those of the page are unpacked. */
static Cairn__Status ask_search(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__SearchEntries *ask = query->search_entries;
	size_t limit = limit_of(ask->limit);
	struct bytes after = bytes_of_pb(ask->after), last = BYTES_NONE;
	Enrollment__SearchAnswer a = ENROLLMENT__SEARCH_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct facet_counts *counts = ask->facets ? facet_counts_new(q->arena) : NULL;
	struct search search;
	struct search_hit hit;
	struct scan scan;

	if (!search_init(&search, q->view, ask, q->now_us / US_PER_DAY))
		return query_refuse(
			q, CAIRN__STATUS__INVALID,
			"a search has at most 24 words and facets, of 400 bytes in all");
	a.entries = arena_alloc(q->arena, limit * sizeof(Enrollment__EntrySummary *));
	scan = search_scan(q->view);
	while (search_next(&search, &scan, &hit)) {
		if (ask->facets)
			facet_counts_add(counts, &hit);
		if (hit.missed != 0)
			continue;
		a.total++;
		if (after.len > 0 && bytes_compare(hit.code, after) <= 0)
			continue;
		if (a.n_entries == limit) {
			a.next = pb_of_bytes(last);
			continue;
		}
		last = arena_copy(q->arena, hit.code);
		a.entries[a.n_entries++] = summary_of(q, &hit);
	}
	if (ask->facets)
		facet_counts_answer(counts, &search, &a, q->arena);
	body.body_case = ENROLLMENT__ANSWER__BODY_SEARCH;
	body.search = &a;
	return query_answer(q, &body.base);
}

/* How many documents of a kind there are. */
static size_t count_documents(struct query *q, enum document_kind kind)
{
	struct document_scan scan = document_scan(q->view, kind);
	struct bytes event;
	size_t n = 0;

	while (document_next(&scan, &event))
		n++;
	return n;
}

/* The JSON of every document of a kind, newest versions. */
static char **documents_of(struct query *q, enum document_kind kind, size_t *n_r)
{
	struct document_scan scan = document_scan(q->view, kind);
	char **texts = arena_alloc(q->arena, count_documents(q, kind) * sizeof *texts);
	struct bytes event;

	*n_r = 0;
	while (document_next(&scan, &event)) {
		const Enrollment__Event *e = document_read(event, q->arena);

		texts[(*n_r)++] = kind == DOC_STACK ? e->stack_published->stack->json
						    : e->renewal_policy_published->policy->json;
	}
	return texts;
}

static void add_only_ones(struct query *q, Enrollment__DocumentsAnswer *a)
{
	struct id policy = only_id(DOC_POLICY), calendar = only_id(DOC_CALENDAR);
	struct id media = only_id(DOC_MEDIA), quality = only_id(DOC_QUALITY_STANDARD);
	struct bytes event;

	if (document_get(q->view, DOC_POLICY, bytes_of_id(&policy), 0, &event))
		a->policy = document_read(event, q->arena)->policy_published->policy;
	if (document_get(q->view, DOC_CALENDAR, bytes_of_id(&calendar), 0, &event))
		a->calendar = document_read(event, q->arena)->calendar_published->calendar;
	if (document_get(q->view, DOC_QUALITY_STANDARD, bytes_of_id(&quality), 0, &event))
		a->quality_standard =
			document_read(event, q->arena)->quality_standard_published->standard;
	if (document_get(q->view, DOC_MEDIA, bytes_of_id(&media), 0, &event))
		a->media = document_read(event, q->arena)->media_published->media;
}

static void add_profiles(struct query *q, Enrollment__DocumentsAnswer *a)
{
	struct document_scan scan = document_scan(q->view, DOC_PROFILE);
	struct bytes event;

	a->profiles = arena_alloc(q->arena, count_documents(q, DOC_PROFILE) * sizeof *a->profiles);
	while (document_next(&scan, &event))
		a->profiles[a->n_profiles++] =
			document_read(event, q->arena)->profile_published->profile;
}

static void add_issuers(struct query *q, Enrollment__DocumentsAnswer *a)
{
	struct document_scan scan = document_scan(q->view, DOC_ISSUER);
	struct bytes event;

	a->issuers = arena_alloc(q->arena, count_documents(q, DOC_ISSUER) * sizeof *a->issuers);
	while (document_next(&scan, &event))
		a->issuers[a->n_issuers++] =
			document_read(event, q->arena)->issuer_published->issuer;
}

static Cairn__Status ask_documents(const Enrollment__Query *query, struct query *q)
{
	Enrollment__DocumentsAnswer a = ENROLLMENT__DOCUMENTS_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;

	(void)query;
	add_only_ones(q, &a);
	add_profiles(q, &a);
	add_issuers(q, &a);
	a.stacks = documents_of(q, DOC_STACK, &a.n_stacks);
	a.renewal_policies = documents_of(q, DOC_RENEWAL_POLICY, &a.n_renewal_policies);
	body.body_case = ENROLLMENT__ANSWER__BODY_DOCUMENTS;
	body.documents = &a;
	return query_answer(q, &body.base);
}

/* ---- enrollments ---- */

static void add_progress(struct query *q, struct bytes enrollment, Enrollment__EnrollmentAnswer *a)
{
	struct scan scan = mark_scan(q->view, PROGRESS, enrollment, BYTES_NONE);
	struct bytes code;
	size_t n = 0;

	while (mark_next(&scan, &code))
		n++;
	a->resources_done = arena_alloc(q->arena, n * sizeof *a->resources_done);
	scan = mark_scan(q->view, PROGRESS, enrollment, BYTES_NONE);
	while (mark_next(&scan, &code))
		a->resources_done[a->n_resources_done++] = arena_text(q->arena, code);
}

static char *title_of(struct query *q, const struct enrollment_row *row)
{
	struct bytes event;

	ENSURE(document_get(q->view, DOC_ENTRY, bytes_of_id(&row->entry), row->entry_version,
			    &event));
	return document_read(event, q->arena)->entry_published->entry->title;
}

static Enrollment__EnrollmentAnswer *enrollment_of(struct query *q, struct bytes id,
						   const struct enrollment_row *row)
{
	Enrollment__EnrollmentAnswer *a = arena_alloc(q->arena, sizeof *a);

	enrollment__enrollment_answer__init(a);
	a->enrollment = kept(q, id);
	a->educator = kept_id(q, &row->educator);
	a->entry = kept_id(q, &row->entry);
	a->version = row->entry_version;
	a->state = (Enrollment__State)row->state;
	a->enrolled_us = row->enrolled_us;
	a->lapses_us = row->lapses_us;
	a->credential = kept_id(q, &row->credential);
	a->submission = kept_id(q, &row->submission);
	a->submission_state = (Enrollment__SubmissionState)row->submission_state;
	a->code = arena_text(q->arena, entry_code(q->view, bytes_of_id(&row->entry)));
	a->title = title_of(q, row);
	add_progress(q, id, a);
	return a;
}

static Cairn__Status ask_enrollment(const Enrollment__Query *query, struct query *q)
{
	struct bytes id = bytes_of_pb(query->get_enrollment->enrollment);
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct enrollment_row row;

	if (!is_id(id) || !enrollment_get(q->view, id, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "enrollment: there is none of this id");
	if (!is_allowed(q, bytes_of_id(&row.educator)))
		return forbidden(q);
	body.body_case = ENROLLMENT__ANSWER__BODY_ENROLLMENT;
	body.enrollment = enrollment_of(q, id, &row);
	return query_answer(q, &body.base);
}

static Cairn__Status ask_enrollments(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__ListEnrollments *ask = query->list_enrollments;
	struct bytes educator = bytes_of_pb(ask->educator), after = bytes_of_pb(ask->after), id;
	size_t limit = limit_of(ask->limit);
	Enrollment__EnrollmentList a = ENROLLMENT__ENROLLMENT_LIST__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct enrollment_row row;
	struct scan scan;

	if (!is_id(educator) || (after.len > 0 && !is_id(after)))
		return not_found(q, "educator, after: an id is 16 bytes");
	if (!is_allowed(q, educator))
		return forbidden(q);
	a.enrollments = arena_alloc(q->arena, limit * sizeof *a.enrollments);
	scan = mark_scan(q->view, OF_EDUCATOR, educator, after);
	while (mark_next(&scan, &id)) {
		if (a.n_enrollments == limit) {
			a.next = a.enrollments[limit - 1]->enrollment;
			scan_end(&scan);
			break;
		}
		ENSURE(enrollment_get(q->view, id, &row));
		a.enrollments[a.n_enrollments++] = enrollment_of(q, id, &row);
	}
	body.body_case = ENROLLMENT__ANSWER__BODY_ENROLLMENTS;
	body.enrollments = &a;
	return query_answer(q, &body.base);
}

/* ---- people ---- */

static void add_license_ids(struct query *q, struct bytes educator, uint32_t n,
			    Enrollment__EducatorAnswer *a)
{
	struct scan scan = license_scan(q->view, educator);
	struct bytes license, box;

	a->license_ids = arena_alloc(q->arena, (n + 1) * sizeof *a->license_ids);
	while (license_next(&scan, &license, &box))
		if (a->n_license_ids < n)
			a->license_ids[a->n_license_ids++] = kept(q, license);
}

static Cairn__Status answer_educator(struct query *q, struct bytes id)
{
	Enrollment__EducatorAnswer a = ENROLLMENT__EDUCATOR_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct educator_row row;

	if (!is_id(id) || !educator_get(q->view, id, &row))
		return not_found(q, "educator: none is registered under this id");
	if (!is_allowed(q, id))
		return forbidden(q);
	a.educator = kept(q, id);
	a.school = kept_id(q, &row.school);
	a.district = kept_id(q, &row.district);
	a.erased = row.erased != 0;
	a.language = arena_text(q->arena, (struct bytes){(const uint8_t *)row.language,
							 strnlen(row.language, LANGUAGE_TEXT)});
	a.licenses = row.licenses;
	add_license_ids(q, id, row.licenses, &a);
	body.body_case = ENROLLMENT__ANSWER__BODY_EDUCATOR;
	body.educator = &a;
	return query_answer(q, &body.base);
}

static Cairn__Status ask_educator(const Enrollment__Query *query, struct query *q)
{
	return answer_educator(q, bytes_of_pb(query->get_educator->educator));
}

static bool look_up(struct query *q, enum enrollment_table table, const char *kind,
		    const char *text, struct id *found_r)
{
	struct id hash;

	if (*text == '\0')
		return false;
	hash = lookup_hash(q->caps, kind, bytes_of_text(text));
	return ref_get(q->view, table, bytes_of_id(&hash), found_r);
}

/* By whichever name is given; one that is not known says no more than that. */
static Cairn__Status ask_find(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__FindEducator *ask = query->find_educator;
	const char *license = "";
	struct id found;

	if (*ask->license_number != '\0')
		license = arena_printf(q->arena, "%s:%s", ask->license_state, ask->license_number);
	if (look_up(q, BY_HANDLE, "handle", ask->handle, &found) ||
	    look_up(q, BY_EMAIL, "email", ask->email, &found) ||
	    look_up(q, BY_LICENSE, "license", license, &found))
		return answer_educator(q, bytes_of_id(&found));
	return not_found(q, "no educator has this handle, e-mail address or license");
}

static void note_opened(struct query *q, const Enrollment__OpenNames *ask)
{
	Enrollment__NoteNamesOpened *note = arena_alloc(q->arena, sizeof *note);
	Enrollment__Command *cmd = arena_alloc(q->arena, sizeof *cmd);

	enrollment__note_names_opened__init(note);
	note->educator = ask->educator;
	note->purpose = ask->purpose;
	note->by = kept_id(q, &q->actor);
	note->peer = q->principal;
	enrollment__command__init(cmd);
	cmd->body_case = ENROLLMENT__COMMAND__BODY_NOTE_NAMES_OPENED;
	cmd->note_names_opened = note;
	q->note = &cmd->base;
	q->note_entity = id_of_bytes(bytes_of_pb(ask->educator));
}

/* What a sealed box holds; NULL: the key is gone. */
static ProtobufCMessage *opened(struct query *q, const ProtobufCMessageDescriptor *type,
				struct bytes educator, struct bytes box)
{
	struct message_fault fault;
	struct bytes text;

	if (!unseal_bytes(q->caps, educator, box, q->arena, &text))
		return NULL;
	return message_unpack(type, text, &EVENT_LIMITS, q->arena, &fault);
}

static void add_licenses(struct query *q, struct bytes educator, uint32_t n,
			 Enrollment__NamesAnswer *a)
{
	struct scan scan = license_scan(q->view, educator);
	struct bytes license, box;

	a->licenses = arena_alloc(q->arena, n * sizeof *a->licenses);
	while (license_next(&scan, &license, &box)) {
		ProtobufCMessage *m = opened(q, &enrollment__license_number__descriptor, educator,
					     arena_copy(q->arena, box));

		if (m != NULL && a->n_licenses < n)
			a->licenses[a->n_licenses++] = (Enrollment__LicenseNumber *)m;
	}
}

static bool purpose_ok(const char *purpose)
{
	size_t len = strspn(purpose, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789.-_:");

	return len > 0 && len <= PURPOSE_MAX && purpose[len] == '\0';
}

/* Role names only; and that it was asked is in the log before the answer leaves. */
static Cairn__Status ask_names(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__OpenNames *ask = query->open_names;
	struct bytes id = bytes_of_pb(ask->educator), box;
	Enrollment__NamesAnswer a = ENROLLMENT__NAMES_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct educator_row row;

	if (!is_id(id) || !educator_get(q->view, id, &row))
		return not_found(q, "educator: none is registered under this id");
	if (!purpose_ok(ask->purpose))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "purpose: say why in a word, as mail or ticket:4711");
	box = educator_person(q->view, id);
	a.educator = ask->educator;
	a.person = (Enrollment__Person *)opened(q, &enrollment__person__descriptor, id,
						arena_copy(q->arena, box));
	a.erased = a.person == NULL;
	add_licenses(q, id, row.licenses, &a);
	note_opened(q, ask);
	body.body_case = ENROLLMENT__ANSWER__BODY_NAMES;
	body.names = &a;
	return query_answer(q, &body.base);
}

/* ---- erasure ---- */

static uint32_t enrollments_of(const struct query *q, struct bytes educator)
{
	struct scan scan = mark_scan(q->view, OF_EDUCATOR, educator, BYTES_NONE);
	struct bytes enrollment;
	uint32_t n = 0;

	while (mark_next(&scan, &enrollment))
		n++;
	return n;
}

static Cairn__Status ask_erasure(const Enrollment__Query *query, struct query *q)
{
	Enrollment__ErasureAnswer a = ENROLLMENT__ERASURE_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_erasure->educator);
	struct educator_row row;
	struct erasure_row erasure = {0};

	if (!is_id(id) || !educator_get(q->view, id, &row))
		return not_found(q, "educator: none is registered under this id");
	a.educator = query->get_erasure->educator;
	a.erased = erasure_get(q->view, id, &erasure);
	a.holders = arena_alloc(q->arena, 2 * sizeof *a.holders);
	if (erasure.holders & HOLDER_ENROLLMENT)
		a.holders[a.n_holders++] = arena_text(q->arena, bytes_of_text("enrollment"));
	if (erasure.holders & HOLDER_ISSUANCE)
		a.holders[a.n_holders++] = arena_text(q->arena, bytes_of_text("issuance"));
	a.completed = erasure.completed != 0;
	a.enrollments = enrollments_of(q, id);
	a.licenses = row.licenses;
	body.body_case = ENROLLMENT__ANSWER__BODY_ERASURE;
	body.erasure = &a;
	return query_answer(q, &body.base);
}

#define READER (ROLE_PORTAL | ROLE_OPERATOR)
#define CASE(name) ENROLLMENT__QUERY__BODY_##name

static const struct question {
	ask_fn *ask;
	uint32_t roles;
} questions[] = {
	[CASE(GET_ENTRY)] = {ask_entry, READER},
	[CASE(SEARCH_ENTRIES)] = {ask_search, READER},
	[CASE(GET_ENROLLMENT)] = {ask_enrollment, READER},
	[CASE(LIST_ENROLLMENTS)] = {ask_enrollments, READER},
	[CASE(FIND_EDUCATOR)] = {ask_find, READER},
	[CASE(GET_EDUCATOR)] = {ask_educator, READER},
	[CASE(OPEN_NAMES)] = {ask_names, ROLE_NAMES},
	[CASE(GET_DOCUMENTS)] = {ask_documents, READER},
	[CASE(GET_ERASURE)] = {ask_erasure, ROLE_OPERATOR},
	[CASE(GET_QUALITY)] = {ask_quality, READER},
	[CASE(COMPARE_ROSTER)] = {ask_compare_roster, ROLE_OPERATOR},
	[CASE(LIST_ROSTER)] = {ask_roster, ROLE_OPERATOR},
	[CASE(LIST_ORGS)] = {ask_orgs, READER},
	[CASE(LIST_COHORTS)] = {ask_cohorts, ROLE_OPERATOR},
	[CASE(GET_COHORT)] = {ask_cohort, ROLE_OPERATOR},
	[CASE(LIST_MEMBERS)] = {ask_members, ROLE_OPERATOR},
	[CASE(CHECK_ENTRY)] = {ask_check_entry, ROLE_OPERATOR},
	[CASE(GET_TALLIES)] = {ask_tallies, ROLE_OPERATOR},
	[CASE(LIST_GOALS)] = {ask_goals, READER},
};

uint32_t enrollment_query_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(questions) ? questions[kind].roles : 0;
}

/* The runtime has found that there is such a kind, and that the peer may ask it. */
Cairn__Status enrollment_answer_query(const ProtobufCMessage *query, struct query *q)
{
	const Enrollment__Query *ask = (const Enrollment__Query *)query;

	return questions[ask->body_case].ask(ask, q);
}
