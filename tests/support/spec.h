/*
 * Reference data that the tests read but the project does not hold: the folder named by the
 * environment variable CAIRN_SPEC_DIR, or ../shared/spec beside the source tree.
 */
#ifndef CAIRN_TEST_SPEC_H
#define CAIRN_TEST_SPEC_H

#include "libshared/base.h"

/* Whether the folder is there; says on standard output when it is not. Ask once, when the suite
 * is made, and leave out the tests that need it. */
bool spec_present(void);

/* The whole file under the folder, NUL-terminated, of malloc. Stops the process if there is no
 * such file: call only when the folder is there. */
char *spec_read(const char *path);
char *spec_read_bytes(const char *path, size_t *len_r);
bool spec_has(const char *path);

#endif
