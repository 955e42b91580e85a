/* Credentials to make forms of. */
#include "tests/support/forms_kit.h"

struct bytes forms_kit_credential(const char *title, const char *type, struct arena *a)
{
	struct badge_achievement achievement = badge_kit_achievement;
	struct badge_kit_key key;
	struct badge_signer signer;
	struct badge_template *template;
	struct badge_document document;
	struct badge_problem problem;
	struct badge badge;

	achievement.name = title;
	achievement.type = type;
	badge_kit_key(BADGE_KIT_SEED, &key);
	signer = badge_kit_signer(&key);
	template = badge_template_new(&badge_kit_issuer, &achievement, &problem);
	ENSURE(template != NULL);
	badge = badge_kit_badge(template);
	ENSURE(badge_sign(&badge, &signer, a, &document, &problem));
	badge_template_destroy(&template);
	return document.json;
}
