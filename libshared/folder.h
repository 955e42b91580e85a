/*
 * A folder on disk: the names in it survive a loss of power only when it is synced itself, whatever
 * was done for the files.
 */
#ifndef CAIRN_FOLDER_H
#define CAIRN_FOLDER_H

#include "libshared/base.h"

int folder_sync(const char *path) MUST_CHECK; /* 0, or -1 with errno */

#endif
