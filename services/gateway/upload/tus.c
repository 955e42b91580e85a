/* The headers of resumable uploads. */
#include "services/gateway/upload/tus.h"

#include "libshared/check.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

#define NUMBER_MAX (UINT64_C(1) << 53)

/* ---- metadata ---- */

struct pair {
	struct bytes key, value; /* the value in base64 */
};

/* The next "key base64" of what is left. */
static bool next_pair(const char **at, struct pair *pair_r)
{
	const char *start = *at + strspn(*at, " ");
	size_t len = strcspn(start, ","), key = strcspn(start, " ,");
	size_t gap = key < len ? strspn(start + key, " ") : 0;
	size_t end = len;

	if (*start == '\0')
		return false;
	while (end > key + gap && start[end - 1] == ' ')
		end--;
	pair_r->key = (struct bytes){(const uint8_t *)start, key};
	pair_r->value =
		(struct bytes){(const uint8_t *)start + key + gap, end - MIN(end, key + gap)};
	*at = start + len + (start[len] == ',' ? 1 : 0);
	return true;
}

static bool decode(struct bytes value, struct arena *arena, const char **text_r)
{
	uint8_t text[TUS_VALUE_MAX + 1];
	size_t len;

	if (sodium_base642bin(text, TUS_VALUE_MAX, (const char *)value.data, value.len, NULL, &len,
			      NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ')
			return false;
	if (!text_is_clean((const char *)text, len))
		return false;
	*text_r = arena_text(arena, (struct bytes){text, len});
	return true;
}

static const char **member_of(struct tus_metadata *m, struct bytes key)
{
	const struct {
		const char *name;
		const char **member;
	} members[] = {
		{"enrollment", &m->enrollment}, {"requirement", &m->requirement},
		{"filetype", &m->type},         {"captured_on", &m->captured_on},
		{"sha256", &m->sha256},         {"student_data", &m->student_data},
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		if (bytes_equal(key, bytes_of_text(members[i].name)))
			return members[i].member;
	return NULL;
}

const char *tus_metadata_read(const char *header, struct arena *arena,
			      struct tus_metadata *metadata_r)
{
	const char *at = header != NULL ? header : "";
	struct pair pair;

	*metadata_r = (struct tus_metadata){"", "", "", "", "", ""};
	if (strlen(at) > TUS_METADATA_MAX)
		return "it is too long";
	for (unsigned n = 0; next_pair(&at, &pair); n++) {
		const char **member = member_of(metadata_r, pair.key);

		if (n == TUS_PAIRS_MAX)
			return "it has too many members";
		if (pair.key.len == 0)
			return "a member has no key";
		if (member == NULL)
			continue;
		if ((*member)[0] != '\0')
			return "a key stands in it twice";
		if (!decode(pair.value, arena, member))
			return "a value is no base64 of a short text";
	}
	return NULL;
}

/* ---- numbers ---- */

bool tus_number(const char *text, uint64_t *number_r)
{
	uint64_t number = 0;
	size_t len = text != NULL ? strlen(text) : 0;

	if (len == 0 || len > 16 || strspn(text, "0123456789") != len)
		return false;
	for (size_t i = 0; i < len; i++)
		number = 10 * number + (uint64_t)(text[i] - '0');
	if (number > NUMBER_MAX)
		return false;
	*number_r = number;
	return true;
}

/* ---- checksums ---- */

static const struct algorithm {
	const char *name, *openssl;
	size_t len;
} algorithms[] = {{"sha1", "SHA1", 20}, {"sha256", "SHA256", 32}};

enum tus_checksum_fault tus_checksum_read(const char *header, struct tus_checksum *sum_r)
{
	size_t name = strcspn(header, " ");

	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		const struct algorithm *a = &algorithms[i];
		const char *text = header + name + strspn(header + name, " ");

		if (strlen(a->name) != name || strncasecmp(header, a->name, name) != 0)
			continue;
		sum_r->algorithm = a->openssl;
		if (sodium_base642bin(sum_r->digest, sizeof sum_r->digest, text, strlen(text), NULL,
				      &sum_r->len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0 ||
		    sum_r->len != a->len)
			return TUS_SUM_BAD;
		return TUS_SUM_SOUND;
	}
	return TUS_SUM_UNKNOWN;
}

bool tus_checksum_holds(const struct tus_checksum *sum, struct bytes content)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len;

	ENSURE(EVP_Digest(content.data, content.len, digest, &len,
			  EVP_get_digestbyname(sum->algorithm), NULL) == 1);
	return len == sum->len && memcmp(digest, sum->digest, len) == 0;
}
