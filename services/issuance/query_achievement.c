/* What credentials are given for, as they have it in them. */
#include "services/issuance/query_parts.h"
#include "services/issuance/tables.h"
#include "services/issuance/template.h"

/* "" where the catalogue has texts that cannot be signed. */
static char *document_of(const Issuance__AchievementNoted *noted,
			 const Issuance__IssuerNoted *issuer, const struct query *q)
{
	char reason[TEMPLATE_REASON_LEN];
	const struct badge_template *template =
		template_of(noted, issuer, q->caps->signer, q->arena, reason);

	return arena_text(q->arena,
			  template != NULL ? badge_template_achievement(template) : BYTES_NONE);
}

Cairn__Status get_achievement(const Issuance__Query *query, struct query *q)
{
	const Issuance__GetAchievement *ask = query->get_achievement;
	struct bytes entry = bytes_of_pb(ask->entry);
	const Issuance__AchievementNoted *newest =
		is_id(entry) ? achievement_newest(q->view, entry, q->arena) : NULL;
	Issuance__Answer answer_message = ISSUANCE__ANSWER__INIT;
	Issuance__AchievementAnswer a = ISSUANCE__ACHIEVEMENT_ANSWER__INIT;
	const Issuance__IssuerNoted *issuer;
	struct id id;

	a.noted = (Issuance__AchievementNoted *)(uintptr_t)newest;
	if (newest != NULL && ask->version != 0)
		a.noted = (Issuance__AchievementNoted *)(uintptr_t)achievement_get(
			q->view, entry, ask->version, q->arena);
	if (a.noted == NULL)
		return query_refuse(q, CAIRN__STATUS__INVALID,
				    "entry: no such version of it is published");
	id = id_of_version(entry, a.noted->version);
	a.achievement = pb_of_bytes(arena_copy(q->arena, bytes_of_id(&id)));
	a.newest = newest->version;
	issuer = issuer_get(q->view, bytes_of_pb(a.noted->issuer), q->arena);
	if (issuer != NULL) {
		a.issuer = issuer->issuer;
		a.document = document_of(a.noted, issuer, q);
	}
	answer_message.body_case = ISSUANCE__ANSWER__BODY_ACHIEVEMENT;
	answer_message.achievement = &a;
	return query_answer(q, &answer_message.base);
}
