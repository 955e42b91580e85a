/*
 * Whether a document stands in the transparency log, by the log's own proof: nothing is taken from
 * the answer that the checkpoint's signature and the hashes do not show.
 */
#ifndef CAIRN_GATEWAY_LOG_PROOF_H
#define CAIRN_GATEWAY_LOG_PROOF_H

#include "libshared/arena.h"

#include <jansson.h>

enum log_verdict { LOG_PROVED, LOG_PENDING, LOG_FAILED };

/* inclusion: an InclusionAnswer as JSON, or NULL: none yet. sha256: of the document, hex. The
 * sentence lies in the arena. */
enum log_verdict log_proof(const json_t *inclusion, const char *sha256, struct arena *arena,
			   const char **why_r);

#endif
