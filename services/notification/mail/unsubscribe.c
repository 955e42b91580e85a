/* The link in a letter that switches its topic off. */
#include "services/notification/mail/unsubscribe.h"

#include "libshared/seal.h"

#include <sodium.h>
#include <string.h>

static struct id mark_of(const struct caps *caps, struct bytes notice)
{
	return lookup_hash(caps, "unsubscribe", bytes_of_text(ID_STR(notice)));
}

bool unsubscribe_is_ours(const struct caps *caps, struct bytes notice, struct bytes mark)
{
	struct id wanted = mark_of(caps, notice);

	return mark.len == ID_LEN && sodium_memcmp(wanted.b, mark.data, ID_LEN) == 0;
}

char *unsubscribe_url(const struct caps *caps, const char *url, struct bytes notice,
		      struct arena *arena)
{
	struct id mark = mark_of(caps, notice);
	char of_notice[2 * ID_LEN + 1], of_mark[2 * ID_LEN + 1];
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		len--;
	hex_of_bytes(notice, of_notice);
	hex_of_bytes(bytes_of_id(&mark), of_mark);
	return arena_printf(arena, "%.*s/%s-%s", (int)len, url, of_notice, of_mark);
}
