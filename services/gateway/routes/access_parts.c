/* What the pages about access share. */
#include "services/gateway/routes/access_parts.h"

#include "services/gateway/render/words.h"

#include <string.h>

const char *own_account(struct request *r)
{
	return arena_printf(r->arena, "%s", ID_STR(bytes_of_id(&r->person->account)));
}

json_t *grants_page(struct request *r, const json_t *account, const char *words, bool only_open)
{
	json_t *list = json_array();
	const json_t *grant;
	size_t i;

	json_array_foreach(json_object_get(account, "grants"), i, grant)
	{
		const char *state = text_in(grant, "state");
		int64_t until_us = number_in(grant, "until_us");
		json_t *row;

		if (only_open && strcmp(state, "open") != 0)
			continue;
		row = json_deep_copy(grant);
		put_text_if_any(row, "role_text", word_of(r, "roles", text_in(grant, "role")));
		put_text_if_any(row, "since", date_text(r, number_in(grant, "granted_us")));
		put_text_if_any(row, "until", until_us != 0 ? date_text(r, until_us) : "");
		put_text_if_any(row, "state_text",
				word(r, arena_printf(r->arena, "%s.state_%s", words, state)));
		json_object_set_new(row, "is_open", json_boolean(strcmp(state, "open") == 0));
		json_array_append_new(list, row);
	}
	return list;
}
