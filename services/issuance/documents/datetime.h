/*
 * Times as credentials write them: "2026-01-15T17:05:00Z".
 */
#ifndef CAIRN_ISSUANCE_DATETIME_H
#define CAIRN_ISSUANCE_DATETIME_H

#include "libshared/base.h"

#define DATETIME_LEN 21 /* with the NUL */

/* Whole seconds, fractions dropped. False, and nothing written, outside 1970 to 9999. */
bool datetime_text(int64_t at_us, char text_r[DATETIME_LEN]) MUST_CHECK;

/* Any xsd:dateTimeStamp from 1970 to 9999: fractions (beyond microseconds dropped), and an
 * offset instead of Z. */
bool datetime_parse(const char *text, int64_t *at_us_r) MUST_CHECK;

#endif
