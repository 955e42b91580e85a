// A receiver of webhooks as a licensure system would write one: it verifies by libraries that are not ours, and keeps
// what came.
import { createPublicKey, verify } from 'node:crypto';
import { createServer as createPlain } from 'node:http';
import { createServer as createTls } from 'node:https';
import { EventEmitter } from 'node:events';
import { HTTP } from 'cloudevents';
import { Webhook } from 'standardwebhooks';

const v1aHolds = (publicText, id, timestamp, body, signature) =>
	verify(null, Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]),
		createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519',
			x: Buffer.from(publicText.replace(/^whpk_/, ''), 'base64').toString('base64url') } }),
		Buffer.from(signature, 'base64'));

// How many signatures of each kind hold: {v1, v1a}.
export function signaturesThatHold(request, { secret, public_key }) {
	const { headers, body } = request;
	const count = { v1: 0, v1a: 0 };
	try {
		new Webhook(secret).verify(body.toString(), headers);
		count.v1 = 1;
	} catch (e) {
		if (e.name !== 'WebhookVerificationError') throw e;
	}
	for (const one of headers['webhook-signature'].split(' ')) {
		const [version, signature] = one.split(',');
		if (version === 'v1a' &&
			v1aHolds(public_key, headers['webhook-id'], headers['webhook-timestamp'], body, signature))
			count.v1a++;
	}
	return count;
}

// answer(request, nth): {status, headers, body}, or a promise; nth: how often this webhook-id has come, from 1.
export class Receiver extends EventEmitter {
	requests = [];
	events = new Map(); // by webhook-id: the first request
	times = new Map();

	constructor({ answer, options, tls }) {
		super();
		this.answer = answer ?? (() => ({ status: 204 }));
		this.options = options ?? (() => ({ status: 405 }));
		const handle = (message, response) => this.#handle(message, response);
		this.server = tls ? createTls(tls, handle) : createPlain(handle);
		this.scheme = tls ? 'https' : 'http';
	}

	async listen(host = '127.0.0.1') {
		await new Promise(done => this.server.listen(0, host, done));
		this.port = this.server.address().port;
		this.url = `${this.scheme}://${host.includes(':') ? `[${host}]` : host}:${this.port}/hook?of=cairn`;
		return this;
	}

	close() {
		this.server.closeAllConnections();
		this.server.close();
	}

	async #handle(message, response) {
		const chunks = [];
		for await (const chunk of message) chunks.push(chunk);
		const request = { method: message.method, url: message.url, headers: message.headers, body: Buffer.concat(chunks),
			at: Date.now() };
		const said = message.method === 'POST' ? await this.#take(request) : this.options(request);
		this.emit('request', request);
		if (said === undefined || response.destroyed) return; // it hangs
		response.writeHead(said.status, said.headers);
		response.end(said.body);
	}

	async #take(request) {
		const id = request.headers['webhook-id'];
		const nth = (this.times.get(id) ?? 0) + 1;
		request.event = HTTP.toEvent({ headers: request.headers, body: request.body.toString() });
		request.event.validate();
		request.challenge = request.event.type === 'org.cairn.webhook.challenge.v1';
		if (!request.challenge) {
			this.times.set(id, nth);
			this.requests.push(request);
			if (nth === 1) this.events.set(id, request);
		}
		return this.answer(request, nth);
	}
}
