/*
 * The fields of a certificate in the order in which they are read. Only certificate.c calls this.
 */
#ifndef CAIRN_FORMS_CERTIFICATE_FIELDS_H
#define CAIRN_FORMS_CERTIFICATE_FIELDS_H

#include "services/issuance/forms/certificate.h"

struct field {
	const char *section; /* set at the first field of one, else NULL */
	const char *label, *value;
};

struct fields {
	struct arena *arena;
	struct field *list;
	size_t n, room;
};

struct fields certificate_fields(const struct certificate *c, struct arena *a);

#endif
