/*
 * Publishing one version of a document: the same for all kinds of them.
 */
#ifndef CAIRN_ENROLLMENT_PUBLICATION_H
#define CAIRN_ENROLLMENT_PUBLICATION_H

#include "libshared/decision.h"
#include "services/enrollment/tables.h"

/* One version of a document, and the event that publishes it. */
struct publication {
	enum document_kind kind;
	struct id id;
	uint32_t version;
	const Enrollment__Event *event;
};

/* Whether this very content stands already: loading a catalogue twice changes nothing. */
bool is_published(const struct view *view, const struct publication *p, struct decision *d);
/* Published versions are immutable, and numbered without a gap from the first one known here: a
 * catalogue may have had a life elsewhere. False: refused. */
bool version_is_next(const struct view *view, const struct publication *p, struct decision *d);
enum verdict publish(const struct publication *p, struct decision *d);

#endif
