/*
 * A fresh directory under /tmp for one test, removed with all that is in it.
 *
 *	struct place place;
 *	place_make(&place);        (setup)
 *	place_path(&place, "keys") a path in it, good until 16 more are asked for
 *	place_remove(&place);      (teardown)
 */
#ifndef CAIRN_TEST_PLACE_H
#define CAIRN_TEST_PLACE_H

struct place {
	char dir[64];
};

void place_make(struct place *p);
void place_remove(struct place *p);
const char *place_path(const struct place *p, const char *name);
/* Writes a file of this text, mode 0600. */
void place_write(const struct place *p, const char *name, const char *text);

#endif
