/*
 * The sample catalogue in a real enrollment service, for tests of pages: apart from them, because
 * the runtime and the gateway each have a struct request.
 */
#ifndef CAIRN_TEST_SHELVES_H
#define CAIRN_TEST_SHELVES_H

struct kit;

struct kit *shelves_new(void);
void shelves_destroy(struct kit **k);

#endif
