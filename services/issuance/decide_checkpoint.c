/* The timer of the transparency log: signs how far it is. */
#include "services/issuance/documents/checkpoint.h"
#include "services/issuance/documents/didweb.h"
#include "services/issuance/signer.h"
#include "services/issuance/tables.h"
#include "services/issuance/transparency.h"

#define PLACE "transparency" /* under the first issuer's host */

/* The log's name never changes: that of the last checkpoint, or else the host of the first issuer.
 */
static const char *origin_of(const struct view *view, struct decision *d)
{
	int64_t signed_us;
	const Issuance__CheckpointSigned *last = checkpoint_get(view, 0, d->arena, &signed_us);
	struct scan scan = scan_first(view, ISSUER, BYTES_NONE, BYTES_NONE);
	const char *origin = "cairn.invalid/" PLACE;
	struct didweb_place place;
	struct bytes key, raw;

	if (last != NULL)
		return last->origin;
	if (scan_next(&scan, &key, &raw) &&
	    didweb_place(event_of_row(raw, d->arena)->issuer_noted->issuer->did, &place))
		origin = arena_printf(d->arena, "%s/" PLACE, place.host);
	scan_end(&scan);
	return origin;
}

enum verdict decide_checkpoint(const struct view *view, const struct timer_due *timer,
			       struct decision *d)
{
	const struct id log = transparency_id();
	struct merkle_nodes nodes = transparency_nodes(&view);
	struct checkpoint c = {.origin = origin_of(view, d), .size = transparency_size(view)};
	uint8_t public_key[ED25519_PUBLIC_LEN], signature[ED25519_SIGNATURE_LEN];
	Issuance__CheckpointSigned signed_ = ISSUANCE__CHECKPOINT_SIGNED__INIT;
	Issuance__Event event = ISSUANCE__EVENT__INIT;
	struct public_key key;
	struct bytes text;

	(void)timer;
	c.root = merkle_root(&nodes, c.size);
	text = checkpoint_text(&c, d->arena);
	ENSURE(signer_public(d->caps->signer, bytes_of_id(&log), bytes_of_id(&log), &key) &&
	       multikey_public(key.name, public_key) &&
	       signer_sign(d->caps->signer, key.name, text, signature) == 0);
	signed_.size = c.size;
	signed_.root_sha256 = pb_of_bytes(BYTES_OF(c.root.bytes));
	signed_.note = arena_text(
		d->arena,
		bytes_of_text(checkpoint_note(text, c.origin, public_key, signature, d->arena)));
	signed_.origin = arena_text(d->arena, bytes_of_text(c.origin));
	signed_.key = key.name;
	event.body_case = ISSUANCE__EVENT__BODY_CHECKPOINT_SIGNED;
	event.checkpoint_signed = &signed_;
	emit(d, &event.base);
	return ACCEPTED;
}
