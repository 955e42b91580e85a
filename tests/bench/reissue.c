/* How many badges a second one core signs again through the engine after a key is revoked: decided,
 * written to the log, the tables and the transparency log; against issuing them. On memory, so that
 * it is the processor that is measured: bench_reissue [--quick]. */
#include "libshared/check.h"
#include "services/issuance/issuance.h"
#include "tests/bench/bench.h"
#include "tests/support/issuance_kit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct kit kit;

static const Issuance__Answer *ask(const Issuance__Query *query)
{
	ENSURE(kit_ask(&kit, BYTES_NONE, &query->base) == CAIRN__STATUS__OK);
	return (const Issuance__Answer *)kit.answer;
}

static char *signing_key(void)
{
	issuance_did_document(&kit);
	return ((const Issuance__Answer *)kit.answer)->issuer->all_keys[0]->key;
}

static Issuance__ReissueAnswer progress(void)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListReissues list = ISSUANCE__LIST_REISSUES__INIT;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_REISSUES;
	query.list_reissues = &list;
	return *ask(&query)->reissues->reissues[0];
}

static void send(const Issuance__Command *command, uint32_t roles)
{
	ENSURE(kit_send_as(&kit, kit_id(&kit), roles, BYTES_NONE, &command->base) ==
	       CAIRN__STATUS__OK);
}

static void revoke_and_start(char *key)
{
	static char because[] = "stolen";
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__RevokeKey revoke = ISSUANCE__REVOKE_KEY__INIT;
	Issuance__StartReissue start = ISSUANCE__START_REISSUE__INIT;

	revoke.issuer = start.issuer = kit_issuer()->issuer;
	revoke.key = start.key = key;
	revoke.because = because;
	revoke.replace = true;
	command.body_case = ISSUANCE__COMMAND__BODY_REVOKE_KEY;
	command.revoke_key = &revoke;
	send(&command, ROLE_OPERATOR);
	command.body_case = ISSUANCE__COMMAND__BODY_START_REISSUE;
	command.start_reissue = &start;
	send(&command, ROLE_OPERATOR);
}

static void send_batch(char *key, struct bytes after)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__ReissueBatch batch = ISSUANCE__REISSUE_BATCH__INIT;

	batch.issuer = kit_issuer()->issuer;
	batch.key = key;
	batch.after = pb_of_bytes(after.len > 0 ? after : (struct bytes){ID_NONE.b, ID_LEN});
	command.body_case = ISSUANCE__COMMAND__BODY_REISSUE_BATCH;
	command.reissue_batch = &batch;
	send(&command, ROLE_SELF);
}

int main(int argc, char **argv)
{
	size_t n = bench_is_quick(argc, argv) ? 2000 : 8000;
	double issue, reissue = 0;
	size_t held;
	char *key;

	kit_open(&kit, &issuance_service);
	issuance_given_all(&kit);
	key = arena_text(kit.arena, bytes_of_text(signing_key()));
	issue = 0;
	for (size_t i = 0; i < n; i++) {
		struct bytes educator = kit_id(&kit);
		double from;

		issuance_given_educator(&kit, educator);
		from = bench_processor();
		issuance_released(&kit, educator, true);
		issue += bench_processor() - from;
	}
	revoke_and_start(key);
	held = bench_anonymous(getpid());
	for (Issuance__ReissueAnswer p; strcmp((p = progress()).state, "running") == 0;) {
		double from = bench_processor();

		send_batch(key, bytes_of_pb(p.cursor));
		reissue += bench_processor() - from;
	}
	ENSURE(progress().done == n);
	held = bench_anonymous(getpid()) - held;
	bench_line("badges signed again by one core", bench_text("%.0f /s", (double)n / reissue).s,
		   bench_text("%.1f times issuing one by one, %.0f /s", issue / reissue,
			      (double)n / issue)
			   .s,
		   bench_text("its share of the log; held %zu kB more", held / 1024).s);
	kit_close(&kit);
	return EXIT_SUCCESS;
}
