/* Questions about files for licensure systems: those that were cut, the text of one, and what the
 * next one would have. */
#include "libshared/check.h"
#include "services/issuance/query_parts.h"
#include "services/issuance/statefile.h"
#include "services/issuance/tables_ledger.h"

#include <string.h>

#define FILES_MAX 200
#define ROWS 1000
#define ROWS_MAX 2000
#define ROW_BYTES 256 /* a guess */

static const Issuance__StateLayoutNoted *layout_of(const struct query *q,
						   const Issuance__StateFileCut *cut)
{
	const Issuance__StateLayoutNoted *noted =
		file_layout_get(q->view, bytes_of_pb(cut->policy), cut->policy_version, q->arena);

	ENSURE(noted != NULL); /* the file was cut by it */
	return noted;
}

/* ---- those that were cut ---- */

/* An answer is missing once the layout's days are over; 0: none is, or none is expected. */
static int64_t overdue_us(const struct query *q, const struct statefile *f,
			  const Issuance__StateFileAnswerCounts *a)
{
	int64_t due_us = a->cut_us + (int64_t)f->layout.answers.days * US_PER_DAY;

	return f->layout.answers.n > 0 && a->unanswered > 0 && q->now_us > due_us ? due_us : 0;
}

static Issuance__StateFileAnswerCounts *counts_of(const struct query *q, const struct file *file)
{
	Issuance__StateFileAnswerCounts *a = arena_alloc(q->arena, sizeof *a);
	struct file_tally tally = file_tally_get(q->view, bytes_of_pb(file->cut->run));
	const Issuance__StateLayoutNoted *noted = layout_of(q, file->cut);
	Issuance__StateFileCut *cut = arena_alloc(q->arena, sizeof *cut);
	struct statefile f;

	statefile_open(&f, q->view, q->caps, noted, q->arena);
	*cut = *file->cut;
	cut->n_dropped = 0;
	issuance__state_file_answer_counts__init(a);
	a->file = cut;
	a->code = noted->code;
	a->cut_us = file->cut_us;
	a->accepted = tally.accepted;
	a->refused = tally.refused;
	a->unanswered = cut->added + cut->changed + cut->deleted - tally.accepted - tally.refused;
	a->answered_us = tally.answered_us;
	a->overdue_us = overdue_us(q, &f, a);
	return a;
}

/* The newest first; all policies have their own numbers. */
static void list_of_policy(const struct query *q, struct bytes policy,
			   Issuance__StateFileList *list)
{
	struct file file;

	if (!file_numbered(q->view, policy, 0, q->arena, &file))
		return;
	for (uint32_t n = file.cut->number; n > 0 && list->n_files < FILES_MAX; n--) {
		ENSURE(file_numbered(q->view, policy, n, q->arena, &file));
		list->files[list->n_files++] = counts_of(q, &file);
	}
}

static void list_all(const struct query *q, Issuance__StateFileList *list)
{
	struct key from = {0};
	struct bytes key, val;
	struct id policy;
	struct scan scan;

	for (;;) {
		scan = scan_first(q->view, FILE_RUN, BYTES_NONE, key_bytes(&from));
		if (!scan_next(&scan, &key, &val))
			return;
		policy = id_of_bytes((struct bytes){key.data, ID_LEN});
		scan_end(&scan);
		list_of_policy(q, bytes_of_id(&policy), list);
		from.len = 0;
		key_add(&from, bytes_of_id(&policy));
		key_add_u64(&from, UINT64_MAX);
	}
}

static void list_one(const struct query *q, struct bytes policy, uint32_t number,
		     Issuance__StateFileList *list)
{
	struct file file;

	if (!file_numbered(q->view, policy, number == UINT32_MAX ? 0 : number, q->arena, &file))
		return;
	list->files[list->n_files++] = counts_of(q, &file);
	list->files[0]->layout = layout_of(q, file.cut)->json;
}

Cairn__Status list_state_files(const Issuance__Query *query, struct query *q)
{
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__StateFileList list = ISSUANCE__STATE_FILE_LIST__INIT;
	const Issuance__ListStateFiles *ask = query->list_state_files;
	const Issuance__StateLayoutNoted *noted =
		file_layout_newest(q->view, ask->policy, q->arena);

	list.files = arena_alloc(q->arena, FILES_MAX * sizeof *list.files);
	if (ask->policy[0] == '\0')
		list_all(q, &list);
	else if (noted != NULL && ask->number != 0)
		list_one(q, bytes_of_pb(noted->policy), ask->number, &list);
	else if (noted != NULL)
		list_of_policy(q, bytes_of_pb(noted->policy), &list);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_STATE_FILES;
	answer_message.state_files = &list;
	return query_answer(q, &answer_message.base);
}

/* ---- the text of one ---- */

/* Each opening of names is an event of its own (FORMATS 11): each part of a file, since a reader
 * may begin anywhere. */
static void note_read(struct query *q, const Issuance__GetStateFile *ask)
{
	Issuance__Command *command = arena_alloc(q->arena, sizeof *command);
	Issuance__NoteStateFileRead *note = arena_alloc(q->arena, sizeof *note);

	issuance__command__init(command);
	issuance__note_state_file_read__init(note);
	note->run = ask->run;
	if (!id_is_none(&q->actor))
		note->by = pb_of_bytes(arena_copy(q->arena, bytes_of_id(&q->actor)));
	note->peer = q->principal;
	command->body_case = ISSUANCE__COMMAND__BODY_NOTE_STATE_FILE_READ;
	command->note_state_file_read = note;
	q->note = &command->base;
	q->note_entity = id_of_bytes(bytes_of_pb(ask->run));
}

static Issuance__StateFileRow row_of(const struct file_row *row)
{
	Issuance__StateFileRow r = ISSUANCE__STATE_FILE_ROW__INIT;

	r.posting = pb_of_bytes((struct bytes){row->posting, ID_LEN});
	r.change = (Issuance__StateChange)row->change;
	r.license_at = row->license_at;
	r.person_at = row->person_at;
	r.after_term = row->after_term != 0;
	return r;
}

static void write_rows(const struct statefile *f, const Issuance__GetStateFile *ask,
		       struct buffer *text, Issuance__StateFilePart *part)
{
	uint32_t all = f->cut->added + f->cut->changed + f->cut->deleted;
	uint32_t limit = ask->limit == 0 ? ROWS : MIN(ask->limit, (uint32_t)ROWS_MAX);
	uint32_t n = ask->after;

	if (n == 0)
		statefile_head(f, text);
	for (; n < all && n - ask->after < limit; n++) {
		Issuance__StateFileRow r;
		struct file_row row;

		ENSURE(file_row_get(f->view, bytes_of_pb(ask->run), n + 1, &row));
		r = row_of(&row);
		part->erased += statefile_write(f, &r, n + 1, text) != NULL;
	}
	part->next = n < all ? n : 0;
	if (part->next == 0)
		statefile_tail(f, text);
}

Cairn__Status get_state_file(const Issuance__Query *query, struct query *q)
{
	const Issuance__GetStateFile *ask = query->get_state_file;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__StateFilePart part = ISSUANCE__STATE_FILE_PART__INIT;
	struct statefile f;
	struct buffer text;
	struct file file;

	if (!(q->roles & ROLE_NAMES))
		return query_refuse(q, CAIRN__STATUS__FORBIDDEN,
				    "run: it has names and numbers, which this peer may not open");
	if (!file_get(q->view, bytes_of_pb(ask->run), q->arena, &file))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "run: no file was cut under that id");
	statefile_open(&f, q->view, q->caps, layout_of(q, file.cut), q->arena);
	f.cut = file.cut;
	buffer_init(&text, q->arena, (size_t)ROWS_MAX * ROW_BYTES);
	write_rows(&f, ask, &text, &part);
	part.text = pb_of_bytes(buffer_bytes(&text));
	part.file = (Issuance__StateFileCut *)(uintptr_t)file.cut;
	part.file->n_dropped = 0;
	part.layout = f.noted->json;
	note_read(q, ask);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_STATE_FILE;
	answer_message.state_file = &part;
	return query_answer(q, &answer_message.base);
}

/* ---- what the next one would have ---- */

static void preview(const struct statefile *f, int64_t last_day, Issuance__StateFilePreview *a)
{
	struct statefile_rows *rows = statefile_choose(f, last_day);

	a->added = rows->added;
	a->changed = rows->changed;
	a->deleted = rows->deleted;
	a->held = rows->held;
	a->hundredths = rows->hundredths;
	a->n_rows = rows->n_held_rows;
	a->rows = arena_alloc(f->arena, (a->n_rows + 1) * sizeof *a->rows);
	for (size_t i = 0; i < a->n_rows; i++)
		a->rows[i] = &rows->held_rows[i];
}

Cairn__Status preview_state_file(const Issuance__Query *query, struct query *q)
{
	const Issuance__PreviewStateFile *ask = query->preview_state_file;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__StateFilePreview a = ISSUANCE__STATE_FILE_PREVIEW__INIT;
	Issuance__StateFileCut cut = ISSUANCE__STATE_FILE_CUT__INIT;
	const Issuance__StateLayoutNoted *noted;
	struct statefile f;
	int64_t last_day;

	if (!statefile_period(ask->period, &last_day))
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "period: a year and a month are expected, as 2026-07");
	noted = statefile_layout(q->view, ask->policy, q->now_us, q->caps, q->arena);
	if (noted == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "policy: none of that code is in force and says how its file "
				    "is written");
	statefile_open(&f, q->view, q->caps, noted, q->arena);
	cut.period = ask->period;
	cut.n_values = ask->n_values;
	cut.values = ask->values;
	f.cut = &cut;
	if (statefile_missing(&f) != NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    arena_printf(q->arena, "values: the layout asks for %s",
						 statefile_missing(&f)));
	preview(&f, last_day, &a);
	answer_message.body_case = ISSUANCE__ANSWER__BODY_STATE_FILE_PREVIEW;
	answer_message.state_file_preview = &a;
	return query_answer(q, &answer_message.base);
}
