/* What operators, persons and the daemon itself may ask of notification, and what happened then. */
#include "services/notification/decide_parts.h"
#include "services/notification/mail/deliver.h"
#include "services/notification/plan.h"
#include "services/notification/tables.h"
#include "services/notification/mail/templates.h"

#include <inttypes.h>
#include <string.h>

#define SUBJECT_MAX 200
#define BODY_MAX 10000

/* ---- what persons and operators ask ---- */

static enum verdict check_preference(const struct view *view,
				     const Notification__SetPreference *ask, struct decision *d)
{
	bool names_topic = ask->topic != NOTIFICATION__TOPIC__TOPIC_UNSPECIFIED;

	if (names_topic && !topic_is_known(ask->topic))
		return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_TOPIC,
				   "there is no topic %d; see cairn-notification(8) for the topics",
				   ask->topic);
	if (!names_topic && ask->language[0] == '\0')
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "nothing to set: name a topic, a language, or both");
	if (!names_topic && ask->off)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "name the topic that is to be switched off");
	if (ask->language[0] != '\0' &&
	    (!language_is_sound(ask->language) || !language_is_offered(view, ask->language)))
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "there are no texts in language \"%.20s\": use en or es, or "
				   "publish templates in it first",
				   ask->language);
	if (ask->topic == NOTIFICATION__TOPIC__DIGEST)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "a digest is chosen with the times of mail");
	if (ask->off && topic_is_mandatory(ask->topic))
		return refuse_text(d, NOTIFICATION__REASON__MANDATORY,
				   "notices of decisions, coaching and credentials cannot be "
				   "switched off");
	return ACCEPTED;
}

enum verdict check_person(const struct view *view, struct bytes educator, struct decision *d)
{
	struct educator row;

	if (!is_id(educator))
		return refuse_text(d, NOTIFICATION__REASON__BAD_ID,
				   "educator: expected an id of 16 bytes");
	if (!id_is_none(&d->actor) && !(d->roles & ROLE_OPERATOR) &&
	    !bytes_equal(bytes_of_id(&d->actor), educator))
		return refuse_text(d, NOTIFICATION__REASON__NOT_YOURS,
				   "only the person may change the own preferences");
	if (!educator_get(view, educator, &row) || row.erased)
		return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_EDUCATOR,
				   "no educator %s is known here, or the person was erased",
				   ID_STR(educator));
	return ACCEPTED;
}

static void emit_preference(struct decision *d, Notification__PreferenceSet *set)
{
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	event.preference_set = set;
	emit_event(d, bytes_of_pb(set->educator), &event, NOTIFICATION__EVENT__BODY_PREFERENCE_SET);
}

static void cancel_topic(const struct view *view, struct bytes educator, Notification__Topic topic,
			 struct decision *d)
{
	cancel_needless(view,
			&(struct needless){.educator = educator,
					   .topic = (uint16_t)topic,
					   .why = "switched_off"},
			d);
}

void switch_off(const struct view *view, struct bytes educator, Notification__Topic topic,
		struct decision *d)
{
	Notification__PreferenceSet set = NOTIFICATION__PREFERENCE_SET__INIT;

	cancel_topic(view, educator, topic, d);
	set.educator = pb_of_bytes(educator);
	set.topic = topic;
	set.off = true;
	emit_preference(d, &set);
}

/* A person switches off what need not be told, or chooses a language. Open notices of the topic go
 * too. */
static enum verdict decide_set_preference(const struct view *view, const Notification__Command *cmd,
					  struct decision *d)
{
	const Notification__SetPreference *ask = cmd->set_preference;
	Notification__PreferenceSet set = NOTIFICATION__PREFERENCE_SET__INIT;
	struct bytes id = bytes_of_pb(ask->educator);

	if (check_person(view, id, d) == REFUSED || check_preference(view, ask, d) == REFUSED)
		return REFUSED;
	if (ask->off)
		cancel_topic(view, id, ask->topic, d);
	set.educator = ask->educator;
	set.topic = ask->topic;
	set.off = ask->off;
	set.language = ask->language;
	emit_preference(d, &set);
	return ACCEPTED;
}

static enum verdict check_text(struct decision *d, const char *field, const char *text, size_t most)
{
	const char *fault = template_fault(text, d->arena);

	if (text[0] == '\0' || strlen(text) > most)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "%s: expected 1 to %zu bytes of text", field, most);
	if (fault != NULL)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE, "%s: %s", field, fault);
	return ACCEPTED;
}

/* A published text replaces the built-in one for its topic and language; versions go up. */
static enum verdict decide_publish_template(const struct view *view,
					    const Notification__Command *cmd, struct decision *d)
{
	Notification__Template *ask = cmd->publish_template->template_;
	Notification__TemplatePublished published = NOTIFICATION__TEMPLATE_PUBLISHED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	const Notification__Template *newest;
	struct id about;

	if (ask == NULL)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE, "template: missing");
	if (!topic_is_known(ask->topic))
		return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_TOPIC,
				   "there is no topic %d; see cairn-notification(8) for the topics",
				   ask->topic);
	if (!language_is_sound(ask->language))
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "language: expected 2 to 7 of a-z and -, as en or pt-br");
	if (strpbrk(ask->subject, "\n\t") != NULL)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "subject: expected one line");
	if (check_text(d, "subject", ask->subject, SUBJECT_MAX) == REFUSED ||
	    check_text(d, "body", ask->body, BODY_MAX) == REFUSED)
		return REFUSED;
	newest = template_newest(view, (uint16_t)ask->topic, ask->language, d->arena);
	if (ask->version == 0 || (newest != NULL && ask->version <= newest->version))
		return refuse_text(d, NOTIFICATION__REASON__VERSION_EXISTS,
				   "version %" PRIu32 " is not above %" PRIu32
				   ": published texts do not change",
				   ask->version, newest != NULL ? newest->version : 0);

	published.template_ = ask;
	event.template_published = &published;
	about = id_of_name("template", arena_printf(d->arena, "%d.%s", ask->topic, ask->language));
	emit_event(d, bytes_of_id(&about), &event, NOTIFICATION__EVENT__BODY_TEMPLATE_PUBLISHED);
	return ACCEPTED;
}

bool find_notice(const struct view *view, ProtobufCBinaryData id, struct notice *row_r,
		 struct decision *d)
{
	struct bytes notice = bytes_of_pb(id);

	if (!is_id(notice))
		refuse_text(d, NOTIFICATION__REASON__BAD_ID, "notice: expected an id of 16 bytes");
	else if (!notice_get(view, notice, row_r))
		refuse_text(d, NOTIFICATION__REASON__UNKNOWN_NOTICE, "there is no notice %s",
			    ID_STR(notice));
	else
		return true;
	return false;
}

static enum verdict wrong_state(const struct notice *row, const char *wanted, struct decision *d)
{
	return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE, "the notice is %s, not %s",
			   notice_state_word(row->state), wanted);
}

void emit_redelivered(struct decision *d, struct bytes notice)
{
	Notification__NoticeRedelivered redelivered = NOTIFICATION__NOTICE_REDELIVERED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	redelivered.notice = pb_of_bytes(notice);
	redelivered.at_us = d->now_us;
	event.notice_redelivered = &redelivered;
	emit_event(d, notice, &event, NOTIFICATION__EVENT__BODY_NOTICE_REDELIVERED);
}

/* An operator mended what stood in the way: the notice is tried anew, for another 25 days. */
static enum verdict decide_redeliver(const struct view *view, const Notification__Command *cmd,
				     struct decision *d)
{
	struct educator educator;
	struct notice row;

	if (!find_notice(view, cmd->redeliver->notice, &row, d))
		return REFUSED;
	if (row.state != NOTICE_DEAD)
		return wrong_state(&row, "dead", d);
	if (!educator_get(view, BYTES_OF(row.educator), &educator) || educator.erased)
		return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_EDUCATOR,
				   "the person was erased: nothing can be sent any more");
	emit_redelivered(d, bytes_of_pb(cmd->redeliver->notice));
	return ACCEPTED;
}

bool is_word(const char *text)
{
	size_t len = strlen(text);

	return len >= 1 && len <= WORD_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static enum verdict emit_cancelled(struct decision *d, ProtobufCBinaryData notice, const char *why)
{
	Notification__NoticeCancelled cancelled = NOTIFICATION__NOTICE_CANCELLED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	cancelled.notice = notice;
	cancelled.why = arena_text(d->arena, bytes_of_text(why));
	event.notice_cancelled = &cancelled;
	emit_event(d, bytes_of_pb(notice), &event, NOTIFICATION__EVENT__BODY_NOTICE_CANCELLED);
	return ACCEPTED;
}

static enum verdict decide_cancel_notice(const struct view *view, const Notification__Command *cmd,
					 struct decision *d)
{
	const Notification__CancelNotice *ask = cmd->cancel_notice;
	struct notice row;

	if (!find_notice(view, ask->notice, &row, d))
		return REFUSED;
	if (!is_word(ask->why))
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "why: expected a word of a-z, 0-9 and _, at most %d", WORD_MAX);
	if (row.state != NOTICE_PLANNED && row.state != NOTICE_RETRY && row.state != NOTICE_HELD)
		return wrong_state(&row, "planned, held or waiting for another try", d);
	return emit_cancelled(d, ask->notice, ask->why);
}

/* ---- what the daemon itself reports ---- */

enum verdict emit_dead(struct decision *d, ProtobufCBinaryData notice, uint32_t attempt,
		       uint32_t code, const char *why)
{
	Notification__NoticeDead dead = NOTIFICATION__NOTICE_DEAD__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	dead.notice = notice;
	dead.attempt = attempt;
	dead.code = code;
	dead.why = arena_text(d->arena, bytes_of_text(why));
	event.notice_dead = &dead;
	emit_event(d, bytes_of_pb(notice), &event, NOTIFICATION__EVENT__BODY_NOTICE_DEAD);
	return ACCEPTED;
}

/* The text that is used is chosen here, so that the log says what was sent. */
static enum verdict emit_sending(const struct view *view, const struct notice *row,
				 ProtobufCBinaryData notice, const struct educator *educator,
				 struct decision *d)
{
	Notification__NoticeSending sending = NOTIFICATION__NOTICE_SENDING__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct template_text text = template_now(view, row->topic, educator->language, d->arena);

	sending.notice = notice;
	sending.attempt = row->attempts + 1;
	sending.uncertain_us = d->now_us + UNCERTAIN_AFTER_US;
	sending.template_ = text.version;
	sending.language = arena_text(d->arena, bytes_of_text(text.language));
	event.notice_sending = &sending;
	emit_event(d, bytes_of_pb(notice), &event, NOTIFICATION__EVENT__BODY_NOTICE_SENDING);
	return ACCEPTED;
}

/* Before the channel acts. One that was begun already is begun again after a crash: what came of
 * the attempt before is not known, and the Message-ID stays the same. */
static enum verdict decide_begin_sending(const struct view *view, const Notification__Command *cmd,
					 struct decision *d)
{
	ProtobufCBinaryData notice = cmd->begin_sending->notice;
	struct educator educator;
	struct notice row;

	if (!find_notice(view, notice, &row, d))
		return REFUSED;
	if (!notice_is_open(&row) || row.state == NOTICE_HELD)
		return wrong_state(&row, "open", d);
	if (row.state != NOTICE_SENDING && row.at_us > d->now_us)
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "the notice is not due yet");
	if (!educator_get(view, BYTES_OF(row.educator), &educator))
		return refuse_text(d, NOTIFICATION__REASON__UNKNOWN_EDUCATOR,
				   "the notice's educator is not known here");
	if (row.state == NOTICE_SENDING && d->now_us > row.since_us + RETRY_FOR_US)
		return emit_dead(d, notice, row.attempts, row.code, "given_up");
	if (row.topic == NOTIFICATION__TOPIC__DIGEST && !has_members(view, bytes_of_pb(notice)))
		return emit_cancelled(d, notice, "empty");
	if (row.state != NOTICE_SENDING && waits(view, bytes_of_pb(notice), &row, d))
		return ACCEPTED;
	return emit_sending(view, &row, notice, &educator, d);
}

static enum verdict attempt_delivered(const struct notice *row,
				      const Notification__RecordAttempt *ask, struct decision *d)
{
	Notification__NoticeSent sent = NOTIFICATION__NOTICE_SENT__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	(void)row;
	sent.notice = ask->notice;
	sent.attempt = ask->attempt;
	sent.channel = ask->channel;
	sent.address = ask->address;
	event.notice_sent = &sent;
	emit_event(d, bytes_of_pb(ask->notice), &event, NOTIFICATION__EVENT__BODY_NOTICE_SENT);
	return ACCEPTED;
}

static enum verdict attempt_failed(const struct notice *row, const Notification__RecordAttempt *ask,
				   struct decision *d)
{
	Notification__NoticeRetry retry = NOTIFICATION__NOTICE_RETRY__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;

	retry.at_us = d->now_us + retry_delay_us(row->tries + 1);
	if (retry.at_us > row->since_us + RETRY_FOR_US)
		return emit_dead(d, ask->notice, ask->attempt, ask->code, "given_up");
	retry.notice = ask->notice;
	retry.attempt = ask->attempt;
	retry.code = ask->code;
	event.notice_retry = &retry;
	emit_event(d, bytes_of_pb(ask->notice), &event, NOTIFICATION__EVENT__BODY_NOTICE_RETRY);
	return ACCEPTED;
}

static enum verdict attempt_refused(const struct notice *row,
				    const Notification__RecordAttempt *ask, struct decision *d)
{
	(void)row;
	return emit_dead(d, ask->notice, ask->attempt, ask->code, "refused");
}

static enum verdict attempt_no_address(const struct notice *row,
				       const Notification__RecordAttempt *ask, struct decision *d)
{
	(void)row;
	return emit_dead(d, ask->notice, ask->attempt, 0, "no_address");
}

static enum verdict attempt_erased(const struct notice *row, const Notification__RecordAttempt *ask,
				   struct decision *d)
{
	(void)row;
	return emit_cancelled(d, ask->notice, "erased");
}

static outcome_fn *const outcomes[] = {
	[NOTIFICATION__OUTCOME__DELIVERED] = attempt_delivered,
	[NOTIFICATION__OUTCOME__TEMPORARY] = attempt_failed,
	[NOTIFICATION__OUTCOME__PERMANENT] = attempt_refused,
	[NOTIFICATION__OUTCOME__NO_ADDRESS] = attempt_no_address,
	[NOTIFICATION__OUTCOME__ERASED] = attempt_erased,
	[NOTIFICATION__OUTCOME__BOUNCED] = attempt_bounced,
	[NOTIFICATION__OUTCOME__BAD_ADDRESS] = attempt_bad_address,
};

/* After the channel acted. A report on an attempt that is not the one in hand comes too late to
 * count. */
static enum verdict decide_record_attempt(const struct view *view, const Notification__Command *cmd,
					  struct decision *d)
{
	const Notification__RecordAttempt *ask = cmd->record_attempt;
	struct notice row;

	if (!find_notice(view, ask->notice, &row, d))
		return REFUSED;
	if ((size_t)ask->outcome >= ARRAY_LEN(outcomes) || outcomes[ask->outcome] == NULL)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE, "outcome: unknown");
	if (strlen(ask->channel) >= WORD_LEN)
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "channel: expected a word shorter than %d", WORD_LEN);
	if (ask->address.len > 0 && !is_id(bytes_of_pb(ask->address)))
		return refuse_text(d, NOTIFICATION__REASON__BAD_VALUE,
				   "address: expected a mark of 16 bytes, or nothing");
	if (row.state != NOTICE_SENDING)
		return wrong_state(&row, "being sent", d);
	if (ask->attempt != row.attempts)
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "attempt %" PRIu32 " is over; %" PRIu32 " is in hand",
				   ask->attempt, row.attempts);
	return outcomes[ask->outcome](&row, ask, d);
}

/* The slot of the keyring holds zeros now. */
static enum verdict decide_note_key_destroyed(const struct view *view,
					      const Notification__Command *cmd, struct decision *d)
{
	Notification__KeyDestroyed destroyed = NOTIFICATION__KEY_DESTROYED__INIT;
	Notification__Event event = NOTIFICATION__EVENT__INIT;
	struct bytes id = bytes_of_pb(cmd->note_key_destroyed->educator);

	if (!is_id(id))
		return refuse_text(d, NOTIFICATION__REASON__BAD_ID,
				   "educator: expected an id of 16 bytes");
	if (!to_forget(view, id))
		return refuse_text(d, NOTIFICATION__REASON__WRONG_STATE,
				   "no key of educator %s is to be destroyed", ID_STR(id));
	destroyed.educator = pb_of_bytes(id);
	event.key_destroyed = &destroyed;
	emit_event(d, id, &event, NOTIFICATION__EVENT__BODY_KEY_DESTROYED);
	return ACCEPTED;
}

/* ---- all of them ---- */

static const struct rule {
	rule_fn *decide;
	uint32_t roles;
} rules[] = {
	[NOTIFICATION__COMMAND__BODY_SET_PREFERENCE] = {decide_set_preference,
							ROLE_PORTAL | ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_PUBLISH_TEMPLATE] = {decide_publish_template, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_REDELIVER] = {decide_redeliver, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_CANCEL_NOTICE] = {decide_cancel_notice, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_ADD_SINK] = {decide_add_sink, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_CHANGE_SINK] = {decide_change_sink, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_ROTATE_SINK_SECRET] = {decide_rotate_sink_secret,
							    ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_PAUSE_SINK] = {decide_pause_sink, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_RESUME_SINK] = {decide_resume_sink, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_REMOVE_SINK] = {decide_remove_sink, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_REDELIVER_EVENTS] = {decide_redeliver_events, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_SKIP_EVENT] = {decide_skip_event, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_REWIND_SINK] = {decide_rewind_sink, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_RECORD_DELIVERIES] = {decide_record_deliveries, ROLE_SELF},
	[NOTIFICATION__COMMAND__BODY_RECORD_HANDSHAKE] = {decide_record_handshake, ROLE_SELF},
	[NOTIFICATION__COMMAND__BODY_NOTE_SECRET_SHOWN] = {decide_note_secret_shown, ROLE_SELF},
	[NOTIFICATION__COMMAND__BODY_RECORD_OWNER_TOLD] = {decide_record_owner_told, ROLE_SELF},
	[NOTIFICATION__COMMAND__BODY_BEGIN_SENDING] = {decide_begin_sending, ROLE_SELF},
	[NOTIFICATION__COMMAND__BODY_RECORD_ATTEMPT] = {decide_record_attempt, ROLE_SELF},
	[NOTIFICATION__COMMAND__BODY_NOTE_KEY_DESTROYED] = {decide_note_key_destroyed, ROLE_SELF},
	[NOTIFICATION__COMMAND__BODY_NOTE_BOUNCE] = {decide_note_bounce, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_CLEAR_BOUNCE] = {decide_clear_bounce, ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_SET_MAIL_TIMES] = {decide_set_mail_times,
							ROLE_PORTAL | ROLE_OPERATOR},
	[NOTIFICATION__COMMAND__BODY_UNSUBSCRIBE] = {decide_unsubscribe,
						     ROLE_PORTAL | ROLE_OPERATOR},
};

enum verdict notification_decide(const struct view *view, const ProtobufCMessage *command,
				 struct decision *d)
{
	const Notification__Command *cmd = (const Notification__Command *)command;

	return rules[cmd->body_case].decide(view, cmd, d);
}

uint32_t notification_command_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(rules) ? rules[kind].roles : 0;
}
