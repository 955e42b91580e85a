/* The list of items as bytes. */
#include "tests/fuzz/items.h"

#include <string.h>

#define HEADER 5

bool fuzz_item_next(struct bytes *list, struct item *item_r)
{
	const uint8_t *at = list->data;
	size_t len;

	if (list->len < HEADER)
		return false;
	len = at[3] | (size_t)at[4] << 8;
	if (len > list->len - HEADER)
		return false;
	*item_r = (struct item){at[0] % N_ITEM_WHATS, at[1], at[2], {at + HEADER, len}};
	*list = (struct bytes){at + HEADER + len, list->len - HEADER - len};
	return true;
}

void fuzz_item_write(FILE *out, const struct item *item)
{
	uint8_t header[HEADER] = {(uint8_t)item->what, item->kind, item->who,
				  (uint8_t)(item->body.len & 0xff), (uint8_t)(item->body.len >> 8)};

	ENSURE(item->body.len <= UINT16_MAX);
	ENSURE(fwrite(header, 1, sizeof header, out) == sizeof header);
	ENSURE(item->body.len == 0 ||
	       fwrite(item->body.data, 1, item->body.len, out) == item->body.len);
}

/* A portfolio has its enrollment's id; the catalogue's ids follow from its codes. */
struct id fuzz_item_id(const char *field)
{
	if (strcmp(field, "entry") == 0)
		return id_of_name("entry", "lit-101");
	if (strcmp(field, "issuer") == 0)
		return id_of_name("issuer", "larkspur-rsa");
	return id_of_name("fuzz", strcmp(field, "portfolio") == 0 ? "enrollment" : field);
}
