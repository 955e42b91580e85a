/* The clerk of a simulation: links licenses, publishes their state's policy in between, mends
 * numbers, and at times corrects or revokes a credential. */
#include "tests/simulation/actors_parts.h"

#include "proto/issuance.pb-c.h"
#include "tests/support/kit.h"
#include "tests/support/life_kit.h"

#include <stdio.h>
#include <string.h>

#define POLICY_AFTER (TEACHERS / 2) /* some licenses wait for it */
#define ALL_TOLD (TEACHERS + 1)

static void hear_step(struct world *w, void *who, const struct reply *reply)
{
	struct actor *a = who;

	actor_hear(w, who, reply);
	if (reply->status == CAIRN__STATUS__OK)
		a->phase++;
}

static void number_of(struct world *w, unsigned n, Enrollment__LicenseNumber *number)
{
	enrollment__license_number__init(number);
	number->number = arena_printf(w->arena, "TN-license-%u", n);
}

static struct id license_id(unsigned n)
{
	char name[16];

	snprintf(name, sizeof name, "license-%u", n);
	return id_of_name("simulation", name);
}

static void link_license(struct world *w, struct cast *c, unsigned n)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__LinkLicense ask = ENROLLMENT__LINK_LICENSE__INIT;
	Enrollment__LicenseNumber number;
	struct id license = license_id(n);

	number_of(w, n, &number);
	ask.license = pb_of_id(&license);
	ask.educator = pb_of_id(&c->teachers[n].id);
	ask.state = actor_text(w, "TN");
	ask.type = actor_text(w, "Professional");
	ask.number = &number;
	ask.issued = actor_text(w, "2020-01-01");
	ask.expires = actor_text(w, "2039-12-31");
	cmd.body_case = ENROLLMENT__COMMAND__BODY_LINK_LICENSE;
	cmd.link_license = &ask;
	actor_say(w, &c->clerk, ENROLLMENT, NULL, &cmd.base, hear_step);
}

static void publish_policy(struct world *w, struct cast *c)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__PublishRenewalPolicy publish = ENROLLMENT__PUBLISH_RENEWAL_POLICY__INIT;
	Enrollment__Document document = ENROLLMENT__DOCUMENT__INIT;
	struct id id = id_of_name("renewal_policy", "tn");

	document.id = pb_of_id(&id);
	document.code = actor_text(w, "TN");
	document.version = 1;
	document.title = actor_text(w, "Tennessee");
	document.json = actor_text(
		w,
		"{\"id\":\"TN\",\"state\":\"TN\",\"version\":1,\"time_zone\":\"America/Chicago\","
		"\"effective_from\":\"2020-01-01\",\"unit\":{\"code\":\"hour\"},"
		"\"required_units\":60,\"conversion\":{\"basis\":\"clock_hours\","
		"\"clock_hour_units\":1},\"approval\":{\"mode\":\"employer\"}}");
	publish.policy = &document;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_RENEWAL_POLICY;
	cmd.publish_renewal_policy = &publish;
	actor_say(w, &c->clerk, ENROLLMENT, NULL, &cmd.base, hear_step);
}

static void mend_number(struct world *w, struct cast *c, unsigned n)
{
	Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
	Enrollment__CorrectLicense ask = ENROLLMENT__CORRECT_LICENSE__INIT;
	Enrollment__LicenseNumber number;
	struct id license = license_id(n);

	number_of(w, TEACHERS * (1 + (unsigned)chance_below(&w->chance, 100)) + n, &number);
	ask.license = pb_of_id(&license);
	ask.educator = pb_of_id(&c->teachers[n].id);
	ask.number = &number;
	cmd.body_case = ENROLLMENT__COMMAND__BODY_CORRECT_LICENSE;
	cmd.correct_license = &ask;
	actor_say(w, &c->clerk, ENROLLMENT, NULL, &cmd.base, NULL);
}

static const Issuance__CredentialAnswer *issued_to(struct world *w, const struct id *educator)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListCredentials list = ISSUANCE__LIST_CREDENTIALS__INIT;
	const Issuance__Answer *answer;

	list.educator = pb_of_id(educator);
	query.body_case = ISSUANCE__QUERY__BODY_LIST_CREDENTIALS;
	query.list_credentials = &list;
	answer = (const Issuance__Answer *)world_ask(w, ISSUANCE, BYTES_NONE, &query.base);
	for (size_t i = 0; answer != NULL && i < answer->credentials->n_credentials; i++)
		if (strcmp(answer->credentials->credentials[i]->state, "issued") == 0)
			return answer->credentials->credentials[i];
	return NULL;
}

static void correct(struct world *w, struct cast *c, ProtobufCBinaryData credential)
{
	struct id corrected = world_id(w);

	actor_say(w, &c->clerk, ISSUANCE, NULL,
		  life_correct(w->arena, bytes_of_pb(credential), bytes_of_id(&corrected)), NULL);
}

static void revoke(struct world *w, struct cast *c, ProtobufCBinaryData credential)
{
	actor_say(w, &c->clerk, ISSUANCE, NULL,
		  life_revoke(w->arena, bytes_of_pb(credential),
			      ISSUANCE__LIFE_REASON__ISSUED_IN_ERROR,
			      bytes_of_id(&c->assessors[0].id), bytes_of_id(&c->assessors[1].id)),
		  NULL);
}

static void change_something(struct world *w, struct cast *c)
{
	unsigned n = (unsigned)chance_below(&w->chance, TEACHERS);
	const Issuance__CredentialAnswer *credential = issued_to(w, &c->teachers[n].id);

	if (credential == NULL || chance_percent(&w->chance, 60))
		mend_number(w, c, n);
	else if (chance_percent(&w->chance, 70))
		correct(w, c, credential->credential);
	else
		revoke(w, c, credential->credential);
}

/* Seldom, so that licenses are linked before, while and after credentials are issued. */
void clerk_step(struct world *w, struct cast *c)
{
	unsigned n = c->clerk.phase;

	if (!chance_percent(&w->chance, 5))
		return;
	if (n == POLICY_AFTER)
		publish_policy(w, c);
	else if (n < ALL_TOLD)
		link_license(w, c, n < POLICY_AFTER ? n : n - 1);
	else
		change_something(w, c);
}
