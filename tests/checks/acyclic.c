/*
 * Fails if a message type can contain itself: unpacking recurses without a limit, so a few
 * kilobytes of nesting would overflow the stack. What walks messages (check.c, json_print.c,
 * seal.c) relies on it too.
 */
#include "proto/assessment.pb-c.h"
#include "proto/enrollment.pb-c.h"
#include "proto/envelope.pb-c.h"
#include "proto/evidence.pb-c.h"
#include "proto/follow.pb-c.h"
#include "proto/gateway.pb-c.h"
#include "proto/issuance.pb-c.h"
#include "proto/notification.pb-c.h"
#include "proto/public.pb-c.h"
#include "proto/runtime.pb-c.h"
#include "tests/support/sample.pb-c.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Every message that a socket, a log or a table may hold by itself. */
static const ProtobufCMessageDescriptor *const outers[] = {
	&cairn__head__descriptor,
	&cairn__reply_head__descriptor,
	&cairn__sealed__descriptor,
	&cairn__position__descriptor,
	&cairn__follow_message__descriptor,
	&cairn__cloud_event__descriptor,
	&cairn__runtime_command__descriptor,
	&cairn__runtime_event__descriptor,
	&cairn__runtime_query__descriptor,
	&cairn__runtime_answer__descriptor,
	&enrollment__command__descriptor,
	&enrollment__event__descriptor,
	&enrollment__query__descriptor,
	&enrollment__answer__descriptor,
	&evidence__command__descriptor,
	&evidence__event__descriptor,
	&evidence__query__descriptor,
	&evidence__answer__descriptor,
	&assessment__command__descriptor,
	&assessment__event__descriptor,
	&assessment__query__descriptor,
	&assessment__answer__descriptor,
	&issuance__command__descriptor,
	&issuance__event__descriptor,
	&issuance__query__descriptor,
	&issuance__answer__descriptor,
	&notification__command__descriptor,
	&notification__event__descriptor,
	&notification__query__descriptor,
	&notification__answer__descriptor,
	&gateway__command__descriptor,
	&gateway__event__descriptor,
	&gateway__query__descriptor,
	&gateway__answer__descriptor,
};

#define N_OUTERS (sizeof outers / sizeof outers[0])
#define TYPES_MAX 4096

/* Types on the way from an outer one. */
struct way {
	const struct way *from;
	const ProtobufCMessageDescriptor *type;
};

/* Types from which no cycle can be reached. */
struct sound {
	const ProtobufCMessageDescriptor *types[TYPES_MAX];
	size_t n;
};

static bool is_sound(const struct sound *sound, const ProtobufCMessageDescriptor *type)
{
	for (size_t i = 0; i < sound->n; i++)
		if (sound->types[i] == type)
			return true;
	return false;
}

/* From the type that the cycle closes on, down to here. */
static void print_cycle(const struct way *way, const ProtobufCMessageDescriptor *closes_on)
{
	if (way->type != closes_on)
		print_cycle(way->from, closes_on);
	fprintf(stderr, "%s > ", way->type->name);
}

static bool is_on_way(const struct way *way, const ProtobufCMessageDescriptor *type)
{
	for (; way != NULL; way = way->from)
		if (way->type == type)
			return true;
	return false;
}

static bool check_type(const ProtobufCMessageDescriptor *type, const struct way *from,
		       struct sound *sound)
{
	struct way way = {from, type};

	if (is_on_way(from, type)) {
		print_cycle(from, type);
		fprintf(stderr, "%s\n", type->name);
		return false;
	}
	if (is_sound(sound, type))
		return true;
	for (unsigned f = 0; f < type->n_fields; f++)
		if (type->fields[f].type == PROTOBUF_C_TYPE_MESSAGE &&
		    !check_type(type->fields[f].descriptor, &way, sound))
			return false;
	if (sound->n == TYPES_MAX) {
		fprintf(stderr, "more than %d message types\n", TYPES_MAX);
		return false;
	}
	sound->types[sound->n++] = type;
	return true;
}

int main(void)
{
	static struct sound sound;
	bool all_sound = true;

	fprintf(stderr, "a cycle that is meant to be found: ");
	if (check_type(&sample__loop__descriptor, NULL, &sound)) {
		fprintf(stderr, "and is not: this check is broken\n");
		return EXIT_FAILURE;
	}
	sound.n = 0;
	for (size_t i = 0; i < N_OUTERS; i++)
		all_sound = check_type(outers[i], NULL, &sound) && all_sound;
	printf("%zu message types, %s\n", sound.n, all_sound ? "none in a cycle" : "see above");
	return all_sound ? EXIT_SUCCESS : EXIT_FAILURE;
}
