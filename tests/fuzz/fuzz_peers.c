/* Words of the peers file: roles and keys are what they say, or are refused. */
#include "tests/fuzz/fuzz.h"

#include "libshared/log.h"
#include "libshared/peers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What was let in can be found by its name and by its key. */
static void check_peers(const char *path)
{
	struct peers *p = peers_load(path);
	const struct peer *peer;

	if (p == NULL)
		return;
	peer = peer_by_name(p, "a");
	if (peer != NULL)
		ENSURE(strcmp(peer_by_key(p, peer->key)->name, "a") == 0);
	peers_destroy(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64], *text = malloc(size + 1);
	int fd = memfd_create("peers", MFD_CLOEXEC);
	uint8_t key[KEY_LEN];
	uint32_t roles;

	ENSURE(text != NULL && fd >= 0);
	log_start("fuzz", LOG_NONE);
	memcpy(text, data, size);
	text[size] = '\0';
	if (key_of_text(text, key))
		ENSURE(strcmp(text_of_key(key).s, text) == 0);
	(void)!roles_of_text(text, &roles);
	ENSURE(write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	check_peers(path);
	close(fd);
	free(text);
	return 0;
}
