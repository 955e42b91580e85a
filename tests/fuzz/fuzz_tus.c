/* Upload headers of strangers: bounded, clean texts, or a sentence. */
#include "tests/fuzz/fuzz.h"

#include "services/gateway/upload/range.h"
#include "services/gateway/upload/tus.h"

#include "libshared/check.h"

#include <stdio.h>
#include <string.h>

static void check_text(const char *text)
{
	ENSURE(strlen(text) <= TUS_VALUE_MAX && text_is_clean(text, strlen(text)));
}

static void read_metadata(const char *text)
{
	struct arena *arena = arena_new(4096);
	struct tus_metadata m;

	if (tus_metadata_read(text, arena, &m) == NULL) {
		check_text(m.enrollment);
		check_text(m.requirement);
		check_text(m.type);
		check_text(m.captured_on);
		check_text(m.sha256);
	}
	arena_destroy(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[8192];
	struct tus_checksum sum;
	struct range range;
	uint64_t number;

	snprintf(text, sizeof text, "%.*s", (int)MIN(size, sizeof text - 1), (const char *)data);
	read_metadata(text);
	ENSURE(!tus_number(text, &number) || number <= UINT64_C(1) << 53);
	if (tus_checksum_read(text, &sum) == TUS_SUM_SOUND)
		(void)tus_checksum_holds(&sum, BYTES_NONE);
	if (range_read(text, 1000, &range) == RANGE_PART)
		ENSURE(range.first <= range.last && range.last < 1000);
	return 0;
}
