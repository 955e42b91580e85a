/* Reports of non-delivery from strangers: a letter of ours and a status, or a sentence. */
#include "tests/fuzz/fuzz.h"

#include "services/ctl/dsn.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dsn dsn;
	const char *fault = dsn_read((struct bytes){data, size}, &dsn);

	if (fault != NULL) {
		ENSURE(fault[0] != '\0');
		return 0;
	}
	ENSURE(is_timed_id(bytes_of_id(&dsn.notice)));
	ENSURE(strlen(dsn.status) >= 5 && strlen(dsn.status) < DSN_STATUS_LEN);
	ENSURE(strspn(dsn.status, "0123456789.") == strlen(dsn.status));
	ENSURE(!dsn_is_bounce(&dsn) || (dsn.failed && dsn.status[0] == '5'));
	return 0;
}
