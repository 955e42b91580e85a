/* The rows of the catalogue's documents, packed as they came. */
#include "services/assessment/tables_parts.h"

#include <stddef.h>
#include <string.h>

/* Of the version asked for, or the last of those with the prefix. */
static const ProtobufCMessage *versioned(const struct view *v, unsigned table, struct key *k,
					 uint32_t version, const ProtobufCMessageDescriptor *type,
					 struct arena *arena)
{
	struct bytes key, val;

	if (version != 0)
		key = key_add_u32(k, version);
	else if (!view_last(v, table, key_bytes(k), &key, &val))
		return NULL;
	return stored(v, table, key, type, arena);
}

const Assessment__EntryNoted *entry_get(const struct view *v, struct bytes entry, uint32_t version,
					struct arena *arena)
{
	struct key k = {0};

	key_add(&k, entry);
	return (const Assessment__EntryNoted *)versioned(
		v, ENTRY, &k, version, &assessment__entry_noted__descriptor, arena);
}

bool entry_known(const struct view *v, struct bytes entry, uint32_t version)
{
	struct bytes key, val;
	struct key k = {0};

	key_add(&k, entry);
	if (version == 0)
		return view_last(v, ENTRY, key_bytes(&k), &key, &val);
	return view_get(v, ENTRY, key_add_u32(&k, version), &val);
}

void entry_put(struct txn *t, const Assessment__EntryNoted *entry)
{
	struct key k = {0};

	key_add(&k, bytes_of_pb(entry->entry));
	store_message(t, ENTRY, key_add_u32(&k, entry->version), &entry->base);
}

struct id profile_id(const char *code)
{
	return id_of_name("profile", code);
}

const Enrollment__Profile *profile_get(const struct view *v, struct bytes profile, uint32_t version,
				       struct arena *arena)
{
	struct key k = {0};

	key_add(&k, profile);
	return (const Enrollment__Profile *)versioned(v, PROFILE, &k, version,
						      &enrollment__profile__descriptor, arena);
}

void profile_put(struct txn *t, const Enrollment__Profile *profile)
{
	struct id id = profile_id(profile->code);
	struct key k = {0};

	key_add(&k, bytes_of_id(&id));
	store_message(t, PROFILE, key_add_u32(&k, profile->version), &profile->base);
}

/* Numbers that policies did not have from the start (DOMAIN.md 4.3.4). */
static const struct {
	size_t at; /* of a uint32_t */
	uint32_t otherwise;
} policy_defaults[] = {
	{offsetof(Enrollment__Policy, calibration_anchors), 10},
	{offsetof(Enrollment__Policy, calibration_percent), 80},
	{offsetof(Enrollment__Policy, seat_months), 12},
	{offsetof(Enrollment__Policy, seat_notice_days), 30},
	{offsetof(Enrollment__Policy, seed_permille), 50},
	{offsetof(Enrollment__Policy, seed_window), 20},
	{offsetof(Enrollment__Policy, seeds_needed), 5},
	{offsetof(Enrollment__Policy, watch_below_percent), 80},
	{offsetof(Enrollment__Policy, suspend_below_percent), 70},
	{offsetof(Enrollment__Policy, renewal_priority_days), 30},
};

static void fill_policy(Enrollment__Policy *policy)
{
	for (size_t i = 0; i < ARRAY_LEN(policy_defaults); i++) {
		uint8_t *at = (uint8_t *)policy + policy_defaults[i].at;
		uint32_t value;

		memcpy(&value, at, sizeof value);
		if (value == 0)
			memcpy(at, &policy_defaults[i].otherwise, sizeof value);
	}
}

const Enrollment__Policy *policy_get(const struct view *v, uint32_t version, struct arena *arena)
{
	struct key k = {0};
	const Enrollment__Policy *published = (const Enrollment__Policy *)versioned(
		v, POLICY, &k, version, &enrollment__policy__descriptor, arena);
	Enrollment__Policy *policy;

	if (published == NULL)
		return NULL;
	policy = arena_alloc(arena, sizeof *policy);
	*policy = *published;
	fill_policy(policy);
	return policy;
}

void policy_put(struct txn *t, const Enrollment__Policy *policy)
{
	struct key k = {0};

	store_message(t, POLICY, key_add_u32(&k, policy->version), &policy->base);
}

const Enrollment__Calendar *calendar_get(const struct view *v, uint32_t version,
					 struct arena *arena)
{
	struct key k = {0};

	return (const Enrollment__Calendar *)versioned(v, CALENDAR, &k, version,
						       &enrollment__calendar__descriptor, arena);
}

void calendar_put(struct txn *t, const Enrollment__Calendar *calendar)
{
	struct key k = {0};

	store_message(t, CALENDAR, key_add_u32(&k, calendar->version), &calendar->base);
}
