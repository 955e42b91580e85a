/* The renewal ledger of each license: what counts, what is missing, and why something does not. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/evaluation.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

#define LICENSES_MAX 10
#define PAGE 50

/* ---- all of them ---- */

static void ledgers_came(struct request *r)
{
	json_t *page = json_pack("{s:s}", "title", word(r, "teacher.ledger")), *list = json_array();
	const size_t *n = r->own;

	for (unsigned i = 0; i < *n; i++) {
		const json_t *evaluation = answer(r, 2 * i + 1);

		if (answer(r, 2 * i) != NULL)
			json_array_append_new(list, license_page(r, answer(r, 2 * i), evaluation));
	}
	if (json_array_size(list) > 0)
		put_true(page, "has_licenses");
	json_object_set_new(page, "licenses", list);
	reply_page(r, 200, "ledgers", page);
}

static void licenses_came(struct request *r)
{
	json_t *licenses;
	size_t *n = arena_alloc(r->arena, sizeof *n);

	if (refused(r, 0))
		return;
	licenses = json_object_get(answer(r, 0), "license_ids");
	*n = MIN(json_array_size(licenses), (size_t)LICENSES_MAX);
	r->own = n;
	for (size_t i = 0; i < *n; i++) {
		json_t *license = json_array_get(licenses, i);

		ask(r, TO_ISSUANCE, "get_ledger",
		    json_pack("{s:O, s:i}", "license", license, "limit", 1));
		ask(r, TO_ISSUANCE, "evaluate", json_pack("{s:O}", "license", license));
	}
	then(r, ledgers_came);
}

static void show_ledgers(struct request *r)
{
	ask(r, TO_ENROLLMENT, "get_educator", json_pack("{s:s}", "educator", own_id(r)));
	then(r, licenses_came);
}

/* ---- one of them ---- */

static json_t *lines_of(struct request *r, const json_t *ledger)
{
	json_t *list = copy_of_list(ledger, "lines"), *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		const char *state = text_in(row, "state");

		put_date_of(r, row, "at_us", "at_text");
		put_day_of(r, row, "decided_on", "decided_text");
		put_date_of(r, row, "said_us", "said_text");
		/* There even when empty: a page would find its own title. */
		put_text(row, "title", text_in(row, "title"));
		put_text(row, "kind_text", coded(r, "line", text_in(row, "kind")));
		put_text(row, "state_text", coded(r, "posting", state));
		put_text(row, "units_text", units_text(r, number_in(row, "hundredths")));
		if (*text_in(row, "because") != '\0')
			put_text(row, "because_text", coded(r, "because", text_in(row, "because")));
		if (strcmp(state, "disputed") == 0)
			put_true(row, "is_disputed");
	}
	return list;
}

static void ledger_came(struct request *r)
{
	json_t *page;

	if (not_told(r, 0) || !is_own(r, answer(r, 0)))
		return;
	page = license_page(r, answer(r, 0), answer(r, 1));
	put_text(page, "title",
		 say(r, "teacher.ledger_of", text_in(answer(r, 0), "state"),
		     text_in(answer(r, 0), "type"), NULL));
	json_object_set_new(page, "lines", lines_of(r, answer(r, 0)));
	if (json_array_size(json_object_get(page, "lines")) > 0)
		put_true(page, "has_lines");
	if (number_in(answer(r, 0), "next") != 0) {
		put_number(page, "next_after", number_in(answer(r, 0), "next"));
		reply_header(r, "Link", "</ledger/%s?after=%" PRId64 ">; rel=\"next\"",
			     param(r, "license"), number_in(answer(r, 0), "next"));
	}
	reply_page(r, 200, "ledger", page);
}

static void show_ledger(struct request *r)
{
	struct id license;
	const char *text;

	if (!param_id(r, "license", &license))
		return;
	text = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&license)));
	ask(r, TO_ISSUANCE, "get_ledger",
	    json_pack("{s:s, s:i, s:I}", "license", text, "limit", PAGE, "after",
		      (json_int_t)query_number(r, "after", 0, INT64_MAX, 0)));
	ask(r, TO_ISSUANCE, "evaluate", json_pack("{s:s}", "license", text));
	then(r, ledger_came);
}

static const struct route ledgers[] = {
	{GET, "/ledger", show_ledgers, READS(RECORD_OF),
	 .about = "Your licenses: what counts toward each, and what is missing"},
	{GET, "/ledger/{license}", show_ledger, READS(RECORD_OF), .takes = "after?count",
	 .about = "The entries of one license's ledger, each with its state and reason"},
};

const struct route_list ledger_routes = {ledgers, ARRAY_LEN(ledgers)};
