/* The tables of notification: keys, rows, and the index rows that move with a notice. */
#include "services/notification/tables.h"

#include "libshared/check.h"

#include <string.h>

const char *const notification_tables[N_TABLES] = {
	[EDUCATOR - SERVICE_TABLES] = "s.educator",
	[PERSON - SERVICE_TABLES] = "s.person",
	[ENTRY - SERVICE_TABLES] = "s.entry",
	[ENROLLMENT - SERVICE_TABLES] = "s.enrollment",
	[SUBMISSION - SERVICE_TABLES] = "s.submission",
	[SWITCHED_OFF - SERVICE_TABLES] = "s.switched_off",
	[TEMPLATE - SERVICE_TABLES] = "s.template",
	[CALENDAR - SERVICE_TABLES] = "s.calendar",
	[NOTICE - SERVICE_TABLES] = "s.notice",
	[NOTICE_WHY - SERVICE_TABLES] = "s.notice_why",
	[BY_EVENT - SERVICE_TABLES] = "i.event",
	[BY_EDUCATOR - SERVICE_TABLES] = "i.educator",
	[BY_STATE - SERVICE_TABLES] = "i.state",
	[OPEN - SERVICE_TABLES] = "i.open",
	[DUE - SERVICE_TABLES] = "i.due",
	[TO_FORGET - SERVICE_TABLES] = "i.to_forget",
	[POLICY - SERVICE_TABLES] = "s.policy",
	[BOUNCE - SERVICE_TABLES] = "s.bounce",
	[LETTER_SENT - SERVICE_TABLES] = "s.letter_sent",
	[MAIL_TIMES - SERVICE_TABLES] = "s.mail_times",
	[NUDGED - SERVICE_TABLES] = "s.nudged",
	[MEMBER - SERVICE_TABLES] = "i.member",
	[GATHERED - SERVICE_TABLES] = "s.gathered",
	[GATHERING - SERVICE_TABLES] = "s.gathering",
	[LICENSE - SERVICE_TABLES] = "s.license",
	[SINK - SERVICE_TABLES] = "s.sink",
	[SINK_SETTINGS - SERVICE_TABLES] = "s.sink_settings",
	[SINK_PRIVATE - SERVICE_TABLES] = "s.sink_private",
	[SINK_NAME - SERVICE_TABLES] = "i.sink_name",
	[SINK_EVENT - SERVICE_TABLES] = "s.sink_event",
};

static const char *const state_words[NOTICE_STATES] = {
	[NOTICE_NEW] = "",
	[NOTICE_PLANNED] = "planned",
	[NOTICE_SENDING] = "sending",
	[NOTICE_RETRY] = "retry",
	[NOTICE_SENT] = "sent",
	[NOTICE_DEAD] = "dead",
	[NOTICE_CANCELLED] = "cancelled",
	[NOTICE_HELD] = "held",
};

void id_put(uint8_t to[ID_LEN], ProtobufCBinaryData id)
{
	memset(to, 0, ID_LEN);
	if (id.len == ID_LEN)
		memcpy(to, id.data, ID_LEN);
}

void fixed_text(char *to, size_t width, const char *text)
{
	struct bytes b = bytes_of_text(text);

	memset(to, 0, width);
	memcpy(to, b.data, MIN(b.len, width - 1));
}

/* A packed message of a table. Our own bytes: not to be read is a damaged page. */
static const ProtobufCMessage *stored(const struct view *v, unsigned table, struct bytes key,
				      const ProtobufCMessageDescriptor *type, struct arena *arena)
{
	struct message_fault fault;
	struct bytes raw;

	if (!view_get(v, table, key, &raw))
		return NULL;
	ProtobufCMessage *message = message_unpack(type, raw, &EVENT_LIMITS, arena, &fault);
	ENSURE(message != NULL);
	return message;
}

static void store_message(struct txn *t, unsigned table, struct bytes key,
			  const ProtobufCMessage *m)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);

	txn_put(t, table, key, message_pack(m, arena));
}

bool educator_get(const struct view *v, struct bytes educator, struct educator *row_r)
{
	return ROW_GET(v, EDUCATOR, educator, row_r);
}

void educator_put(struct txn *t, struct bytes educator, struct educator *row)
{
	ROW_PUT(t, EDUCATOR, educator, row);
}

bool person_get(const struct view *v, struct bytes educator, struct bytes *subject_r,
		struct bytes *box_r)
{
	struct bytes raw;

	if (!view_get(v, PERSON, educator, &raw) || raw.len < ID_LEN)
		return false;
	*subject_r = (struct bytes){raw.data, ID_LEN};
	*box_r = (struct bytes){raw.data + ID_LEN, raw.len - ID_LEN};
	return true;
}

void person_put(struct txn *t, struct bytes educator, const Cairn__Sealed *sealed)
{
	AUTO(arena_destroy) struct arena *arena = arena_new(1024);
	uint8_t *raw = arena_alloc(arena, sealed->subject.len + sealed->box.len);

	memcpy(raw, sealed->subject.data, sealed->subject.len);
	if (sealed->box.len > 0)
		memcpy(raw + sealed->subject.len, sealed->box.data, sealed->box.len);
	txn_put(t, PERSON, educator, (struct bytes){raw, sealed->subject.len + sealed->box.len});
}

static struct bytes entry_key(struct key *k, struct bytes entry, uint32_t version)
{
	key_add(k, entry);
	return key_add_u32(k, version);
}

const Notification__EntryNoted *entry_get(const struct view *v, struct bytes entry,
					  uint32_t version, struct arena *arena)
{
	struct key k = {0};

	return (const Notification__EntryNoted *)stored(v, ENTRY, entry_key(&k, entry, version),
							&notification__entry_noted__descriptor,
							arena);
}

bool entry_known(const struct view *v, struct bytes entry, uint32_t version)
{
	struct key k = {0};
	struct bytes raw;

	return view_get(v, ENTRY, entry_key(&k, entry, version), &raw);
}

void entry_put(struct txn *t, const Notification__EntryNoted *entry)
{
	struct key k = {0};

	store_message(t, ENTRY, entry_key(&k, bytes_of_pb(entry->entry), entry->version),
		      &entry->base);
}

const Notification__PolicyNoted *policy_get(const struct view *v, struct arena *arena)
{
	struct key k = {0};

	return (const Notification__PolicyNoted *)stored(
		v, POLICY, key_add_u16(&k, 0), &notification__policy_noted__descriptor, arena);
}

void policy_put(struct txn *t, const Notification__PolicyNoted *policy)
{
	struct key k = {0};

	store_message(t, POLICY, key_add_u16(&k, 0), &policy->base);
}

/* A policy of a release before does not say it. */
uint32_t expiry_notice_days(const struct view *v, struct arena *arena)
{
	const Notification__PolicyNoted *policy = policy_get(v, arena);

	return policy != NULL && policy->expiry_notice_days > 0 ? policy->expiry_notice_days : 90;
}

const Notification__CalendarNoted *calendar_get(const struct view *v, struct arena *arena)
{
	struct key k = {0};

	return (const Notification__CalendarNoted *)stored(
		v, CALENDAR, key_add_u16(&k, 0), &notification__calendar_noted__descriptor, arena);
}

void calendar_put(struct txn *t, const Notification__CalendarNoted *calendar)
{
	struct key k = {0};

	store_message(t, CALENDAR, key_add_u16(&k, 0), &calendar->base);
}

bool enrollment_get(const struct view *v, struct bytes enrollment, struct enrollment *row_r)
{
	return ROW_GET(v, ENROLLMENT, enrollment, row_r);
}

void enrollment_put(struct txn *t, struct bytes enrollment, struct enrollment *row)
{
	ROW_PUT(t, ENROLLMENT, enrollment, row);
}

bool submission_get(const struct view *v, struct bytes submission, struct submission *row_r)
{
	return ROW_GET(v, SUBMISSION, submission, row_r);
}

void submission_put(struct txn *t, struct bytes submission, struct submission *row)
{
	ROW_PUT(t, SUBMISSION, submission, row);
}

bool license_get(const struct view *v, struct bytes license, struct license *row_r)
{
	return ROW_GET(v, LICENSE, license, row_r);
}

void license_put(struct txn *t, struct bytes license, struct license *row)
{
	ROW_PUT(t, LICENSE, license, row);
}

bool switched_off(const struct view *v, struct bytes educator, uint16_t topic)
{
	struct switched_off row;
	struct key k = {0};

	key_add(&k, educator);
	return ROW_GET(v, SWITCHED_OFF, key_add_u16(&k, topic), &row);
}

void switch_topic(struct txn *t, struct bytes educator, uint16_t topic, bool off)
{
	struct switched_off row = {0};
	struct key k = {0};

	key_add(&k, educator);
	key_add_u16(&k, topic);
	if (off)
		ROW_PUT(t, SWITCHED_OFF, key_bytes(&k), &row);
	else
		txn_delete(t, SWITCHED_OFF, key_bytes(&k));
}

static struct bytes template_prefix(struct key *k, uint16_t topic, const char *language)
{
	char fixed[LANGUAGE_LEN];

	fixed_text(fixed, sizeof fixed, language);
	key_add_u16(k, topic);
	return key_add(k, BYTES_OF(fixed));
}

const Notification__Template *template_get(const struct view *v, uint16_t topic,
					   const char *language, uint32_t version,
					   struct arena *arena)
{
	struct key k = {0};

	template_prefix(&k, topic, language);
	return (const Notification__Template *)stored(v, TEMPLATE, key_add_u32(&k, version),
						      &notification__template__descriptor, arena);
}

const Notification__Template *template_newest(const struct view *v, uint16_t topic,
					      const char *language, struct arena *arena)
{
	struct bytes key, val;
	struct key k = {0};

	if (!view_last(v, TEMPLATE, template_prefix(&k, topic, language), &key, &val))
		return NULL;
	return (const Notification__Template *)stored(v, TEMPLATE, key,
						      &notification__template__descriptor, arena);
}

void template_put(struct txn *t, const Notification__Template *template)
{
	struct key k = {0};

	template_prefix(&k, (uint16_t) template->topic, template->language);
	store_message(t, TEMPLATE, key_add_u32(&k, template->version), &template->base);
}

bool template_language(const struct view *v, const char *language)
{
	const ProtobufCEnumDescriptor *topics = &notification__topic__descriptor;

	for (unsigned i = 0; i < topics->n_values; i++) {
		struct bytes key, val;
		struct key k = {0};

		template_prefix(&k, (uint16_t)topics->values[i].value, language);
		if (view_last(v, TEMPLATE, key_bytes(&k), &key, &val))
			return true;
	}
	return false;
}

const char *notice_state_word(uint16_t state)
{
	return state < NOTICE_STATES ? state_words[state] : "";
}

uint16_t notice_state_of_word(const char *word)
{
	for (unsigned state = NOTICE_NEW + 1; state < NOTICE_STATES; state++)
		if (strcmp(state_words[state], word) == 0)
			return (uint16_t)state;
	return NOTICE_NEW;
}

bool notice_get(const struct view *v, struct bytes notice, struct notice *row_r)
{
	return ROW_GET(v, NOTICE, notice, row_r);
}

bool notice_is_open(const struct notice *row)
{
	return row->state == NOTICE_PLANNED || row->state == NOTICE_SENDING ||
	       row->state == NOTICE_RETRY || row->state == NOTICE_HELD;
}

static bool notice_waits(const struct notice *row)
{
	return row->state == NOTICE_PLANNED || row->state == NOTICE_RETRY;
}

static struct bytes due_key(struct key *k, int64_t at_us, struct bytes notice)
{
	key_add_u64(k, (uint64_t)at_us);
	return key_add(k, notice);
}

static struct bytes state_key(struct key *k, uint16_t state, struct bytes notice)
{
	key_add_u16(k, state);
	return key_add(k, notice);
}

static struct bytes educator_key(struct key *k, const struct notice *row, struct bytes notice)
{
	key_add(k, BYTES_OF(row->educator));
	return key_add(k, notice);
}

static void leave_indexes(struct txn *t, struct bytes notice, const struct notice *before)
{
	struct key state = {0}, due = {0}, open = {0};

	txn_delete(t, BY_STATE, state_key(&state, before->state, notice));
	if (notice_waits(before))
		txn_delete(t, DUE, due_key(&due, before->at_us, notice));
	if (notice_is_open(before))
		txn_delete(t, OPEN, educator_key(&open, before, notice));
}

void notice_put(struct txn *t, struct bytes notice, const struct notice *before, struct notice *row)
{
	struct key state = {0}, due = {0}, open = {0}, of = {0};

	if (before != NULL)
		leave_indexes(t, notice, before);
	else
		txn_put(t, BY_EDUCATOR, educator_key(&of, row, notice), BYTES_NONE);
	txn_put(t, BY_STATE, state_key(&state, row->state, notice), BYTES_NONE);
	if (notice_waits(row))
		txn_put(t, DUE, due_key(&due, row->at_us, notice), BYTES_NONE);
	if (notice_is_open(row))
		txn_put(t, OPEN, educator_key(&open, row, notice), BYTES_NONE);
	ROW_PUT(t, NOTICE, notice, row);
}

int64_t due_of_key(struct bytes key, struct bytes *notice_r)
{
	*notice_r = (struct bytes){key.data + 8, ID_LEN};
	return (int64_t)get_u64_be(key.data);
}

const char *why_get(const struct view *v, struct bytes notice, struct arena *arena)
{
	struct bytes raw;

	return view_get(v, NOTICE_WHY, notice, &raw) ? arena_text(arena, raw) : "";
}

void why_put(struct txn *t, struct bytes notice, const char *why)
{
	if (why[0] == '\0')
		txn_delete(t, NOTICE_WHY, notice);
	else
		txn_put(t, NOTICE_WHY, notice, bytes_of_text(why));
}

bool to_forget(const struct view *v, struct bytes educator)
{
	struct bytes val;

	return view_get(v, TO_FORGET, educator, &val);
}

static struct bytes event_key(struct key *k, struct bytes event, struct bytes educator,
			      uint16_t topic)
{
	key_add(k, event);
	key_add(k, educator);
	return key_add_u16(k, topic);
}

bool by_event_get(const struct view *v, struct bytes event, struct bytes educator, uint16_t topic)
{
	struct bytes notice;
	struct key k = {0};

	return view_get(v, BY_EVENT, event_key(&k, event, educator, topic), &notice);
}

void by_event_put(struct txn *t, struct bytes event, struct bytes educator, uint16_t topic,
		  struct bytes notice)
{
	struct key k = {0};

	txn_put(t, BY_EVENT, event_key(&k, event, educator, topic), notice);
}
