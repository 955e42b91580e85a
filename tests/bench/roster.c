/* Educators, the catalogue they enroll in, and their enrollments. */
#include "tests/bench/roster.h"

#include "libshared/clock.h"
#include "libshared/decision.h"
#include "tests/support/kit.h"

#include <stdio.h>
#include <stdlib.h>

/* A prime above any number of educators: going by such steps meets each of them once. */
#define STEP 2654435761

static const char *const profiles[] = {"standard", "double-read", "launch"};

/* The kit's entry is the first; the others are it again, under other codes. */
static void entry_code(size_t i, char code_r[16], char name_r[16])
{
	snprintf(code_r, 16, "LIT-%zu", 101 + i);
	snprintf(name_r, 16, "lit-%zu", 101 + i);
}

void roster_open(struct roster *r, size_t n_educators, enum roster_order order)
{
	*r = (struct roster){.n = n_educators, .order = order, .made_us = clock_wall_us()};
	r->educators = calloc(n_educators, sizeof *r->educators);
	ENSURE(r->educators != NULL);
	for (size_t i = 0; i < n_educators; i++)
		r->educators[i] = id_make(&r->ids, r->made_us);
	for (size_t i = 0; i < ROSTER_ENTRIES; i++) {
		char code[16], name[16];

		entry_code(i, code, name);
		r->entries[i] = id_of_name("entry", name);
	}
}

void roster_close(struct roster *r)
{
	free(r->educators);
	r->educators = NULL;
}

static void publish_entries(struct roster *r, roster_fn *fn, void *ctx)
{
	for (size_t i = 0; i < ROSTER_ENTRIES; i++) {
		Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
		Enrollment__PublishEntry publish = ENROLLMENT__PUBLISH_ENTRY__INIT;
		Enrollment__Entry entry = *kit_entry();
		char code[16], name[16];

		entry_code(i, code, name);
		entry.code = code;
		entry.entry = pb_of_id(&r->entries[i]);
		publish.entry = &entry;
		cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY;
		cmd.publish_entry = &publish;
		fn(ctx, &cmd);
	}
}

void roster_publish(struct roster *r, roster_fn *fn, void *ctx)
{
#define PUBLISH(CASE, member, TYPE, Type, part, value)                                             \
	do {                                                                                       \
		Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;                               \
		Enrollment__Publish##Type body = ENROLLMENT__PUBLISH_##TYPE##__INIT;               \
		Enrollment__##Type copy = *(value);                                                \
		body.part = &copy;                                                                 \
		cmd.body_case = ENROLLMENT__COMMAND__BODY_PUBLISH_##CASE;                          \
		cmd.member = &body;                                                                \
		fn(ctx, &cmd);                                                                     \
	} while (0)
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		PUBLISH(PROFILE, publish_profile, PROFILE, Profile, profile,
			kit_profile(profiles[i]));
	PUBLISH(ISSUER, publish_issuer, ISSUER, Issuer, issuer, kit_issuer());
	Enrollment__Policy policy = *kit_policy();

	policy.daily_cap = 1000; /* readers of a benchmark do not tire */
	PUBLISH(POLICY, publish_policy, POLICY, Policy, policy, &policy);
	PUBLISH(CALENDAR, publish_calendar, CALENDAR, Calendar, calendar, kit_calendar());
	PUBLISH(MEDIA, publish_media, MEDIA, Media, media, kit_media());
#undef PUBLISH
	publish_entries(r, fn, ctx);
}

void roster_register(struct roster *r, roster_fn *fn, void *ctx)
{
	for (size_t i = 0; i < r->n; i++) {
		Enrollment__Command cmd = ENROLLMENT__COMMAND__INIT;
		Enrollment__RegisterEducator educator = ENROLLMENT__REGISTER_EDUCATOR__INIT;
		Enrollment__Person person = ENROLLMENT__PERSON__INIT;
		char handle[32], name[40], email[48], language[] = "en";

		snprintf(handle, sizeof handle, "educator-%zu", i);
		snprintf(name, sizeof name, "Educator Number %zu", i);
		snprintf(email, sizeof email, "educator-%zu@school.example", i);
		person.handle = handle;
		person.name = name;
		person.email = email;
		educator.educator = pb_of_id(&r->educators[i]);
		educator.person = &person;
		educator.language = language;
		cmd.body_case = ENROLLMENT__COMMAND__BODY_REGISTER_EDUCATOR;
		cmd.register_educator = &educator;
		fn(ctx, &cmd);
	}
}

void roster_enrollment(struct roster *r, size_t i, struct roster_enrollment *e)
{
	size_t step = r->order == ROSTER_AT_RANDOM ? STEP : 1;
	size_t educator = (i % r->n) * step % r->n;

	ENSURE(i / r->n < ROSTER_ENTRIES);
	e->enrollment = id_make(&r->ids, clock_wall_us());
	e->enroll = (Enrollment__Enroll)ENROLLMENT__ENROLL__INIT;
	e->enroll.enrollment = pb_of_id(&e->enrollment);
	e->enroll.educator = pb_of_id(&r->educators[educator]);
	e->enroll.entry = pb_of_id(&r->entries[i / r->n]);
	e->command = (Enrollment__Command)ENROLLMENT__COMMAND__INIT;
	e->command.body_case = ENROLLMENT__COMMAND__BODY_ENROLL;
	e->command.enroll = &e->enroll;
}

struct roster_command roster_enroll(struct roster *r, size_t i)
{
	struct roster_command c = {.id = id_make(&r->ids, clock_wall_us())};
	struct roster_enrollment e;

	roster_enrollment(r, i, &e);
	c.len = enrollment__command__get_packed_size(&e.command);
	ENSURE(c.len <= sizeof c.body);
	enrollment__command__pack(&e.command, c.body);
	return c;
}
