/* What may be asked of addresses that mail came back from. */
#include "services/notification/query_parts.h"
#include "services/notification/tables_mail.h"

static Notification__BounceAnswer *bounce_answer(struct query *q, struct bytes educator,
						 struct bounce *row)
{
	static const Notification__BounceAnswer init = NOTIFICATION__BOUNCE_ANSWER__INIT;
	Notification__BounceAnswer *a = arena_alloc(q->arena, sizeof *a);

	*a = init;
	a->educator = pb_of_bytes(arena_copy(q->arena, educator));
	a->notice = pb_of_bytes(arena_copy(q->arena, BYTES_OF(row->notice)));
	a->code = row->code;
	a->status = arena_text(q->arena, bytes_of_text(row->status));
	a->bounced_us = row->bounced_us;
	return a;
}

Cairn__Status ask_bounces(const Notification__Query *query, struct query *q)
{
	const Notification__ListBounces *ask = query->list_bounces;
	Notification__BounceList list = NOTIFICATION__BOUNCE_LIST__INIT;
	Notification__Answer body = NOTIFICATION__ANSWER__INIT;
	uint32_t limit = limit_of(ask->limit);
	struct bytes key, val, last = BYTES_NONE;
	struct key from = {0};
	struct scan scan;

	if (ask->after.len > 0 && !is_id(bytes_of_pb(ask->after)))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "after: expected an id of 16 bytes, or nothing");
	key_after(&from, bytes_of_pb(ask->after));
	list.bounces = arena_alloc(q->arena, limit * sizeof *list.bounces);
	scan = scan_first(q->view, BOUNCE, BYTES_NONE, key_bytes(&from));
	while (list.n_bounces < limit && scan_next(&scan, &key, &val)) {
		struct bounce row;

		last = arena_copy(q->arena, key);
		if (bounce_get(q->view, last, &row))
			list.bounces[list.n_bounces++] = bounce_answer(q, last, &row);
	}
	scan_end(&scan);
	if (list.n_bounces == limit)
		list.next = pb_of_bytes(last);
	body.body_case = NOTIFICATION__ANSWER__BODY_BOUNCES;
	body.bounces = &list;
	return query_answer(q, &body.base);
}

int64_t bounced_us(const struct query *q, struct bytes educator)
{
	struct bounce row;

	return bounce_get(q->view, educator, &row) ? row.bounced_us : 0;
}

void add_times(const struct query *q, struct bytes educator, Notification__PreferencesAnswer *a)
{
	struct mail_times times = mail_times_of(q->view, educator);

	a->quiet_from = times.quiet_from;
	a->quiet_to = times.quiet_to;
	a->time_zone = arena_text(q->arena, bytes_of_text(times.zone));
	a->digest = (Notification__Digest)times.digest;
}
