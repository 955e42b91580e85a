/* Files for licensure systems under a kit. */
#include "tests/support/statefile_kit.h"

#include <string.h>

#define PART_MAX 500

static char district[] = "district", number[] = "7", refused[] = "unknown", reference[] = "R-1";

void statefile_given_policy(struct kit *k, const char *state, const char *reporting,
			    uint32_t version)
{
	const struct policy_given policy = {state, "2020-01-01", "1", version, reporting, NULL};

	issuance_given_policy(k, &policy);
}

static Cairn__Status cut(struct kit *k, const char *code, const char *period, bool more,
			 struct bytes *run_r)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__CutStateFile ask = ISSUANCE__CUT_STATE_FILE__INIT;
	Issuance__GivenValue value = ISSUANCE__GIVEN_VALUE__INIT, *values[] = {&value};

	*run_r = kit_id(k);
	value.name = district;
	value.value = number;
	ask.run = pb_of_bytes(*run_r);
	ask.policy = arena_text(k->arena, bytes_of_text(code));
	ask.period = arena_text(k->arena, bytes_of_text(period));
	ask.n_values = 1;
	ask.values = values;
	ask.more = more;
	command.body_case = ISSUANCE__COMMAND__BODY_CUT_STATE_FILE;
	command.cut_state_file = &ask;
	return kit_send(k, BYTES_NONE, &command.base);
}

Cairn__Status statefile_cut(struct kit *k, const char *code, const char *period,
			    struct bytes *run_r)
{
	return cut(k, code, period, true, run_r);
}

Cairn__Status statefile_cut_first(struct kit *k, const char *code, const char *period,
				  struct bytes *run_r)
{
	return cut(k, code, period, false, run_r);
}

const char *statefile_text(struct kit *k, struct bytes run, uint32_t page)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__GetStateFile get = ISSUANCE__GET_STATE_FILE__INIT;
	const Issuance__StateFilePart *part;
	const char *text = "";

	get.run = pb_of_bytes(run);
	get.limit = page;
	query.body_case = ISSUANCE__QUERY__BODY_GET_STATE_FILE;
	query.get_state_file = &get;
	do {
		ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
		part = ((const Issuance__Answer *)k->answer)->state_file;
		text = arena_printf(k->arena, "%s%.*s", text, (int)part->text.len,
				    (const char *)part->text.data);
		get.after = part->next;
	} while (part->next != 0);
	return text;
}

const Issuance__StateFileAnswerCounts *statefile_counts(struct kit *k, struct bytes run)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListStateFiles list = ISSUANCE__LIST_STATE_FILES__INIT;
	const Issuance__StateFileList *files;

	query.body_case = ISSUANCE__QUERY__BODY_LIST_STATE_FILES;
	query.list_state_files = &list;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	files = ((const Issuance__Answer *)k->answer)->state_files;
	for (size_t i = 0; i < files->n_files; i++)
		if (bytes_equal(bytes_of_pb(files->files[i]->file->run), run))
			return files->files[i];
	return NULL;
}

static Cairn__Status send_answers(struct kit *k, struct bytes run, const struct answered_part *part,
				  char *because)
{
	Issuance__Command command = ISSUANCE__COMMAND__INIT;
	Issuance__AnswerStateFile ask = ISSUANCE__ANSWER_STATE_FILE__INIT;
	Issuance__StateFileAnswer *answers = arena_alloc(k->arena, part->n * sizeof *answers);
	Issuance__StateFileAnswer **list = arena_alloc(k->arena, part->n * sizeof *list);
	uint8_t hash[32];

	ENSURE(part->n <= PART_MAX);
	for (uint32_t i = 0; i < part->n; i++) {
		issuance__state_file_answer__init(&answers[i]);
		answers[i].record = part->first + i;
		answers[i].accepted = answers[i].record != part->refused;
		answers[i].reference = reference;
		if (!answers[i].accepted)
			answers[i].because = because;
		list[i] = &answers[i];
	}
	memset(hash, part->hash, sizeof hash);
	ask.run = pb_of_bytes(run);
	ask.file_sha256 = pb_of_bytes(BYTES_OF(hash));
	ask.part = part->part;
	ask.n_answers = part->n;
	ask.answers = list;
	command.body_case = ISSUANCE__COMMAND__BODY_ANSWER_STATE_FILE;
	command.answer_state_file = &ask;
	return kit_send(k, BYTES_NONE, &command.base);
}

Cairn__Status statefile_answer_part(struct kit *k, struct bytes run,
				    const struct answered_part *part)
{
	return send_answers(k, run, part, refused);
}

/* Each in an answer file of its own. */
Cairn__Status statefile_answer(struct kit *k, struct bytes run, uint32_t record, char *because)
{
	static uint8_t hash = 100;
	struct answered_part part = {.part = 1, .first = record, .n = 1, .hash = hash++};

	part.refused = because != NULL ? record : 0;
	return send_answers(k, run, &part, because);
}

const Issuance__StateFileReceipt *statefile_receipt(const struct kit *k)
{
	return ((const Issuance__Answer *)k->answer)->state_file_receipt;
}

const Issuance__DisputeList *statefile_disputes(struct kit *k, char *state)
{
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	Issuance__ListDisputes list = ISSUANCE__LIST_DISPUTES__INIT;

	list.state = state;
	query.body_case = ISSUANCE__QUERY__BODY_LIST_DISPUTES;
	query.list_disputes = &list;
	ENSURE(kit_ask(k, BYTES_NONE, &query.base) == CAIRN__STATUS__OK);
	return ((const Issuance__Answer *)k->answer)->disputes;
}
