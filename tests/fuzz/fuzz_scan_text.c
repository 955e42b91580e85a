/* Any bytes as a text that is scanned, with the first line as roster and shape: findings lie within
 * the text, in order, and apart. */
#include "services/evidence/scan_text.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[200] = "";
	char *lines[] = {line};
	struct scan_asked asked = {lines, 1, lines, 1};
	struct scan_found found;
	uint64_t end = 0, total = 0;

	memcpy(line, data, MIN(size, sizeof line - 1));
	line[strcspn(line, "\n")] = '\0';
	scan_text((struct bytes){data, size}, &asked, &found);
	for (size_t i = 0; i < found.n; i++) {
		ENSURE(found.first[i].at >= end && found.first[i].len > 0);
		end = (uint64_t)found.first[i].at + found.first[i].len;
		ENSURE(end <= size);
	}
	for (unsigned kind = 0; kind < N_FINDING_KINDS; kind++)
		total += found.counts[kind];
	ENSURE(total == found.total && found.n == MIN(total, FINDINGS_FIRST));
	return 0;
}
