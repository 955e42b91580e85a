/*
 * Writes letters with odd texts for parsers that are not ours: one line of JSON each, with what was
 * put in and the letter in base64. 300 of them come from a fixed seed, so that a failure can be
 * looked at again.
 */
#include "services/notification/mail/mime.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define MOMENT_US (INT64_C(1767712500) * US_PER_S)
#define N_RANDOM 300

static struct arena *arena;

/* The body ends its lines as the composer wants them; parsers give back the same. */
static void write_letter(const char *name, const char *subject, const char *body)
{
	struct mail mail = {.from = {name, "no-reply@cairn.example"},
			    .to = {name, "ana.munoz@meadow.example"},
			    .subject = subject,
			    .body = body,
			    .language = "en",
			    .date_us = MOMENT_US,
			    .id = "0198a000-0000-7000-8000-000000000001"};
	struct bytes raw = mail_compose(&mail, arena);
	size_t room = sodium_base64_encoded_len(raw.len, sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(arena, room);
	json_t *line;

	sodium_bin2base64(text, room, raw.data, raw.len, sodium_base64_VARIANT_ORIGINAL);
	line = json_pack("{s:s, s:s, s:s, s:s}", "name", name, "subject", subject, "body", body,
			 "raw", text);
	ENSURE(line != NULL && json_dumpf(line, stdout, JSON_COMPACT) == 0 &&
	       putchar('\n') == '\n');
	json_decref(line);
	arena_reset(arena);
}

/* xorshift64: the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Words of characters that want care: beyond ASCII, beyond 16 bits, what quoted-printable and RFC
 * 2047 use. A text of one line has no line feed, and neither blank nor tab at its ends or twice:
 * parsers fold those. */
static char *random_text(uint64_t *state, uint64_t most_words, bool one_line)
{
	static const char *const parts[] = {"a",  "Z",  "9",   "=", "?",    "_",  ".",
					    "\"", "\\", "(",   "<", "@",    ",",  ";",
					    ":",  "ñ",  "ü",   "—", "日",   "本", "🙂",
					    "=?", "?=", "=3D", "%", "From", "é",  "\xc2\xa0x"};
	char *text = arena_text(arena, BYTES_NONE);
	uint64_t n_words = next_random(state) % most_words + 1;

	for (uint64_t i = 0; i < n_words; i++) {
		const char *gap = i == 0                                     ? ""
				  : !one_line && next_random(state) % 4 == 0 ? "\n"
									     : " ";

		text = arena_printf(arena, "%s%s", text, gap);
		for (uint64_t n = next_random(state) % 12 + 1; n > 0; n--)
			text = arena_printf(arena, "%s%s", text,
					    parts[next_random(state) % ARRAY_LEN(parts)]);
	}
	return text;
}

int main(void)
{
	uint64_t state = 20260106;

	arena = arena_new(1 << 16);
	write_letter("Cairn", "LIT-101: a decision is ready", "Hello,\n\nread it.\n");
	write_letter("", "", "");
	write_letter("Ana Muñoz", "Su inscripción en LIT-101", "Hola, Ana Muñoz:\n");
	write_letter("O'Brien, \"Bo\" (x) <y>",
		     "=?UTF-8?Q?not=20encoded?=", "trailing  \n \n\t\n.\n..\nFrom x\n");
	write_letter(
		"名前 名前 名前 名前 名前 名前 名前 名前 名前 名前 名前 名前 名前",
		"A title of an entry that is far longer than one line of a header may be, and then "
		"some, "
		"and still not at its end, because it goes on and on and on until it stops here",
		"a line that is far longer than one line of a letter may be, and then some, and "
		"still "
		"not at its end, because it goes on and on and on until it stops here = there\n");
	for (int i = 0; i < N_RANDOM; i++) {
		char *name = random_text(&state, 4, true);
		char *subject = random_text(&state, 12, true);
		char *body = random_text(&state, 60, false);

		write_letter(name, subject, arena_printf(arena, "%s\n", body));
	}
	arena_destroy(&arena);
	return EXIT_SUCCESS;
}
