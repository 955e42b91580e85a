/* Publishing one version of a document. */
#include "services/enrollment/publication.h"

#include "libshared/check.h"
#include "services/enrollment/must.h"

#define VERSION_MAX 1000000

bool is_published(const struct view *view, const struct publication *p, struct decision *d)
{
	struct bytes stored;

	return p->version != 0 &&
	       document_get(view, p->kind, bytes_of_id(&p->id), p->version, &stored) &&
	       bytes_equal(stored, message_pack(&p->event->base, d->arena));
}

bool version_is_next(const struct view *view, const struct publication *p, struct decision *d)
{
	uint32_t newest = document_newest(view, p->kind, bytes_of_id(&p->id));

	if (!must_range(d, "version", p->version, 1, VERSION_MAX))
		return false;
	if (newest == 0 || p->version == newest + 1)
		return true;
	if (p->version <= newest)
		refuse_text(d, ENROLLMENT__REASON__VERSION_EXISTS,
			    "version %u is published with other content; a change is version %u",
			    p->version, newest + 1);
	else
		refuse_text(d, ENROLLMENT__REASON__VERSION_NOT_NEXT,
			    "version %u was sent, version %u is the next", p->version, newest + 1);
	return false;
}

enum verdict publish(const struct publication *p, struct decision *d)
{
	emit_about(d, bytes_of_id(&p->id), &p->event->base);
	return ACCEPTED;
}
