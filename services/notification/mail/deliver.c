/* Delivering a notice: when it is tried again, and the letter that a channel takes. */
#include "services/notification/mail/deliver.h"

#include "services/notification/mail/address.h"
#include "services/notification/plan.h"
#include "services/notification/tables_mail.h"
#include "services/notification/mail/templates.h"
#include "services/notification/mail/unsubscribe.h"

#include "libshared/check.h"
#include "libshared/seal.h"
#include "libshared/zone.h"
#include "proto/enrollment.pb-c.h"

#include <inttypes.h>
#include <string.h>

#define US_PER_MINUTE (60 * US_PER_S)
#define RETRY_MOST_US (6 * US_PER_HOUR)

int64_t retry_delay_us(uint32_t tries)
{
	/* 2^9 minutes are more than 6 hours. */
	uint32_t doublings = tries == 0 ? 0 : MIN(tries - 1, 9u);

	return MIN(US_PER_MINUTE << doublings, RETRY_MOST_US);
}

/* The person, opened. NULL: there is no key for it any more, or nothing to open. */
static const Enrollment__Person *open_person(const struct writing *writing, struct bytes educator,
					     struct arena *arena)
{
	struct message_fault fault;
	struct bytes subject, box, text;

	if (!person_get(writing->view, educator, &subject, &box) ||
	    !unseal_bytes(writing->caps, subject, box, arena, &text))
		return NULL;
	return (const Enrollment__Person *)message_unpack(&enrollment__person__descriptor, text,
							  &EVENT_LIMITS, arena, &fault);
}

/* A date is a date where the issuer is: what ends a day there may be the next day elsewhere. */
static struct civil civil_there(const struct writing *writing, int64_t at_us, struct arena *arena)
{
	const Notification__CalendarNoted *calendar = calendar_get(writing->view, arena);
	const struct zone *zone = NULL;

	if (calendar != NULL && writing->caps->zones != NULL)
		zone = zone_find(writing->caps->zones, calendar->time_zone);
	return zone != NULL ? zone_civil(zone, at_us) : civil_of_day(at_us / US_PER_DAY);
}

/* A letter may be held back after it was planned: days count from the one on which it leaves. */
static int64_t days_left(const struct notice *row)
{
	int64_t left_us = row->date_us - row->sending_us;

	return row->days == 0 ? 0 : MAX((left_us + US_PER_DAY - 1) / US_PER_DAY, INT64_C(0));
}

static struct template_values values_of(const struct writing *writing, const struct notice *row,
					const Enrollment__Person *person, const char *language,
					struct arena *arena)
{
	const Notification__EntryNoted *entry =
		entry_get(writing->view, BYTES_OF(row->entry), row->entry_version, arena);
	struct template_values values = {0};

	if (entry != NULL) {
		values.code = entry->code;
		values.title = entry->title;
	}
	if (row->date_us != 0) {
		struct civil c = civil_there(writing, row->date_us, arena);

		values.date = template_date(language, c.year, c.month, c.day, arena);
	}
	values.days = arena_printf(arena, "%" PRId64, days_left(row));
	values.reference = arena_printf(arena, "%s", ID_STR(BYTES_OF(row->about)));
	values.name = person->name[0] != '\0' ? person->name : person->handle;
	values.portal = writing->portal != NULL ? writing->portal : template_portal(language);
	return values;
}

/* The text is the one that NoticeSending named, so that the log says what was sent. */
static struct template_text text_of(const struct writing *writing, const struct notice *row,
				    struct arena *arena)
{
	struct template_text text;

	if (template_of(writing->view, row->topic, row->language, row->template, arena, &text))
		return text;
	return template_now(writing->view, row->topic, row->language, arena);
}

/* ---- several notices in one letter ---- */

/* The page that the notice is about; NULL: no address of ours is set. */
static const char *page_of(const struct writing *writing, const struct notice *row,
			   struct arena *arena)
{
	struct submission submission;
	struct bytes about = BYTES_OF(row->about);
	const char *folder = "enrollments";
	size_t len;

	if (writing->portal == NULL)
		return NULL;
	if (row->topic == NOTIFICATION__TOPIC__EXPIRY_COMING)
		folder = "credentials";
	else if (row->topic == NOTIFICATION__TOPIC__LICENSE_DEADLINE)
		folder = "ledger";
	else if (submission_get(writing->view, about, &submission))
		about = arena_copy(arena, BYTES_OF(submission.enrollment));
	for (len = strlen(writing->portal); len > 0 && writing->portal[len - 1] == '/';)
		len--;
	return arena_printf(arena, "%.*s/%s/%s", (int)len, writing->portal, folder, ID_STR(about));
}

/* Each as its own letter's subject says it, and where to go on, in the language of the whole. */
static char *lines_of(const struct writing *writing, struct bytes digest,
		      const struct notice *whole, const Enrollment__Person *person,
		      struct arena *arena)
{
	struct scan scan = members_of(writing->view, digest);
	char *lines = arena_text(arena, BYTES_NONE);
	struct bytes key, val;

	while (scan_next(&scan, &key, &val)) {
		struct notice row;
		struct template_values values;
		struct template_text text;
		const char *page;

		if (!notice_get(writing->view, member_of_key(key), &row) ||
		    row.state != NOTICE_HELD)
			continue;
		row.sending_us = whole->sending_us;
		text = template_now(writing->view, row.topic, whole->language, arena);
		values = values_of(writing, &row, person, text.language, arena);
		page = page_of(writing, &row, arena);
		lines = arena_printf(arena, "%s%s- %s%s%s", lines, lines[0] != '\0' ? "\n" : "",
				     template_render(text.subject, &values, arena),
				     page != NULL ? "\n  " : "", page != NULL ? page : "");
	}
	return lines;
}

static bool is_bounced(const struct writing *writing, struct bytes educator,
		       const struct id *address)
{
	struct bounce row;

	return bounce_get(writing->view, educator, &row) &&
	       bytes_equal(BYTES_OF(row.address), bytes_of_id(address));
}

enum letter_ready letter_write(const struct writing *writing, struct bytes notice,
			       const struct notice *row, struct arena *arena,
			       struct letter *letter_r)
{
	const Enrollment__Person *person = open_person(writing, BYTES_OF(row->educator), arena);
	struct template_text text = text_of(writing, row, arena);
	struct template_values values;
	struct mail mail = {
		.from = writing->from, .language = text.language, .date_us = row->sending_us};

	if (person == NULL)
		return LETTER_ERASED;
	if (!address_is_sound(person->email))
		return LETTER_NO_ADDRESS;
	if (!address_mark(writing->caps, BYTES_OF(row->educator), person->email,
			  &letter_r->address))
		return LETTER_ERASED;
	if (is_bounced(writing, BYTES_OF(row->educator), &letter_r->address))
		return LETTER_BAD_ADDRESS;
	values = values_of(writing, row, person, text.language, arena);
	if (row->topic == NOTIFICATION__TOPIC__DIGEST)
		values.notices = lines_of(writing, notice, row, person, arena);
	mail.to = (struct mailbox){person->name, person->email};
	mail.subject = template_render(text.subject, &values, arena);
	mail.body = template_render(text.body, &values, arena);
	mail.id = arena_printf(arena, "%s", ID_STR(notice));
	if (writing->unsubscribe != NULL && !topic_is_mandatory(row->topic))
		mail.unsubscribe =
			unsubscribe_url(writing->caps, writing->unsubscribe, notice, arena);
	letter_r->to = person->email;
	letter_r->content = mail_compose(&mail, arena);
	return LETTER_READY;
}
