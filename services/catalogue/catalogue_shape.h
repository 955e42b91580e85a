/*
 * The files of a catalogue, member by member (shape.h).
 */
#ifndef CAIRN_CATALOGUE_SHAPE_H
#define CAIRN_CATALOGUE_SHAPE_H

#include "services/catalogue/shape.h"

extern const struct shape catalogue_shape; /* "schema": "cairn.catalogue/1" */
extern const struct shape policy_shape;    /* "cairn.policy/1" */
extern const struct shape calendar_shape;  /* "cairn.calendar/1" */
extern const struct shape media_shape;     /* "cairn.media/1" */
/* catalogue_shape_quality.c */
extern const struct shape quality_shape; /* "cairn.quality/1" */
extern const struct shape reviews_shape; /* "cairn.reviews/1" */

#endif
