// A licensure system's webhook in Node, with nothing but what Node has: verifies each event of Cairn, keeps it once, and
// answers what becomes of a credit.
//
//	node receiver.mjs PORT SECRET-FILE JOURNAL
//
// SECRET-FILE has the whsec_... of the sink; during a rotation both, a line each. JOURNAL gets a line of JSON for each
// event; in production it is a table, and the event's effect is in the same transaction. Kill it at any moment: what is
// not in the journal comes again.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, secretFile, journal] = process.argv.slice(2);
const BODY_MAX = 1 << 20, AWAY_S = 300;
const lines = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '') : []);
const taken = new Set(lines(journal).map((line) => JSON.parse(line).id));

// Standard Webhooks 1.0.0: one v1 of one of our secrets, and a timestamp of these minutes.
function isSigned(headers, body) {
	const when = headers['webhook-timestamp'] ?? '';
	if (!/^\d{1,15}$/.test(when) || Math.abs(Date.now() / 1000 - Number(when)) > AWAY_S) return false;
	const same = (a, b) => a.length === b.length && timingSafeEqual(a, b);
	return lines(secretFile).some((line) => {
		const key = Buffer.from(line.trim().replace('whsec_', ''), 'base64');
		const good = createHmac('sha256', key).update(`${headers['webhook-id'] ?? ''}.${when}.`).update(body).digest();
		const signatures = (headers['webhook-signature'] ?? '').split(' ').filter((s) => s.startsWith('v1,'));
		return signatures.some((s) => same(Buffer.from(s.slice(3), 'base64'), good));
	});
}

function keep(event) {
	if (taken.has(event.id)) return; // in production also: refuse what has the attribute sandbox
	const file = openSync(journal, 'a');
	writeSync(file, `${JSON.stringify(event)}\n`);
	fsyncSync(file);
	closeSync(file);
	taken.add(event.id);
}

createServer((request, response) => {
	const answer = (code, body = {}, headers = {}) =>
		response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
	if (request.method === 'OPTIONS') { // Cairn asks whether we want to hear from it
		const origin = request.headers['webhook-request-origin'] ?? '*';
		return answer(200, {}, { 'WebHook-Allowed-Origin': origin, 'WebHook-Allowed-Rate': '*' });
	}
	const parts = [];
	let length = 0;
	request.on('data', (part) => ((length += part.length) > BODY_MAX ? request.destroy() : parts.push(part)));
	request.on('end', () => {
		const body = Buffer.concat(parts);
		if (!existsSync(secretFile)) return answer(503, {}, { 'retry-after': '1' });
		if (!isSigned(request.headers, body)) return answer(401);
		const event = JSON.parse(body);
		keep(event);
		const credit = event.type === 'org.cairn.ledger.posted.v1';
		return answer(200, credit ? { status: 'accepted', reference: `R-${event.sequence}` } : {});
	});
}).listen(Number(port), '127.0.0.1');
