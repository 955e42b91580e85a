/* Looks, at the seal, for other educators' submissions with the same bytes or texts much alike. */
#include "services/evidence/duplicates.h"

#include "services/evidence/tables_duplicates.h"
#include "services/evidence/tables_privacy.h"

#include <sodium.h>
#include <string.h>

#define FOUND_MAX ((size_t)20)  /* other submissions, of one seal */
#define PLACES_MAX ((size_t)32) /* looked at with the same bytes, or one band */

struct found {
	struct place at; /* of the other submission */
	uint16_t item;   /* of ours */
	Evidence__DuplicateKind kind;
	uint32_t permille;
};

struct look {
	const struct view *view;
	struct decision *d;
	const Evidence__SubmissionSealed *sealed;
	struct duplicate_rule rule;
	struct found found[FOUND_MAX];
	size_t n;
};

ProtobufCBinaryData signature_of(struct decision *d, struct bytes text, uint32_t *shingles_r)
{
	static const char use[] = "signatures of texts";
	uint8_t key[32], *bytes = arena_alloc(d->arena, MINHASH_BYTES);
	struct minhash m;

	crypto_generichash(key, sizeof key, (const uint8_t *)use, sizeof use - 1,
			   d->caps->noise_key, sizeof d->caps->noise_key);
	minhash_of(text, key, &m);
	*shingles_r = m.shingles;
	if (m.shingles == 0)
		return pb_of_bytes(BYTES_NONE);
	minhash_put(&m, bytes);
	return pb_of_bytes((struct bytes){bytes, MINHASH_BYTES});
}

/* ---- whose it is ---- */

/* The bytes of the other place were declared as shared, or ours. */
static bool declared_as_shared(const struct look *l, struct bytes other_portfolio,
			       struct bytes other_sha256, struct bytes sha256)
{
	struct bytes portfolio = bytes_of_pb(l->sealed->portfolio);

	return is_shared(l->view, portfolio, other_portfolio, sha256) ||
	       is_shared(l->view, portfolio, other_portfolio, other_sha256);
}

static struct bytes sha256_of(const Evidence__SubmissionSealed *sealed, uint16_t item)
{
	return bytes_of_pb(item <= sealed->n_items
				   ? sealed->items[item - 1]->sha256
				   : sealed->answers[item - 1 - sealed->n_items]->sha256);
}

static bool is_anothers(const struct look *l, const struct place *at, struct bytes sha256)
{
	struct submission other;
	struct portfolio portfolio;
	struct bytes other_portfolio;

	if (!submission_get(l->view, bytes_of_id(&at->submission), &other) ||
	    other.state == SUBMISSION_RECALLED || other.state == SUBMISSION_RETURNED ||
	    !portfolio_get(l->view, bytes_of_id(&other.portfolio), &portfolio) ||
	    portfolio.standing == STANDING_FORGOTTEN ||
	    bytes_equal(bytes_of_id(&portfolio.educator), bytes_of_pb(l->sealed->educator)))
		return false;
	other_portfolio = bytes_of_id(&other.portfolio);
	return !declared_as_shared(
		l, other_portfolio,
		sha256_of(sealed_get(l->view, bytes_of_id(&at->submission), l->d->arena), at->item),
		sha256);
}

/* ---- what is found ---- */

/* One for each other submission: what is most alike. */
static void note(struct look *l, const struct found *found)
{
	for (size_t i = 0; i < l->n; i++)
		if (id_equal(&l->found[i].at.submission, &found->at.submission)) {
			if (found->permille > l->found[i].permille)
				l->found[i] = *found;
			return;
		}
	if (l->n < FOUND_MAX)
		l->found[l->n++] = *found;
}

static void look_for_bytes(struct look *l, uint16_t item, struct bytes sha256)
{
	struct place places[PLACES_MAX];
	size_t n = places_of_bytes(l->view, sha256, places, PLACES_MAX);

	for (size_t i = 0; i < n; i++)
		if (is_anothers(l, &places[i], sha256))
			note(l, &(struct found){places[i], item,
						EVIDENCE__DUPLICATE_KIND__SAME_BYTES, 1000});
}

static void look_for_text(struct look *l, uint16_t item, struct bytes sha256,
			  const struct minhash *m)
{
	struct place places[PLACES_MAX];

	for (unsigned band = 0; band < MINHASH_BANDS; band++) {
		size_t n = places_of_band(l->view, m, band, places, PLACES_MAX);

		for (size_t i = 0; i < n; i++) {
			struct minhash other;
			uint32_t permille = print_get(l->view, &places[i], &other)
						    ? minhash_permille(m, &other)
						    : 0;

			if (permille >= l->rule.permille && is_anothers(l, &places[i], sha256))
				note(l, &(struct found){places[i], item,
							EVIDENCE__DUPLICATE_KIND__SIMILAR_TEXT,
							permille});
		}
	}
}

/* signed: it is a text that was looked through. Short ones are not compared at all. */
static void look_for(struct look *l, uint16_t item, struct bytes signature, uint32_t shingles,
		     bool is_text)
{
	struct bytes sha256 = sha256_of(l->sealed, item);
	struct minhash m;

	if (is_text && shingles < l->rule.shingles_min)
		return;
	look_for_bytes(l, item, sha256);
	if (minhash_get(signature, shingles, &m))
		look_for_text(l, item, sha256, &m);
}

static void emit_found(struct look *l, const struct found *found)
{
	Evidence__DuplicateFound event = EVIDENCE__DUPLICATE_FOUND__INIT;
	Evidence__Event ours = EVIDENCE__EVENT__INIT;

	event.submission = l->sealed->submission;
	event.other = pb_of_id(&found->at.submission);
	event.kind = found->kind;
	event.permille = found->permille;
	event.item = found->item;
	event.other_item = found->at.item;
	ours.duplicate_found = &event;
	emit_event(l->d, bytes_of_pb(l->sealed->submission), &ours,
		   EVIDENCE__EVENT__BODY_DUPLICATE_FOUND);
}

void emit_duplicates(const struct view *view, struct decision *d,
		     const Evidence__SubmissionSealed *sealed)
{
	struct look l = {.view = view, .d = d, .sealed = sealed};
	struct portfolio portfolio;

	ENSURE(portfolio_get(view, bytes_of_pb(sealed->portfolio), &portfolio));
	l.rule = duplicate_rule_of(policy_get(view, portfolio.policy_version, d->arena));
	for (size_t i = 0; i < sealed->n_items; i++) {
		const Evidence__ArtifactScanned *scanned =
			scanned_get(view, bytes_of_pb(sealed->items[i]->artifact), d->arena);

		look_for(&l, (uint16_t)(i + 1),
			 scanned == NULL ? BYTES_NONE : bytes_of_pb(scanned->signature),
			 scanned == NULL ? 0 : scanned->shingles, scanned != NULL);
	}
	for (size_t i = 0; i < sealed->n_answers; i++)
		look_for(&l, (uint16_t)(sealed->n_items + i + 1),
			 bytes_of_pb(sealed->answers[i]->signature), sealed->answers[i]->shingles,
			 true);
	for (size_t i = 0; i < l.n; i++)
		emit_found(&l, &l.found[i]);
}
