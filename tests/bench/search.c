/* How long a search over ten thousand entries takes: bench_search [N]. */
#include "libshared/clock.h"
#include "services/catalogue/catalogue.h"
#include "services/enrollment/enrollment.h"
#include "tests/support/kit.h"
#include "tests/support/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 300
#define BATCH 64

static struct kit kit;
static struct arena *arena;

/* Commands go in batches; a refusal shows in the number of entries found. */
static void send_command(const Enrollment__Command *cmd)
{
	static unsigned n;

	kit_submit(&kit, kit_id(&kit), ROLE_OPERATOR, BYTES_NONE, &cmd->base);
	if (++n % BATCH == 0) {
		kit_run(&kit);
		arena_reset(kit.arena);
	}
}

/* The sample's entries over and over, each time under other codes; what they name stays the same.
 */
static void publish_again(Enrollment__Command *cmd, size_t i)
{
	Enrollment__Entry *entry = cmd->publish_entry->entry;
	char *code = arena_printf(arena, "%.3s-%zu", entry->code, 10000 + i);
	char *name = arena_text(arena, bytes_of_text(code));
	struct id id;

	for (char *at = name; *at != '\0'; at++)
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at + ('a' - 'A')) : *at;
	id = id_of_name("entry", name);
	entry->code = code;
	entry->entry = pb_of_id(&id);
	entry->version = 1;
	entry->n_prerequisites = 0;
	entry->supersedes = (ProtobufCBinaryData){0};
	send_command(cmd);
}

static void given_catalogue(size_t n)
{
	static const char *const files[] = {"catalogue.json", "policy.json", "calendar.json",
					    "media.json"};
	struct catalogue c = {.arena = arena};
	Enrollment__Command *entries[64];
	size_t n_entries = 0;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char path[100];

		snprintf(path, sizeof path, "deploy/sample/%s", files[i]);
		ENSURE(catalogue_add(&c, files[i], tree_read(path, arena)));
	}
	catalogue_order(&c);
	for (size_t i = 0; i < c.n; i++) {
		if (c.commands[i]->body_case == ENROLLMENT__COMMAND__BODY_PUBLISH_ENTRY)
			entries[n_entries++] = c.commands[i];
		send_command(c.commands[i]);
	}
	for (size_t i = n_entries; i < n; i++)
		publish_again(entries[i % n_entries], i);
	kit_run(&kit);
}

static int by_size(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

static void measure(const char *what, Enrollment__SearchEntries *ask)
{
	static int64_t took[ROUNDS];
	Enrollment__Query query = ENROLLMENT__QUERY__INIT;
	const Enrollment__Answer *answer;

	query.body_case = ENROLLMENT__QUERY__BODY_SEARCH_ENTRIES;
	query.search_entries = ask;
	for (size_t i = 0; i < ROUNDS; i++) {
		int64_t from = clock_mono_us();

		ENSURE(kit_ask(&kit, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
		took[i] = clock_mono_us() - from;
		answer = (const Enrollment__Answer *)kit.answer;
		if (i + 1 < ROUNDS)
			arena_reset(kit.arena);
	}
	qsort(took, ROUNDS, sizeof took[0], by_size);
	printf("%-44s %6u found  median %6.2f ms  p99 %6.2f ms\n", what, answer->search->total,
	       (double)took[ROUNDS / 2] / 1000, (double)took[ROUNDS * 99 / 100] / 1000);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	char everything[] = "", word[] = "phonemic", words[] = "students language lesson";
	char rare[] = "lit-10041", none[] = "zymurgy", topic[] = "literacy", language[] = "es";
	Enrollment__SearchEntries ask = ENROLLMENT__SEARCH_ENTRIES__INIT;

	arena = arena_new(1 << 20);
	kit_open(&kit, &enrollment_service);
	given_catalogue(n);
	printf("%zu entries\n", n);
	ask.text = everything;
	measure("everything, first page of 50", &ask);
	ask.text = word;
	measure("one word", &ask);
	ask.text = words;
	measure("three words", &ask);
	ask.text = rare;
	measure("a code", &ask);
	ask.text = none;
	measure("a word that nothing has", &ask);
	ask.text = word;
	ask.topic = topic;
	ask.language = language;
	ask.hours_max = 20;
	measure("a word and three facets", &ask);
	ask = (Enrollment__SearchEntries)ENROLLMENT__SEARCH_ENTRIES__INIT;
	ask.facets = true;
	ask.limit = 20;
	measure("everything, with counts of facets", &ask);
	ask.text = words;
	measure("three words, with counts of facets", &ask);
	ask.text = word;
	ask.topic = topic;
	measure("a word and a topic, with counts of facets", &ask);
	kit_close(&kit);
	arena_destroy(&arena);
	return EXIT_SUCCESS;
}
