/* Mail that comes back: which addresses no letter goes to, and until when. */
#include "services/notification/decide_parts.h"
#include "services/notification/mail/deliver.h"
#include "services/notification/plan.h"
#include "services/notification/tables_mail.h"

#include <string.h>

#define REDELIVERED_MOST 50 /* letters that go out at once when an address is good again */

static void emit_bounced(struct decision *d, struct bytes educator,
			 Notification__AddressBounced *bounced)
{
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	bounced->educator = pb_of_bytes(educator);
	event.address_bounced = bounced;
	emit_event(d, educator, &event, NOTIFICATION__EVENT__BODY_ADDRESS_BOUNCED);
}

/* The server knows no such mailbox. */
enum verdict attempt_bounced(const struct notice *row, const Notification__RecordAttempt *ask,
			     struct decision *d)
{
	Notification__AddressBounced bounced = NOTIFICATION__ADDRESS_BOUNCED__INIT;

	if (is_id(bytes_of_pb(ask->address))) {
		bounced.address = ask->address;
		bounced.notice = ask->notice;
		bounced.code = ask->code;
		emit_bounced(d, BYTES_OF(row->educator), &bounced);
	}
	return emit_dead(d, ask->notice, ask->attempt, ask->code, "bounced");
}

enum verdict attempt_bad_address(const struct notice *row, const Notification__RecordAttempt *ask,
				 struct decision *d)
{
	(void)row;
	return emit_dead(d, ask->notice, ask->attempt, 0, "bad_address");
}

/* RFC 3463: three numbers with dots between them; 5 is for good, and 5.7 is about us or our words,
 * not about the mailbox. */
static bool is_of_address(const char *status)
{
	size_t len = strlen(status);

	return len >= 5 && len < STATUS_LEN && strncmp(status, "5.", 2) == 0 && status[2] != '7' &&
	       strspn(status, "0123456789.") == len;
}

/* That address is known to be bad: another report of it, of which there may be many, says nothing
 * new. */
static bool is_known(const struct view *view, struct bytes educator, struct bytes address)
{
	struct bounce row;

	return bounce_get(view, educator, &row) && bytes_equal(BYTES_OF(row.address), address);
}

/* A report names a letter of ours. It counts against the address that the letter went to, which may
 * be another one by now: then the mark does not fit, and letters go on. */
enum verdict decide_note_bounce(const struct view *view, const Notification__Command *cmd,
				struct decision *d)
{
	const Notification__NoteBounce *ask = cmd->note_bounce;
	Notification__AddressBounced bounced = NOTIFICATION__ADDRESS_BOUNCED__INIT;
	struct letter_sent sent;
	struct educator educator;
	struct notice row;

	if (!find_notice(view, ask->notice, &row, d))
		return REFUSED;
	if (!is_of_address(ask->status))
		return refuse_text(d, NOTIFICATION__REASON__NO_BOUNCE,
				   "status: expected 5.x.y of RFC 3463, and not 5.7, which is not "
				   "about the mailbox");
	if (!letter_sent_get(view, bytes_of_pb(ask->notice), &sent))
		return refuse_text(d, NOTIFICATION__REASON__NO_BOUNCE,
				   "no letter of that notice has left here");
	if (!educator_get(view, BYTES_OF(row.educator), &educator) || educator.erased)
		return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_EDUCATOR,
				   "the person was erased");
	if (is_known(view, BYTES_OF(row.educator), BYTES_OF(sent.address)))
		return ACCEPTED;
	bounced.address = pb_of_bytes(BYTES_OF(sent.address));
	bounced.notice = ask->notice;
	bounced.status = ask->status;
	emit_bounced(d, BYTES_OF(row.educator), &bounced);
	return ACCEPTED;
}

/* ---- an address is good again ---- */

static bool died_of_address(const struct view *view, struct bytes notice, const struct notice *row,
			    struct decision *d)
{
	struct id digest;
	const char *why;

	if (gathered_in(view, notice, &digest))
		return false; /* its digest takes it along */
	if (row->state != NOTICE_DEAD || row->since_us + RETRY_FOR_US < d->now_us ||
	    (row->date_us != 0 && row->date_us <= d->now_us))
		return false;
	why = why_get(view, notice, d->arena);
	return strcmp(why, "bounced") == 0 || strcmp(why, "bad_address") == 0;
}

void clear_bounce(const struct view *view, struct bytes educator, const char *why,
		  struct decision *d)
{
	Notification__AddressCleared cleared = NOTIFICATION__ADDRESS_CLEARED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct scan scan = scan_first(view, BY_EDUCATOR, educator, educator);
	struct bytes key, val;
	unsigned n = 0;

	cleared.educator = pb_of_bytes(educator);
	cleared.why = arena_text(d->arena, bytes_of_text(why));
	event.address_cleared = &cleared;
	emit_event(d, educator, &event, NOTIFICATION__EVENT__BODY_ADDRESS_CLEARED);
	while (n < REDELIVERED_MOST && scan_next(&scan, &key, &val)) {
		struct bytes notice = {key.data + ID_LEN, ID_LEN};
		struct notice row;

		if (!notice_get(view, notice, &row) || !died_of_address(view, notice, &row, d))
			continue;
		emit_redelivered(d, notice);
		n++;
	}
	scan_end(&scan);
}

enum verdict decide_clear_bounce(const struct view *view, const Notification__Command *cmd,
				 struct decision *d)
{
	struct bytes educator = bytes_of_pb(cmd->clear_bounce->educator);
	struct bounce row;

	if (!is_id(educator))
		return refuse_text(d, NOTIFICATION__REASON__BAD_ID,
				   "educator: expected an id of 16 bytes");
	if (!bounce_get(view, educator, &row))
		return refuse_text(d, NOTIFICATION__REASON__NO_BOUNCE,
				   "no mail to educator %s has come back", ID_STR(educator));
	clear_bounce(view, educator, "operator", d);
	return ACCEPTED;
}
