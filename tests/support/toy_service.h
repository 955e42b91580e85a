/*
 * A service of counters, for tests of the runtime (toy.proto). It follows "up.0.log", another toy:
 * what is added there is heard here, and waits until the counter is opened here. A counter's sum
 * stays at most TOY_MOST.
 */
#ifndef CAIRN_TEST_TOY_SERVICE_H
#define CAIRN_TEST_TOY_SERVICE_H

#include "libshared/service.h"
#include "tests/support/toy.pb-c.h"

#define TOY_MOST 1000

extern const struct service toy_service;

#endif
