/* The mark of an address: a hash under the person's own key. */
#include "services/notification/mail/address.h"

#include "libshared/check.h"
#include "libshared/seal.h"
#include "proto/enrollment.pb-c.h"

#include <sodium.h>
#include <string.h>

static const char use[] = "address:"; /* the key also seals: no other hash under it begins so */

bool address_mark(const struct caps *caps, struct bytes educator, const char *address,
		  struct id *mark_r)
{
	crypto_generichash_state state;
	struct bytes key;

	if (caps->keyring == NULL || !keyring_get(caps->keyring, educator, &key))
		return false;
	crypto_generichash_init(&state, key.data, key.len, ID_LEN);
	crypto_generichash_update(&state, (const uint8_t *)use, sizeof use - 1);
	for (const char *c = address; *c != '\0'; c++) {
		uint8_t low = (uint8_t)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);

		crypto_generichash_update(&state, &low, 1);
	}
	crypto_generichash_final(&state, mark_r->b, ID_LEN);
	sodium_memzero(&state, sizeof state);
	return true;
}

bool address_mark_of(const struct caps *caps, struct bytes educator, const Cairn__Sealed *person,
		     struct arena *arena, struct id *mark_r)
{
	const Enrollment__Person *opened;
	struct message_fault fault;
	struct bytes text;

	if (!unseal(caps, person, arena, &text))
		return false;
	opened = (const Enrollment__Person *)message_unpack(&enrollment__person__descriptor, text,
							    &EVENT_LIMITS, arena, &fault);
	return opened != NULL && address_mark(caps, educator, opened->email, mark_r);
}
