/* Reading what a licensure system answers to a file. */
#include "services/issuance/rules/state_answers.h"

#include "libshared/check.h"
#include "libshared/csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct answers {
	const struct answer_layout *layout;
	struct arena *arena;
	struct state_answers *to;
	size_t room;
};

static bool faulted(struct answers *a, const char *format, ...) PRINTF_LIKE(2, 3);

static bool faulted(struct answers *a, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(a->to->fault, sizeof a->to->fault, format, args);
	va_end(args);
	return false;
}

/* ---- one line ---- */

/* What a line says, by source. */
struct said {
	const char *of[N_ANSWER_SOURCES];
	unsigned line;
};

/* "000012"; 0: it is no number, or none that counts anything. */
static uint32_t number_of(const char *text)
{
	uint64_t n = 0;

	for (const char *c = text; *c != '\0'; c++) {
		if (*c < '0' || *c > '9')
			return 0;
		n = n * 10 + (uint64_t)(*c - '0');
		if (n > UINT32_MAX)
			return 0;
	}
	return (uint32_t)n;
}

/* At most so many bytes, and whole characters. */
static const char *shortened(struct answers *a, const char *text)
{
	size_t len = strnlen(text, STATE_ANSWER_TEXT + 1);

	if (len <= STATE_ANSWER_TEXT)
		return text;
	len = STATE_ANSWER_TEXT;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return arena_text(a->arena, (struct bytes){(const uint8_t *)text, len});
}

static const char *why_of(struct answers *a, const struct said *said)
{
	const char *code = said->of[ANSWER_CODE], *text = said->of[ANSWER_TEXT];

	if (*code != '\0' && *text != '\0')
		return shortened(a, arena_printf(a->arena, "%s: %s", code, text));
	if (*code == '\0' && *text == '\0')
		return "refused without a reason";
	return shortened(a, *code != '\0' ? code : text);
}

static struct state_answer *one_more(struct answers *a)
{
	struct state_answers *to = a->to;
	struct state_answer *list;

	if (to->n == a->room) {
		a->room = MAX(2 * a->room, (size_t)256);
		list = arena_alloc(a->arena, a->room * sizeof *list);
		if (to->n > 0)
			memcpy(list, to->list, to->n * sizeof *list);
		to->list = list;
	}
	return &to->list[to->n++];
}

static bool says_run(const struct answer_layout *layout)
{
	for (size_t i = 0; i < layout->n; i++)
		if (layout->fields[i].source == ANSWER_RUN)
			return true;
	return false;
}

static bool take(struct answers *a, const struct said *said)
{
	struct state_answer answer = {.line = said->line, .because = ""};
	const char *result = said->of[ANSWER_RESULT];

	answer.run = number_of(said->of[ANSWER_RUN]);
	answer.record = number_of(said->of[ANSWER_RECORD]);
	answer.accepted = strcmp(result, a->layout->accepted) == 0;
	if (answer.record == 0 || (answer.run == 0 && says_run(a->layout)))
		return faulted(a, "line %u: it does not say of which record it is", said->line);
	if (!answer.accepted && strcmp(result, a->layout->refused) != 0)
		return faulted(a, "line %u: %s or %s is expected", said->line, a->layout->accepted,
			       a->layout->refused);
	if (a->to->n == STATE_ANSWERS_MAX)
		return faulted(a, "line %u: at most %d answers are taken from one file", said->line,
			       STATE_ANSWERS_MAX);
	if (!answer.accepted)
		answer.because = why_of(a, said);
	answer.reference = shortened(a, said->of[ANSWER_REFERENCE]);
	*one_more(a) = answer;
	return true;
}

static struct said nothing_said(unsigned line)
{
	struct said said = {.line = line};

	for (size_t i = 0; i < N_ANSWER_SOURCES; i++)
		said.of[i] = "";
	return said;
}

/* ---- CSV ---- */

static bool read_csv(struct answers *a, struct bytes text)
{
	const struct answer_layout *l = a->layout;
	struct csv csv;

	csv_open(&csv, text, a->arena);
	for (size_t i = 0; csv.fault == NULL && i < l->n; i++)
		if ((l->fields[i].source == ANSWER_RECORD || l->fields[i].source == ANSWER_RESULT ||
		     l->fields[i].source == ANSWER_RUN) &&
		    !csv_has(&csv, l->fields[i].name))
			return faulted(a, "line 1: there is no column %.64s", l->fields[i].name);
	while (csv_next(&csv)) {
		struct said said = nothing_said(csv.line);

		for (size_t i = 0; i < l->n; i++)
			said.of[l->fields[i].source] = csv_get(&csv, l->fields[i].name);
		if (!take(a, &said))
			return false;
	}
	return csv.fault == NULL || faulted(a, "line %u: %s", MAX(csv.line, csv.lines), csv.fault);
}

/* ---- a fixed width ---- */

/* The bytes at those positions, without blanks around them; what is not there is blank. */
static const char *cut_out(struct answers *a, struct bytes line, const struct answer_field *field)
{
	size_t from = MIN((size_t)field->from - 1, line.len), to = MIN((size_t)field->to, line.len);

	while (from < to && line.data[from] == ' ')
		from++;
	while (to > from && line.data[to - 1] == ' ')
		to--;
	return arena_text(a->arena, (struct bytes){line.data + from, to - from});
}

static bool is_blank(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] != ' ')
			return false;
	return true;
}

static bool read_line(struct answers *a, struct bytes line, unsigned number)
{
	struct said said = nothing_said(number);

	if (is_blank(line))
		return true;
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] < ' ' || line.data[i] > '~')
			return faulted(a, "line %u: it has other characters than a fixed width has",
				       number);
	for (size_t i = 0; i < a->layout->n; i++)
		said.of[a->layout->fields[i].source] = cut_out(a, line, &a->layout->fields[i]);
	return take(a, &said);
}

static bool read_fixed(struct answers *a, struct bytes text)
{
	unsigned number = 0;

	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.data) : text.len;
		struct bytes line = {text.data, len};

		if (line.len > 0 && line.data[line.len - 1] == '\r')
			line.len--;
		if (++number > a->layout->skip && !read_line(a, line, number))
			return false;
		len += end != NULL;
		text.data += len;
		text.len -= len;
	}
	return true;
}

/* ---- all of it ---- */

static int order(const void *x, const void *y)
{
	const struct state_answer *a = x, *b = y;

	if (a->run != b->run)
		return a->run < b->run ? -1 : 1;
	if (a->record != b->record)
		return a->record < b->record ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

/* One answer to each record. */
static bool settle(struct answers *a)
{
	struct state_answers *to = a->to;
	size_t n = 0;

	if (to->n > 0)
		qsort(to->list, to->n, sizeof *to->list, order);
	for (size_t i = 0; i < to->n; i++) {
		const struct state_answer *last = n > 0 ? &to->list[n - 1] : NULL;

		if (last == NULL || last->run != to->list[i].run ||
		    last->record != to->list[i].record) {
			to->list[n++] = to->list[i];
			continue;
		}
		if (last->accepted != to->list[i].accepted)
			return faulted(a, "lines %u and %u contradict each other", last->line,
				       to->list[i].line);
		to->n_repeated++;
	}
	to->n = n;
	return n > 0 || faulted(a, "it answers nothing");
}

bool state_answers_read(const struct answer_layout *layout, struct bytes text, struct arena *arena,
			struct state_answers *answers_r)
{
	struct answers a = {layout, arena, answers_r, 0};

	*answers_r = (struct state_answers){.n = 0};
	return (layout->is_fixed ? read_fixed(&a, text) : read_csv(&a, text)) && settle(&a);
}
