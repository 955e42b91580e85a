/* How somebody is found in a roster. */
#include "services/enrollment/roster.h"

#include "libshared/seal.h"

static const char *words_of(struct bytes district, const char *system, struct arena *arena)
{
	return arena_printf(arena, "%s:%s", ID_STR(district), system);
}

struct id roster_id(struct bytes district, const char *system, struct arena *arena)
{
	return id_of_name("roster", words_of(district, system, arena));
}

struct id roster_hash(const struct caps *caps, struct bytes district, const char *system,
		      const char *identifier, struct arena *arena)
{
	const char *text =
		arena_printf(arena, "%s:%s", words_of(district, system, arena), identifier);

	return lookup_hash(caps, "roster", bytes_of_text(text));
}

static bool is_at(const struct educator_row *row, struct roster_place place)
{
	struct bytes school = place.school.len > 0 ? place.school : bytes_of_id(&ID_NONE);

	return bytes_equal(bytes_of_id(&row->school), school) &&
	       bytes_equal(bytes_of_id(&row->district), place.district);
}

struct roster_match roster_match(const struct view *view, const struct id *roster,
				 const struct id *hash, const struct id *email_hash,
				 struct roster_place place)
{
	struct roster_match m = {.state = ENROLLMENT__ROSTER_STATE__ROSTER_NEW};
	struct educator_row row;

	m.in_roster = roster_get(view, bytes_of_id(roster), bytes_of_id(hash), &m.row);
	if (m.in_roster)
		m.educator = m.row.educator;
	else if (!ref_get(view, BY_EMAIL, bytes_of_id(email_hash), &m.educator))
		return m;
	if (!educator_get(view, bytes_of_id(&m.educator), &row) || row.erased != 0)
		m.state = ENROLLMENT__ROSTER_STATE__ROSTER_ERASED;
	else if (!id_is_none(&row.district) &&
		 !bytes_equal(bytes_of_id(&row.district), place.district))
		m.state = ENROLLMENT__ROSTER_STATE__ROSTER_ELSEWHERE;
	else if (!m.in_roster)
		m.state = ENROLLMENT__ROSTER_STATE__ROSTER_KNOWN;
	else
		m.state = is_at(&row, place) ? ENROLLMENT__ROSTER_STATE__ROSTER_SAME
					     : ENROLLMENT__ROSTER_STATE__ROSTER_MOVED;
	return m;
}
