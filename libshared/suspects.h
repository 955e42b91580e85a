/*
 * The id in hand: which input is being decided stands in a small mapped file that survives a crash
 * of the process. An input that was in hand at two crashes is quarantined.
 */
#ifndef CAIRN_SUSPECTS_H
#define CAIRN_SUSPECTS_H

#include "libshared/id.h"

struct suspects;

/* Notes a crash if an id is still in hand. NULL: logged why. */
struct suspects *suspects_open(const char *path);
void suspects_close(struct suspects **s);
void suspects_take(struct suspects *s, const struct id *id);
void suspects_put_down(struct suspects *s);
bool suspects_quarantined(const struct suspects *s, const struct id *id);

#endif
