/* What a seal adds to what is compared, and events on duplicates and shared artifacts. */
#include "services/evidence/changes.h"
#include "services/evidence/tables_duplicates.h"
#include "services/evidence/tables_privacy.h"

static void add_print(struct txn *txn, const struct place *at, struct bytes signature,
		      uint32_t shingles)
{
	struct minhash m;

	if (minhash_get(signature, shingles, &m))
		print_put(txn, at, &m);
}

void add_places(struct txn *txn, const Evidence__SubmissionSealed *sealed)
{
	struct place at = {.submission = id_of_bytes(bytes_of_pb(sealed->submission))};
	struct signature signature;

	for (size_t i = 0; i < sealed->n_items; i++) {
		at.item = (uint16_t)(i + 1);
		place_put(txn, &at, bytes_of_pb(sealed->items[i]->sha256));
		if (signature_get(txn_view(txn), bytes_of_pb(sealed->items[i]->artifact),
				  &signature))
			add_print(txn, &at, BYTES_OF(signature.bytes), signature.shingles);
	}
	for (size_t i = 0; i < sealed->n_answers; i++) {
		at.item = (uint16_t)(sealed->n_items + i + 1);
		place_put(txn, &at, bytes_of_pb(sealed->answers[i]->sha256));
		add_print(txn, &at, bytes_of_pb(sealed->answers[i]->signature),
			  sealed->answers[i]->shingles);
	}
}

void apply_duplicate_found(struct txn *txn, const Evidence__Event *event,
			   const struct record *record)
{
	duplicate_put(txn, event->duplicate_found, record->payload);
}

void apply_shared_declared(struct txn *txn, const Evidence__Event *event,
			   const struct record *record)
{
	declared_put(txn, bytes_of_pb(event->shared_declared->declaration), record->payload);
}

void apply_shared_confirmed(struct txn *txn, const Evidence__Event *event,
			    const struct record *record)
{
	const Evidence__SharedConfirmed *confirmed = event->shared_confirmed;
	struct bytes portfolio = bytes_of_pb(confirmed->portfolio);

	(void)record;
	confirmed_put(txn, bytes_of_pb(confirmed->declaration), portfolio);
	for (size_t i = 0; i < confirmed->n_with; i++)
		shared_put(txn, portfolio, bytes_of_pb(confirmed->with[i]),
			   bytes_of_pb(confirmed->sha256));
}
