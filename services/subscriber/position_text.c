/* "cairn1:LOG-ID:EPOCH:SEQ:CHAIN:DONE-SEQ:DONE-ID[:WANTED]:SUM", and back. */
#include "services/subscriber/position_text.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORM "cairn1"
#define SUM_LEN crypto_generichash_BYTES_MIN
#define SUM_TEXT_LEN 8
#define N_PARTS 7 /* without what is wanted, and the sum */

/* The first characters of a hash: a text that was cut or mistyped is seen. */
static void sum_of(const char *text, size_t len, char sum_r[SUM_TEXT_LEN + 1])
{
	uint8_t hash[SUM_LEN];
	char hex[2 * SUM_LEN + 1];

	crypto_generichash(hash, sizeof hash, (const uint8_t *)text, len, NULL, 0);
	hex_of_bytes(BYTES_OF(hash), hex);
	memcpy(sum_r, hex, SUM_TEXT_LEN);
	sum_r[SUM_TEXT_LEN] = '\0';
}

uint64_t types_mark(const char *const *types, size_t n)
{
	uint64_t mark = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t hash[SUM_LEN];

		crypto_generichash(hash, sizeof hash, (const uint8_t *)types[i], strlen(types[i]),
				   NULL, 0);
		mark += get_u64_be(hash);
	}
	return n > 0 && mark == 0 ? 1 : mark;
}

void text_of_place(const struct place *p, char text_r[CAIRN_SUBSCRIBER_POSITION_MAX])
{
	char log_id[2 * ID_LEN + 1], chain[2 * CHAIN_LEN + 1], done[2 * ID_LEN + 1];
	char sum[SUM_TEXT_LEN + 1];
	int len;

	hex_of_bytes(bytes_of_id(&p->at.log_id), log_id);
	hex_of_bytes(BYTES_OF(p->at.chain), chain);
	hex_of_bytes(bytes_of_id(&p->done), done);
	len = snprintf(text_r, CAIRN_SUBSCRIBER_POSITION_MAX,
		       FORM ":%s:%" PRIu64 ":%" PRIu64 ":%s:%" PRIu64 ":%s", log_id,
		       (uint64_t)p->at.epoch, p->at.seq, chain, p->done_seq, done);
	if (p->wanted != 0)
		len += snprintf(text_r + len, CAIRN_SUBSCRIBER_POSITION_MAX - (size_t)len,
				":%016" PRIx64, p->wanted);
	ENSURE(len > 0 && len + 1 + SUM_TEXT_LEN < CAIRN_SUBSCRIBER_POSITION_MAX);
	sum_of(text_r, (size_t)len, sum);
	snprintf(text_r + len, CAIRN_SUBSCRIBER_POSITION_MAX - (size_t)len, ":%s", sum);
}

static bool count_of(const char *text, uint64_t *count_r)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*count_r = strtoull(text, &end, 10);
	return *end == '\0';
}

/* Cuts at the colons. The last part may be absent: all types are wanted. */
static bool split(char *text, char *parts_r[N_PARTS + 1])
{
	for (unsigned i = 0; i < N_PARTS + 1; i++)
		parts_r[i] = strsep(&text, ":");
	return parts_r[N_PARTS - 1] != NULL && text == NULL;
}

static bool mark_of(const char *text, uint64_t *mark_r)
{
	uint8_t mark[8];

	if (text == NULL)
		return true;
	if (!bytes_of_hex(text, mark, sizeof mark))
		return false;
	*mark_r = get_u64_be(mark);
	return true;
}

static bool sum_is_right(const char *text, size_t len)
{
	char sum[SUM_TEXT_LEN + 1];

	if (len <= SUM_TEXT_LEN + 1 || text[len - SUM_TEXT_LEN - 1] != ':')
		return false;
	sum_of(text, len - SUM_TEXT_LEN - 1, sum);
	return strcmp(sum, text + len - SUM_TEXT_LEN) == 0;
}

bool place_of_text(const char *text, struct place *place_r)
{
	size_t len = text != NULL ? strlen(text) : 0;
	char copy[CAIRN_SUBSCRIBER_POSITION_MAX], *parts[N_PARTS + 1];
	struct place p = {0};

	if (len == 0) {
		*place_r = p;
		return true;
	}
	if (len >= sizeof copy || !sum_is_right(text, len))
		return false;
	memcpy(copy, text, len);
	copy[len - SUM_TEXT_LEN - 1] = '\0';
	if (!split(copy, parts) || strcmp(parts[0], FORM) != 0 ||
	    !bytes_of_hex(parts[1], p.at.log_id.b, ID_LEN) || !count_of(parts[2], &p.at.epoch) ||
	    !count_of(parts[3], &p.at.seq) || !bytes_of_hex(parts[4], p.at.chain, CHAIN_LEN) ||
	    !count_of(parts[5], &p.done_seq) || !bytes_of_hex(parts[6], p.done.b, ID_LEN) ||
	    !mark_of(parts[N_PARTS], &p.wanted) || p.done_seq < p.at.seq)
		return false;
	*place_r = p;
	return true;
}
