/* One enrollment: how it is begun, what there is to read, how far it is, how it rests and ends. */
#include "libshared/check.h"
#include "services/gateway/render/words.h"
#include "services/gateway/routes/teacher.h"

#include <ctype.h>
#include <string.h>

/* ---- enrolling ---- */

static void enrolled(struct request *r)
{
	struct id enrollment = made_id(r, "enrollment");
	const char *id = arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&enrollment)));

	if (refused(r, 0))
		return;
	reply_done(r, 201, json_pack("{s:s}", "enrollment", id), "/enrollments/%s", id);
}

/* A micro-credential by its id, or by its code as people write it. */
static bool entry_sent(struct request *r, struct id *entry_r)
{
	char code[65];
	const char *text = sent(r, "code");
	size_t n = strlen(text);

	if (*sent(r, "entry") != '\0' && id_of_text(sent(r, "entry"), entry_r))
		return true;
	if (n == 0 || n >= sizeof code) {
		problem_at(r, "/entry", "the id of a micro-credential, or its code as code");
		reply_problem(r, 422, "entry_missing",
			      "Say which micro-credential: its entry id "
			      "or its code.");
		return false;
	}
	for (size_t i = 0; i <= n; i++)
		code[i] = (char)tolower((unsigned char)text[i]);
	*entry_r = id_of_name("entry", code);
	return true;
}

static void enroll(struct request *r)
{
	struct id id = made_id(r, "enrollment"), entry;

	if (!entry_sent(r, &entry))
		return;
	order(r, TO_ENROLLMENT, "enroll", &id,
	      json_pack("{s:s, s:s, s:s}", "enrollment", ID_STR(bytes_of_id(&id)), "educator",
			own_id(r), "entry", ID_STR(bytes_of_id(&entry))));
	then(r, enrolled);
}

/* ---- the page ---- */

static json_t *resources_of(struct request *r, const struct work *work, int64_t *done_r)
{
	json_t *list = copy_of_list(json_object_get(work->entry, "entry"), "resources"), *row;
	json_t *done = json_object_get(work->enrollment, "resources_done");
	size_t i;

	*done_r = 0;
	json_array_foreach(list, i, row)
	{
		put_text(row, "type_text", coded(r, "resource", text_in(row, "type")));
		if (!holds_text(done, text_in(row, "code")))
			continue;
		put_true(row, "done");
		++*done_r;
	}
	return list;
}

/* What may be done in a state: the page has a button for each. */
static void put_choices(const struct work *work, json_t *page)
{
	const char *state = text_in(work->enrollment, "state");
	bool active = strcmp(state, "ACTIVE") == 0, paused = strcmp(state, "PAUSED") == 0;
	bool in_reading = strcmp(text_in(work->enrollment, "submission_state"), "IN_READING") == 0;

	if (active)
		put_true(page, "can_pause");
	if (active)
		put_true(page, "is_active");
	if (paused || strcmp(state, "LAPSED") == 0)
		put_true(page, "can_resume");
	if ((active || paused) && !in_reading)
		put_true(page, "can_withdraw");
}

static json_t *submissions_of(const struct work *work)
{
	json_t *list = json_array(), *id;
	size_t i;

	json_array_foreach(json_object_get(work->portfolio, "submissions"), i, id)
	{
		json_array_append_new(list, json_pack("{s:O, s:I}", "submission", id, "number",
						      (json_int_t)i + 1));
	}
	return list;
}

static void enrollment_ready(struct request *r)
{
	const struct work *work = work_of(r);
	const json_t *entry = json_object_get(work->entry, "entry");
	json_t *page = work_page(r, work, text_in(entry, "title")), *resources;
	int64_t done;

	put_text(page, "competency", text_in(entry, "competency"));
	put_text(page, "description", text_in(entry, "description"));
	resources = resources_of(r, work, &done);
	put_text(page, "progress_text",
		 say(r, "teacher.resources_done", arena_printf(r->arena, "%" PRId64, done),
		     arena_printf(r->arena, "%zu", json_array_size(resources)), NULL));
	json_object_set_new(page, "resources", resources);
	json_object_set_new(page, "requirements", requirements_of(r, work));
	json_object_set_new(page, "questions", questions_of(r, work));
	json_object_set_new(page, "submissions", submissions_of(work));
	put_choices(work, page);
	if (is_true_in(work->entry, "retired")) {
		put_number(page, "finish_by_us", number_in(work->entry, "finish_by_us"));
		put_date_of(r, page, "finish_by_us", "finish_by_text");
	}
	reply_page(r, 200, "enrollment", page);
}

static void show_enrollment(struct request *r)
{
	load_work(r, enrollment_ready);
}

/* ---- changes ---- */

static void changed(struct request *r)
{
	if (!refused(r, 0))
		reply_done(r, 200, json_pack("{s:s}", "enrollment", param(r, "enrollment")),
			   "/enrollments/%s", param(r, "enrollment"));
}

static void change(struct request *r, const char *command, json_t *fields)
{
	struct id id;

	if (!param_id(r, "enrollment", &id)) {
		json_decref(fields);
		return;
	}
	put_text(fields, "enrollment", ID_STR(bytes_of_id(&id)));
	order(r, TO_ENROLLMENT, command, &id, fields);
	then(r, changed);
}

static void pause_it(struct request *r)
{
	change(r, "pause", json_object());
}

static void resume_it(struct request *r)
{
	change(r, "resume", json_object());
}

static void withdraw_it(struct request *r)
{
	change(r, "withdraw", json_object());
}

static void note_progress(struct request *r)
{
	change(r, "note_progress",
	       json_pack("{s:s, s:b}", "resource", sent(r, "resource"), "done",
			 is_sent(r, "done") ? 1 : 0));
}

/* Ending cannot be undone: a page asks first. */
static void ask_withdraw_ready(struct request *r)
{
	json_t *page = work_page(r, work_of(r), word(r, "teacher.withdraw_title"));

	put_choices(work_of(r), page);
	reply_page(r, 200, "enrollment_withdraw", page);
}

static void ask_withdraw(struct request *r)
{
	load_work(r, ask_withdraw_ready);
}

static const struct route enrollments[] = {
	{POST, "/enrollments", enroll, CHANGES(WORK), .takes = "entry?text code?text",
	 .about = "Enroll in the newest version of a micro-credential"},
	{GET, "/enrollments/{enrollment}", show_enrollment, READS(WORK),
	 .about = "An enrollment: resources, what is asked for, what happens next"},
	{POST, "/enrollments/{enrollment}/progress", note_progress, CHANGES(WORK),
	 .changes = "/enrollments/{enrollment}", .takes = "resource=text done?yes",
	 .about = "Note that a resource was worked through, or take that back"},
	{POST, "/enrollments/{enrollment}/pause", pause_it, CHANGES(WORK),
	 .changes = "/enrollments/{enrollment}",
	 .about = "Pause: nothing is lost, and the clock of the lapse starts anew"},
	{POST, "/enrollments/{enrollment}/resume", resume_it, CHANGES(WORK),
	 .changes = "/enrollments/{enrollment}", .about = "Go on after a pause or a lapse"},
	{GET, "/enrollments/{enrollment}/withdraw", ask_withdraw, READS(WORK),
	 .about = "What withdrawing means, before it is done"},
	{POST, "/enrollments/{enrollment}/withdraw", withdraw_it, CHANGES(WORK),
	 .changes = "/enrollments/{enrollment}", .about = "End an enrollment"},
};

const struct route_list enrollment_routes = {enrollments, ARRAY_LEN(enrollments)};
