/* What was published and cannot be evaluated. */
#include "services/issuance/unfit.h"

#include "services/issuance/decide_parts.h"
#include "services/issuance/tables_unfit.h"

enum verdict unfit_note(const struct view *view, const char *kind,
			const Enrollment__Document *document, const char *fault, struct decision *d)
{
	Issuance__DocumentUnfit unfit = ISSUANCE__DOCUMENT_UNFIT__INIT;
	struct bytes id = bytes_of_pb(document->id);

	if (unfit_known(view, id, document->version))
		return ACCEPTED; /* read once more */
	unfit.kind = arena_text(d->arena, bytes_of_text(kind));
	unfit.document = document->id;
	unfit.code = document->code;
	unfit.version = document->version;
	unfit.reason = arena_text(d->arena, bytes_of_text(fault));
	EMIT(d, id, DOCUMENT_UNFIT, document_unfit, &unfit);
	return ACCEPTED;
}
