/* The tables of the files for licensure systems: keys and rows. */
#include "services/issuance/tables_statefile.h"

#include <string.h>

#define AT_LEN 8
#define STATE_LEN 2

/* ---- versions ---- */

static struct bytes id_at(struct key *k, struct bytes id, uint64_t at)
{
	key_add(k, id);
	return key_add_u64(k, at);
}

static uint64_t newest(const struct view *v, unsigned table, struct bytes id)
{
	struct bytes key, raw;

	return view_last(v, table, id, &key, &raw) ? get_u64_be(key.data + ID_LEN) : 0;
}

uint64_t license_position(const struct view *v, struct bytes license)
{
	return newest(v, LICENSE_WAS, license);
}

uint64_t educator_position(const struct view *v, struct bytes educator)
{
	return newest(v, EDUCATOR_WAS, educator);
}

static const Issuance__Event *event_at(const struct view *v, unsigned table, const struct key *key,
				       struct arena *arena)
{
	struct bytes raw;

	return view_get(v, table, key_bytes(key), &raw) ? event_of_row(raw, arena) : NULL;
}

const Issuance__LicenseNoted *license_at(const struct view *v, struct bytes license, uint64_t at,
					 struct arena *arena)
{
	struct key key = {0};
	const Issuance__Event *event;

	id_at(&key, license, at);
	event = event_at(v, LICENSE_WAS, &key, arena);
	return event != NULL ? event->license_noted : NULL;
}

const Issuance__EducatorNoted *educator_at(const struct view *v, struct bytes educator, uint64_t at,
					   struct arena *arena)
{
	struct key key = {0};
	const Issuance__Event *event;

	id_at(&key, educator, at);
	event = event_at(v, EDUCATOR_WAS, &key, arena);
	return event != NULL ? event->educator_noted : NULL;
}

void educator_was_forget(struct txn *t, struct bytes educator)
{
	struct bytes key, raw;
	struct key last = {0};

	while (view_last(txn_view(t), EDUCATOR_WAS, educator, &key, &raw)) {
		last.len = 0;
		txn_delete(t, EDUCATOR_WAS, key_add(&last, key));
	}
}

void license_was(struct txn *t, struct bytes license, struct bytes raw)
{
	struct key key = {0};

	txn_put(t, LICENSE_WAS, id_at(&key, license, txn_seq(t)), raw);
}

void educator_was(struct txn *t, struct bytes educator, struct bytes raw)
{
	struct key key = {0};

	txn_put(t, EDUCATOR_WAS, id_at(&key, educator, txn_seq(t)), raw);
}

/* ---- layouts ---- */

static struct bytes id_number(struct key *k, struct bytes id, uint32_t number)
{
	key_add(k, id);
	return key_add_u32(k, number);
}

bool file_layout_known(const struct view *v, struct bytes policy, uint32_t version)
{
	struct key key = {0};
	struct bytes raw;

	return view_get(v, FILE_LAYOUT, id_number(&key, policy, version), &raw);
}

const Issuance__StateLayoutNoted *file_layout_get(const struct view *v, struct bytes policy,
						  uint32_t version, struct arena *arena)
{
	struct key key = {0};
	const Issuance__Event *event;

	id_number(&key, policy, version);
	event = event_at(v, FILE_LAYOUT, &key, arena);
	return event != NULL ? event->state_layout_noted : NULL;
}

const Issuance__StateLayoutNoted *file_layout_newest(const struct view *v, const char *code,
						     struct arena *arena)
{
	const Issuance__StateLayoutNoted *newest = NULL;
	struct scan scan = scan_first(v, FILE_LAYOUT, BYTES_NONE, BYTES_NONE);
	struct bytes key, raw;

	while (scan_next(&scan, &key, &raw)) {
		const Issuance__StateLayoutNoted *l = event_of_row(raw, arena)->state_layout_noted;

		if (strcmp(l->code, code) == 0)
			newest = l; /* versions of a policy are in order */
	}
	return newest;
}

void file_layout_put(struct txn *t, const Issuance__StateLayoutNoted *layout, struct bytes raw)
{
	struct key key = {0};

	txn_put(t, FILE_LAYOUT, id_number(&key, bytes_of_pb(layout->policy), layout->version), raw);
}

/* ---- entries that are due ---- */

void file_due_put(struct txn *t, struct bytes policy, struct bytes entry)
{
	struct key key = {0};

	txn_put(t, FILE_DUE, id_at(&key, policy, txn_seq(t)), entry);
}

void file_due_drop(struct txn *t, struct bytes policy, uint64_t seq)
{
	struct key key = {0};

	txn_delete(t, FILE_DUE, id_at(&key, policy, seq));
}

struct scan file_due_scan(const struct view *v, struct bytes policy)
{
	return scan_first(v, FILE_DUE, policy, policy);
}

bool file_due_next(struct scan *scan, struct file_due *due_r)
{
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return false;
	due_r->seq = get_u64_be(key.data + ID_LEN);
	due_r->entry = id_of_bytes(val);
	return true;
}

/* ---- files ---- */

static void file_of_row(struct bytes val, struct arena *arena, struct file *file_r)
{
	ENSURE(val.len > AT_LEN);
	file_r->cut_us = (int64_t)get_u64_le(val.data);
	file_r->cut = event_of_row((struct bytes){val.data + AT_LEN, val.len - AT_LEN}, arena)
			      ->state_file_cut;
}

bool file_get(const struct view *v, struct bytes run, struct arena *arena, struct file *file_r)
{
	struct bytes place, val;

	if (!is_id(run) || !view_get(v, FILE_RUN_OF, run, &place))
		return false;
	ENSURE(view_get(v, FILE_RUN, place, &val));
	file_of_row(val, arena, file_r);
	return true;
}

bool file_numbered(const struct view *v, struct bytes policy, uint32_t number, struct arena *arena,
		   struct file *file_r)
{
	struct key key = {0};
	struct bytes last, val;

	if (number == 0 ? !view_last(v, FILE_RUN, policy, &last, &val)
			: !view_get(v, FILE_RUN, id_number(&key, policy, number), &val))
		return false;
	file_of_row(val, arena, file_r);
	return true;
}

bool file_row_get(const struct view *v, struct bytes run, uint32_t number, struct file_row *row_r)
{
	struct key key = {0};

	return ROW_GET(v, FILE_ROW, id_number(&key, run, number), row_r);
}

bool file_sent_get(const struct view *v, struct bytes posting, struct file_sent *sent_r)
{
	return ROW_GET(v, FILE_SENT, posting, sent_r);
}

struct file_tally file_tally_get(const struct view *v, struct bytes run)
{
	struct file_tally tally = {0};

	(void)ROW_GET(v, FILE_TALLY, run, &tally);
	return tally;
}

void file_rows_put(struct txn *t, const Issuance__StateFileRows *rows)
{
	struct bytes run = bytes_of_pb(rows->run);

	for (size_t i = 0; i < rows->n_rows; i++) {
		const Issuance__StateFileRow *r = rows->rows[i];
		uint32_t number = rows->first + (uint32_t)i;
		struct file_row row = {.license_at = r->license_at,
				       .person_at = r->person_at,
				       .change = (uint32_t)r->change,
				       .after_term = r->after_term ? 1 : 0};
		struct file_sent sent = {.number = number, .change = row.change};
		struct key key = {0};

		memcpy(row.posting, r->posting.data, ID_LEN);
		memcpy(sent.run, run.data, ID_LEN);
		ROW_PUT(t, FILE_ROW, id_number(&key, run, number), &row);
		ROW_PUT(t, FILE_SENT, bytes_of_pb(r->posting), &sent);
		file_due_drop(t, bytes_of_pb(rows->policy), r->entry);
	}
}

void file_put(struct txn *t, const Issuance__StateFileCut *cut, int64_t cut_us, struct bytes raw)
{
	struct arena *arena = arena_new(AT_LEN + raw.len);
	uint8_t *val = arena_alloc(arena, AT_LEN + raw.len);
	struct key key = {0};

	put_u64_le(val, (uint64_t)cut_us);
	memcpy(val + AT_LEN, raw.data, raw.len);
	id_number(&key, bytes_of_pb(cut->policy), cut->number);
	txn_put(t, FILE_RUN, key_bytes(&key), (struct bytes){val, AT_LEN + raw.len});
	txn_put(t, FILE_RUN_OF, bytes_of_pb(cut->run), key_bytes(&key));
	arena_destroy(&arena);
}

/* ---- answers ---- */

static struct bytes answer_key(struct key *k, ProtobufCBinaryData run, ProtobufCBinaryData sha256,
			       uint32_t part)
{
	key_add(k, bytes_of_pb(run));
	key_add(k, bytes_of_pb(sha256));
	return key_add_u32(k, part);
}

bool file_answer_known(const struct view *v, const Issuance__AnswerStateFile *answer)
{
	struct key key = {0};
	struct bytes val;

	return view_get(v, FILE_ANSWER,
			answer_key(&key, answer->run, answer->file_sha256, answer->part), &val);
}

void file_answer_put(struct txn *t, const Issuance__StateFileAnswered *a)
{
	struct key key = {0};

	txn_put(t, FILE_ANSWER, answer_key(&key, a->run, a->file_sha256, a->part), BYTES_NONE);
}

static void count(struct file_tally *tally, uint32_t answer, uint32_t by)
{
	tally->accepted += answer == FILE_ACCEPTED ? by : 0;
	tally->refused += answer == FILE_REFUSED ? by : 0;
}

void file_row_answer(struct txn *t, struct bytes run, const Issuance__StateFileReply *reply,
		     int64_t now_us)
{
	struct file_tally tally = file_tally_get(txn_view(t), run);
	struct key key = {0};
	struct file_row row;

	if (!file_row_get(txn_view(t), run, reply->record, &row)) {
		txn_fault(t, "state file: no such row");
		return;
	}
	count(&tally, row.answer, UINT32_MAX); /* minus one */
	row.answer = reply->accepted ? FILE_ACCEPTED : FILE_REFUSED;
	count(&tally, row.answer, 1);
	tally.answered_us = now_us;
	ROW_PUT(t, FILE_ROW, id_number(&key, run, reply->record), &row);
	ROW_PUT(t, FILE_TALLY, run, &tally);
}

void file_said(struct txn *t, struct bytes posting, const struct said *said)
{
	Issuance__StateFileReply reply = ISSUANCE__STATE_FILE_REPLY__INIT;
	struct file_sent sent;

	if (!file_sent_get(txn_view(t), posting, &sent) ||
	    sent.change == ISSUANCE__STATE_CHANGE__STATE_DELETE)
		return;
	reply.record = sent.number;
	reply.accepted = said->accepted;
	file_row_answer(t, (struct bytes){sent.run, ID_LEN}, &reply, said->at_us);
}

/* ---- what a state refused ---- */

struct scan dispute_scan(const struct view *v, const char *state)
{
	struct bytes prefix = {(const uint8_t *)state, state[0] != '\0' ? STATE_LEN : 0};

	return scan_first(v, DISPUTED, prefix, prefix);
}

bool dispute_next(struct scan *scan, struct arena *arena, struct dispute *d_r)
{
	struct bytes key, val;

	if (!scan_next(scan, &key, &val))
		return false;
	*d_r = (struct dispute){.because = arena_text(arena, val)};
	memcpy(d_r->state, key.data, STATE_LEN);
	d_r->since_us = (int64_t)get_u64_be(key.data + STATE_LEN);
	d_r->posting = id_of_bytes((struct bytes){key.data + STATE_LEN + AT_LEN, ID_LEN});
	return true;
}

bool dispute_known(const struct view *v, struct bytes posting)
{
	struct bytes val;

	return view_get(v, DISPUTED_OF, posting, &val);
}

void dispute_put(struct txn *t, const struct disputing *d)
{
	struct key of = {0}, key = {0};
	struct bytes since;

	if (view_get(txn_view(t), DISPUTED_OF, d->posting, &since)) {
		key_add(&of, since);
	} else {
		key_add(&of, (struct bytes){(const uint8_t *)d->state, STATE_LEN});
		key_add_u64(&of, (uint64_t)d->now_us);
		txn_put(t, DISPUTED_OF, d->posting, key_bytes(&of));
	}
	key_add(&key, key_bytes(&of));
	txn_put(t, DISPUTED, key_add(&key, d->posting), bytes_of_text(d->because));
}

void dispute_drop(struct txn *t, struct bytes posting)
{
	struct bytes since;
	struct key key = {0};

	if (!view_get(txn_view(t), DISPUTED_OF, posting, &since))
		return;
	key_add(&key, since);
	txn_delete(t, DISPUTED, key_add(&key, posting));
	txn_delete(t, DISPUTED_OF, posting);
}
