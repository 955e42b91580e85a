/* What of a portfolio is open in this attempt. */
#include "services/evidence/portfolio.h"

#include <stdio.h>
#include <string.h>

bool work_load(const struct view *view, struct bytes portfolio, struct arena *arena,
	       struct work *work_r)
{
	if (!portfolio_get(view, portfolio, &work_r->row))
		return false;
	work_r->id = portfolio;
	work_r->entry =
		entry_get(view, bytes_of_id(&work_r->row.entry), work_r->row.entry_version, arena);
	ENSURE(work_r->entry != NULL); /* it was opened when the entry was known */
	work_r->reopening = reopening_get(view, portfolio, arena);
	return true;
}

uint16_t requirement_find(const struct work *work, const char *code)
{
	for (uint16_t i = 0; i < work->entry->n_requirements; i++)
		if (strcmp(work->entry->requirements[i]->code, code) == 0)
			return i;
	return NOT_FOUND;
}

uint16_t question_find(const struct work *work, const char *code)
{
	for (uint16_t i = 0; i < work->entry->n_questions; i++)
		if (strcmp(work->entry->questions[i]->code, code) == 0)
			return i;
	return NOT_FOUND;
}

static bool codes_have(char *const *codes, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(codes[i], code) == 0)
			return true;
	return false;
}

static bool reopening_names(const struct work *work, const char *code)
{
	return codes_have(work->reopening->requirements, work->reopening->n_requirements, code);
}

bool requirement_is_open(const struct work *work, uint16_t requirement)
{
	return work->reopening == NULL ||
	       reopening_names(work, work->entry->requirements[requirement]->code);
}

bool question_is_open(const struct work *work, uint16_t question)
{
	const char *code = work->entry->questions[question]->code;

	if (work->reopening == NULL || reopening_names(work, code))
		return true;
	for (size_t i = 0; i < work->entry->n_rows; i++) {
		const Evidence__RowOfEntry *row = work->entry->rows[i];

		if (codes_have(row->requirements, row->n_requirements, code))
			return false;
	}
	return true;
}

static struct codes codes_new(size_t room, struct arena *arena)
{
	return (struct codes){0, arena_alloc(arena, MAX(room, (size_t)1) * sizeof(char *))};
}

static void codes_add(struct codes *codes, char *code)
{
	if (!codes_have(codes->codes, codes->n, code))
		codes->codes[codes->n++] = code;
}

struct codes all_rows(const Evidence__EntryNoted *entry, struct arena *arena)
{
	struct codes rows = codes_new(entry->n_rows, arena);

	for (size_t i = 0; i < entry->n_rows; i++)
		codes_add(&rows, entry->rows[i]->code);
	return rows;
}

struct codes all_requirements(const Evidence__EntryNoted *entry, struct arena *arena)
{
	struct codes codes = codes_new(entry->n_requirements + entry->n_questions, arena);

	for (size_t i = 0; i < entry->n_requirements; i++)
		codes_add(&codes, entry->requirements[i]->code);
	for (size_t i = 0; i < entry->n_questions; i++)
		codes_add(&codes, entry->questions[i]->code);
	return codes;
}

struct codes open_rows(const struct work *work, struct arena *arena)
{
	if (work->reopening == NULL)
		return all_rows(work->entry, arena);
	return (struct codes){work->reopening->n_rows, work->reopening->rows};
}

struct codes requirements_of_rows(const Evidence__EntryNoted *entry, struct codes rows,
				  struct arena *arena)
{
	size_t room = 0;
	struct codes codes;

	for (size_t i = 0; i < entry->n_rows; i++)
		room += entry->rows[i]->n_requirements;
	codes = codes_new(room, arena);
	for (size_t i = 0; i < entry->n_rows; i++) {
		const Evidence__RowOfEntry *row = entry->rows[i];

		for (size_t j = 0;
		     codes_have(rows.codes, rows.n, row->code) && j < row->n_requirements; j++)
			codes_add(&codes, row->requirements[j]);
	}
	return codes;
}

const char *portfolio_state_word(const struct portfolio *row)
{
	static const char *const words[] = {
		[STANDING_PAUSED] = "paused",
		[STANDING_WITHDRAWN] = "withdrawn",
		[STANDING_LAPSED] = "lapsed",
		[STANDING_FORGOTTEN] = "erased",
	};

	if (row->stage == STAGE_VOIDED)
		return "voided";
	if (row->stage == STAGE_PASSED)
		return "passed";
	if (row->stage == STAGE_SEALED)
		return "sealed";
	if (row->standing != STANDING_ACTIVE)
		return words[row->standing];
	return row->coach_first ? "coach_first" : "open";
}

void answer_code(uint16_t question, char *code_r)
{
	snprintf(code_r, ANSWER_CODE_LEN, "answer.%u", question);
}
