/* Issuance under a kit: what neighbours say, keys, releases, and what came of them. */
#include "tests/support/issuance_kit.h"
#include "libshared/check.h"
#include "libshared/seal.h"
#include "proto/assessment.pb-c.h"

#include <string.h>

#define ENROLLMENT_LOG "enrollment.0.log"
#define ASSESSMENT_LOG "assessment.0.log"

/* ---- what neighbours say ---- */

void issuance_given_issuer(struct kit *k)
{
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__IssuerPublished published = ENROLLMENT__ISSUER_PUBLISHED__INIT;
	Enrollment__Issuer issuer = *kit_issuer();

	published.issuer = &issuer;
	event.body_case = ENROLLMENT__EVENT__BODY_ISSUER_PUBLISHED;
	event.issuer_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, bytes_of_pb(issuer.issuer), &event.base);
}

void issuance_given_entry(struct kit *k)
{
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__EntryPublished published = ENROLLMENT__ENTRY_PUBLISHED__INIT;
	Enrollment__Entry entry = *kit_entry();

	published.entry = &entry;
	event.body_case = ENROLLMENT__EVENT__BODY_ENTRY_PUBLISHED;
	event.entry_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, bytes_of_pb(entry.entry), &event.base);
}

/* As enrollment would seal it: under the educator's key, which comes with the batch. */
static Cairn__Sealed *sealed(struct kit *k, struct bytes educator, const ProtobufCMessage *message)
{
	struct decision d = {.caps = &k->caps, .arena = k->arena};
	Cairn__Sealed *s;

	d.input_id = id_of_bytes(educator);
	ENSURE(keyring_ensure(k->caps.keyring, educator) == 0);
	s = seal(&d, educator, message_pack(message, k->arena));
	ENSURE(s != NULL);
	return s;
}

void issuance_given_name(struct kit *k, struct bytes educator, char *name)
{
	Enrollment__Person person = ENROLLMENT__PERSON__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__EducatorRenamed renamed = ENROLLMENT__EDUCATOR_RENAMED__INIT;

	person.name = name;
	renamed.educator = pb_of_bytes(educator);
	renamed.person = sealed(k, educator, &person.base);
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_RENAMED;
	event.educator_renamed = &renamed;
	kit_upstream(k, ENROLLMENT_LOG, educator, &event.base);
}

void issuance_given_educator(struct kit *k, struct bytes educator)
{
	static char name[] = "Ana Torres", email[] = "Ana.Torres@school.example", handle[] = "ana";
	Enrollment__Person person = ENROLLMENT__PERSON__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	Enrollment__EducatorRegistered registered = ENROLLMENT__EDUCATOR_REGISTERED__INIT;

	person.name = name;
	person.email = email;
	person.handle = handle;
	registered.educator = pb_of_bytes(educator);
	registered.person = sealed(k, educator, &person.base);
	event.body_case = ENROLLMENT__EVENT__BODY_EDUCATOR_REGISTERED;
	event.educator_registered = &registered;
	kit_upstream(k, ENROLLMENT_LOG, educator, &event.base);
}

struct license_given {
	struct bytes license, educator;
	const char *state, *from, *to;
};

static void given_license(struct kit *k, const struct license_given *l)
{
	static char type[] = "Professional", number[] = "TN-998877", staff[] = "1234567";
	Enrollment__LicenseNumber secret = ENROLLMENT__LICENSE_NUMBER__INIT;
	Enrollment__LicenseLinked linked = ENROLLMENT__LICENSE_LINKED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	secret.number = number;
	secret.staff_id = staff;
	linked.license = pb_of_bytes(l->license);
	linked.educator = pb_of_bytes(l->educator);
	linked.state = arena_text(k->arena, bytes_of_text(l->state));
	linked.issued = arena_text(k->arena, bytes_of_text(l->from));
	linked.expires = arena_text(k->arena, bytes_of_text(l->to));
	linked.type = type;
	linked.number = sealed(k, l->educator, &secret.base);
	event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_LINKED;
	event.license_linked = &linked;
	kit_upstream(k, ENROLLMENT_LOG, l->educator, &event.base);
}

void issuance_given_license(struct kit *k, struct bytes educator)
{
	given_license(k, &(struct license_given){kit_id(k), educator, "TN", "", ""});
}

struct bytes issuance_given_term(struct kit *k, struct bytes educator, const char *state,
				 const char *from, const char *to)
{
	struct license_given l = {kit_id(k), educator, state, from, to};

	given_license(k, &l);
	return l.license;
}

void issuance_given_license_again(struct kit *k, struct bytes educator, struct bytes license,
				  const char *from, const char *to)
{
	given_license(k, &(struct license_given){license, educator, "TN", from, to});
}

void issuance_given_license_number(struct kit *k, struct bytes educator, struct bytes license,
				   char *number)
{
	Enrollment__LicenseNumber secret = ENROLLMENT__LICENSE_NUMBER__INIT;
	Enrollment__LicenseCorrected corrected = ENROLLMENT__LICENSE_CORRECTED__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;

	secret.number = number;
	corrected.license = pb_of_bytes(license);
	corrected.educator = pb_of_bytes(educator);
	corrected.number = sealed(k, educator, &secret.base);
	event.body_case = ENROLLMENT__EVENT__BODY_LICENSE_CORRECTED;
	event.license_corrected = &corrected;
	kit_upstream(k, ENROLLMENT_LOG, educator, &event.base);
}

void issuance_given_policy(struct kit *k, const struct policy_given *p)
{
	Enrollment__RenewalPolicyPublished published = ENROLLMENT__RENEWAL_POLICY_PUBLISHED__INIT;
	Enrollment__Document document = ENROLLMENT__DOCUMENT__INIT;
	Enrollment__Event event = ENROLLMENT__EVENT__INIT;
	const char *code = p->code != NULL ? p->code : p->state;
	struct bytes id = kit_name("renewal_policy", code);

	document.id = pb_of_bytes(id);
	document.code = arena_text(k->arena, bytes_of_text(code));
	document.version = p->version;
	document.json =
		arena_printf(k->arena,
			     "{'id':'%s','state':'%s','version':%u,'time_zone':'America/Chicago',"
			     "'effective_from':'%s','unit':{'code':'hour'},'required_units':60,"
			     "'conversion':{'basis':'clock_hours','clock_hour_units':%s},"
			     "'approval':{'mode':'employer'}%s}",
			     code, p->state, p->version, p->from, p->units, p->more);
	for (char *c = document.json; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	published.policy = &document;
	event.body_case = ENROLLMENT__EVENT__BODY_RENEWAL_POLICY_PUBLISHED;
	event.renewal_policy_published = &published;
	kit_upstream(k, ENROLLMENT_LOG, id, &event.base);
}

Cairn__Status issuance_add_key(struct kit *k)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AddKey add = ISSUANCE__ADD_KEY__INIT;

	add.issuer = kit_issuer()->issuer;
	command.body_case = ISSUANCE__COMMAND__BODY_ADD_KEY;
	command.add_key = &add;
	return kit_send(k, BYTES_NONE, &command.base);
}

void issuance_given_all(struct kit *k)
{
	issuance_given_issuer(k);
	issuance_given_entry(k);
	ENSURE(issuance_add_key(k) == CAIRN__STATUS__OK);
}

/* Every row of LIT-101 at its pass level. */
void issuance_released(struct kit *k, struct bytes educator, bool passed)
{
	issuance_decided(k, &(struct decided){.educator = educator,
					      .decision = kit_id(k),
					      .enrollment = kit_id(k),
					      .passed = passed});
}

void issuance_founded(struct kit *k, struct bytes educator, struct bytes decision)
{
	Assessment__IntegrityFounded founded = ASSESSMENT__INTEGRITY_FOUNDED__INIT;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;

	founded.submission = pb_of_bytes(kit_id(k));
	founded.educator = pb_of_bytes(educator);
	founded.entry = kit_entry()->entry;
	founded.decision = pb_of_bytes(decision);
	founded.by = pb_of_bytes(READER_OF_REVIEW);
	founded.second = pb_of_bytes(LEAD_OF_REVIEW);
	event.body_case = ASSESSMENT__EVENT__BODY_INTEGRITY_FOUNDED;
	event.integrity_founded = &founded;
	kit_upstream(k, ASSESSMENT_LOG, bytes_of_pb(founded.submission), &event.base);
}

void issuance_decided(struct kit *k, const struct decided *decided)
{
	const Enrollment__Rubric *rubric = kit_entry()->rubric;
	Assessment__Event event = ASSESSMENT__EVENT__INIT;
	Assessment__DecisionReleased released = ASSESSMENT__DECISION_RELEASED__INIT;
	Assessment__RowResult rows[8], *list[8];
	static char profile[] = "standard";

	for (size_t i = 0; i < rubric->n_criteria; i++) {
		assessment__row_result__init(&rows[i]);
		rows[i].row = rubric->criteria[i]->code;
		rows[i].ordinal = rubric->pass_ordinal;
		rows[i].met = true;
		list[i] = &rows[i];
	}
	released.decision = pb_of_bytes(decided->decision);
	released.submission = pb_of_bytes(kit_id(k));
	released.enrollment = pb_of_bytes(decided->enrollment);
	released.educator = pb_of_bytes(decided->educator);
	released.supersedes = pb_of_bytes(decided->supersedes);
	if (decided->supersedes.len > 0 && !decided->passed) {
		released.reader = pb_of_bytes(READER_OF_REVIEW);
		released.lead = pb_of_bytes(LEAD_OF_REVIEW);
	}
	released.entry = kit_entry()->entry;
	released.version = kit_entry()->version;
	released.attempt = 1;
	released.passed = decided->passed;
	released.n_rows = rubric->n_criteria;
	released.rows = list;
	released.reads = 2;
	released.profile = profile;
	released.sealed_us = k->now_us - US_PER_DAY;
	released.decided_us = k->now_us;
	event.body_case = ASSESSMENT__EVENT__BODY_DECISION_RELEASED;
	event.decision_released = &released;
	kit_upstream(k, ASSESSMENT_LOG, bytes_of_pb(released.submission), &event.base);
}

/* ---- what came of it ---- */

/* The next event of that kind among those not looked at yet. */
const Issuance__Event *issuance_next(struct kit *k, Issuance__Event__BodyCase kind)
{
	const Issuance__Event *event;

	while ((event = (const Issuance__Event *)kit_next_event(k, NULL)) != NULL)
		if (event->body_case == kind)
			return event;
	return NULL;
}

const Issuance__CredentialIssued *issuance_next_issued(struct kit *k)
{
	const Issuance__Event *event = issuance_next(k, ISSUANCE__EVENT__BODY_CREDENTIAL_ISSUED);

	return event != NULL ? event->credential_issued : NULL;
}

const Issuance__CredentialAnswer *issuance_credential(struct kit *k, struct bytes credential)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetCredential get = ISSUANCE__GET_CREDENTIAL__INIT;

	get.credential = pb_of_bytes(credential);
	get.document = true;
	query.body_case = ISSUANCE__QUERY__BODY_GET_CREDENTIAL;
	query.get_credential = &get;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)k->answer)->credential;
}

const char *issuance_did_document(struct kit *k)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetIssuer get = ISSUANCE__GET_ISSUER__INIT;

	get.issuer = kit_issuer()->issuer;
	query.body_case = ISSUANCE__QUERY__BODY_GET_ISSUER;
	query.get_issuer = &get;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)k->answer)->issuer->did_document;
}

uint64_t issuance_public_head(struct kit *k)
{
	return view_count(kit_view(k), k->service->public_stream->table);
}

const Cairn__CloudEvent *issuance_public_event(struct kit *k, uint64_t seq, const char *scope)
{
	const struct public_stream *stream = k->service->public_stream;
	struct public_ask ask = {.view = kit_view(k),
				 .caps = &k->caps,
				 .arena = k->arena,
				 .scope = scope,
				 .seq = seq};
	struct message_fault fault;
	struct key key = {0};
	struct bytes row, packed;
	const Cairn__CloudEvent *event;

	if (!view_get(ask.view, stream->table, key_add_u64(&key, seq), &row))
		return NULL;
	ask.row = (struct bytes){row.data + CHAIN_LEN, row.len - CHAIN_LEN};
	if (!stream->render(&ask, &packed))
		return NULL;
	event = (const Cairn__CloudEvent *)message_unpack(&cairn__cloud_event__descriptor, packed,
							  &EVENT_LIMITS, k->arena, &fault);
	ENSURE(event != NULL);
	return event;
}
