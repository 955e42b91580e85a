/*
 * Files of a kit for other people's programs. ENSUREs that all goes well.
 */
#ifndef CAIRN_INTEROP_KIT_FILES_H
#define CAIRN_INTEROP_KIT_FILES_H

#include "services/issuance/forms/facts.h"

/* DIR/NAME, and the folders above it. */
void kit_file(const char *dir, const char *name, struct bytes data);

/* A credential baked into both pictures of its badge. */
struct kit_pictures {
	struct bytes png, svg;
};
struct kit_pictures kit_pictures(const struct form_facts *facts, struct bytes credential,
				 struct arena *a);
/* badge.png and badge.svg. */
void kit_pictures_write(const char *dir, const struct kit_pictures *pictures);

#endif
