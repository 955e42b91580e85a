/* Who, what, how much, when, by whom. */
#include "services/issuance/forms/certificate_fields.h"

#include <string.h>

static bool is_given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* A field without a value is left out; then its section begins at the next one. */
static bool add(struct fields *f, const char *section, const char *label, const char *value)
{
	if (!is_given(value))
		return false;
	ENSURE(f->n < f->room);
	f->list[f->n++] = (struct field){section, label, value};
	return true;
}

static const char *term_text(const struct certificate_license *l, struct arena *a)
{
	if (!is_given(l->issued) || !is_given(l->expires))
		return l->expires;
	return arena_printf(a, "%s to %s", l->issued, l->expires);
}

/* "ends in 0123", where only so many digits are shown. */
static const char *number_text(const struct certificate_license *l, struct arena *a)
{
	size_t len = is_given(l->number) ? strlen(l->number) : 0;

	if (l->digits == 0 || l->digits >= len)
		return l->number;
	return arena_printf(a, "ends in %s", l->number + len - l->digits);
}

/* In the order in which a state's portal asks. */
static void add_license(struct fields *f, const struct certificate_license *l)
{
	const struct field list[] = {
		{NULL, "State", l->state},
		{NULL, "License type", l->type},
		{NULL, "License number", number_text(l, f->arena)},
		{NULL, "Term", term_text(l, f->arena)},
		{NULL, "Units", l->units},
		{NULL, "Category", l->categories},
	};
	const char *section = "For the license";

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		if (add(f, section, list[i].label, list[i].value))
			section = NULL;
}

static void add_who(struct fields *f, const struct certificate *c)
{
	bool named = add(f, "Who", "Name", c->holder);

	if (!named)
		add(f, "Who", "Holder", "not named on this page");
}

static void add_what(struct fields *f, const struct form_facts *facts)
{
	add(f, "What", "Title", facts->title);
	add(f, NULL, "Kind", facts->is_stack ? "Stack of micro-credentials" : "Micro-credential");
	add(f, NULL, "Code", facts->code);
	add(f, NULL, "Version", facts->version);
	add(f, NULL, "Field", facts->field);
	add(f, NULL, "Description", facts->description);
}

static const char *date(int64_t at_us, struct arena *a)
{
	char text[FORM_DATE_LEN];

	form_date(at_us, text);
	return arena_text(a, bytes_of_text(text));
}

static void add_when(struct fields *f, const struct form_facts *facts)
{
	add(f, "When", "Decided on", date(facts->valid_from_us, f->arena));
	add(f, NULL, "Signed at", facts->signed_at);
	add(f, NULL, "Valid until",
	    facts->valid_until_us != 0 ? date(facts->valid_until_us, f->arena) : "no end date");
}

/* "DEMO-0417 (NY), DEMO-500123 (TX)" */
static const char *sponsors_text(const struct certificate *c, struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < c->n_sponsors; i++)
		text = arena_printf(a, "%s%s%s (%s)", text, i > 0 ? ", " : "",
				    c->sponsors[i].number, c->sponsors[i].state);
	return text;
}

static void add_whom(struct fields *f, const struct certificate *c)
{
	add(f, "By whom", "Issuer", c->facts->issuer_name);
	add(f, NULL, "Provider numbers", sponsors_text(c, f->arena));
	add(f, NULL, "Address", c->facts->issuer_url);
	add(f, NULL, "Issuer identifier", c->facts->issuer_id);
}

static void add_results(struct fields *f, const struct form_facts *facts)
{
	const char *section = "What was assessed";

	for (size_t i = 0; i < facts->n_results; i++)
		if (add(f, section, facts->results[i].row, facts->results[i].level))
			section = NULL;
}

struct fields certificate_fields(const struct certificate *c, struct arena *a)
{
	struct fields f = {.arena = a, .room = 20 + 6 * c->n_licenses + c->facts->n_results};

	f.list = arena_zalloc(a, f.room * sizeof *f.list);
	add_who(&f, c);
	add_what(&f, c->facts);
	if (c->facts->credits[0] != '\0')
		add(&f, "How much", "Clock hours", c->facts->credits);
	add_when(&f, c->facts);
	add_whom(&f, c);
	for (size_t i = 0; i < c->n_licenses; i++)
		add_license(&f, &c->licenses[i]);
	add_results(&f, c->facts);
	return f;
}
