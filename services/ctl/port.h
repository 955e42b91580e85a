/*
 * What an educator takes along, brings along, and leaves behind: export, check, import, erase.
 */
#ifndef CAIRN_CTL_PORT_H
#define CAIRN_CTL_PORT_H

#include "services/ctl/bundle.h"
#include "services/ctl/ctl.h"

int export_educator(struct ctl *c);  /* export.c */
int check_archive(struct ctl *c);    /* bundle_check.c */
int import_archive(struct ctl *c);   /* cmd_port.c */
int erase_educator(struct ctl *c);   /* erase.c */
int list_credentials(struct ctl *c); /* cmd_port.c: ours, then what was brought along */

/* The archive that the word "archive" names, read to its end; NULL: told. */
const struct bundle *bundle_given(struct ctl *c);
enum bundle_verdict { BUNDLE_GOOD, BUNDLE_REVOKED, BUNDLE_BAD };
/* Verifies a signed document of the archive against the documents in it; one that has run out is
 * good: it was earned. what_r: one line for people. */
enum bundle_verdict bundle_verify(struct ctl *c, const struct bundle *b,
				  const struct bundle_file *f, const char **what_r);
/* The key list of the issuer that signed it; NULL: the archive has none. */
const struct bundle_file *bundle_key_list(struct ctl *c, const struct bundle *b,
					  struct bytes credential);
/* The status list that it names; NULL: it names none, or the archive has it not. */
const struct bundle_file *bundle_status_list(struct ctl *c, const struct bundle *b,
					     struct bytes credential);

#endif
