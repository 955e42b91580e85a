/* What the files of followed events share; follow.c has the table of them. */
#ifndef CAIRN_ASSESSMENT_FOLLOW_PARTS_H
#define CAIRN_ASSESSMENT_FOLLOW_PARTS_H

#include "libshared/decision.h"
#include "libshared/store.h"

typedef enum verdict follow_fn(const struct view *view, const ProtobufCMessage *event,
			       struct decision *d);

/* follow_people.c */
follow_fn relation_declared, license_linked, license_renewed, educator_erased, org_registered;

#endif
