/* Files for licensure systems: cut and written, and what the systems answer taken in. */
#include "services/ctl/commands.h"
#include "services/ctl/files.h"

#include "libshared/blobs.h"
#include "libshared/clock.h"
#include "proto/issuance.pb-c.h"
#include "services/issuance/rules/state_answers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_FILE_MAX ((size_t)128 << 20)
#define PART 500
#define NEWEST UINT32_MAX
#define ID_WORDS(id) ID_STR(bytes_of_pb(id))

/* ---- files that were cut ---- */

/* number 0: all of the policy. NULL: a fault. */
static const Issuance__StateFileList *ask_files(struct ctl *c, uint32_t number)
{
	Issuance__ListStateFiles list = ISSUANCE__LIST_STATE_FILES__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;

	if (is_given(c, "policy"))
		list.policy = arena_text(c->arena, bytes_of_text(given(c, "policy")));
	list.number = number;
	query.body_case = ISSUANCE__QUERY__BODY_LIST_STATE_FILES;
	query.list_state_files = &list;
	return (const Issuance__StateFileList *)ctl_ask(c, TO_ISSUANCE, &query.base);
}

static const char *points_text(struct ctl *c, int64_t hundredths)
{
	return arena_printf(c->arena, "%" PRId64 ".%02" PRId64, hundredths / 100, hundredths % 100);
}

static void say_file(struct ctl *c, const Issuance__StateFileAnswerCounts *a)
{
	const Issuance__StateFileCut *f = a->file;
	char cut[32];

	time_text(a->cut_us, cut);
	say(c,
	    "%s %s file %" PRIu32 "  cut %s  added %" PRIu32 ", changed %" PRIu32
	    ", deleted %" PRIu32 ", points %s, held back %" PRIu32 "\n",
	    a->code, f->period, f->number, cut, f->added, f->changed, f->deleted,
	    points_text(c, f->hundredths), f->held);
	say(c, "    accepted %" PRIu32 ", refused %" PRIu32 ", unanswered %" PRIu32 "%s\n",
	    a->accepted, a->refused, a->unanswered,
	    a->overdue_us != 0 ? "  NO ANSWER in its days" : "");
}

static int list_files(struct ctl *c)
{
	const Issuance__StateFileList *list = ask_files(c, 0);

	json_t *told = json_array();

	tell(c, "files", told);
	for (size_t i = 0; list != NULL && i < list->n_files; i++) {
		say_file(c, list->files[i]);
		json_array_append_new(told, json_of_message(&list->files[i]->base));
	}
	if (list == NULL)
		return ctl_exit_code(c);
	if (list->n_files == 0)
		say(c, "no file was cut\n");
	return ctl_exit_code(c);
}

/* ---- export ---- */

/* "district_number=37" */
static json_t *given_values(struct ctl *c)
{
	json_t *values = json_array();
	const char *text;

	for (size_t i = 0; (text = given_nth(c, "value", i)) != NULL; i++) {
		char *name = arena_text(c->arena, bytes_of_text(text)), *value = strchr(name, '=');

		if (value == NULL || value == name) {
			ctl_fault(c, CTL_USAGE, "--value: NAME=VALUE is expected, not \"%s\"",
				  text);
			break;
		}
		*value++ = '\0';
		json_array_append_new(values,
				      json_pack("{s:s, s:s}", "name", name, "value", value));
	}
	return values;
}

static bool cut(struct ctl *c, struct id *run_r)
{
	json_t *values = given_values(c);

	*run_r = ctl_made_id(c, "state_file", 0);
	return ctl_send_fields(c, TO_ISSUANCE, run_r, "cut_state_file",
			       json_pack("{s:s, s:s, s:s, s:o, s:b}", "run",
					 ID_STR(bytes_of_id(run_r)), "policy", given(c, "policy"),
					 "period", given(c, "period"), "values", values, "more",
					 is_given(c, "more")));
}

/* The whole text, as it was when it was cut. False: told. */
static bool fetch(struct ctl *c, ProtobufCBinaryData run, FILE *to, uint32_t *erased_r)
{
	Issuance__GetStateFile get = ISSUANCE__GET_STATE_FILE__INIT;
	Issuance__Query query = ISSUANCE__QUERY__INIT;
	const Issuance__StateFilePart *part;

	get.run = run;
	query.body_case = ISSUANCE__QUERY__BODY_GET_STATE_FILE;
	query.get_state_file = &get;
	*erased_r = 0;
	do {
		part = (const Issuance__StateFilePart *)ctl_ask(c, TO_ISSUANCE, &query.base);
		if (part == NULL)
			return false;
		fwrite(part->text.data, 1, part->text.len, to);
		*erased_r += part->erased;
		get.after = part->next;
	} while (part->next != 0);
	return true;
}

static const char *hex_of(struct ctl *c, struct bytes hash)
{
	char hex[2 * SHA256_LEN + 1];

	hex_of_bytes(hash, hex);
	return arena_printf(c->arena, "%s", hex);
}

/* Of the file's name. */
static const char *suffix(struct ctl *c, const Issuance__StateFileCut *f)
{
	const Issuance__StateFileList *one = ask_files(c, f->number);
	json_t *json = one != NULL && one->n_files == 1 ? json_loads(one->files[0]->layout, 0, NULL)
							: NULL;
	const char *kind =
		json_string_value(json_object_get(json_object_get(json, "layout"), "kind"));
	bool is_csv = kind != NULL && strcmp(kind, "csv") == 0;

	json_decref(json);
	return is_csv ? "csv" : "txt";
}

static void check_and_write(struct ctl *c, const Issuance__StateFileAnswerCounts *a,
			    struct bytes text, uint32_t erased)
{
	const Issuance__StateFileCut *f = a->file;
	const char *path = arena_printf(c->arena, "%s/%s-%s-%03" PRIu32 ".%s", given(c, "to"),
					a->code, f->period, f->number, suffix(c, f));
	uint8_t hash[SHA256_LEN];

	sha256(text, hash);
	if (erased > 0)
		ctl_fault(c, CTL_DIFFERS,
			  "file %" PRIu32 ": %" PRIu32 " of its rows are of persons who were "
			  "erased since; it cannot be made again. What was sent had the SHA-256 %s",
			  f->number, erased, hex_of(c, bytes_of_pb(f->content_sha256)));
	else if (!bytes_equal(BYTES_OF(hash), bytes_of_pb(f->content_sha256)))
		ctl_fault(c, CTL_DIFFERS,
			  "file %" PRIu32 ": its text is not what it was when it "
			  "was cut",
			  f->number);
	else if (file_write(c, path, text))
		say(c, "%s  %zu bytes  sha256 %s\n", path, text.len, hex_of(c, BYTES_OF(hash)));
	tell_text(c, "path", path);
}

static void write_file(struct ctl *c, const Issuance__StateFileAnswerCounts *a)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	uint32_t erased = 0;
	bool ok;

	ENSURE(to != NULL);
	ok = fetch(c, a->file->run, to, &erased);
	fclose(to);
	if (ok) {
		say_file(c, a);
		check_and_write(c, a, (struct bytes){(const uint8_t *)text, len}, erased);
		tell(c, "file", json_of_message(&a->file->base));
	}
	free(text);
}

static bool has_value(struct ctl *c, const Issuance__StateFileCut *f, const char *text)
{
	for (size_t i = 0; i < f->n_values; i++) {
		const Issuance__GivenValue *v = f->values[i];

		if (strcmp(arena_printf(c->arena, "%s=%s", v->name, v->value), text) == 0)
			return true;
	}
	return false;
}

/* Who gives other values now wants another file than this one. */
static bool is_as_given(struct ctl *c, const Issuance__StateFileCut *f)
{
	const char *text;

	for (size_t i = 0; (text = given_nth(c, "value", i)) != NULL; i++)
		if (!has_value(c, f, text)) {
			ctl_fault(c, CTL_REFUSED,
				  "file %" PRIu32 " of %s was cut without %s: say no --value "
				  "to have it again, or --more for another",
				  f->number, f->period, text);
			return false;
		}
	return true;
}

/* Those of the period, or the one that is named. */
static size_t write_files(struct ctl *c, const Issuance__StateFileList *list)
{
	uint64_t number = given_count(c, "number", 0);
	size_t n = 0;

	for (size_t i = 0; i < list->n_files && !ctl_failed(c); i++) {
		const Issuance__StateFileAnswerCounts *a = list->files[i];

		if (number != 0 ? a->file->number != number
				: strcmp(a->file->period, given(c, "period")) != 0)
			continue;
		if (is_as_given(c, a->file))
			write_file(c, a);
		n++;
	}
	return n;
}

static void write_cut(struct ctl *c)
{
	const Issuance__StateFileList *list;
	struct id run;

	if (!cut(c, &run))
		return;
	list = ask_files(c, NEWEST);
	if (list != NULL && list->n_files == 1)
		write_file(c, list->files[0]);
}

static int export_file(struct ctl *c)
{
	const Issuance__StateFileList *list;

	if (!is_given(c, "number") == !is_given(c, "period"))
		return (int)ctl_fault(c, CTL_USAGE, "either --period or --number is expected");
	if (!dirs_make(c, given(c, "to")))
		return ctl_exit_code(c);
	list = is_given(c, "more") ? NULL : ask_files(c, 0);
	if (ctl_failed(c) || (list != NULL && write_files(c, list) > 0))
		return ctl_exit_code(c);
	if (is_given(c, "number"))
		ctl_fault(c, CTL_REFUSED, "%s has no file %s", given(c, "policy"),
			  given(c, "number"));
	else
		write_cut(c);
	return ctl_exit_code(c);
}

/* ---- what it would have ---- */

static int preview_file(struct ctl *c)
{
	const Issuance__StateFilePreview *a = (const Issuance__StateFilePreview *)ctl_ask_fields(
		c, TO_ISSUANCE, "preview_state_file",
		json_pack("{s:s, s:s, s:o}", "policy", given(c, "policy"), "period",
			  given(c, "period"), "values", given_values(c)));

	if (a != NULL)
		tell_message(c, &a->base);
	return ctl_exit_code(c);
}

/* ---- answers ---- */

struct import {
	struct ctl *ctl;
	const struct answer_layout *layout;
	struct state_answers answers;
	char hash[2 * SHA256_LEN + 1];
	uint64_t acknowledged, disputed, repeated, unknown;
};

static json_t *answers_of(const struct import *im, size_t from, size_t n)
{
	json_t *list = json_array();

	for (size_t i = from; i < from + n; i++) {
		const struct state_answer *a = &im->answers.list[i];

		json_array_append_new(list,
				      json_pack("{s:I, s:b, s:s, s:s}", "record",
						(json_int_t)a->record, "accepted", a->accepted,
						"because", a->because, "reference", a->reference));
	}
	return list;
}

static void add_receipt(struct import *im)
{
	const Issuance__StateFileReceipt *r =
		(const Issuance__StateFileReceipt *)im->ctl->done.answer;

	if (r == NULL)
		return;
	im->acknowledged += r->acknowledged;
	im->disputed += r->disputed;
	im->repeated += r->repeated;
	im->unknown += r->unknown;
}

/* All answers to one file, in parts: a part that was taken before is not taken again. */
static void send_answers(struct import *im, const Issuance__StateFileAnswerCounts *file,
			 size_t from, size_t n)
{
	const char *run = arena_printf(im->ctl->arena, "%s", ID_WORDS(file->file->run));
	unsigned part = 0;

	for (size_t i = 0; i < n; i += PART) {
		json_t *answers = answers_of(im, from + i, MIN(n - i, (size_t)PART));

		if (!ctl_send_fields(im->ctl, TO_ISSUANCE, NULL, "answer_state_file",
				     json_pack("{s:s, s:s, s:i, s:o}", "run", run, "file_sha256",
					       im->hash, "part", (int)++part, "answers", answers)))
			return;
		add_receipt(im);
	}
}

/* The file of that number; NULL: there is none. */
static const Issuance__StateFileAnswerCounts *file_numbered(const Issuance__StateFileList *list,
							    uint32_t number)
{
	for (size_t i = 0; i < list->n_files; i++)
		if (list->files[i]->file->number == number)
			return list->files[i];
	return NULL;
}

static void send_all(struct import *im, const Issuance__StateFileList *list, uint32_t number)
{
	const struct state_answers *a = &im->answers;

	for (size_t i = 0, n; i < a->n && !ctl_failed(im->ctl); i += n) {
		const Issuance__StateFileAnswerCounts *file;

		for (n = 1; i + n < a->n && a->list[i + n].run == a->list[i].run;)
			n++;
		file = file_numbered(list, a->list[i].run != 0 ? a->list[i].run : number);
		if (file != NULL)
			send_answers(im, file, i, n);
		else
			im->unknown += n;
	}
}

static void tell_import(struct import *im)
{
	struct ctl *c = im->ctl;

	tell_count(c, "acknowledged", im->acknowledged);
	tell_count(c, "disputed", im->disputed);
	tell_count(c, "repeated", im->repeated + im->answers.n_repeated);
	tell_count(c, "unknown", im->unknown);
	say(c,
	    "acknowledged %" PRIu64 ", disputed %" PRIu64 ", repeated %" PRIu64
	    ", of no record that was sent %" PRIu64 "\n",
	    im->acknowledged, im->disputed, im->repeated + im->answers.n_repeated, im->unknown);
	if (im->unknown > 0 && !ctl_failed(c))
		ctl_fault(c, CTL_DIFFERS,
			  "%" PRIu64 " answers are of no record that was sent; the others are "
			  "taken",
			  im->unknown);
}

/* The layout of the newest file, or of the one that is named. False: told. */
static bool read_layout(struct ctl *c, uint32_t number, struct state_layout *layout_r)
{
	const Issuance__StateFileList *list = ask_files(c, number != 0 ? number : NEWEST);
	struct reading reading = {.arena = c->arena};
	json_t *json;

	if (list == NULL)
		return false;
	if (list->n_files == 0) {
		ctl_fault(c, CTL_REFUSED, "no such file was cut for %s", given(c, "policy"));
		return false;
	}
	json = json_loads(list->files[0]->layout, 0, NULL);
	state_layout_read(part_of(&reading, json, "reporting"), layout_r);
	json_decref(json);
	if (reading.fault[0] != '\0')
		ctl_fault(c, CTL_LOCAL, "%s", reading.fault);
	else if (layout_r->answers.n == 0)
		ctl_fault(c, CTL_REFUSED, "the layout of %s has no acknowledgement",
			  given(c, "policy"));
	return !ctl_failed(c);
}

static bool knows_run(const struct answer_layout *layout)
{
	for (size_t i = 0; i < layout->n; i++)
		if (layout->fields[i].source == ANSWER_RUN)
			return true;
	return false;
}

static int import_answers(struct ctl *c)
{
	uint32_t number = (uint32_t)given_count(c, "number", 0);
	struct import im = {.ctl = c};
	const Issuance__StateFileList *list;
	struct state_layout layout;
	uint8_t hash[SHA256_LEN];
	struct bytes text;

	if (!read_layout(c, number, &layout) ||
	    !file_read(c, given(c, "from"), ANSWER_FILE_MAX, &text))
		return ctl_exit_code(c);
	if (number == 0 && !knows_run(&layout.answers))
		return (int)ctl_fault(c, CTL_USAGE,
				      "--number: the answers do not say of which file they are");
	if (!state_answers_read(&layout.answers, text, c->arena, &im.answers))
		return (int)ctl_fault(c, CTL_DIFFERS, "%s: %s; nothing of it was taken",
				      given(c, "from"), im.answers.fault);
	sha256(text, hash);
	hex_of_bytes(BYTES_OF(hash), im.hash);
	list = ask_files(c, 0);
	if (list != NULL)
		send_all(&im, list, number);
	tell_import(&im);
	return ctl_exit_code(c);
}

/* ---- disputes ---- */

static void say_dispute(struct ctl *c, const Issuance__DisputeAnswer *a, int64_t now_us)
{
	say(c, "%4" PRId64 " days  %s  %s  %s %s, decided %s: %s\n",
	    (now_us - a->since_us) / US_PER_DAY, a->state, a->code, points_text(c, a->hundredths),
	    a->unit, a->decided_on, a->because);
	say(c, "           posting %s", ID_WORDS(a->posting));
	say(c, "  license %s\n", ID_WORDS(a->license));
}

static int list_disputes(struct ctl *c)
{
	const Issuance__DisputeList *list = (const Issuance__DisputeList *)ctl_ask_fields(
		c, TO_ISSUANCE, "list_disputes", given_fields(c));
	int64_t now_us = clock_wall_us();
	json_t *all;
	size_t i;
	json_t *one;

	if (list == NULL)
		return ctl_exit_code(c);
	all = json_of_message(&list->base);
	json_array_foreach(json_object_get(all, "disputes"), i, one) json_object_set_new(
		one, "age_days", json_integer((now_us - list->disputes[i]->since_us) / US_PER_DAY));
	tell(c, "disputes",
	     json_object_get(all, "disputes") != NULL
		     ? json_incref(json_object_get(all, "disputes"))
		     : json_array());
	tell_count(c, "all", list->all);
	if (list->next.len > 0)
		tell_text(c, "next", ID_WORDS(list->next));
	json_decref(all);
	for (i = 0; i < list->n_disputes; i++)
		say_dispute(c, list->disputes[i], now_us);
	say(c, "%" PRIu64 " disputed%s\n", list->all,
	    list->next.len > 0 ? "; more with --after" : "");
	return ctl_exit_code(c);
}

#define POLICY(need) OWN_OPTION("policy", "CODE", "of the renewal policy", P_TEXT, need)
#define PERIOD(need) OWN_OPTION("period", "YYYY-MM", "what was decided up to its end", P_TEXT, need)
#define VALUE OWN_OPTION("value", "NAME=VALUE", "as the layout asks for it", P_TEXT, ANY_NUMBER)

static const struct command rows[] = {
	{"statefile", "export", "write what changed as the state's file",
	 PARAMS(POLICY(MUST), PERIOD(MAY),
		OWN_OPTION("to", "DIR", "where the file is written", P_TEXT, MUST), VALUE,
		OWN_OPTION("number", "N", "file N again, the same bytes", P_COUNT, MAY),
		OWN_FLAG("more", "another file of a period that has one")),
	 .run = export_file},
	{"statefile", "preview", "tell what a file cut now has and holds back",
	 PARAMS(POLICY(MUST), PERIOD(MUST), VALUE), .run = preview_file},
	{"statefile", "import", "take in what the state answered to a file",
	 PARAMS(POLICY(MUST), OWN_OPTION("from", "FILE", "the answers", P_TEXT, MUST),
		OWN_OPTION("number", "N", "of file N, where they do not say it", P_COUNT, MAY)),
	 .run = import_answers},
	{"statefile", "list", "list files and how they were answered", PARAMS(POLICY(MAY)),
	 .run = list_files},
	{"ledger", "disputes", "list what states refused, the oldest first",
	 PARAMS(OPTION("state", "STATE", "two letters", P_TEXT, MAY),
		OPTION("after", "POSTING", "go on after this one", P_ID, MAY),
		OPTION("limit", "N", "at most so many", P_COUNT, MAY)),
	 .run = list_disputes},
};

const struct command_list statefile_commands = {rows, ARRAY_LEN(rows)};
