/* Drafts that a page saves while they are written. */
#include "services/gateway/render/words.h"
#include "services/gateway/routes/routes.h"

#define DRAFT_MAX ((size_t)256 << 10)

static void answer_kept(struct request *r)
{
	if (refused(r, 0))
		return;
	reply_json(r, 200,
		   json_pack("{s:I, s:s}", "saved_us", (json_int_t)r->now_us, "saved_text",
			     say(r, "evidence.saved_at", moment_text(r, r->now_us), NULL)));
}

static void keep_answer(struct request *r)
{
	const char *text = body_text(r, "text");
	struct id enrollment;

	if (!param_id(r, "enrollment", &enrollment))
		return;
	order(r, TO_EVIDENCE, "save_answer", &enrollment,
	      json_pack("{s:s, s:s, s:s}", "portfolio", ID_STR(bytes_of_id(&enrollment)),
			"question", param(r, "question"), "text", text != NULL ? text : ""));
	then(r, answer_kept);
}

static const struct route routes[] = {
	{PUT, "/enrollments/{enrollment}/answers/{question}", keep_answer, .may = MAY_TEACHER,
	 .changes = "/enrollments/{enrollment}/answers", .as = AS_EDUCATOR,
	 .scope = "evidence:write", .takes = "text?text", .body = BODY_FORM, .body_max = DRAFT_MAX,
	 .about = "Save the draft of an answer while it is written"},
};

const struct route_list drafts_routes = {routes, ARRAY_LEN(routes)};
