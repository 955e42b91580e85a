/*
 * What a badge's record must fulfil before it is made into a document: the rules of the Open
 * Badges schema and prose that no canonicaliser sees. Only badge.c calls these.
 */
#ifndef CAIRN_ISSUANCE_BADGE_CHECK_H
#define CAIRN_ISSUANCE_BADGE_CHECK_H

#include "services/issuance/documents/badge.h"

bool badge_issuer_check(const struct badge_issuer *issuer, struct badge_problem *problem);
bool badge_achievement_check(const struct badge_achievement *achievement,
			     struct badge_problem *problem);
/* All but the results' rows and levels, which the template knows. */
bool badge_check(const struct badge *badge, struct badge_problem *problem);

bool text_is_given(const char *text); /* neither NULL nor empty */

#endif
