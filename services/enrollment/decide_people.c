/* The rules about organisations, educators, their licenses, and their erasure. */
#include "libshared/check.h"
#include "libshared/seal.h"
#include "services/enrollment/enrollment.h"
#include "services/enrollment/must.h"
#include "services/enrollment/rules.h"

#include <string.h>

#define NAME_MAX_BYTES 200

bool is_theirs(struct decision *d, struct bytes educator)
{
	if ((d->roles & ROLE_OPERATOR) != 0 || id_is_none(&d->actor) ||
	    bytes_equal(educator, bytes_of_id(&d->actor)))
		return true;
	refuse_text(d, ENROLLMENT__REASON__NOT_YOURS,
		    "this belongs to another educator than the one who asks");
	return false;
}

bool educator_known(const struct view *view, struct bytes educator, struct decision *d,
		    struct educator_row *row_r)
{
	if (!educator_get(view, educator, row_r))
		refuse_text(d, ENROLLMENT__REASON__UNKNOWN_EDUCATOR,
			    "no educator is registered under this id");
	else if (row_r->erased != 0)
		refuse_text(d, ENROLLMENT__REASON__ERASED, "this educator was erased");
	else
		return true;
	return false;
}

/* ---- organisations ---- */

static const char *const org_kinds[] = {
	[ENROLLMENT__ORG_KIND__SCHOOL] = "school",
	[ENROLLMENT__ORG_KIND__DISTRICT] = "district",
	[ENROLLMENT__ORG_KIND__AGENCY] = "agency",
};

bool org_ok(const struct view *view, const char *field, ProtobufCBinaryData id,
	    Enrollment__OrgKind kind, struct decision *d)
{
	struct org_row row;

	if (id.len == 0)
		return true;
	if (!must_id(d, field, id))
		return false;
	if (org_get(view, bytes_of_pb(id), &row) && row.kind == kind)
		return true;
	refuse_text(d, ENROLLMENT__REASON__UNKNOWN_ORG, "%s: no %s is registered under this id",
		    field, org_kinds[kind]);
	return false;
}

/* What fairness is watched by: a word, so that it names no school, or nothing. */
static bool watch_word_ok(struct decision *d, const char *field, const char *word)
{
	size_t len = strlen(word);

	return (len <= 32 && strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_") == len) ||
	       refuse_field(d, field, "a word of a-z, 0-9 and _, at most 32 long, or nothing");
}

enum verdict decide_register_org(const struct view *view, const Enrollment__Command *cmd,
				 struct decision *d)
{
	const Enrollment__RegisterOrg *ask = cmd->register_org;
	struct org_row row;

	if (!must_id(d, "org", ask->org) ||
	    !must_range(d, "kind", ask->kind, ENROLLMENT__ORG_KIND__SCHOOL,
			ENROLLMENT__ORG_KIND__AGENCY) ||
	    !must_text(d, "name", ask->name, NAME_MAX_BYTES) ||
	    !must_state(d, "state", ask->state) || !watch_word_ok(d, "region", ask->region) ||
	    !watch_word_ok(d, "school_type", ask->school_type))
		return REFUSED;
	if (ask->kind == ENROLLMENT__ORG_KIND__AGENCY && ask->parent.len > 0)
		return refuse_text(d, ENROLLMENT__REASON__BAD_VALUE,
				   "parent: an agency stands under nothing");
	if (org_get(view, bytes_of_pb(ask->org), &row))
		return refuse_text(d, ENROLLMENT__REASON__ID_TAKEN,
				   "an org is registered under this id");
	if (ask->kind != ENROLLMENT__ORG_KIND__AGENCY &&
	    !org_ok(view, "parent", ask->parent, ask->kind + 1, d))
		return REFUSED;

	Enrollment__OrgRegistered event = ENROLLMENT__ORG_REGISTERED__INIT;

	event.org = ask->org;
	event.kind = ask->kind;
	event.name = ask->name;
	event.parent = ask->parent;
	event.state = ask->state;
	event.region = ask->region;
	event.school_type = ask->school_type;
	EMIT(d, bytes_of_pb(ask->org), ORG_REGISTERED, org_registered, &event);
	return ACCEPTED;
}

/* A school stands in one district; who names the school only is in that one. The conflict rules
 * need both. */
static bool place_ok(const struct view *view, ProtobufCBinaryData school,
		     ProtobufCBinaryData *district, struct decision *d)
{
	struct org_row row;

	if (!org_ok(view, "school", school, ENROLLMENT__ORG_KIND__SCHOOL, d) ||
	    !org_ok(view, "district", *district, ENROLLMENT__ORG_KIND__DISTRICT, d))
		return false;
	if (school.len == 0 || !org_get(view, bytes_of_pb(school), &row) || id_is_none(&row.parent))
		return true;
	if (district->len > 0)
		return bytes_equal(bytes_of_pb(*district), bytes_of_id(&row.parent)) ||
		       refuse_field(d, "district", "the one that the school stands in, or none");
	*district = pb_of_bytes(arena_copy(d->arena, bytes_of_id(&row.parent)));
	return true;
}

/* ---- educators ---- */

static bool email_ok(struct decision *d, const char *email)
{
	const char *at = strchr(email, '@');

	if (!must_text(d, "person.email", email, 254))
		return false;
	return (at != NULL && at != email && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
		strpbrk(email, " \n<>,;\"") == NULL) ||
	       refuse_field(d, "person.email", "an address as name@school.example");
}

/* No text here repeats what was sent: refusals are recorded, and name no person. */
static bool person_ok(struct decision *d, const Enrollment__Person *person)
{
	return must_count(d, "person", person != NULL, 1, 1) &&
	       must_code(d, "person.handle", person->handle) &&
	       must_text(d, "person.name", person->name, NAME_MAX_BYTES) &&
	       email_ok(d, person->email);
}

static struct id hash_of(struct decision *d, const char *kind, const char *text)
{
	return lookup_hash(d->caps, kind, bytes_of_text(text));
}

/* Neither handle nor address belongs to another one. */
static bool names_free(const struct view *view, const struct id *handle, const struct id *email,
		       struct decision *d)
{
	struct id found;

	if (ref_get(view, BY_HANDLE, bytes_of_id(handle), &found))
		refuse_text(d, ENROLLMENT__REASON__HANDLE_TAKEN,
			    "person.handle: another educator has it; choose another");
	else if (ref_get(view, BY_EMAIL, bytes_of_id(email), &found))
		refuse_text(d, ENROLLMENT__REASON__BAD_VALUE,
			    "person.email: another educator has it");
	else
		return true;
	return false;
}

static bool educator_is_new(const struct view *view, struct bytes educator, struct decision *d)
{
	struct educator_row row;

	if (!educator_get(view, educator, &row))
		return true;
	if (row.erased != 0)
		refuse_text(d, ENROLLMENT__REASON__ERASED,
			    "this educator was erased; register under a new id");
	else
		refuse_text(d, ENROLLMENT__REASON__ID_TAKEN,
			    "an educator is registered under this id");
	return false;
}

enum verdict decide_register_educator(const struct view *view, const Enrollment__Command *cmd,
				      struct decision *d)
{
	const Enrollment__RegisterEducator *ask = cmd->register_educator;
	struct bytes id = bytes_of_pb(ask->educator);
	Enrollment__EducatorRegistered event = ENROLLMENT__EDUCATOR_REGISTERED__INIT;
	struct id handle, email;

	if (!must_id(d, "educator", ask->educator) || !is_theirs(d, id) ||
	    !person_ok(d, ask->person) || !must_language(d, "language", ask->language) ||
	    !educator_is_new(view, id, d))
		return REFUSED;
	handle = hash_of(d, "handle", ask->person->handle);
	email = hash_of(d, "email", ask->person->email);
	event.school = ask->school;
	event.district = ask->district;
	if (!names_free(view, &handle, &email, d) ||
	    !place_ok(view, event.school, &event.district, d))
		return REFUSED;
	event.educator = ask->educator;
	event.person = seal(d, id, message_pack(&ask->person->base, d->arena));
	if (event.person == NULL)
		return refuse_text(d, ENROLLMENT__REASON__ERASED,
				   "the key of this id was destroyed; register under a new id");
	event.handle_hash = pb_of_id(&handle);
	event.email_hash = pb_of_id(&email);
	event.language = ask->language;
	EMIT(d, id, EDUCATOR_REGISTERED, educator_registered, &event);
	return ACCEPTED;
}

enum verdict decide_move_educator(const struct view *view, const Enrollment__Command *cmd,
				  struct decision *d)
{
	const Enrollment__MoveEducator *ask = cmd->move_educator;
	struct bytes id = bytes_of_pb(ask->educator);
	Enrollment__EducatorMoved event = ENROLLMENT__EDUCATOR_MOVED__INIT;
	struct educator_row row;

	event.educator = ask->educator;
	event.school = ask->school;
	event.district = ask->district;
	if (!must_id(d, "educator", ask->educator) || !educator_known(view, id, d, &row) ||
	    !is_theirs(d, id) || !place_ok(view, event.school, &event.district, d))
		return REFUSED;
	EMIT(d, id, EDUCATOR_MOVED, educator_moved, &event);
	return ACCEPTED;
}

/* As it is known, for a change of it. NULL: refused, the key is no more. */
static Enrollment__Person *known_person(const struct view *view, struct bytes educator,
					struct decision *d)
{
	struct bytes box = arena_copy(d->arena, educator_person(view, educator)), text;
	struct message_fault fault;
	Enrollment__Person *person = NULL;

	if (unseal_bytes(d->caps, educator, box, d->arena, &text))
		person = (Enrollment__Person *)message_unpack(&enrollment__person__descriptor, text,
							      &EVENT_LIMITS, d->arena, &fault);
	if (person == NULL)
		refuse_text(d, ENROLLMENT__REASON__ERASED,
			    "the key of this educator was destroyed");
	return person;
}

/* What was signed or told under the old name stays as it is; what comes has the new one. */
enum verdict decide_rename_educator(const struct view *view, const Enrollment__Command *cmd,
				    struct decision *d)
{
	const Enrollment__RenameEducator *ask = cmd->rename_educator;
	struct bytes id = bytes_of_pb(ask->educator);
	Enrollment__EducatorRenamed event = ENROLLMENT__EDUCATOR_RENAMED__INIT;
	Enrollment__Person *person;
	struct educator_row row;

	if (!must_id(d, "educator", ask->educator) || !educator_known(view, id, d, &row) ||
	    !is_theirs(d, id) || !must_text(d, "name", ask->name, NAME_MAX_BYTES))
		return REFUSED;
	person = known_person(view, id, d);
	if (person == NULL)
		return REFUSED;
	if (strcmp(person->name, ask->name) == 0)
		return ACCEPTED;
	person->name = ask->name;
	event.educator = ask->educator;
	event.person = seal(d, id, message_pack(&person->base, d->arena));
	ENSURE(event.person != NULL); /* it was opened by the same key */
	event.language = row.language;
	EMIT(d, id, EDUCATOR_RENAMED, educator_renamed, &event);
	return ACCEPTED;
}

static bool email_free(const struct view *view, struct bytes educator, const struct id *email,
		       struct decision *d)
{
	struct id found;

	if (!ref_get(view, BY_EMAIL, bytes_of_id(email), &found))
		return true;
	refuse_text(d, ENROLLMENT__REASON__BAD_VALUE, "email: %s has it",
		    bytes_equal(bytes_of_id(&found), educator) ? "this educator"
							       : "another educator");
	return false;
}

/* Who runs the rosters knows it: a person who could would be told of a decision elsewhere. */
enum verdict decide_change_email(const struct view *view, const Enrollment__Command *cmd,
				 struct decision *d)
{
	const Enrollment__ChangeEmail *ask = cmd->change_email;
	struct bytes id = bytes_of_pb(ask->educator);
	Enrollment__EmailChanged event = ENROLLMENT__EMAIL_CHANGED__INIT;
	struct educator_row row;
	Enrollment__Person *person;
	struct id email;

	if (!must_id(d, "educator", ask->educator) || !educator_known(view, id, d, &row) ||
	    !email_ok(d, ask->email))
		return REFUSED;
	email = hash_of(d, "email", ask->email);
	if (!email_free(view, id, &email, d))
		return REFUSED;
	person = known_person(view, id, d);
	if (person == NULL)
		return REFUSED;
	person->email = ask->email;
	event.educator = ask->educator;
	event.person = seal(d, id, message_pack(&person->base, d->arena));
	ENSURE(event.person != NULL); /* the key that opened it */
	event.email_hash = pb_of_id(&email);
	EMIT(d, id, EMAIL_CHANGED, email_changed, &event);
	return ACCEPTED;
}

/* ---- licenses ---- */

static bool license_number_ok(struct decision *d, const Enrollment__LicenseNumber *number)
{
	return must_count(d, "number", number != NULL, 1, 1) &&
	       must_code(d, "number.number", number->number) &&
	       (*number->staff_id == '\0' || must_code(d, "number.staff_id", number->staff_id));
}

static bool license_ok(struct decision *d, const Enrollment__LinkLicense *ask)
{
	int64_t issued, expires;

	if (!must_id(d, "license", ask->license) || !must_id(d, "educator", ask->educator) ||
	    !must_state(d, "state", ask->state) ||
	    !must_text(d, "type", ask->type, NAME_MAX_BYTES) ||
	    !license_number_ok(d, ask->number) || !must_date(d, "issued", ask->issued, &issued) ||
	    !must_date(d, "expires", ask->expires, &expires) ||
	    !must_count(d, "flags", ask->n_flags, 0, 20))
		return false;
	for (size_t i = 0; i < ask->n_flags; i++)
		if (!must_code(d, "flags", ask->flags[i]))
			return false;
	return expires >= issued || refuse_field(d, "expires", "not before issued");
}

static bool license_free(const struct view *view, const Enrollment__LinkLicense *ask,
			 const struct id *number, struct decision *d)
{
	struct id found;

	if (ref_get(view, LICENSE_OF, bytes_of_pb(ask->license), &found))
		refuse_text(d, ENROLLMENT__REASON__ID_TAKEN, "a license is linked under this id");
	else if (ref_get(view, BY_LICENSE, bytes_of_id(number), &found))
		refuse_text(d, ENROLLMENT__REASON__LICENSE_TAKEN,
			    "a license of this state with this number is linked already; if the "
			    "number is right, ask the operator to look into it");
	else
		return true;
	return false;
}

enum verdict decide_link_license(const struct view *view, const Enrollment__Command *cmd,
				 struct decision *d)
{
	const Enrollment__LinkLicense *ask = cmd->link_license;
	struct bytes educator = bytes_of_pb(ask->educator);
	Enrollment__LicenseLinked event = ENROLLMENT__LICENSE_LINKED__INIT;
	struct educator_row row;
	struct id number;

	if (!license_ok(d, ask) || !educator_known(view, educator, d, &row) ||
	    !is_theirs(d, educator))
		return REFUSED;
	number = hash_of(d, "license",
			 arena_printf(d->arena, "%s:%s", ask->state, ask->number->number));
	if (!license_free(view, ask, &number, d))
		return REFUSED;
	event.number = seal(d, educator, message_pack(&ask->number->base, d->arena));
	if (event.number == NULL)
		return refuse_text(d, ENROLLMENT__REASON__ERASED, "this educator was erased");
	event.license = ask->license;
	event.educator = ask->educator;
	event.state = ask->state;
	event.type = ask->type;
	event.number_hash = pb_of_id(&number);
	event.issued = ask->issued;
	event.expires = ask->expires;
	event.n_flags = ask->n_flags;
	event.flags = ask->flags;
	EMIT(d, educator, LICENSE_LINKED, license_linked, &event);
	return ACCEPTED;
}

/* The same license under the number that it has; the state is the one that it was linked with. */
static bool correction_ok(const struct view *view, const Enrollment__CorrectLicense *ask,
			  struct decision *d, struct license_row *license_r)
{
	struct bytes educator = bytes_of_pb(ask->educator);
	struct educator_row row;

	if (!must_id(d, "license", ask->license) || !must_id(d, "educator", ask->educator) ||
	    !license_number_ok(d, ask->number) || !educator_known(view, educator, d, &row) ||
	    !is_theirs(d, educator))
		return false;
	if (license_get(view, educator, bytes_of_pb(ask->license), license_r))
		return true;
	refuse_text(d, ENROLLMENT__REASON__UNKNOWN_LICENSE,
		    "license: no such license of this educator is linked");
	return false;
}

enum verdict decide_correct_license(const struct view *view, const Enrollment__Command *cmd,
				    struct decision *d)
{
	const Enrollment__CorrectLicense *ask = cmd->correct_license;
	Enrollment__LicenseCorrected event = ENROLLMENT__LICENSE_CORRECTED__INIT;
	struct license_row license;
	struct id number, found;

	if (!correction_ok(view, ask, d, &license))
		return REFUSED;
	number = hash_of(d, "license",
			 arena_printf(d->arena, "%s:%s", license.state, ask->number->number));
	if (!id_equal(&number, &license.number_hash) &&
	    ref_get(view, BY_LICENSE, bytes_of_id(&number), &found))
		return refuse_text(d, ENROLLMENT__REASON__LICENSE_TAKEN,
				   "a license of this state with this number is linked already");
	event.number =
		seal(d, bytes_of_pb(ask->educator), message_pack(&ask->number->base, d->arena));
	if (event.number == NULL)
		return refuse_text(d, ENROLLMENT__REASON__ERASED, "this educator was erased");
	event.license = ask->license;
	event.educator = ask->educator;
	event.number_hash = pb_of_id(&number);
	EMIT(d, bytes_of_pb(ask->educator), LICENSE_CORRECTED, license_corrected, &event);
	return ACCEPTED;
}

/* What is posted to it under the term before stays there. */
enum verdict decide_renew_license(const struct view *view, const Enrollment__Command *cmd,
				  struct decision *d)
{
	const Enrollment__RenewLicense *ask = cmd->renew_license;
	Enrollment__LicenseRenewed event = ENROLLMENT__LICENSE_RENEWED__INIT;
	int64_t issued, expires;
	struct id educator;

	if (!must_id(d, "license", ask->license) || !must_date(d, "issued", ask->issued, &issued) ||
	    !must_date(d, "expires", ask->expires, &expires))
		return REFUSED;
	if (expires < issued)
		return refuse_text(d, ENROLLMENT__REASON__BAD_VALUE,
				   "expires: not before issued is expected");
	if (!ref_get(view, LICENSE_OF, bytes_of_pb(ask->license), &educator))
		return refuse_text(d, ENROLLMENT__REASON__UNKNOWN_LICENSE,
				   "license: no such license is linked");
	if (!is_theirs(d, bytes_of_id(&educator)))
		return REFUSED;
	event.license = ask->license;
	event.educator = pb_of_id(&educator);
	event.issued = ask->issued;
	event.expires = ask->expires;
	EMIT(d, bytes_of_id(&educator), LICENSE_RENEWED, license_renewed, &event);
	return ACCEPTED;
}

/* ---- relations ---- */

/* Assessors are people of assessment: known here by id only. Either of the two may declare it. */
enum verdict decide_declare_relation(const struct view *view, const Enrollment__Command *cmd,
				     struct decision *d)
{
	const Enrollment__DeclareRelation *ask = cmd->declare_relation;
	struct bytes assessor = bytes_of_pb(ask->assessor), educator = bytes_of_pb(ask->educator);
	Enrollment__RelationDeclared event = ENROLLMENT__RELATION_DECLARED__INIT;
	struct educator_row row;

	if (!must_id(d, "assessor", ask->assessor) || !must_id(d, "educator", ask->educator) ||
	    !educator_known(view, educator, d, &row))
		return REFUSED;
	if (!bytes_equal(assessor, bytes_of_id(&d->actor)) && !is_theirs(d, educator))
		return REFUSED;
	if (mark_get(view, RELATION, assessor, educator))
		return ACCEPTED;
	event.assessor = ask->assessor;
	event.educator = ask->educator;
	EMIT(d, educator, RELATION_DECLARED, relation_declared, &event);
	return ACCEPTED;
}

/* ---- erasure ---- */

/* Nobody is left to finish what was begun. Sealed work is still judged (its service owns that). */
static void withdraw_all(const struct view *view, struct bytes educator, struct decision *d)
{
	struct scan scan = mark_scan(view, OF_EDUCATOR, educator, BYTES_NONE);
	struct enrollment_row row;
	struct bytes enrollment;

	while (mark_next(&scan, &enrollment)) {
		Enrollment__Withdrawn event = ENROLLMENT__WITHDRAWN__INIT;

		if (!enrollment_get(view, enrollment, &row) || !enrollment_runs(&row))
			continue;
		event.enrollment = pb_of_bytes(enrollment);
		EMIT(d, enrollment, WITHDRAWN, withdrawn, &event);
	}
}

enum verdict decide_erase_educator(const struct view *view, const Enrollment__Command *cmd,
				   struct decision *d)
{
	const Enrollment__EraseEducator *ask = cmd->erase_educator;
	struct bytes id = bytes_of_pb(ask->educator);
	Enrollment__EducatorErased event = ENROLLMENT__EDUCATOR_ERASED__INIT;
	struct educator_row row;

	if (!must_id(d, "educator", ask->educator) || !must_code(d, "because", ask->because) ||
	    !educator_known(view, id, d, &row))
		return REFUSED;
	withdraw_all(view, id, d);
	event.educator = ask->educator;
	event.because = ask->because;
	EMIT(d, id, EDUCATOR_ERASED, educator_erased, &event);
	brings(d, AWAIT_ERASURE, id);
	return ACCEPTED;
}

static const char *holder_name(enum key_holder holder)
{
	return holder == HOLDER_ENROLLMENT ? "enrollment" : "issuance";
}

enum verdict note_holder(const struct view *view, struct bytes educator, enum key_holder holder,
			 struct decision *d)
{
	Enrollment__KeyDestroyed event = ENROLLMENT__KEY_DESTROYED__INIT;
	Enrollment__ErasureCompleted completed = ENROLLMENT__ERASURE_COMPLETED__INIT;
	struct erasure_row row;

	ENSURE(erasure_get(view, educator, &row));
	if ((row.holders & holder) != 0)
		return ACCEPTED;
	event.educator = pb_of_bytes(educator);
	event.holder = arena_text(d->arena, bytes_of_text(holder_name(holder)));
	EMIT(d, educator, KEY_DESTROYED, key_destroyed, &event);
	completed.educator = pb_of_bytes(educator);
	if ((row.holders | holder) == HOLDERS_ALL)
		EMIT(d, educator, ERASURE_COMPLETED, erasure_completed, &completed);
	return ACCEPTED;
}

enum verdict decide_note_key_destroyed(const struct view *view, const Enrollment__Command *cmd,
				       struct decision *d)
{
	const Enrollment__NoteKeyDestroyed *ask = cmd->note_key_destroyed;
	struct bytes id = bytes_of_pb(ask->educator);
	struct erasure_row row;

	if (!must_id(d, "educator", ask->educator))
		return REFUSED;
	if (!erasure_get(view, id, &row))
		return refuse_text(d, ENROLLMENT__REASON__UNKNOWN_EDUCATOR,
				   "no educator of this id is being erased");
	return note_holder(view, id, HOLDER_ENROLLMENT, d);
}

/* ---- names ---- */

/* That somebody has opened an educator's names stands in the log for ever. */
enum verdict decide_note_names_opened(const struct view *view, const Enrollment__Command *cmd,
				      struct decision *d)
{
	const Enrollment__NoteNamesOpened *ask = cmd->note_names_opened;
	Enrollment__NamesOpened event = ENROLLMENT__NAMES_OPENED__INIT;
	struct educator_row row;

	if (!must_id(d, "educator", ask->educator) || !must_code(d, "purpose", ask->purpose))
		return REFUSED;
	if (!educator_get(view, bytes_of_pb(ask->educator), &row))
		return refuse_text(d, ENROLLMENT__REASON__UNKNOWN_EDUCATOR,
				   "no educator is registered under this id");
	event.educator = ask->educator;
	event.purpose = ask->purpose;
	event.by = ask->by;
	event.peer = ask->peer;
	EMIT(d, bytes_of_pb(ask->educator), NAMES_OPENED, names_opened, &event);
	return ACCEPTED;
}
