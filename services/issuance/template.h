/*
 * From an achievement's version, as it is kept here, to the template of its badges; made once for
 * each version of its issuer and remembered by the signer.
 */
#ifndef CAIRN_ISSUANCE_TEMPLATE_H
#define CAIRN_ISSUANCE_TEMPLATE_H

#include "libshared/arena.h"
#include "proto/issuance.pb-c.h"
#include "services/issuance/documents/badge.h"

struct signer;

#define TEMPLATE_REASON_LEN 300

/* NULL: reason_r says which text of the catalogue cannot be signed, and why. */
const struct badge_template *template_of(const Issuance__AchievementNoted *achievement,
					 const Issuance__IssuerNoted *issuer, struct signer *signer,
					 struct arena *arena, char reason_r[TEMPLATE_REASON_LEN]);

/* "MicroCredential" unless it says another. */
const char *achievement_type(const Issuance__AchievementNoted *noted);
/* Of a level of the rubric; NULL: there is none. */
const char *level_code(const Enrollment__Rubric *rubric, uint32_t ordinal);
const char *level_label(const Enrollment__Rubric *rubric, uint32_t ordinal);

#endif
