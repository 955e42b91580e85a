/* Forms of strangers, cut into pieces anywhere: every way of cutting says the same, and never more
 * bytes than came. */
#include "tests/fuzz/fuzz.h"

#include "services/gateway/upload/form.h"
#include "libshared/arena.h"

#include <stdio.h>
#include <string.h>

struct said {
	struct arena *arena;
	uint8_t bytes[4096]; /* what was said, one after another */
	size_t len;
	uint64_t content;
};

static void add(struct said *s, const void *data, size_t len)
{
	size_t n = MIN(len, sizeof s->bytes - s->len);

	if (n > 0)
		memcpy(s->bytes + s->len, data, n);
	s->len += n;
}

static void note(struct said *s, const struct form *f, enum form_said what, struct bytes part)
{
	char tag = (char)('0' + what);

	s->content += part.len;
	if (what == FORM_BYTES) {
		add(s, part.data, part.len);
		return;
	}
	if (what == FORM_MORE)
		return;
	add(s, &tag, 1);
	if (what == FORM_FIELD || what == FORM_FILE)
		add(s, f->name, strlen(f->name));
	add(s, part.data, part.len);
}

static void read_form(struct bytes body, size_t piece, struct said *s)
{
	struct form f;
	struct bytes part;

	ENSURE(form_begin(&f, "multipart/form-data; boundary=--b"));
	for (size_t at = 0; at < body.len && f.state != FORM_FAILED; at += piece) {
		struct bytes in = {body.data + at, MIN(piece, body.len - at)};

		while (in.len > 0 && f.state != FORM_FAILED) {
			uint64_t taken = f.taken;
			enum form_said what = form_next(&f, &in, &part);

			ENSURE(what != FORM_BYTES || part.len <= f.taken - taken + FORM_HELD);
			note(s, &f, what, part);
		}
	}
	ENSURE(f.taken <= body.len && s->content <= body.len + FORM_HELD);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct said whole = {0}, bytewise = {0};
	struct form f;
	char type[128];

	if (size < 1)
		return 0;
	snprintf(type, sizeof type, "multipart/form-data; %.*s", (int)MIN(size, (size_t)90),
		 (const char *)data);
	(void)form_begin(&f, type);
	read_form((struct bytes){data, size}, size, &whole);
	read_form((struct bytes){data, size}, 1, &bytewise);
	ENSURE(whole.len == bytewise.len && memcmp(whole.bytes, bytewise.bytes, whole.len) == 0);
	return 0;
}
