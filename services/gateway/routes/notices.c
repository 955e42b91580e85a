/* Which notices come by mail, in which language and when; and the link of a letter that ends them.
 */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <string.h>

#define MINUTES_OF_DAY (24 * 60)

/* What may be switched off; decisions and what touches a credential are told whatever is set. */
static const char *const topics[] = {
	"ENROLLED",          "LAPSE_COMING",  "SUBMISSION_RECEIPT", "RETURNED_INCOMPLETE",
	"ENROLLMENT_LAPSED", "EXPIRY_COMING", "LICENSE_DEADLINE"};

static const char *const digests[] = {"NO_DIGEST", "DAILY", "WEEKLY"};

/* Of states and territories; another one can be sent by a client, and is shown then. */
static const char *const zones[] = {
	"America/Puerto_Rico", "America/New_York", "America/Chicago",
	"America/Denver",      "America/Phoenix",  "America/Los_Angeles",
	"America/Anchorage",   "Pacific/Honolulu", "Pacific/Guam",
};

/* ---- the page ---- */

static json_t *topics_of(struct request *r, const json_t *preferences)
{
	const json_t *off = json_object_get(preferences, "off");
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		json_t *row = json_pack("{s:s, s:s}", "topic", topics[i], "topic_text",
					coded(r, "notice", topics[i]));

		ENSURE(row != NULL);
		put_true(row, holds_text(off, topics[i]) ? "off" : "on");
		json_array_append_new(list, row);
	}
	return list;
}

static void add_choice(json_t *list, const char *value, const char *text, const char *chosen)
{
	json_t *row = json_pack("{s:s, s:s}", "value", value, "text", text);

	ENSURE(row != NULL);
	if (strcmp(value, chosen) == 0)
		put_true(row, "chosen");
	json_array_append_new(list, row);
}

static json_t *zones_of(struct request *r, const char *chosen)
{
	json_t *list = json_array();
	bool listed = *chosen == '\0';

	add_choice(list, "", word(r, "notices.zone_agency"), chosen);
	for (size_t i = 0; i < ARRAY_LEN(zones); i++) {
		add_choice(list, zones[i], zones[i], chosen);
		listed = listed || strcmp(zones[i], chosen) == 0;
	}
	if (!listed)
		add_choice(list, chosen, chosen, chosen);
	return list;
}

static json_t *digests_of(struct request *r, const char *chosen)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(digests); i++)
		add_choice(list, digests[i],
			   word(r, arena_printf(r->arena, "notices.digest_%s", digests[i])),
			   *chosen != '\0' ? chosen : digests[0]);
	return list;
}

static void put_clock(struct request *r, json_t *page, const char *name, int64_t minute)
{
	put_text(page, name,
		 arena_printf(r->arena, "%02d:%02d", (int)(minute / 60), (int)(minute % 60)));
}

static void put_times(struct request *r, json_t *page, const json_t *preferences)
{
	int64_t from = number_in(preferences, "quiet_from");
	int64_t to = number_in(preferences, "quiet_to");
	const char *digest = text_in(preferences, "digest");

	if (from != to) {
		put_clock(r, page, "quiet_from", from);
		put_clock(r, page, "quiet_to", to);
	}
	put_text(page, "time_zone", text_in(preferences, "time_zone"));
	put_text(page, "digest", *digest != '\0' ? digest : digests[0]);
	json_object_set_new(page, "zones", zones_of(r, text_in(preferences, "time_zone")));
	json_object_set_new(page, "digests", digests_of(r, digest));
}

static void preferences_came(struct request *r)
{
	const json_t *preferences = answer(r, 0);
	json_t *page;

	if (refused(r, 0))
		return;
	page = json_pack("{s:s, s:o}", "title", word(r, "teacher.preferences"), "topics",
			 topics_of(r, preferences));
	ENSURE(page != NULL);
	put_text(page, "language", text_in(preferences, "language"));
	put_true(page, strcmp(text_in(preferences, "language"), "es") == 0 ? "is_es" : "is_en");
	put_times(r, page, preferences);
	if (number_in(preferences, "bounced_us") != 0) {
		put_number(page, "bounced_us", number_in(preferences, "bounced_us"));
		put_date_of(r, page, "bounced_us", "bounced_text");
	}
	reply_page(r, 200, "preferences", page);
}

static void show_preferences(struct request *r)
{
	ask(r, TO_NOTIFICATION, "get_preferences", json_pack("{s:s}", "educator", own_id(r)));
	then(r, preferences_came);
}

/* ---- changes ---- */

static void preference_set(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_object(), "/preferences?done=saved");
}

static void set_preference(struct request *r)
{
	json_t *fields = json_pack("{s:s}", "educator", own_id(r));

	if (*sent(r, "topic") != '\0') {
		put_text(fields, "topic", sent(r, "topic"));
		if (is_sent(r, "off"))
			put_true(fields, "off");
	}
	if (*sent(r, "language") != '\0')
		put_text(fields, "language", sent(r, "language"));
	order(r, TO_NOTIFICATION, "set_preference", &r->person->educator, fields);
	then(r, preference_set);
}

/* "22:30" as a minute of the day. False: it is none. */
static bool minute_of(const char *text, int64_t *minute_r)
{
	if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5 ||
	    strchr(text, ':') != strrchr(text, ':'))
		return false;
	*minute_r =
		((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
	return *minute_r < MINUTES_OF_DAY && text[3] < '6';
}

static void set_times(struct request *r)
{
	const char *from = sent(r, "quiet_from"), *to = sent(r, "quiet_to");
	int64_t from_minute = 0, to_minute = 0;

	if ((*from != '\0' || *to != '\0') &&
	    (!minute_of(from, &from_minute) || !minute_of(to, &to_minute))) {
		problem_at(r, *from == '\0' ? "/quiet_from" : "/quiet_to", "HH:MM");
		reply_problem(r, 422, "bad_time", "%s", word(r, "notices.bad_time"));
		return;
	}
	order(r, TO_NOTIFICATION, "set_mail_times", &r->person->educator,
	      json_pack("{s:s, s:I, s:I, s:s, s:s}", "educator", own_id(r), "quiet_from",
			(json_int_t)from_minute, "quiet_to", (json_int_t)to_minute, "time_zone",
			sent(r, "time_zone"), "digest",
			*sent(r, "digest") != '\0' ? sent(r, "digest") : digests[0]));
	then(r, preference_set);
}

/* ---- the link of a letter ---- */

/* NOTICE-MARK, both in hex. False: 404 has been replied. */
static bool link_parts(struct request *r, struct id *notice_r, struct id *mark_r)
{
	const char *link = param(r, "link");
	char half[2 * ID_LEN + 1] = "";

	if (strlen(link) == 4 * ID_LEN + 1 && link[2 * ID_LEN] == '-') {
		memcpy(half, link, 2 * ID_LEN);
		if (id_of_text(half, notice_r)) {
			memcpy(half, link + 2 * ID_LEN + 1, 2 * ID_LEN);
			if (id_of_text(half, mark_r))
				return true;
		}
	}
	reply_nothing_here(r);
	return false;
}

/* Mail programs and scanners look at links: only the button, or their own POST, switches off. */
static void show_unsubscribe(struct request *r)
{
	struct id notice, mark;

	if (!link_parts(r, &notice, &mark))
		return;
	reply_page(r, 200, "unsubscribe",
		   json_pack("{s:s, s:s}", "title", word(r, "notices.unsubscribe"), "link",
			     param(r, "link")));
}

/* What is not a link of ours looks like nothing. */
static void unsubscribed(struct request *r)
{
	if (status_of(r, 0) == CAIRN__STATUS__REJECTED &&
	    strcmp(reason_of(r, 0), "MANDATORY") != 0) {
		reply_nothing_here(r);
		return;
	}
	if (!refused(r, 0))
		reply_page(r, 200, "unsubscribe",
			   json_pack("{s:s, s:b}", "title", word(r, "notices.unsubscribed"), "done",
				     1));
}

static void unsubscribe(struct request *r)
{
	struct id notice, mark;

	if (!link_parts(r, &notice, &mark))
		return;
	order(r, TO_NOTIFICATION, "unsubscribe", &notice,
	      json_pack("{s:s, s:s}", "notice", ID_STR(bytes_of_id(&notice)), "mark",
			arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&mark)))));
	then(r, unsubscribed);
}

static const struct route notices[] = {
	{GET, "/preferences", show_preferences, READS(WORK),
	 .about = "Which notices you get, when, and in which language"},
	{POST, "/preferences", set_preference, CHANGES(WORK), .changes = "/preferences",
	 .takes = "topic?text off?yes language?text",
	 .about = "Switch a notice off or on, or choose the language of notices"},
	{POST, "/preferences/times", set_times, CHANGES(WORK), .changes = "/preferences",
	 .takes = "quiet_from?text quiet_to?text time_zone?text digest?text",
	 .about = "Hours without mail (HH:MM), and several notices in one letter (DAILY, WEEKLY)"},
	{GET, "/unsubscribe/{link}", show_unsubscribe, .may = MAY_ANYONE,
	 .about = "The link of a letter: asks before its notices are switched off"},
	{POST, "/unsubscribe/{link}", unsubscribe, .may = MAY_ANYONE, .body = BODY_FORM,
	 .no_csrf = true, .takes = "List-Unsubscribe?text",
	 .about = "Switch the notices of a letter off without signing in (RFC 8058)"},
};

const struct route_list notice_routes = {notices, ARRAY_LEN(notices)};
