/*
 * Two services of a few lines each (shelf.proto), for tests of the runtime with nothing else in it.
 *
 * shelf keeps texts under ids, has timers, a public stream, an audited query and work outside. copy
 * follows shelf's log and keeps the same texts. The daemons are cairn-shelf and cairn-copy in the
 * build's bin directory; they are not installed.
 *
 *	command put        ROLE_PORTAL     reasons bad_item, empty_text
 *	command remind     ROLE_OPERATOR   reasons bad_item, no_item
 *	query get          ROLE_PORTAL
 *	query look         ROLE_OPERATOR   leaves the command note_look; the answer waits for it
 */
#ifndef CAIRN_TEST_SHELF_SERVICE_H
#define CAIRN_TEST_SHELF_SERVICE_H

#include "libshared/service.h"
#include "tests/support/shelf.pb-c.h"

extern const struct service shelf_service, copy_service;

#endif
