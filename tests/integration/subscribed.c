/*
 * subscribed N [PEER ...] [NAME=VALUE ...]
 *
 * The last mile (mile.h) with room for N credentials, for subscribers that a script starts: each
 * PEER is a licensure system of Tennessee, each NAME=VALUE a setting of notification. Prints the
 * directory, the endpoint and the server's key, one a line; then reads from standard input, one a
 * line, and answers "done":
 *
 *	issue COUNT     so many more decisions are released
 *	burst COUNT     as many while issuance is down
 *	revoke COUNT    so many of the credentials
 *	shake COUNT     so many are suspended and reinstated
 *	kill SERVICE    at once, and starts it again
 *	settle          waits until all is issued
 *	stream FILE     writes issuance's own public stream
 *
 * At the end of its input it stops the daemons, which must drain, and rebuilds issuance's tables.
 */
#include "tests/integration/mile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mile m;

static size_t count_of(const char *word)
{
	return strtoul(word, NULL, 10);
}

static void issue(const char *word)
{
	mile_release(&m, count_of(word));
}

static void burst(const char *word)
{
	mile_burst(&m, count_of(word));
}

static void revoke(const char *word)
{
	mile_revoke(&m, count_of(word));
}

static void shake(const char *word)
{
	for (size_t i = count_of(word); i > 0; i--)
		mile_shake(&m);
}

static void kill_it(const char *word)
{
	mile_kill(&m, word);
}

static void settle(const char *word)
{
	(void)word;
	mile_settle(&m);
}

static void write_stream(const char *word)
{
	mile_write_stream(&m, word);
}

static const struct order {
	const char *name;
	void (*run)(const char *word);
} orders[] = {{"issue", issue},  {"burst", burst},   {"revoke", revoke},      {"shake", shake},
	      {"kill", kill_it}, {"settle", settle}, {"stream", write_stream}};

static void take_orders(void)
{
	char line[256], name[16], word[200];

	while (fgets(line, sizeof line, stdin) != NULL) {
		word[0] = '\0';
		ENSURE(sscanf(line, "%15s %199s", name, word) >= 1);
		for (size_t i = 0; i < ARRAY_LEN(orders); i++)
			if (strcmp(name, orders[i].name) == 0)
				orders[i].run(word);
		puts("done");
	}
}

static void take_word(const char *word)
{
	static size_t n;

	if (strchr(word, '=') == NULL) {
		daemon_kit_peer(&m.daemons, word, "licensure", "TN");
		return;
	}
	ENSURE(n + 1 < KIT_WORDS);
	m.words[n++] = word;
}

int main(int argc, char **argv)
{
	/* Of notification: a sink may be here, and soon hears again. */
	static const char *const words[] = {"sink_plain=yes", "sink_networks=127.0.0.0/8",
					    "sinks_retry=1", "sinks_parallel=64"};

	ENSURE(argc > 1);
	setvbuf(stdout, NULL, _IOLBF, 0);
	mile_open(&m, strtoul(argv[1], NULL, 10));
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		m.words[i] = words[i];
	for (int i = 2; i < argc; i++)
		take_word(argv[i]);
	mile_start(&m);
	printf("%s\n%s\n%s\n", m.daemons.place.dir,
	       daemon_kit_endpoint(&m.daemons, "issuance", 'l'),
	       daemon_kit_public(&m.daemons, "issuance").s);
	take_orders();
	mile_close(&m);
	return EXIT_SUCCESS;
}
