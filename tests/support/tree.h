/*
 * Files of the source tree that tests read: the sample catalogue and what else is shipped.
 */
#ifndef CAIRN_TEST_TREE_H
#define CAIRN_TEST_TREE_H

#include "libshared/arena.h"

/* The whole file, with a NUL behind it that is not counted: "deploy/sample/catalogue.json". Stops
 * the process if there is no such file. */
struct bytes tree_read(const char *path, struct arena *arena);
/* Where such a file or folder is. */
const char *tree_path(const char *path, struct arena *arena);

#endif
