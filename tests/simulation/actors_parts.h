/* What the files of the actors share: how one talks, and the next step of each. */
#ifndef CAIRN_SIMULATION_ACTORS_PARTS_H
#define CAIRN_SIMULATION_ACTORS_PARTS_H

#include "proto/enrollment.pb-c.h"
#include "tests/simulation/actors.h"

/* What became of a command: the actor is free again, after a rest if it was not done. */
void actor_hear(struct world *w, void *who, const struct reply *reply);
/* fn NULL: actor_hear(). as NULL: for nobody. */
void actor_say(struct world *w, struct actor *a, unsigned to, const struct id *as,
	       const ProtobufCMessage *command, replied_fn *fn);
/* A copy in the world's arena. */
char *actor_text(struct world *w, const char *text);
/* The micro-credentials that may be earned: 0 .. ENTRIES-1, alike but for the name. */
Enrollment__Entry actor_entry(struct world *w, unsigned n);

void operator_step(struct world *w, struct cast *c);
void teacher_step(struct world *w, struct actor *a);
void assessor_step(struct world *w, struct actor *a);
void lead_step(struct world *w, struct actor *a);
void keeper_step(struct world *w, struct actor *a);
void clerk_step(struct world *w, struct cast *c);
void registrar_step(struct world *w, struct cast *c);
void custodian_step(struct world *w, struct cast *c);
/* actor_privacy.c */
void teacher_wants_purge(struct world *w, struct actor *a);
void publisher_step(struct world *w, struct cast *c);
void auditor_step(struct world *w, struct cast *c);
void dean_step(struct world *w, struct cast *c);

#endif
