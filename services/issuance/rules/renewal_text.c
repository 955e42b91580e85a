/* An evaluation as JSON: members and numbers are always written the same way. */
#include "services/issuance/rules/renewal.h"

#include "libshared/calendar.h"
#include "libshared/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_name(struct buffer *b, const char *name)
{
	json_put_string(b, bytes_of_text(name));
	buffer_char(b, ':');
}

/* 820: "8.2"; 3750: "37.5"; 6000: "60.0". */
static void put_units(struct buffer *b, int64_t hundredths)
{
	char text[32];
	int len = snprintf(text, sizeof text, "%" PRId64 ".%02" PRId64, hundredths / HUNDREDTHS,
			   hundredths % HUNDREDTHS);

	buffer_put(b, text, (size_t)len - (hundredths % 10 == 0));
}

static void put_amount(struct buffer *b, const struct renewal_rule *rule, int64_t amount)
{
	char text[24];

	if (rule->kind != LEAST_AREAS) {
		put_units(b, amount);
		return;
	}
	snprintf(text, sizeof text, "%" PRId64, amount);
	buffer_puts(b, text);
}

/* Two rules of one category that apply together have the same units: told once. */
static bool was_put(const struct renewal_answer *a, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (strcmp(a->categories[j].rule->category, a->categories[i].rule->category) == 0)
			return true;
	return false;
}

static void put_categories(struct buffer *b, const struct renewal_answer *a)
{
	buffer_char(b, '{');
	for (size_t i = 0; i < a->n_categories; i++) {
		if (was_put(a, i))
			continue;
		if (i > 0)
			buffer_char(b, ',');
		put_name(b, a->categories[i].rule->category);
		put_amount(b, a->categories[i].rule, a->categories[i].got);
	}
	buffer_char(b, '}');
}

static void put_missing(struct buffer *b, const struct renewal_answer *a)
{
	const char *comma = "";

	buffer_char(b, '[');
	for (size_t i = 0; i < a->n_categories; i++) {
		const struct renewal_category *c = &a->categories[i];

		if (c->got >= c->least)
			continue;
		buffer_puts(b, comma);
		buffer_puts(b, "{\"category\":");
		json_put_string(b, bytes_of_text(c->rule->category));
		buffer_puts(b, ",\"short_by\":");
		put_amount(b, c->rule, c->least - c->got);
		buffer_char(b, '}');
		comma = ",";
	}
	buffer_char(b, ']');
}

static void put_not_counted(struct buffer *b, const struct renewal_answer *a)
{
	const char *comma = "";
	char day[11];

	buffer_char(b, '[');
	for (size_t i = 0; i < a->n_lines; i++) {
		const struct renewal_line *line = &a->lines[i];

		if (line->reason == REASON_COUNTS)
			continue;
		text_of_day(line->credit->day, day);
		buffer_puts(b, comma);
		buffer_puts(b, "{\"micro_credential\":");
		json_put_string(b, bytes_of_text(line->credit->micro_credential));
		buffer_puts(b, ",\"decided\":");
		json_put_string(b, bytes_of_text(day));
		buffer_puts(b, ",\"reason\":");
		json_put_string(b, bytes_of_text(renewal_reasons[line->reason]));
		if (line->reason == REASON_OVER_CAP) {
			buffer_puts(b, ",\"units_not_counted\":");
			put_units(b, line->units - line->counted);
		}
		buffer_char(b, '}');
		comma = ",";
	}
	buffer_char(b, ']');
}

const char *renewal_text(const struct renewal_answer *a, struct arena *arena)
{
	struct buffer b;

	buffer_init(&b, arena, 512);
	buffer_puts(&b, "{\"units_total\":");
	put_units(&b, a->total);
	buffer_puts(&b, ",\"units_required\":");
	put_units(&b, a->required);
	buffer_puts(&b, ",\"by_category\":");
	put_categories(&b, a);
	buffer_puts(&b, ",\"requirement_met\":");
	buffer_puts(&b, a->is_met ? "true" : "false");
	buffer_puts(&b, ",\"short_by\":");
	put_units(&b, MAX(a->required - a->total, (int64_t)0));
	buffer_puts(&b, ",\"missing\":");
	put_missing(&b, a);
	buffer_puts(&b, ",\"not_counted\":");
	put_not_counted(&b, a);
	buffer_char(&b, '}');
	return buffer_text(&b);
}
