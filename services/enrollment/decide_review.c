/* The rules of quality: the standard, reviews by it, and the date of the next one. */
#include "services/enrollment/review.h"

#include "libshared/calendar.h"
#include "libshared/check.h"
#include "services/enrollment/lapse.h"
#include "services/enrollment/must.h"
#include "services/enrollment/publication.h"
#include "services/enrollment/quality.h"
#include "services/enrollment/rules.h"

#include <string.h>

#define TITLE_MAX 200
#define TEXT_MAX 1000
#define MONTHS_MAX 600
#define DAYS_PER_MONTH_MAX 31
#define HASH_LEN 64

/* ---- what is kept ---- */

static const Enrollment__QualityStandard *standard_get(const struct view *view, uint32_t version,
						       struct arena *arena)
{
	struct id id = only_id(DOC_QUALITY_STANDARD);
	struct bytes event;

	if (!document_get(view, DOC_QUALITY_STANDARD, bytes_of_id(&id), version, &event))
		return NULL;
	return document_read(event, arena)->quality_standard_published->standard;
}

const Enrollment__QualityStandard *standard_in_force(const struct view *view, struct arena *arena)
{
	return standard_get(view, 0, arena);
}

const Enrollment__QualityStandard *standard_of_version(const struct view *view, uint32_t version,
						       struct arena *arena)
{
	const Enrollment__QualityStandard *standard = standard_get(view, version, arena);

	ENSURE(standard != NULL);
	return standard;
}

const Enrollment__Review *review_of(const struct view *view, struct bytes entry, uint32_t version,
				    struct arena *arena)
{
	struct bytes event;

	if (version == 0 || !document_get(view, DOC_REVIEW, entry, version, &event))
		return NULL;
	return document_read(event, arena)->review_recorded->review;
}

/* ---- the standard ---- */

static bool component_ok(struct decision *d, const Enrollment__QualityStandard *standard,
			 const Enrollment__Component *c)
{
	if (!must_code(d, "components.code", c->code) ||
	    !must_text(d, "components.text", c->text, TEXT_MAX))
		return false;
	if (quality_component(standard, c->code) != c)
		return refuse_field(d, "components.code",
				    arena_printf(d->arena, "\"%s\" stands there twice", c->code));
	if (*c->check == '\0')
		return true;
	if (c->conditional)
		return refuse_field(d, "components.conditional", "only where a reviewer attests");
	return quality_check_known(c->check) ||
	       refuse_field(d, "components.check",
			    arena_printf(d->arena, "empty, or one of %s",
					 quality_checks_text(d->arena)));
}

static bool standard_ok(struct decision *d, const Enrollment__QualityStandard *standard)
{
	if (!must_text(d, "title", standard->title, TITLE_MAX) ||
	    !must_range(d, "review_months_max", standard->review_months_max, 1, MONTHS_MAX) ||
	    !must_count(d, "standards", standard->n_standards, 1, 100))
		return false;
	for (size_t i = 0; i < standard->n_standards; i++) {
		const Enrollment__Standard *s = standard->standards[i];

		if (!must_code(d, field_at(d, "standards", i, "code"), s->code) ||
		    !must_text(d, field_at(d, "standards", i, "title"), s->title, TITLE_MAX) ||
		    !must_count(d, field_at(d, "standards", i, "components"), s->n_components, 1,
				100))
			return false;
		for (size_t j = 0; j < s->n_components; j++)
			if (!component_ok(d, standard, s->components[j]))
				return false;
	}
	return true;
}

enum verdict decide_publish_quality_standard(const struct view *view,
					     const Enrollment__Command *cmd, struct decision *d)
{
	Enrollment__QualityStandard *standard = cmd->publish_quality_standard->standard;
	Enrollment__QualityStandardPublished published =
		ENROLLMENT__QUALITY_STANDARD_PUBLISHED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	if (!must_count(d, "standard", standard != NULL, 1, 1))
		return REFUSED;
	published.standard = standard;
	event.body_case = ENROLLMENT__EVENT__BODY_QUALITY_STANDARD_PUBLISHED;
	event.quality_standard_published = &published;

	struct publication p = {DOC_QUALITY_STANDARD, only_id(DOC_QUALITY_STANDARD),
				standard->version, &event};

	if (is_published(view, &p, d))
		return ACCEPTED;
	if (!version_is_next(view, &p, d) || !standard_ok(d, standard))
		return REFUSED;
	return publish(&p, d);
}

/* ---- publishing by it ---- */

static enum verdict same_person(struct decision *d, const char *who)
{
	return refuse_text(d, ENROLLMENT__REASON__SAME_PERSON,
			   "the reviewer is %s; a second person reviews", who);
}

enum verdict review_gate(const struct view *view, const Enrollment__Entry *entry, const char *hash,
			 struct decision *d)
{
	const Enrollment__QualityStandard *standard = standard_in_force(view, d->arena);
	const Enrollment__Review *review;
	struct quality_result result;

	if (standard == NULL)
		return ACCEPTED;
	review = review_of(view, bytes_of_pb(entry->entry), entry->version, d->arena);
	if (review == NULL || strcmp(review->hash, hash) != 0 ||
	    review->standard_version != standard->version)
		review = NULL;
	else if (bytes_equal(bytes_of_pb(review->reviewer), bytes_of_id(&d->actor)))
		return same_person(d, "who publishes");
	result = quality_evaluate(standard, entry, review, d->arena);
	if (result.mandatory_unmet == 0 && review != NULL)
		return ACCEPTED;
	return refuse_text(d,
			   review == NULL ? ENROLLMENT__REASON__REVIEW_MISSING
					  : ENROLLMENT__REASON__COMPONENT_UNMET,
			   "%s version %u: %s version %u of the quality standard%s%s", entry->code,
			   entry->version,
			   review == NULL ? "no review of this content is recorded by"
					  : "its review and facts do not meet",
			   standard->version,
			   result.mandatory_unmet == 0 ? "" : "; mandatory and unmet: ",
			   quality_unmet_text(&result, d->arena));
}

/* ---- a review ---- */

static bool finding_ok(struct decision *d, const Enrollment__QualityStandard *standard,
		       const Enrollment__Review *review, size_t i)
{
	const Enrollment__Finding *f = review->findings[i];
	const Enrollment__Component *c = quality_component(standard, f->component);
	const char *field = field_at(d, "findings", i, "component");

	if (c == NULL || *c->check != '\0')
		return refuse_field(d, field,
				    arena_printf(d->arena,
						 c == NULL ? "version %u of the standard "
							     "has no \"%s\""
							   : "in version %u of the "
							     "standard, code checks "
							     "\"%s\"",
						 standard->version, f->component));
	for (size_t j = 0; j < i; j++)
		if (strcmp(review->findings[j]->component, f->component) == 0)
			return refuse_field(d, field, "each component once");
	if (f->met == ENROLLMENT__MET__MET_UNSPECIFIED)
		return refuse_field(d, field_at(d, "findings", i, "met"),
				    "met, unmet or not_applicable");
	if (f->met == ENROLLMENT__MET__NOT_APPLICABLE && !c->conditional)
		return refuse_field(d, field_at(d, "findings", i, "met"),
				    arena_printf(d->arena, "%s always applies", c->code));
	return *f->note == '\0' || must_code(d, field_at(d, "findings", i, "note"), f->note);
}

static bool hash_ok(struct decision *d, const char *hash)
{
	return (strlen(hash) == HASH_LEN && strspn(hash, "0123456789abcdef") == HASH_LEN) ||
	       refuse_field(d, "hash",
			    "the SHA-256 of the version's content, 64 hexadecimal "
			    "digits, as cairnctl catalogue check says");
}

static bool review_ok(struct decision *d, const Enrollment__QualityStandard *standard,
		      const Enrollment__Review *review)
{
	if (!must_range(d, "version", review->version, 1, UINT32_MAX) ||
	    !hash_ok(d, review->hash) || !must_id(d, "reviewer", review->reviewer) ||
	    (review->author.len > 0 && !must_id(d, "author", review->author)) ||
	    !must_range(d, "standard_version", review->standard_version, standard->version,
			standard->version) ||
	    !must_count(d, "findings", review->n_findings, 0, 500))
		return false;
	if (bytes_equal(bytes_of_pb(review->reviewer), bytes_of_pb(review->author))) {
		same_person(d, "the author");
		return false;
	}
	for (size_t i = 0; i < review->n_findings; i++)
		if (!finding_ok(d, standard, review, i))
			return false;
	return true;
}

/* The date a review moves the next one to is not past, and within the standard's months. */
static bool next_date_ok(struct decision *d, const Enrollment__QualityStandard *standard,
			 const char *text)
{
	int64_t day, today = d->now_us / US_PER_DAY;

	if (*text == '\0')
		return true;
	return must_date(d, "review_by", text, &day) &&
	       ((day > today &&
		 day - today <= (int64_t)standard->review_months_max * DAYS_PER_MONTH_MAX) ||
		refuse_field(d, "review_by",
			     arena_printf(d->arena, "a day to come, within %u months",
					  standard->review_months_max)));
}

/* Of what is published: of its very content, and not by who published it. */
static bool again_ok(const struct view *view, const Enrollment__Review *review,
		     const Enrollment__EntryPublished *published, struct decision *d)
{
	struct review_row row;

	if (strcmp(review->hash, published->hash) != 0)
		return refuse_field(d, "hash", "the content that is published has another");
	if (!review_get(view, bytes_of_pb(review->entry), &row) ||
	    row.entry_version != review->version) {
		refuse_text(d, ENROLLMENT__REASON__VERSION_EXISTS,
			    "version: a newer version is published; review that one");
		return false;
	}
	if (!bytes_equal(bytes_of_pb(review->reviewer), bytes_of_id(&row.submitter)))
		return true;
	same_person(d, "who published it");
	return false;
}

/* Whether the review finds the published version sound, and so moves the date. */
static bool is_sound(const Enrollment__QualityStandard *standard, const Enrollment__Entry *entry,
		     const Enrollment__Review *review, struct decision *d)
{
	return quality_evaluate(standard, entry, review, d->arena).mandatory_unmet == 0;
}

static enum verdict record_review(const struct view *view, Enrollment__Review *review,
				  const Enrollment__QualityStandard *standard, struct decision *d)
{
	Enrollment__ReviewRecorded event = ENROLLMENT__REVIEW_RECORDED__INIT;
	struct bytes id = bytes_of_pb(review->entry), stored;

	event.review = review;
	if (document_get(view, DOC_ENTRY, id, review->version, &stored)) {
		const Enrollment__EntryPublished *published =
			document_read(stored, d->arena)->entry_published;

		if (!again_ok(view, review, published, d) ||
		    !next_date_ok(d, standard, review->review_by))
			return REFUSED;
		if (is_sound(standard, published->entry, review, d))
			event.review_by = review->review_by;
	} else if (*review->review_by != '\0') {
		refuse_field(d, "review_by", "of a version that is not published, the entry's own");
		return REFUSED;
	}
	EMIT(d, id, REVIEW_RECORDED, review_recorded, &event);
	return ACCEPTED;
}

static bool review_stands(const struct view *view, const Enrollment__Review *review,
			  struct decision *d)
{
	const Enrollment__Review *latest =
		review_of(view, bytes_of_pb(review->entry), review->version, d->arena);

	return latest != NULL && bytes_equal(message_pack(&latest->base, d->arena),
					     message_pack(&review->base, d->arena));
}

/* Before its version is published, so that it can be; or later, which moves the next review. */
enum verdict decide_record_review(const struct view *view, const Enrollment__Command *cmd,
				  struct decision *d)
{
	Enrollment__Review *review = cmd->record_review->review;
	const Enrollment__QualityStandard *standard;

	if (!must_count(d, "review", review != NULL, 1, 1) || !must_id(d, "entry", review->entry))
		return REFUSED;
	if (review_stands(view, review, d))
		return ACCEPTED;
	standard = standard_in_force(view, d->arena);
	if (standard == NULL)
		return refuse_text(d, ENROLLMENT__REASON__STANDARD_MISSING,
				   "publish a quality standard first");
	if (!review_ok(d, standard, review))
		return REFUSED;
	return record_review(view, review, standard, d);
}

/* ---- its date ---- */

static ProtobufCBinaryData issuer_of(const struct view *view, struct bytes entry,
				     struct decision *d)
{
	struct bytes event;

	ENSURE(document_get(view, DOC_ENTRY, entry, 0, &event));
	return document_read(event, d->arena)->entry_published->entry->issuer;
}

enum verdict decide_review_timer(const struct view *view, const struct timer_due *timer,
				 struct decision *d)
{
	struct bytes id = bytes_of_id(&timer->entity);
	struct notice_days notices = review_notices(view);
	Enrollment__ReviewNoticed noticed = ENROLLMENT__REVIEW_NOTICED__INIT;
	Enrollment__ReviewOverdue overdue = ENROLLMENT__REVIEW_OVERDUE__INIT;
	char *date = arena_alloc(d->arena, sizeof "2026-06-30");
	struct review_row row;

	ENSURE(review_get(view, id, &row));
	text_of_day(row.review_by_day, date);
	noticed.days_left = notice_due(&notices, review_end_us(row.review_by_day), d->now_us);
	if (noticed.days_left == 0) {
		overdue.entry = pb_of_bytes(id);
		overdue.version = row.entry_version;
		overdue.issuer = issuer_of(view, id, d);
		overdue.review_by = date;
		EMIT(d, id, REVIEW_OVERDUE, review_overdue, &overdue);
		return ACCEPTED;
	}
	noticed.entry = pb_of_bytes(id);
	noticed.version = row.entry_version;
	noticed.issuer = issuer_of(view, id, d);
	noticed.review_by = date;
	EMIT(d, id, REVIEW_NOTICED, review_noticed, &noticed);
	return ACCEPTED;
}
