/* Rules on artifacts that co-authors share: declared by one, confirmed by each of the others. */
#include "services/evidence/rules.h"

#include "services/evidence/tables_duplicates.h"

#define COAUTHORS_MAX ((size_t)10)

static enum verdict check_coauthors(const struct view *view, const Evidence__DeclareShared *ask,
				    const struct artifact *row, struct decision *d)
{
	struct portfolio other, own;

	ENSURE(portfolio_get(view, bytes_of_id(&row->portfolio), &own));
	if (ask->n_with == 0 || ask->n_with > COAUTHORS_MAX)
		return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
				   "with: 1 to %zu enrollments of co-authors are needed",
				   COAUTHORS_MAX);
	for (size_t i = 0; i < ask->n_with; i++) {
		if (!is_id(bytes_of_pb(ask->with[i])) ||
		    !portfolio_get(view, bytes_of_pb(ask->with[i]), &other))
			return refuse_text(d, EVIDENCE__REASON__UNKNOWN_PORTFOLIO,
					   "with: there is no such enrollment");
		if (id_equal(&other.educator, &own.educator))
			return refuse_text(d, EVIDENCE__REASON__BAD_VALUE,
					   "with: this enrollment is your own");
	}
	return ACCEPTED;
}

enum verdict decide_declare_shared(const struct view *view, const Evidence__Command *cmd,
				   struct decision *d)
{
	const Evidence__DeclareShared *ask = cmd->declare_shared;
	Evidence__SharedDeclared declared = EVIDENCE__SHARED_DECLARED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;
	struct artifact row;
	struct work work;

	if (!is_id(bytes_of_pb(ask->declaration)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "declaration: 16 bytes are needed");
	if (declared_get(view, bytes_of_pb(ask->declaration), d->arena) != NULL)
		return refuse_text(d, EVIDENCE__REASON__ID_TAKEN,
				   "this was declared before; use a new id");
	if (open_artifact(view, d, bytes_of_pb(ask->artifact), &row, &work) != ACCEPTED ||
	    check_coauthors(view, ask, &row, d) != ACCEPTED)
		return REFUSED;
	declared.declaration = ask->declaration;
	declared.artifact = ask->artifact;
	declared.portfolio = pb_of_id(&row.portfolio);
	declared.sha256 = pb_of_bytes(BYTES_OF(row.sha256));
	declared.n_with = ask->n_with;
	declared.with = ask->with;
	event.shared_declared = &declared;
	emit_event(d, bytes_of_pb(ask->artifact), &event, EVIDENCE__EVENT__BODY_SHARED_DECLARED);
	return ACCEPTED;
}

static bool is_named(const Evidence__SharedDeclared *declared, struct bytes portfolio)
{
	for (size_t i = 0; i < declared->n_with; i++)
		if (bytes_equal(bytes_of_pb(declared->with[i]), portfolio))
			return true;
	return false;
}

/* With the one who declared it, and with those who confirmed before. */
static void emit_confirmed(const struct view *view, struct decision *d,
			   const Evidence__SharedDeclared *declared, struct bytes portfolio)
{
	Evidence__SharedConfirmed confirmed = EVIDENCE__SHARED_CONFIRMED__INIT;
	Evidence__Event event = EVIDENCE__EVENT__INIT;

	confirmed.with = arena_alloc(d->arena, (declared->n_with + 1) * sizeof *confirmed.with);
	confirmed.with[confirmed.n_with++] = declared->portfolio;
	for (size_t i = 0; i < declared->n_with; i++)
		if (is_confirmed(view, bytes_of_pb(declared->declaration),
				 bytes_of_pb(declared->with[i])))
			confirmed.with[confirmed.n_with++] = declared->with[i];
	confirmed.declaration = declared->declaration;
	confirmed.portfolio = pb_of_bytes(portfolio);
	confirmed.sha256 = declared->sha256;
	event.shared_confirmed = &confirmed;
	emit_event(d, portfolio, &event, EVIDENCE__EVENT__BODY_SHARED_CONFIRMED);
}

enum verdict decide_confirm_shared(const struct view *view, const Evidence__Command *cmd,
				   struct decision *d)
{
	const Evidence__ConfirmShared *ask = cmd->confirm_shared;
	struct bytes portfolio = bytes_of_pb(ask->portfolio);
	const Evidence__SharedDeclared *declared;
	struct work work;

	if (!is_id(bytes_of_pb(ask->declaration)))
		return refuse_text(d, EVIDENCE__REASON__BAD_ID, "declaration: 16 bytes are needed");
	declared = declared_get(view, bytes_of_pb(ask->declaration), d->arena);
	if (known_work(view, d, portfolio, &work) != ACCEPTED)
		return REFUSED;
	if (declared == NULL || !is_named(declared, portfolio))
		return refuse_text(d, EVIDENCE__REASON__NOT_DECLARED,
				   "nobody declared that they share this with this enrollment");
	if (is_confirmed(view, bytes_of_pb(ask->declaration), portfolio))
		return refuse_text(d, EVIDENCE__REASON__WRONG_STATE, "this was confirmed before");
	emit_confirmed(view, d, declared, portfolio);
	return ACCEPTED;
}
