/*
 * What every fuzz target defines. libFuzzer calls it with bytes that it makes up, replay.c with the
 * files of a corpus. It must not keep memory, and stops the process (ENSURE) where what must hold
 * does not.
 */
#ifndef CAIRN_FUZZ_H
#define CAIRN_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
