/*
 * Files of secrets: each a secretbox under the installation's master key for issuance.
 *
 * The master key is issuance.master of the unit's credentials, else of the keys directory, where it
 * is made at the first start. The files lie in KEYS/issuers. All of them must be of mode 0600 and
 * belong to whom the process runs as; what is not is refused. What the supervisor hands over as a
 * credential is not asked: it shows an access list as group rights.
 *
 * A secret in the clear is in locked memory only, and wiped after use.
 */
#ifndef CAIRN_ISSUANCE_VAULT_H
#define CAIRN_ISSUANCE_VAULT_H

#include "libshared/bytes.h"

#include <sys/types.h>

#define VAULT_SECRET_MAX 4096

struct vault;

/* NULL: logged. */
struct vault *vault_open(const char *keys_dir);
void vault_close(struct vault **v);

/* Whole or not at all, and durable when it returns. 0, or -1: logged. */
int vault_write(const struct vault *v, const char *name, struct bytes secret) MUST_CHECK;
/* How many bytes the secret has; -1: logged. secret_r is the caller's to wipe. */
ssize_t vault_read(const struct vault *v, const char *name,
		   uint8_t secret_r[VAULT_SECRET_MAX]) MUST_CHECK;
/* True if there is such a file. */
bool vault_has(const struct vault *v, const char *name);

/* Each name in the folder; -1 from fn ends it. 0, or -1: logged. */
typedef int vault_name_fn(void *ctx, const char *name);
int vault_each(const struct vault *v, vault_name_fn *fn, void *ctx) MUST_CHECK;

#endif
