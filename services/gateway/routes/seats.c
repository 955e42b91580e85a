/* Seats: the way to read for a micro-credential, and what leads look after. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/reader.h"

#include <string.h>

#define SEATS_MAX 30

/* ---- all of them ---- */

static void entries_came(struct request *r)
{
	json_t *page = json_pack("{s:s}", "title", word(r, "reading.seats_title"));
	json_t *list = json_array(), *held = json_object_get(r->own, "qualifications"), *one;
	size_t i;

	json_array_foreach(held, i, one)
	{
		const json_t *entry;
		json_t *row;

		if (i == SEATS_MAX)
			break;
		entry = json_object_get(answer(r, (unsigned)i), "entry");
		row = json_pack("{s:s, s:s, s:I}", "code", text_in(entry, "code"), "name",
				text_in(entry, "title"), "until_us",
				(json_int_t)number_in(one, "until_us"));
		put_date_of(r, row, "until_us", "until_text");
		json_array_append_new(list, row);
	}
	json_object_set_new(page, "seats", list);
	if (is_true_in(r->own, "lead"))
		put_true(page, "is_lead");
	reply_page(r, 200, "seats", page);
}

static void assessor_came(struct request *r)
{
	json_t *one;
	size_t i;

	if (refused(r, 0))
		return;
	r->own = keep(r, json_incref(answer(r, 0)));
	json_array_foreach(json_object_get(r->own, "qualifications"), i, one)
	{
		if (i < SEATS_MAX)
			ask(r, TO_ENROLLMENT, "get_entry",
			    json_pack("{s:s}", "entry", text_in(one, "entry")));
	}
	then(r, entries_came);
}

static void show_seats(struct request *r)
{
	const char *code = query_text(r, "code");

	if (code != NULL && *code != '\0') {
		reply_redirect(r, 303, arena_printf(r->arena, "/seat/%s", escaped(r, code)));
		return;
	}
	ask(r, TO_ASSESSMENT, "get_assessor", json_pack("{s:s}", "assessor", own_assessor(r)));
	then(r, assessor_came);
}

/* ---- one ---- */

static const char *entry_or_404(struct request *r)
{
	const char *entry = entry_of_code(r, param(r, "code"));

	if (entry == NULL)
		reply_nothing_here(r);
	return entry;
}

static void put_next(json_t *page, const char *state)
{
	if (*state == '\0')
		put_true(page, "can_apply");
	if (strcmp(state, "training") == 0 || strcmp(state, "suspended") == 0 ||
	    strcmp(state, "expired") == 0)
		put_true(page, "can_calibrate");
	if (strcmp(state, "calibrating") == 0 || strcmp(state, "certified") == 0 ||
	    strcmp(state, "watch") == 0)
		put_true(page, "can_read");
}

static json_t *seat_page(struct request *r, const json_t *seat, const json_t *entry)
{
	const char *state = text_in(seat, "state");
	json_t *page = json_pack("{s:s, s:s, s:s, s:s}", "title",
				 say(r, "reading.seat_title", text_in(entry, "title"), NULL),
				 "code", text_in(entry, "code"), "state",
				 *state != '\0' ? state : "none", "state_text",
				 word(r, arena_printf(r->arena, "reading.seat_%s",
						      *state != '\0' ? state : "none")));

	ENSURE(page != NULL);
	put_number(page, "until_us", number_in(seat, "until_us"));
	put_date_of(r, page, "until_us", "until_text");
	if (is_true_in(seat, "calibrating"))
		put_text(page, "progress_text",
			 say(r, "reading.seat_progress",
			     arena_printf(r->arena, "%" PRId64, number_in(seat, "anchors_read")),
			     arena_printf(r->arena, "%" PRId64, number_in(seat, "anchors")), NULL));
	if (json_object_get(seat, "failed") != NULL)
		put_text(page, "failed_text",
			 say(r, "reading.seat_failed",
			     arena_printf(r->arena, "%" PRId64,
					  number_in(json_object_get(seat, "failed"), "agreed")),
			     arena_printf(r->arena, "%" PRId64,
					  number_in(json_object_get(seat, "failed"), "rows")),
			     NULL));
	put_next(page, state);
	return page;
}

static void seat_came(struct request *r)
{
	if (refused(r, 1))
		return;
	if (status_of(r, 0) == CAIRN__STATUS__BUSY || status_of(r, 0) == CAIRN__STATUS__UNAVAILABLE)
		refused(r, 0);
	else /* rejected: there is none yet */
		reply_page(r, 200, "seat",
			   seat_page(r, answer(r, 0), json_object_get(answer(r, 1), "entry")));
}

static void show_seat(struct request *r)
{
	const char *entry = entry_or_404(r);

	if (entry == NULL)
		return;
	ask(r, TO_ASSESSMENT, "get_seat",
	    json_pack("{s:s, s:s}", "assessor", own_assessor(r), "entry", entry));
	ask(r, TO_ENROLLMENT, "get_entry", json_pack("{s:s}", "entry", entry));
	then(r, seat_came);
}

static void seat_changed(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "code", param(r, "code")),
			   "/seat/%s?done=saved", escaped(r, param(r, "code")));
}

static void order_seat(struct request *r, const char *command)
{
	const char *entry = entry_or_404(r);

	if (entry == NULL)
		return;
	order(r, TO_ASSESSMENT, command, &r->person->assessor,
	      json_pack("{s:s, s:s}", "assessor", own_assessor(r), "entry", entry));
	then(r, seat_changed);
}

static void apply_for_seat(struct request *r)
{
	order_seat(r, "apply_for_seat");
}

static void start_calibration(struct request *r)
{
	order_seat(r, "start_calibration");
}

/* ---- what leads look after ---- */

static bool other_assessor(struct request *r, const char *text, struct id *assessor_r)
{
	if (id_of_text(text, assessor_r))
		return true;
	problem_at(r, "/assessor", "an assessor's id");
	reply_problem(r, 422, "BAD_ID", "%s", word(r, "reading.assessor_needed"));
	return false;
}

static void training_started(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "assessor", sent(r, "assessor")),
			   "/seat?done=started");
}

static void start_training(struct request *r)
{
	const char *entry = entry_of_code(r, sent(r, "code"));
	struct id assessor;

	if (!other_assessor(r, sent(r, "assessor"), &assessor))
		return;
	if (entry == NULL) {
		problem_at(r, "/code", "a code, as LIT-101");
		reply_problem(r, 422, "BAD_VALUE", "%s", word(r, "reading.code_needed"));
		return;
	}
	order(r, TO_ASSESSMENT, "start_training", &assessor,
	      json_pack("{s:s, s:s}", "assessor", ID_STR(bytes_of_id(&assessor)), "entry", entry));
	then(r, training_started);
}

static void weak_came(struct request *r)
{
	json_t *page, *list, *row;
	size_t i;

	if (refused(r, 0))
		return;
	page = json_pack("{s:s, s:s, s:I, s:I}", "title", word(r, "reading.weak_title"), "code",
			 query_text(r, "code"), "weak_from_us",
			 (json_int_t)number_in(answer(r, 0), "weak_from_us"), "weak_until_us",
			 (json_int_t)number_in(answer(r, 0), "weak_until_us"));
	ENSURE(page != NULL);
	put_date_of(r, page, "weak_from_us", "from_text");
	put_date_of(r, page, "weak_until_us", "until_text");
	list = copy_of_list(answer(r, 0), "decisions");
	json_array_foreach(list, i, row)
	{
		put_date_of(r, row, "read_us", "read_text");
		put_text(row, "outcome_text",
			 word(r,
			      is_true_in(row, "passed") ? "reading.passed" : "reading.not_passed"));
	}
	json_object_set_new(page, "decisions", list);
	reply_page(r, 200, "weak", page);
}

/* The decisions of an assessor's weak time, for back-reading. */
static void show_weak(struct request *r)
{
	const char *code = query_text(r, "code"), *who = query_text(r, "assessor");
	const char *entry = code != NULL ? entry_of_code(r, code) : NULL;
	struct id assessor;

	if (entry == NULL || who == NULL) {
		reply_problem(r, 422, "BAD_VALUE", "%s", word(r, "reading.code_needed"));
		return;
	}
	if (!other_assessor(r, who, &assessor))
		return;
	ask(r, TO_ASSESSMENT, "list_weak",
	    json_pack("{s:s, s:s, s:i}", "assessor", ID_STR(bytes_of_id(&assessor)), "entry", entry,
		      "limit", 100));
	then(r, weak_came);
}

static const struct route seats[] = {
	{GET, "/seat", show_seats, ASSESSES, .takes = "code?text",
	 .about = "The micro-credentials that the assessor may read"},
	{GET, "/seat/{code}", show_seat, ASSESSES,
	 .about = "An assessor's seat and what comes next"},
	{POST, "/seat/{code}/apply", apply_for_seat, RATES, .about = "Apply for a seat"},
	{POST, "/seat/{code}/calibrate", start_calibration, RATES, .about = "Start a calibration"},
	{POST, "/seats/training", start_training, LEADS, .body = BODY_FORM,
	 .takes = "assessor=text code=text", .about = "Start an applicant's training"},
	{GET, "/seats/weak", show_weak, LEADS, .takes = "assessor=text code=text",
	 .about = "Decisions of an assessor's weak time"},
};

const struct route_list seats_routes = {seats, ARRAY_LEN(seats)};
