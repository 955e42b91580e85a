/* Destroying keys after the commit that asks for it. */
#include "libshared/erasure.h"
#include "libshared/daemon.h"
#include "libshared/log.h"
#include "libshared/seal.h"

#include <sodium.h>

#define AT_ONCE 64

/* One command per subject and second: sent again while the row stands, with the same id within a
 * second. */
static struct id note_id(struct bytes subject, int64_t now_us)
{
	uint8_t noise[crypto_generichash_BYTES_MIN];

	crypto_generichash(noise, sizeof noise, subject.data, subject.len, NULL, 0);
	return id_shaped(now_us / US_PER_S * US_PER_S, noise);
}

void erase_subjects(struct engine *e, struct keyring *keyring, unsigned table,
		    erasure_note_fn *note, int64_t now_us)
{
	struct id subjects[AT_ONCE];
	unsigned n = 0;
	const struct view *v;
	struct bytes key, val;
	struct scan scan;

	if (engine_pauses(e, now_us))
		return;
	v = engine_view_begin(e);
	scan = scan_first(v, table, BYTES_NONE, BYTES_NONE);
	while (n < AT_ONCE && scan_next(&scan, &key, &val))
		subjects[n++] = id_of_bytes(key);
	scan_end(&scan);
	engine_view_end(e);
	for (unsigned i = 0; i < n; i++) {
		AUTO(arena_destroy) struct arena *arena = arena_new(256);
		struct bytes subject = bytes_of_id(&subjects[i]);
		struct id id = note_id(subject, now_us);
		bool was_there = keyring_get(keyring, subject, &key);

		if (keyring_destroy(keyring, subject) != 0)
			return; /* logged; the row stands, so it is tried again */
		if (was_there)
			log_info("key_destroyed", "subject=%s", ID_STR(subject));
		if (!engine_submit_own(e, OUTSIDE_TOKEN, bytes_of_id(&id), subject,
				       note(subject, arena)))
			return;
	}
}
