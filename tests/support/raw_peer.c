/* Frames by hand. */
#include "tests/support/raw_peer.h"

#include "libshared/check.h"
#include "libshared/clock.h"

#include <unistd.h>

struct net_socket *raw_peer(struct daemon_kit *k, const char *service,
			    const struct curve_keys *keys, const char *endpoint)
{
	struct key_text server = daemon_kit_public(k, service);
	struct net_socket *s = net_socket(k->net, &(struct net_want){.kind = NET_CLIENT,
								     .endpoints = {endpoint},
								     .keys = keys,
								     .server = &server});

	ENSURE(s != NULL);
	return s;
}

struct net_socket *raw_client(struct daemon_kit *k, const char *service, const char *peer)
{
	struct curve_keys keys = daemon_kit_keys(k, peer);

	return raw_peer(k, service, &keys, daemon_kit_endpoint(k, service, 's'));
}

bool raw_send(struct net_socket *s, const struct bytes *frames, unsigned n, int ms)
{
	int64_t until_us = clock_mono_us() + ms * US_PER_MS;

	while (net_send(s, NULL, frames, n) != NET_SENT) {
		if (clock_mono_us() >= until_us)
			return false;
		usleep(1000); /* libzmq tells of a connection by nothing that could be waited for */
	}
	return true;
}

const Cairn__ReplyHead *raw_receive(struct net_socket *s, int ms, struct arena *arena)
{
	zmq_pollitem_t item = {net_handle(s), 0, ZMQ_POLLIN, 0};
	const Cairn__ReplyHead *head;
	struct message_fault fault;
	struct net_message m;

	zmq_poll(&item, 1, ms);
	if (net_receive(s, &m) != NET_GOT)
		return NULL;
	head = (const Cairn__ReplyHead *)(void *)message_unpack(&cairn__reply_head__descriptor,
								arena_copy(arena, m.frames[0]),
								&EVENT_LIMITS, arena, &fault);
	net_release(&m);
	ENSURE(head != NULL);
	return head;
}

struct bytes raw_head(uint32_t kind, struct bytes id, struct arena *arena)
{
	Cairn__Head head = CAIRN__HEAD__INIT;

	head.wire = 1;
	head.kind = kind;
	head.id = pb_of_bytes(id);
	return message_pack(&head.base, arena);
}

const Cairn__ReplyHead *raw_ask(struct net_socket *s, struct bytes head, struct bytes body,
				struct arena *arena)
{
	struct bytes frames[] = {head, body};
	const Cairn__ReplyHead *reply;

	ENSURE(raw_send(s, frames, 2, KIT_WAIT_MS));
	reply = raw_receive(s, KIT_WAIT_MS, arena);
	ENSURE(reply != NULL);
	return reply;
}
