/* What the public may know of an entry's quality: which components of the standard it meets. */
#include "libshared/calendar.h"
#include "libshared/check.h"
#include "services/enrollment/entry.h"
#include "services/enrollment/lapse.h"
#include "services/enrollment/quality.h"
#include "services/enrollment/query_parts.h"
#include "services/enrollment/review.h"

#include <string.h>

struct review_date review_date_of(struct query *q, struct bytes entry, uint32_t version)
{
	struct review_date date = {.text = arena_text(q->arena, BYTES_NONE)};
	struct review_row row;
	struct retired_row retired;

	if (!review_get(q->view, entry, &row) || row.entry_version != version)
		return date;
	date.text = arena_alloc(q->arena, sizeof "2027-06-30");
	text_of_day(row.review_by_day, date.text);
	date.overdue = q->now_us >= review_end_us(row.review_by_day) &&
		       !retired_get(q->view, entry, &retired);
	return date;
}

static char *text_in(struct query *q, const char *text)
{
	return arena_text(q->arena, bytes_of_text(text));
}

static Enrollment__ComponentFact *fact_of(struct query *q, const struct component_result *r)
{
	Enrollment__ComponentFact *fact = arena_alloc(q->arena, sizeof *fact);

	enrollment__component_fact__init(fact);
	fact->code = r->component->code;
	fact->standard = r->standard->title;
	fact->text = r->component->text;
	fact->mandatory = r->component->mandatory;
	fact->attested = *r->component->check == '\0';
	fact->met = r->met;
	fact->note = text_in(q, r->note);
	return fact;
}

static void add_components(struct query *q, const struct quality_result *result,
			   Enrollment__QualityAnswer *a)
{
	a->components_met = result->n_met;
	a->mandatory_unmet = result->mandatory_unmet;
	a->components = arena_alloc(q->arena, (result->n + 1) * sizeof(*a->components));
	for (size_t i = 0; i < result->n; i++)
		a->components[a->n_components++] = fact_of(q, &result->components[i]);
}

/* By the standard the version was reviewed by: a later one changes nothing that was said. */
static void add_facts(struct query *q, const Enrollment__Entry *entry, Enrollment__QualityAnswer *a)
{
	const Enrollment__Review *review =
		review_of(q->view, bytes_of_pb(entry->entry), entry->version, q->arena);
	const Enrollment__QualityStandard *standard =
		review == NULL ? standard_in_force(q->view, q->arena)
			       : standard_of_version(q->view, review->standard_version, q->arena);
	struct quality_result result;

	a->reviewed = review != NULL;
	if (review != NULL)
		a->reviewer = review->reviewer;
	if (standard == NULL)
		return;
	a->standard_version = standard->version;
	a->title = standard->title;
	result = quality_evaluate(standard, entry, review, q->arena);
	add_components(q, &result, a);
}

/* ---- before it is published ---- */

static bool is_published_as(const struct query *q, const Enrollment__Entry *entry, const char *hash)
{
	struct bytes event;

	return document_get(q->view, DOC_ENTRY, bytes_of_pb(entry->entry), entry->version,
			    &event) &&
	       strcmp(document_read(event, q->arena)->entry_published->hash, hash) == 0;
}

/* A review counts for the content that it was of, by the standard that it was by. */
static const Enrollment__Review *review_for(struct query *q, const Enrollment__Entry *entry,
					    const char *hash,
					    const Enrollment__QualityStandard *standard)
{
	const Enrollment__Review *review =
		review_of(q->view, bytes_of_pb(entry->entry), entry->version, q->arena);

	return review != NULL && strcmp(review->hash, hash) == 0 &&
			       review->standard_version == standard->version
		       ? review
		       : NULL;
}

Cairn__Status ask_check_entry(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__Entry *entry = query->check_entry->entry;
	const Enrollment__QualityStandard *standard = standard_in_force(q->view, q->arena);
	Enrollment__QualityAnswer a = ENROLLMENT__QUALITY_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	const Enrollment__Review *review;
	struct quality_result result;

	if (entry == NULL || !is_id(bytes_of_pb(entry->entry)) || entry->version == 0 ||
	    entry->rubric == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "entry: with its id, version and rubric");
	if (standard == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "no quality standard is published yet");
	a.hash = arena_alloc(q->arena, ENTRY_HASH_TEXT);
	entry_hash(entry, q->arena, a.hash);
	review = review_for(q, entry, a.hash, standard);
	result = quality_evaluate(standard, entry, review, q->arena);
	a.entry = entry->entry;
	a.version = entry->version;
	a.standard_version = standard->version;
	a.title = standard->title;
	a.reviewed = review != NULL;
	if (review != NULL)
		a.reviewer = review->reviewer;
	a.published = is_published_as(q, entry, a.hash);
	add_components(q, &result, &a);
	body.body_case = ENROLLMENT__ANSWER__BODY_QUALITY;
	body.quality = &a;
	return query_answer(q, &body.base);
}

Cairn__Status ask_quality(const Enrollment__Query *query, struct query *q)
{
	const Enrollment__GetQuality *ask = query->get_quality;
	struct bytes id = bytes_of_pb(ask->entry), event;
	Enrollment__QualityAnswer a = ENROLLMENT__QUALITY_ANSWER__INIT;
	Enrollment__Answer body = ENROLLMENT__ANSWER__INIT;
	const Enrollment__Entry *entry;
	struct review_date date;

	if (!is_id(id) || !document_get(q->view, DOC_ENTRY, id, ask->version, &event))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "entry: no such micro-credential, or no such version of it");
	entry = document_read(event, q->arena)->entry_published->entry;
	a.entry = entry->entry;
	a.version = entry->version;
	add_facts(q, entry, &a);
	date = review_date_of(q, id, entry->version);
	a.review_by = date.text;
	a.review_overdue = date.overdue;
	body.body_case = ENROLLMENT__ANSWER__BODY_QUALITY;
	body.quality = &a;
	return query_answer(q, &body.base);
}
