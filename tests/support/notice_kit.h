/*
 * What notification's neighbours tell it, for tests: the small catalogue, persons, and what happens
 * to them.
 *
 *	notice_kit_open(&kit, &notification_service);      the catalogue is told
 *	given_person(&kit, ANA, &(struct notice_person){"Ana", "ana@school.example", "en"});
 *	given_enrolled(&kit, ENROLLMENT, ANA);
 *	event = next_event(&kit, NOTIFICATION__EVENT__BODY_NOTICE_PLANNED);
 */
#ifndef CAIRN_TEST_NOTICE_KIT_H
#define CAIRN_TEST_NOTICE_KIT_H

#include "proto/assessment.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"
#include "tests/support/kit.h"

#define ANA kit_name("educator", "ana")
#define BEN kit_name("educator", "ben")
#define THE_ENROLLMENT kit_name("enrollment", "the one")
#define THE_SUBMISSION kit_name("submission", "the one")
#define THE_CREDENTIAL kit_name("credential", "the one")

#define ANA_NAME "Ana Muñoz"
#define ANA_ADDRESS "ana.munoz@meadow.example"

struct notice_person {
	const char *name, *email, *language;
};

void notice_kit_open(struct kit *k, const struct service *service);

void given_catalogue(struct kit *k);
void given_person(struct kit *k, struct bytes educator, const struct notice_person *person);
void when_email_changed(struct kit *k, struct bytes educator, const struct notice_person *person);
/* Ana, known, who reads English. */
void given_ana(struct kit *k);
void given_enrolled(struct kit *k, struct bytes enrollment, struct bytes educator);
/* Ana, enrolled, with a sealed submission. */
void given_submitted(struct kit *k);

void when_erased(struct kit *k, struct bytes educator);
void when_lapse_noticed(struct kit *k, struct bytes enrollment, int64_t lapses_us, uint32_t days);
void when_lapsed(struct kit *k, struct bytes enrollment);
void when_finish_noticed(struct kit *k, struct bytes enrollment, int64_t finish_by_us);
void when_progress(struct kit *k, struct bytes enrollment);
void when_sealed(struct kit *k, struct bytes submission, struct bytes enrollment);
void when_recalled(struct kit *k, struct bytes submission, struct bytes enrollment);
void when_returned(struct kit *k, struct bytes submission, struct bytes enrollment);
void when_released(struct kit *k, struct bytes submission, bool coach_next);
void when_issued(struct kit *k, struct bytes credential);
/* An appeal (due in 20 days), its end, a hold and its ends, as assessment's events have it. */
void when_due_process(struct kit *k, Assessment__Event__BodyCase kind, struct bytes submission);
/* kind: suspended, reinstated or revoked, as issuance's events have it. */
void when_life_changes(struct kit *k, Issuance__Event__BodyCase kind, struct bytes credential);

/* The next event of that kind; others are passed over. NULL: there is none. */
const Notification__Event *next_event(struct kit *k, Notification__Event__BodyCase kind);
/* How many events of that kind there are from here on. */
unsigned count_events(struct kit *k, Notification__Event__BodyCase kind);
/* The notice planned next, of that topic. Stops the process when there is none. */
struct bytes the_notice(struct kit *k, Notification__Topic topic);

/* The commands that the daemon gives itself; the notice's attempt is counted from 1. */
void when_begun(struct kit *k, struct bytes notice);
void when_recorded(struct kit *k, struct bytes notice, uint32_t attempt,
		   Notification__Outcome outcome, uint32_t code);

#endif
