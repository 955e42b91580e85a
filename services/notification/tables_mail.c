/* Tables about addresses, and about when mail goes out. */
#include "services/notification/tables_mail.h"

bool bounce_get(const struct view *v, struct bytes educator, struct bounce *row_r)
{
	return ROW_GET(v, BOUNCE, educator, row_r);
}

void bounce_put(struct txn *t, struct bytes educator, struct bounce *row)
{
	ROW_PUT(t, BOUNCE, educator, row);
}

bool letter_sent_get(const struct view *v, struct bytes notice, struct letter_sent *row_r)
{
	return ROW_GET(v, LETTER_SENT, notice, row_r);
}

void letter_sent_put(struct txn *t, struct bytes notice, struct letter_sent *row)
{
	ROW_PUT(t, LETTER_SENT, notice, row);
}

/* ---- when mail goes out ---- */

struct mail_times mail_times_of(const struct view *v, struct bytes educator)
{
	struct mail_times row;

	return ROW_GET(v, MAIL_TIMES, educator, &row) ? row : (struct mail_times){0};
}

void mail_times_put(struct txn *t, struct bytes educator, struct mail_times *row)
{
	ROW_PUT(t, MAIL_TIMES, educator, row);
}

const struct zone *zone_of(const struct view *v, const struct caps *caps,
			   const struct mail_times *times, struct arena *arena)
{
	const Notification__CalendarNoted *calendar = calendar_get(v, arena);
	const struct zone *zone = NULL;

	if (caps->zones == NULL)
		return NULL;
	if (times->zone[0] != '\0')
		zone = zone_find(caps->zones, times->zone);
	if (zone == NULL && calendar != NULL)
		zone = zone_find(caps->zones, calendar->time_zone);
	return zone;
}

bool nudged_get(const struct view *v, struct bytes educator, struct nudged *row_r)
{
	return ROW_GET(v, NUDGED, educator, row_r);
}

void nudged_put(struct txn *t, struct bytes educator, struct nudged *row)
{
	ROW_PUT(t, NUDGED, educator, row);
}

struct scan members_of(const struct view *v, struct bytes digest)
{
	return scan_first(v, MEMBER, digest, digest);
}

struct bytes member_of_key(struct bytes key)
{
	return (struct bytes){key.data + ID_LEN, ID_LEN};
}

static bool id_row(const struct view *v, unsigned table, struct bytes key, struct id *id_r)
{
	struct bytes val;

	if (!view_get(v, table, key, &val))
		return false;
	*id_r = id_of_bytes(val);
	return true;
}

bool gathered_in(const struct view *v, struct bytes notice, struct id *digest_r)
{
	return id_row(v, GATHERED, notice, digest_r);
}

static struct bytes member_key(struct key *k, struct bytes digest, struct bytes notice)
{
	key_add(k, digest);
	return key_add(k, notice);
}

void member_put(struct txn *t, struct bytes digest, struct bytes notice)
{
	struct key k = {0};

	txn_put(t, MEMBER, member_key(&k, digest, notice), BYTES_NONE);
	txn_put(t, GATHERED, notice, digest);
}

void member_drop(struct txn *t, struct bytes notice)
{
	struct key k = {0};
	struct id digest;

	if (!gathered_in(txn_view(t), notice, &digest))
		return;
	txn_delete(t, MEMBER, member_key(&k, bytes_of_id(&digest), notice));
	txn_delete(t, GATHERED, notice);
}

bool gathering_get(const struct view *v, struct bytes educator, struct id *digest_r)
{
	return id_row(v, GATHERING, educator, digest_r);
}

void gathering_put(struct txn *t, struct bytes educator, struct bytes digest)
{
	txn_put(t, GATHERING, educator, digest);
}

void gathering_end(struct txn *t, struct bytes educator, struct bytes digest)
{
	struct id open;

	if (gathering_get(txn_view(t), educator, &open) && bytes_equal(bytes_of_id(&open), digest))
		txn_delete(t, GATHERING, educator);
}
