/*
 * Until when our own certificate is good.
 */
#ifndef CAIRN_GATEWAY_CERTIFICATE_H
#define CAIRN_GATEWAY_CERTIFICATE_H

#include <stdint.h>

/* The end of the first certificate in a PEM file; 0: there is none that can be read. */
int64_t certificate_end_us(const char *path);

#endif
