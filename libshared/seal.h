/*
 * Sealing: what names a person is encrypted under that person's key, kept in a keyring outside the
 * log and the database. Destroying the key erases the person everywhere, on replay too, and every
 * hash chain stays whole.
 *
 * A keyring is a flat file of fixed slots beside the environment: a header, then a slot for each
 * subject, 64 bytes each, with a sum.
 *
 *	subject[16] key[32] state u8 (1 key, 2 destroyed) zeros[7] sum[8]
 *
 * Destroying overwrites the key with zeros (the id stays, marked destroyed) and syncs. A missing or
 * destroyed key means erased, not an error. A slot that a crash tore has a wrong sum and no key;
 * its writer was not told that it is durable, and writes it again. The file belongs to one process
 * at a time and must be of mode 0600. Once a sync has failed, nothing more is written until it is
 * opened again.
 *
 * A box is nonce[24] and XChaCha20-Poly1305 of the text. The nonce is keyed BLAKE2b of the input's
 * id, a counter, the subject and the text, so sealing is a function of its arguments.
 */
#ifndef CAIRN_SEAL_H
#define CAIRN_SEAL_H

#include "libshared/decision.h"

struct keyring;

/* Opens or makes the file; path NULL: in memory (simulation). seed NULL: keys are random; else
 * keyed BLAKE2b of the subject under seed (simulation only). NULL: logged why. */
struct keyring *keyring_open(const char *path, const uint8_t seed[32]);
void keyring_close(struct keyring **k);

/* A slot for the subject, made if missing; not durable before keyring_sync(). 0, or -1: logged. A
 * destroyed subject stays destroyed: 0, and has no key. */
int keyring_ensure(struct keyring *k, struct bytes subject) MUST_CHECK;
/* A key that a neighbour handed over, in place of another one. A destroyed subject stays destroyed:
 * 0. */
int keyring_put(struct keyring *k, struct bytes subject, struct bytes key) MUST_CHECK;
int keyring_sync(struct keyring *k) MUST_CHECK;
/* Overwrites and syncs, and remembers that it was destroyed. Idempotent. */
int keyring_destroy(struct keyring *k, struct bytes subject) MUST_CHECK;
/* 32 bytes borrowed until the next call that writes; false: no key (never had one, or erased). */
bool keyring_get(const struct keyring *k, struct bytes subject, struct bytes *key_r);
/* Subjects that were destroyed, for backups; and how many keys there are. */
typedef void subject_fn(void *ctx, struct bytes subject);
void keyring_each_destroyed(const struct keyring *k, subject_fn *fn, void *ctx);
uint64_t keyring_count(const struct keyring *k);
/* The same of the bytes of a keyring's file, which another process may own. */
void keyring_file_each_destroyed(struct bytes file, subject_fn *fn, void *ctx);

/* Encrypts text under the subject's key into an arena message. NULL: the subject has no key. */
Cairn__Sealed *seal(struct decision *d, struct bytes subject, struct bytes text);
/* False: no key (erased), or not sealed by this key. The text lives in the arena. */
bool unseal(const struct caps *caps, const Cairn__Sealed *sealed, struct arena *arena,
	    struct bytes *text_r);
/* The same for bytes as tables hold them: subject[16] and box. */
bool unseal_bytes(const struct caps *caps, struct bytes subject, struct bytes box,
		  struct arena *arena, struct bytes *text_r);

/* Keyed hash for look-ups by handle, e-mail or license number: 16 bytes, BLAKE2b under the
 * service's noise key of "kind:" and the text in lower case (A to Z only). */
struct id lookup_hash(const struct caps *caps, const char *kind, struct bytes text);

/* Every subject whose Sealed stands somewhere in the message, as often as it does. */
void message_subjects(const ProtobufCMessage *message, subject_fn *fn, void *ctx);

#endif
