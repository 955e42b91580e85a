/* Files for licensure systems: one is cut, and what the system answered is taken down. */
#include "services/issuance/decide_parts.h"
#include "services/issuance/statefile.h"
#include "services/issuance/tables_ledger.h"

#include "libshared/blobs.h"
#include "libshared/calendar.h"
#include "libshared/check.h"
#include "libshared/zone.h"

#include <string.h>

#define VALUES_MAX 50
#define VALUE_MAX 64
#define ANSWERS_MAX 500
#define WHY_MAX 200

/* ---- cutting ---- */

static bool values_are_sound(const Issuance__CutStateFile *ask, struct decision *d)
{
	for (size_t i = 0; i < ask->n_values; i++) {
		const Issuance__GivenValue *v = ask->values[i];

		if (i == VALUES_MAX || v->name[0] == '\0' || strlen(v->name) > VALUE_MAX ||
		    strlen(v->value) > VALUE_MAX || strchr(v->value, '\n') != NULL) {
			refuse_text(d, ISSUANCE__REASON__BAD_VALUE,
				    "values: at most %d, of 1 to %d bytes each, are expected",
				    VALUES_MAX, VALUE_MAX);
			return false;
		}
	}
	return true;
}

/* The policy's files so far; false: there is one of that period, and no other is asked for. */
static bool next_number(const struct statefile *f, const Issuance__CutStateFile *ask,
			struct decision *d, uint32_t *number_r)
{
	struct bytes policy = bytes_of_pb(f->noted->policy);
	struct file last;

	*number_r = 1;
	if (!file_numbered(f->view, policy, 0, d->arena, &last))
		return true;
	*number_r = last.cut->number + 1;
	for (uint32_t n = last.cut->number; !ask->more && n > 0; n--) {
		struct file file;

		ENSURE(file_numbered(f->view, policy, n, d->arena, &file));
		if (strcmp(file.cut->period, ask->period) == 0) {
			refuse_text(d, ISSUANCE__REASON__PERIOD_CUT,
				    "period: file %u of %s is of it; ask for that one, or for more",
				    n, f->noted->code);
			return false;
		}
	}
	return true;
}

static void emit_rows(const Issuance__StateFileCut *cut, const struct statefile_rows *chosen,
		      struct decision *d)
{
	Issuance__StateFileRow *list[STATE_FILE_ROWS];

	for (size_t from = 0; from < chosen->n; from += STATE_FILE_ROWS) {
		Issuance__StateFileRows rows = ISSUANCE__STATE_FILE_ROWS__INIT;

		rows.run = cut->run;
		rows.policy = cut->policy;
		rows.first = (uint32_t)from + 1;
		rows.n_rows = MIN(chosen->n - from, (size_t)STATE_FILE_ROWS);
		rows.rows = list;
		for (size_t i = 0; i < rows.n_rows; i++)
			list[i] = &chosen->rows[from + i];
		EMIT(d, bytes_of_pb(cut->run), STATE_FILE_ROWS, state_file_rows, &rows);
	}
}

/* Head, rows and tail. NULL: refused. */
static const char *fault_of_text(const struct statefile *f, const struct statefile_rows *rows,
				 uint8_t sha256_r[SHA256_LEN])
{
	struct buffer text;
	const char *fault;

	buffer_init(&text, f->arena, rows->text.len + 4096);
	fault = statefile_head(f, &text);
	buffer_put(&text, rows->text.at, rows->text.len);
	if (fault == NULL)
		fault = statefile_tail(f, &text);
	sha256(buffer_bytes(&text), sha256_r);
	return fault;
}

static enum verdict cut_rows(struct statefile *f, Issuance__StateFileCut *cut, int64_t last_day,
			     struct decision *d)
{
	struct statefile_rows *rows = statefile_choose(f, last_day);
	uint8_t hash[SHA256_LEN];
	const char *fault;

	if (rows->n == 0 && rows->n_dropped == 0)
		return refuse_text(d, ISSUANCE__REASON__NOTHING_DUE,
				   "policy: nothing changed that a file can tell; %u entries are "
				   "held back",
				   rows->held);
	cut->through = rows->through;
	cut->added = rows->added;
	cut->changed = rows->changed;
	cut->deleted = rows->deleted;
	cut->held = rows->held;
	cut->hundredths = rows->hundredths;
	cut->n_dropped = rows->n_dropped;
	cut->dropped = rows->dropped;
	fault = fault_of_text(f, rows, hash);
	if (fault != NULL)
		return refuse_text(d, ISSUANCE__REASON__BAD_VALUE, "%s", fault);
	cut->content_sha256 = pb_of_bytes(BYTES_OF(hash));
	emit_rows(cut, rows, d);
	EMIT(d, bytes_of_pb(cut->run), STATE_FILE_CUT, state_file_cut, cut);
	return ACCEPTED;
}

static enum verdict cut(struct statefile *f, const Issuance__CutStateFile *ask, int64_t last_day,
			struct decision *d)
{
	Issuance__StateFileCut *cut = arena_alloc(d->arena, sizeof *cut);
	struct ledger_clock clock = {d->caps, d->now_us};
	char *cut_on = arena_alloc(d->arena, 11);
	const char *missing;

	issuance__state_file_cut__init(cut);
	if (!next_number(f, ask, d, &cut->number))
		return REFUSED;
	text_of_day(ledger_today(&clock, f->noted->time_zone), cut_on);
	cut->run = ask->run;
	cut->policy = f->noted->policy;
	cut->policy_version = f->noted->version;
	cut->state = f->noted->state;
	cut->period = ask->period;
	cut->n_values = ask->n_values;
	cut->values = ask->values;
	cut->cut_on = cut_on;
	f->cut = cut;
	missing = statefile_missing(f);
	if (missing != NULL)
		return refuse_text(d, ISSUANCE__REASON__BAD_VALUE, "values: the layout asks for %s",
				   missing);
	return cut_rows(f, cut, last_day, d);
}

enum verdict decide_cut_state_file(const struct view *view, const Issuance__Command *cmd,
				   struct decision *d)
{
	const Issuance__CutStateFile *ask = cmd->cut_state_file;
	const Issuance__StateLayoutNoted *noted;
	struct statefile f;
	struct file known;
	int64_t last_day;

	if (!is_id(bytes_of_pb(ask->run)) ||
	    file_get(view, bytes_of_pb(ask->run), d->arena, &known))
		return refuse_text(d, ISSUANCE__REASON__BAD_ID,
				   "run: a fresh id of 16 bytes is expected");
	if (!values_are_sound(ask, d))
		return REFUSED;
	if (!statefile_period(ask->period, &last_day))
		return refuse_text(d, ISSUANCE__REASON__BAD_PERIOD,
				   "period: a year and a month are expected, as 2026-07");
	noted = statefile_layout(view, ask->policy, d->now_us, d->caps, d->arena);
	if (noted == NULL)
		return refuse_text(d, ISSUANCE__REASON__NO_LAYOUT,
				   "policy: none of that code is in force and says how its file is "
				   "written");
	statefile_open(&f, view, d->caps, noted, d->arena);
	return cut(&f, ask, last_day, d);
}

/* ---- answers ---- */

struct answering {
	const struct view *view;
	const Issuance__AnswerStateFile *ask;
	struct decision *d;
	Issuance__StateFileReceipt *receipt;
	Issuance__StateFileReply **replies;
	size_t n_replies;
};

static bool answers_are_sound(const Issuance__AnswerStateFile *ask, struct decision *d)
{
	uint32_t last = 0;

	if (ask->n_answers > ANSWERS_MAX || ask->part == 0 || ask->file_sha256.len != SHA256_LEN) {
		refuse_text(d, ISSUANCE__REASON__BAD_VALUE,
			    "answers: at most %d of a numbered part of a file, with its hash",
			    ANSWERS_MAX);
		return false;
	}
	for (size_t i = 0; i < ask->n_answers; i++) {
		const Issuance__StateFileAnswer *a = ask->answers[i];

		if (a->record <= last || strlen(a->because) > WHY_MAX ||
		    strlen(a->reference) > WHY_MAX || (!a->accepted && a->because[0] == '\0')) {
			refuse_text(d, ISSUANCE__REASON__BAD_VALUE,
				    "answers: in order of their records, each with what the state "
				    "says, in at most %d bytes",
				    WHY_MAX);
			return false;
		}
		last = a->record;
	}
	return true;
}

static void emit_acknowledged(const struct answering *w, const Issuance__LedgerPosted *p,
			      const Issuance__StateFileAnswer *a)
{
	Issuance__LedgerAcknowledged acknowledged = ISSUANCE__LEDGER_ACKNOWLEDGED__INIT;

	acknowledged.posting = p->posting;
	acknowledged.license = p->license;
	acknowledged.reference = a->reference;
	EMIT(w->d, bytes_of_pb(p->license), LEDGER_ACKNOWLEDGED, ledger_acknowledged,
	     &acknowledged);
}

static void emit_disputed(const struct answering *w, const Issuance__LedgerPosted *p,
			  const Issuance__StateFileAnswer *a)
{
	Issuance__LedgerDisputed disputed = ISSUANCE__LEDGER_DISPUTED__INIT;

	disputed.posting = p->posting;
	disputed.license = p->license;
	disputed.because = a->because;
	EMIT(w->d, bytes_of_pb(p->license), LEDGER_DISPUTED, ledger_disputed, &disputed);
}

/* What the ledger says of a credit. One that was reversed meanwhile stays as it is, and so does
 * one that is deleted: the row alone has the answer. */
static void tell_ledger(const struct answering *w, const struct file_row *row,
			const Issuance__StateFileAnswer *a)
{
	struct bytes id = {row->posting, ID_LEN};
	const Issuance__LedgerPosted *p;
	struct posting posting;

	ENSURE(posting_get(w->view, id, &posting));
	if (row->change == ISSUANCE__STATE_CHANGE__STATE_DELETE ||
	    posting.state == POSTING_REVERSED)
		return;
	p = posting_event(w->view, &posting, w->d->arena)->ledger_posted;
	if (a->accepted)
		emit_acknowledged(w, p, a);
	else
		emit_disputed(w, p, a);
}

static void answer_one(struct answering *w, const Issuance__StateFileAnswer *a)
{
	enum file_answer given = a->accepted ? FILE_ACCEPTED : FILE_REFUSED;
	Issuance__StateFileReply *reply;
	struct file_row row;

	if (!file_row_get(w->view, bytes_of_pb(w->ask->run), a->record, &row)) {
		w->receipt->unknown++;
		return;
	}
	if (row.answer == given) {
		w->receipt->repeated++;
		return;
	}
	w->receipt->acknowledged += a->accepted ? 1 : 0;
	w->receipt->disputed += a->accepted ? 0 : 1;
	tell_ledger(w, &row, a);
	reply = NEW(w->d, Issuance__StateFileReply, ISSUANCE__STATE_FILE_REPLY__INIT);
	reply->record = a->record;
	reply->accepted = a->accepted;
	reply->because = a->because;
	w->replies[w->n_replies++] = reply;
}

static void count_repeated(struct answering *w)
{
	struct file_row row;

	for (size_t i = 0; i < w->ask->n_answers; i++) {
		if (file_row_get(w->view, bytes_of_pb(w->ask->run), w->ask->answers[i]->record,
				 &row))
			w->receipt->repeated++;
		else
			w->receipt->unknown++;
	}
}

static void emit_answered(const struct answering *w)
{
	Issuance__StateFileAnswered answered = ISSUANCE__STATE_FILE_ANSWERED__INIT;

	answered.run = w->ask->run;
	answered.file_sha256 = w->ask->file_sha256;
	answered.part = w->ask->part;
	answered.n_replies = w->n_replies;
	answered.replies = w->replies;
	EMIT(w->d, bytes_of_pb(w->ask->run), STATE_FILE_ANSWERED, state_file_answered, &answered);
}

static void give_receipt(Issuance__StateFileReceipt *receipt, struct decision *d)
{
	Issuance__Answer message = ISSUANCE__ANSWER__INIT;

	message.body_case = ISSUANCE__ANSWER__BODY_STATE_FILE_RECEIPT;
	message.state_file_receipt = receipt;
	answer(d, &message.base);
}

/* A part that was taken before changes nothing, whatever came after it. */
enum verdict decide_answer_state_file(const struct view *view, const Issuance__Command *cmd,
				      struct decision *d)
{
	const Issuance__AnswerStateFile *ask = cmd->answer_state_file;
	Issuance__StateFileReceipt receipt = ISSUANCE__STATE_FILE_RECEIPT__INIT;
	struct answering w = {.view = view, .ask = ask, .d = d, .receipt = &receipt};
	struct file file;

	if (!file_get(view, bytes_of_pb(ask->run), d->arena, &file))
		return refuse_text(d, ISSUANCE__REASON__UNKNOWN_FILE,
				   "run: no file was cut under that id");
	if (!answers_are_sound(ask, d))
		return REFUSED;
	if (file_answer_known(view, ask)) {
		count_repeated(&w);
		give_receipt(&receipt, d);
		return ACCEPTED;
	}
	w.replies = arena_alloc(d->arena, (ask->n_answers + 1) * sizeof *w.replies);
	for (size_t i = 0; i < ask->n_answers; i++)
		answer_one(&w, ask->answers[i]);
	emit_answered(&w);
	give_receipt(&receipt, d);
	return ACCEPTED;
}

/* ---- reading ---- */

enum verdict decide_note_state_file_read(const struct view *view, const Issuance__Command *cmd,
					 struct decision *d)
{
	const Issuance__NoteStateFileRead *ask = cmd->note_state_file_read;
	Issuance__StateFileRead read = ISSUANCE__STATE_FILE_READ__INIT;

	(void)view;
	read.run = ask->run;
	read.by = ask->by;
	read.peer = ask->peer;
	EMIT(d, bytes_of_pb(ask->run), STATE_FILE_READ, state_file_read, &read);
	return ACCEPTED;
}
