/*
 * CURVE keys: who a process is to its peers.
 *
 * DIR/NAME.key holds the secret key of NAME, 40 characters of Z85 and a line feed, mode 0600. The
 * public key follows from it and is told to others in their peers file (peers.h). Where systemd
 * hands over credentials, $CREDENTIALS_DIRECTORY/NAME.key is read first.
 *
 * A struct curve_keys is locked into memory by keys_load() and cleared by keys_forget(), which is
 * called as soon as the sockets are made: libzmq has its own copy then.
 */
#ifndef CAIRN_KEYS_H
#define CAIRN_KEYS_H

#include "libshared/bytes.h"

#define KEY_TEXT_LEN 40 /* Z85 of 32 bytes */
#define KEY_LEN 32

struct key_text {
	char s[KEY_TEXT_LEN + 1];
};

struct curve_keys {
	struct key_text public_key, secret_key;
};

/* A fresh pair, not on any disk: for tests and for the self-test of a daemon. */
void keys_random(struct curve_keys *keys_r);
/* Makes a pair and writes dir/name.key; dir is made (0700) if needed. An existing file is kept, and
 * its public key given. 0, or -1: logged. */
int keys_make(const char *dir, const char *name, struct key_text *public_r) MUST_CHECK;
/* Reads the pair of name. 0, or -1: logged (missing, readable by others, not a key). */
int keys_load(const char *dir, const char *name, struct curve_keys *keys_r) MUST_CHECK;
void keys_forget(struct curve_keys *keys);

/* Reads len secret bytes from dir/file (credentials first); makes them at random when there is no
 * such file. 0, or -1: logged. */
int keys_noise(const char *dir, const char *file, uint8_t *noise_r, size_t len) MUST_CHECK;

/* The 32 bytes of a key's text; false: not 40 characters of Z85. */
bool key_of_text(const char *text, uint8_t key_r[KEY_LEN]) MUST_CHECK;
struct key_text text_of_key(const uint8_t key[KEY_LEN]);

#endif
