/* The quality standard and the reviews by it, member by member. */
#include "services/catalogue/catalogue_shape.h"
#include "services/catalogue/shape_words.h"

static const struct shape a_code = CODE(NULL, 0);

static const struct shape component_members[] = {
	CODE("id", 0),
	TEXT("text", 0),
	FLAG("mandatory", 0),
	CODE("met_by", 0), /* automatic or attested */
	CODE("check", OPT),
	WHOLE("bound", OPT, 1, 1000000),
	FLAG("conditional", OPT),
	END,
};
static const struct shape a_component = OBJECT(NULL, 0, component_members);

static const struct shape standard_members[] = {
	CODE("id", 0),
	TITLE("title", 0),
	LIST("components", 0, 1, 100, &a_component),
	END,
};
static const struct shape a_standard = OBJECT(NULL, 0, standard_members);

static const struct shape quality_members[] = {
	TITLE("schema", 0),
	TEXT("note", OPT),
	WHOLE("version", 0, 1, 1000000),
	TITLE("title", 0),
	WHOLE("review_months_max", 0, 1, 600),
	LIST("standards", 0, 1, 100, &a_standard),
	END,
};
const struct shape quality_shape = OBJECT(NULL, 0, quality_members);

static const struct shape review_members[] = {
	CODE("entry", 0),
	WHOLE("version", 0, 1, 1000000),
	CODE("hash", 0),
	WHOLE("standard_version", 0, 1, 1000000),
	CODE("reviewer", 0),
	CODE("author", OPT),
	MAP("findings", 0, &a_code),
	MAP("notes", OPT, &a_code),
	DATE("review_by", OPT),
	END,
};
static const struct shape a_review = OBJECT(NULL, 0, review_members);

static const struct shape reviews_members[] = {
	TITLE("schema", 0),
	TEXT("note", OPT),
	LIST("reviews", 0, 0, 100000, &a_review),
	END,
};
const struct shape reviews_shape = OBJECT(NULL, 0, reviews_members);
