// Stands in for an Ed-Fi API: natural keys, required members, descriptors, namespaces, claim sets and
// references as theirs are, and the same words when something is wrong. Tests steer it at /_control and
// look into it at /_row/RESOURCE/N, /_count/RESOURCE and /_asked?end=PATH&status=CODE; everything else an
// API would answer too.
//
//	node ods.mjs DIR ['{"standard": "5.2", ...}']
//
// Writes its port to DIR/port and says "ready" on descriptor 3.
//
// Settings, at the start and by {"set": {...}}: standard; clients {id: secret}; prefixes and claims (of the
// vendor; claims null: all); people ["1234567"]; token_s; words "problem" or "message" (as before 7.2);
// urls {oauth, dataManagementApi} in place of its own; models.
// {"reset": true}: as it was at the start, but for what is set with it.
// {"script": [{"path": "credentials", "times": 2, ...}]}: status with retry_after and body; "hang": never
// answers; "cut": does it and then breaks the connection.
import { randomUUID } from 'node:crypto';
import { writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { descriptorsIn, isObject, keyOf, membersOf, modelOf, referencesIn, shapeOf } from './model.mjs';

const started = {
	standard: '6.1', clients: { cairn: 'secret' }, prefixes: ['uri://cairn.sea.example.gov'], claims: null,
	people: ['1234567'], token_s: 1800, words: 'problem', urls: {}, models: null,
	...JSON.parse(process.argv[3] ?? '{}'),
};
let settings = started;
let model, known, rows, tokens, seen, script;

// rows: resource -> natural key -> body; seen: every request with its path and status.
function reset(more = {}) {
	settings = { ...started, ...more };
	model = modelOf(settings.standard);
	known = new Set(model.descriptors.map((d) => d.toLowerCase()));
	[rows, tokens, seen, script] = [{}, new Map(), [], []];
}
reset();

const ago = () => Number(process.hrtime.bigint() / 1000000n);

class Refusal extends Error {
	constructor(status, type, detail, more = {}) {
		super(detail);
		Object.assign(this, { status, type, detail, more });
	}
}

const TITLES = { 400: 'Data Validation Failed', 401: 'Authentication Failed', 403: 'Authorization Denied',
	404: 'Not Found', 405: 'Method Not Allowed', 409: 'Unresolved Reference' };

function wordsOf(refusal) {
	if (settings.words === 'message') {
		const first = Object.values(refusal.more.validationErrors ?? {})[0]?.[0];
		return { message: first ?? refusal.more.errors?.[0] ?? refusal.detail };
	}
	return { detail: refusal.detail, type: `urn:ed-fi:api:${refusal.type}`, title: TITLES[refusal.status],
		status: refusal.status, correlationId: randomUUID(), ...refusal.more };
}

// ---- who asks ----

function grantToken(request, body) {
	const [id, secret] = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64')
		.toString().split(':');
	if (new URLSearchParams(body).get('grant_type') !== 'client_credentials' || !Object.hasOwn(settings.clients, id) ||
			settings.clients[id] !== secret) {
		throw new Refusal(401, 'security:authentication', 'The caller could not be authenticated.',
			{ errors: ['Invalid client_id or client_secret.'] });
	}
	const token = randomUUID().replaceAll('-', '');
	tokens.set(token, ago() + settings.token_s * 1000);
	return { status: 200, body: { access_token: token, expires_in: settings.token_s, token_type: 'bearer' } };
}

function checkToken(request) {
	const token = /^bearer ([0-9a-f]+)$/i.exec(request.headers.authorization ?? '')?.[1];
	if (token === undefined || !(tokens.get(token) > ago())) {
		throw new Refusal(401, 'security:authentication', 'The caller could not be authenticated.',
			{ errors: ['Invalid Authorization header.'] });
	}
}

function checkClaim(resource) {
	if (settings.claims === null || settings.claims.includes(resource)) return;
	throw new Refusal(403, 'security:authorization:access-denied:resource',
		'Access to the requested data could not be authorized.',
		{ errors: [`The API client's assigned claim set (currently 'Cairn') must grant permission of one of the following resource claims: http://ed-fi.org/ods/identity/claims/${resource}`] });
}

function checkNamespace(body) {
	if (body.namespace === undefined || settings.prefixes.some((prefix) => body.namespace.startsWith(prefix))) return;
	throw new Refusal(403, 'security:authorization:namespace:access-denied:namespace-mismatch',
		`Access to the requested data could not be authorized. The 'Namespace' value of the data does not start with any of the caller's associated namespace prefixes (${settings.prefixes.map((p) => `'${p}'`).join(', ')}).`);
}

// ---- what is written ----

const invalid = (validationErrors) => new Refusal(400, 'bad-request:data-validation-failed',
	"Data validation failed. See 'validationErrors' for details.", { validationErrors });

function checkDescriptors(members, body) {
	const missing = descriptorsIn(members, body).filter(([, , uri]) => !known.has(uri.toLowerCase()));
	if (missing.length === 0) return;
	throw invalid(Object.fromEntries(missing.map(([path, name, uri]) => [path, [settings.words === 'message'
		? `Unable to resolve value '${uri}' to an existing '${name}' resource.` : `${name} value '${uri}' does not exist.`]])));
}

const NAMES = { people: 'Person', certifications: 'Certification', credentials: 'Credential' };

function isThere(resource, key) {
	if (resource === 'people') return settings.people.includes(JSON.parse(key)[0]);
	return rows[resource]?.[key] !== undefined;
}

function checkReferences(members, body) {
	for (const [resource, key] of referencesIn(members, body)) {
		if (isThere(resource, key)) continue;
		throw new Refusal(409, 'data-conflict:unresolved-reference', `The referenced '${NAMES[resource]}' item does not exist.`);
	}
}

function upsert(resource, text) {
	const members = membersOf(model, resource);
	if (members === null) throw new Refusal(404, 'not-found', 'The specified data could not be found.');
	checkClaim(resource);
	let body;
	try { body = JSON.parse(text); } catch { throw invalid({ '$': ['The body is no JSON.'] }); }
	if (!isObject(body)) throw invalid({ '$': ['The body is no object.'] });
	const wrong = shapeOf(members, body);
	if (Object.keys(wrong).length > 0) throw invalid(wrong);
	checkNamespace(body);
	checkDescriptors(members, body);
	checkReferences(members, body);
	const key = keyOf(members, body);
	const was = (rows[resource] ??= {})[key];
	rows[resource][key] = body;
	if (resource.endsWith('Descriptors')) known.add(`${body.namespace}#${body.codeValue}`.toLowerCase());
	return { status: was === undefined ? 201 : 200, body: null, headers: { location: `/data/v3/ed-fi/${resource}/${randomUUID()}` } };
}

// ---- requests ----

function rootDocument(base) {
	return { version: '7.3', informationalVersion: '7.3', suite: '3', build: '7.3.0',
		dataModels: (settings.models ?? model.models).map(([name, version]) => ({ name, version })),
		urls: { oauth: `${base}/auth/oauth/token`, dataManagementApi: `${base}/tn/2026/data/v3/`,
			openApiMetadata: `${base}/metadata/`, ...settings.urls } };
}

function control(text) {
	const order = JSON.parse(text);
	if (order.reset) reset(order.set);
	else Object.assign(settings, order.set ?? {});
	if (order.script) script = order.script.map((step) => ({ times: 1, ...step }));
	if (order.forget) delete rows[order.forget];
	if (order.forget_tokens) tokens.clear();
	return { status: 200, body: {} };
}

function look({ pathname, searchParams }) {
	const [, what, resource, n] = pathname.split('/'), all = Object.values(rows[resource] ?? {});
	if (what === '_row') return { row: all[n] ?? null };
	if (what === '_count') return { n: all.length };
	const end = searchParams.get('end'), status = Number(searchParams.get('status'));
	return { n: seen.filter((r) => r.path.endsWith(end) && (status === 0 || r.status === status)).length };
}

function answerTo(request, path, text) {
	if (path === '/') return { status: 200, body: rootDocument(`http://${request.headers.host}`) };
	if (path === '/auth/oauth/token' && request.method === 'POST') return grantToken(request, text);
	checkToken(request);
	const resource = /^\/tn\/2026\/data\/v3\/ed-fi\/([A-Za-z]+)$/.exec(path)?.[1];
	if (resource === undefined) throw new Refusal(404, 'not-found', 'The specified data could not be found.');
	if (request.method !== 'POST') throw new Refusal(405, 'method-not-allowed', 'The request construction was invalid.');
	return upsert(resource, text);
}

function scripted(path) {
	const step = script.find((s) => s.times > 0 && path.endsWith(s.path));
	if (step) step.times--;
	return step;
}

function send(response, { status, body, headers = {} }, type = 'application/json; charset=utf-8') {
	response.writeHead(status, { 'content-type': type, ...headers });
	response.end(body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}

function handle(request, response, text) {
	const path = request.url;
	if (path === '/_control') return send(response, control(text));
	if (path.startsWith('/_')) return send(response, { status: 200, body: look(new URL(path, 'http://api')) });
	const step = scripted(path), note = { method: request.method, path, status: step?.status ?? 0 };
	seen.push(note);
	if (step?.hang) return undefined;
	if (step?.status) {
		const headers = { ...(step.retry_after ? { 'retry-after': step.retry_after } : {}), ...step.headers };
		return send(response, { status: step.status, body: step.body ?? '', headers });
	}
	let answer;
	try {
		answer = answerTo(request, path, text);
	} catch (e) {
		if (!(e instanceof Refusal)) throw e;
		answer = { status: e.status, body: wordsOf(e) };
	}
	note.status = answer.status;
	if (step?.cut) return request.socket.destroy();
	return send(response, answer, answer.status < 400 ? undefined : 'application/problem+json; charset=utf-8');
}

const server = createServer((request, response) => {
	const chunks = [];
	request.on('data', (chunk) => chunks.push(chunk));
	request.on('end', () => handle(request, response, Buffer.concat(chunks).toString()));
});
server.listen(0, '127.0.0.1', () => {
	writeFileSync(join(process.argv[2], 'port'), String(server.address().port));
	writeSync(3, 'ready\n');
});
