/*
 * The badge of badge_kit.h as a signed document, and changes of it, for tests of forms.
 */
#ifndef CAIRN_TEST_FORMS_KIT_H
#define CAIRN_TEST_FORMS_KIT_H

#include "tests/support/badge_kit.h"

/* Signed with the test key; its achievement has that title and type. */
struct bytes forms_kit_credential(const char *title, const char *type, struct arena *a);

#endif
