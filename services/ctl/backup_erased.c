/* Persons whose keys were destroyed: who they are, and destroying them again in a copy. */
#include "services/ctl/backup.h"
#include "services/ctl/runtime.h"

#include "libshared/seal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ERASED_MAX ((size_t)256 << 20)

struct id_lines {
	FILE *out;
};

static void add_line(void *ctx, struct bytes subject)
{
	fprintf(((struct id_lines *)ctx)->out, "%s\n", ID_STR(subject));
}

struct bytes erased_in(struct ctl *c, const char *path)
{
	struct secret_file keyring;
	struct id_lines lines;
	struct bytes copy;
	char *text = NULL;
	size_t len = 0;

	if (access(path, F_OK) != 0 || !secret_read(c, path, &keyring))
		return BYTES_NONE;
	lines.out = open_memstream(&text, &len);
	ENSURE(lines.out != NULL);
	keyring_file_each_destroyed((struct bytes){keyring.data, keyring.len}, add_line, &lines);
	ENSURE(fclose(lines.out) == 0);
	copy = arena_copy(c->arena, (struct bytes){(const uint8_t *)text, len});
	free(text);
	secret_free(&keyring);
	return copy;
}

int list_erased(struct ctl *c)
{
	bool one = is_given(c, "service");
	enum ctl_service only = one ? given_service(c, "service") : 0;
	json_t *all = json_object();

	for (enum ctl_service s = 0; s < N_SERVICES && !ctl_failed(c); s++) {
		struct bytes lines = BYTES_NONE;
		json_t *ids = json_array();

		if (!one || s == only)
			lines = erased_in(c, ctl_path(c, "%s/keyring", service_name(s)));
		for (size_t at = 0; at + ID_TEXT_LEN < lines.len; at += ID_TEXT_LEN + 1)
			json_array_append_new(
				ids, json_stringn((const char *)lines.data + at, ID_TEXT_LEN));
		say(c, "%.*s", (int)lines.len, (const char *)lines.data);
		json_object_set_new(all, service_name(s), ids);
	}
	tell(c, "erased", all);
	return ctl_exit_code(c);
}

/* ---- destroying ---- */

static bool erase_line(struct ctl *c, struct keyring *keyring, const char *line, size_t len)
{
	char text[ID_TEXT_LEN + 1];
	struct id id;

	snprintf(text, sizeof text, "%.*s", (int)MIN(len, (size_t)ID_TEXT_LEN), line);
	if (len != ID_TEXT_LEN || !id_of_text(text, &id)) {
		ctl_fault(c, CTL_DIFFERS, "a list of erased persons has no id in \"%s\"", text);
		return false;
	}
	if (keyring_destroy(keyring, bytes_of_id(&id)) != 0)
		ctl_fault(c, CTL_LOCAL, "a keyring cannot be written (see above)");
	return !ctl_failed(c);
}

bool erase_list(struct ctl *c, struct keyring *keyring, const char *path, unsigned *n)
{
	struct bytes text;

	if (!file_read(c, path, ERASED_MAX, &text))
		return false;
	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.data) : text.len;

		if (len > 0 && !erase_line(c, keyring, (const char *)text.data, len))
			return false;
		*n += len > 0;
		text.data += MIN(len + 1, text.len);
		text.len -= MIN(len + 1, text.len);
	}
	return true;
}
