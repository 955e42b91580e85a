/* What may be asked of notification: one notice, or a list of them. */
#include "services/notification/query_parts.h"

#include <string.h>

#define LIMIT_DEFAULT 50
#define LIMIT_MOST 200
#define ROWS_LOOKED_AT 2000 /* of one list query; the rest comes with the next one */

uint32_t limit_of(uint32_t asked)
{
	return asked == 0 ? LIMIT_DEFAULT : MIN(asked, LIMIT_MOST);
}

void key_after(struct key *k, struct bytes id)
{
	if (id.len == 0)
		return;
	key_add(k, id);
	key_add(k, (struct bytes){(const uint8_t *)"", 1});
}

/* A person behind a portal sees the own notices only. */
static bool is_theirs(const struct query *q, struct bytes educator)
{
	return id_is_none(&q->actor) || (q->roles & ROLE_OPERATOR) ||
	       bytes_equal(bytes_of_id(&q->actor), educator);
}

static Notification__NoticeAnswer *notice_answer(struct query *q, struct bytes notice,
						 struct notice *row)
{
	static const Notification__NoticeAnswer init = NOTIFICATION__NOTICE_ANSWER__INIT;
	Notification__NoticeAnswer *a = arena_alloc(q->arena, sizeof *a);
	bool uncertain = row->state == NOTICE_SENDING && q->now_us > row->uncertain_us;

	*a = init;
	a->notice = pb_of_bytes(arena_copy(q->arena, notice));
	a->educator = pb_of_bytes(arena_copy(q->arena, BYTES_OF(row->educator)));
	a->topic = (Notification__Topic)row->topic;
	a->state = arena_text(
		q->arena, bytes_of_text(uncertain ? "uncertain" : notice_state_word(row->state)));
	a->attempts = row->attempts;
	a->code = row->code;
	a->planned_us = row->planned_us;
	a->next_us = row->at_us;
	a->why = arena_text(q->arena, bytes_of_text(why_get(q->view, notice, q->arena)));
	a->channel = arena_text(q->arena, bytes_of_text(row->channel));
	return a;
}

static Cairn__Status ask_notice(const Notification__Query *query, struct query *q)
{
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_notice->notice);
	struct notice row;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "notice: expected an id of 16 bytes");
	if (!notice_get(q->view, id, &row))
		return query_refuse(q, CAIRN__STATUS__REJECTED, "there is no such notice");
	if (!is_theirs(q, BYTES_OF(row.educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN, "the notice is another person's");
	body.body_case = NOTIFICATION__ANSWER__BODY_NOTICE;
	body.notice = notice_answer(q, id, &row);
	return query_answer(q, &body.base);
}

/* Where a list is read from: an index whose keys end in the notice's id. */
struct listing {
	unsigned table;
	struct key prefix, from;
	uint16_t state; /* NOTICE_NEW: any */
	uint32_t limit;
};

static struct listing listing_of(const Notification__ListNotices *ask, uint16_t state)
{
	struct listing l = {.table = NOTICE, .state = state};

	if (ask->educator.len > 0) {
		l.table = BY_EDUCATOR;
		key_add(&l.prefix, bytes_of_pb(ask->educator));
	} else if (state != NOTICE_NEW) {
		l.table = BY_STATE;
		key_add_u16(&l.prefix, state);
	}
	l.from = l.prefix;
	key_after(&l.from, bytes_of_pb(ask->after));
	l.limit = limit_of(ask->limit);
	return l;
}

static void list_into(Notification__NoticeList *list, const struct listing *l, struct query *q)
{
	struct scan scan =
		scan_first(q->view, l->table, key_bytes(&l->prefix), key_bytes(&l->from));
	struct bytes key, val;
	unsigned looked_at = 0;

	while (scan_next(&scan, &key, &val)) {
		struct bytes notice = {key.data + key.len - ID_LEN, ID_LEN};
		struct notice row;

		if (notice_get(q->view, notice, &row) &&
		    (l->state == NOTICE_NEW || l->state == row.state))
			list->notices[list->n_notices++] = notice_answer(q, notice, &row);
		if (list->n_notices == l->limit || ++looked_at == ROWS_LOOKED_AT) {
			list->next = pb_of_bytes(arena_copy(q->arena, notice));
			scan_end(&scan);
			return;
		}
	}
}

static Cairn__Status ask_notices(const Notification__Query *query, struct query *q)
{
	const Notification__ListNotices *ask = query->list_notices;
	Notification__NoticeList list = NOTIFICATION__NOTICE_LIST__INIT;
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	uint16_t state = notice_state_of_word(ask->state);
	struct listing l;

	if ((ask->educator.len > 0 && !is_id(bytes_of_pb(ask->educator))) ||
	    (ask->after.len > 0 && !is_id(bytes_of_pb(ask->after))))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "educator, after: expected ids of 16 bytes, or nothing");
	if (ask->state[0] != '\0' && state == NOTICE_NEW)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "state: expected planned, held, sending, retry, sent, dead, "
				    "cancelled or nothing");
	if (!is_theirs(q, bytes_of_pb(ask->educator)))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "name yourself as the educator: others' notices are not yours");
	l = listing_of(ask, state);
	list.notices = arena_alloc(q->arena, l.limit * sizeof(Notification__NoticeAnswer *));
	list_into(&list, &l, q);
	body.body_case = NOTIFICATION__ANSWER__BODY_NOTICES;
	body.notices = &list;
	return query_answer(q, &body.base);
}

/* ---- erasure ---- */

static uint32_t notices_of(const struct query *q, struct bytes educator)
{
	struct scan scan = scan_first(q->view, BY_EDUCATOR, educator, educator);
	struct bytes key, val;
	uint32_t n = 0;

	while (scan_next(&scan, &key, &val))
		n++;
	return n;
}

static Cairn__Status ask_erasure(const Notification__Query *query, struct query *q)
{
	Notification__ErasureAnswer a = NOTIFICATION__ERASURE_ANSWER__INIT;
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_erasure->educator);
	struct educator row = {0};

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "educator: expected an id of 16 bytes");
	a.educator = query->get_erasure->educator;
	a.known = educator_get(q->view, id, &row);
	a.erased = row.erased != 0;
	a.key_destroyed = a.erased && !to_forget(q->view, id);
	a.notices = notices_of(q, id);
	body.body_case = NOTIFICATION__ANSWER__BODY_ERASURE;
	body.erasure = &a;
	return query_answer(q, &body.base);
}

/* ---- preferences ---- */

static void add_off(const struct query *q, struct bytes educator,
		    Notification__PreferencesAnswer *a)
{
	const ProtobufCEnumDescriptor *topics = &notification__topic__descriptor;

	a->off = arena_alloc(q->arena, topics->n_values * sizeof *a->off);
	for (unsigned i = 0; i < topics->n_values; i++)
		if (topics->values[i].value > 0 &&
		    switched_off(q->view, educator, (uint16_t)topics->values[i].value))
			a->off[a->n_off++] = (Notification__Topic)topics->values[i].value;
}

static Cairn__Status ask_preferences(const Notification__Query *query, struct query *q)
{
	Notification__PreferencesAnswer a = NOTIFICATION__PREFERENCES_ANSWER__INIT;
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	struct bytes id = bytes_of_pb(query->get_preferences->educator);
	struct educator row;

	if (!is_id(id))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "educator: expected an id of 16 bytes");
	if (!is_theirs(q, id))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "the preferences are another person's");
	if (!educator_get(q->view, id, &row) || row.erased)
		return query_refuse(q, CAIRN__STATUS__REJECTED,
				    "no such educator is known here, or the person was erased");
	a.educator = query->get_preferences->educator;
	a.language = arena_text(q->arena, bytes_of_text(row.language));
	add_off(q, id, &a);
	a.bounced_us = bounced_us(q, id);
	add_times(q, id, &a);
	body.body_case = NOTIFICATION__ANSWER__BODY_PREFERENCES;
	body.preferences = &a;
	return query_answer(q, &body.base);
}

static const struct asked {
	ask_fn *ask;
	uint32_t roles;
} asked[] = {
	[NOTIFICATION__QUERY__BODY_GET_NOTICE] = {ask_notice, ROLE_PORTAL | ROLE_OPERATOR},
	[NOTIFICATION__QUERY__BODY_LIST_NOTICES] = {ask_notices, ROLE_PORTAL | ROLE_OPERATOR},
	[NOTIFICATION__QUERY__BODY_GET_ERASURE] = {ask_erasure, ROLE_OPERATOR},
	[NOTIFICATION__QUERY__BODY_GET_PREFERENCES] = {ask_preferences,
						       ROLE_PORTAL | ROLE_OPERATOR},
	[NOTIFICATION__QUERY__BODY_LIST_BOUNCES] = {ask_bounces, ROLE_OPERATOR},
	[NOTIFICATION__QUERY__BODY_GET_SINK] = {ask_sink, ROLE_OPERATOR},
	[NOTIFICATION__QUERY__BODY_LIST_SINKS] = {ask_sinks, ROLE_OPERATOR},
	[NOTIFICATION__QUERY__BODY_LIST_SINK_EVENTS] = {ask_sink_events, ROLE_OPERATOR},
	[NOTIFICATION__QUERY__BODY_GET_SINK_SECRET] = {ask_sink_secret, ROLE_OPERATOR},
};

Cairn__Status notification_answer_query(const ProtobufCMessage *query, struct query *q)
{
	const Notification__Query *ours = (const Notification__Query *)query;

	return asked[ours->body_case].ask(ours, q);
}

uint32_t notification_query_roles(uint32_t kind)
{
	return kind < ARRAY_LEN(asked) ? asked[kind].roles : 0;
}
