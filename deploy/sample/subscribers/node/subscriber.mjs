// A licensure system's side of Cairn in Node, speaking the follow protocol itself: what a credential is worth today,
// and the position, in one SQLite transaction for each batch. Nothing of it needs to be compiled:
//
//	npm ci --ignore-scripts
//	node subscriber.mjs tcp://HOST:PORT SERVER-KEY KEY-FILE NAME DATABASE [--until-caught-up]
//
// $CAIRN_PROTO is the folder in which proto/ lies. Kill it at any moment and start it again: nothing is lost, nothing
// done twice.
import { createPublicKey, randomInt } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sqlite from 'node-sqlite3-wasm';
import protobuf from 'protobufjs';
import * as zmq from 'zeromq';

const [endpoint, serverKey, keyFile, name, database, flag] = process.argv.slice(2);
const WINDOW = 1 << 20; // bytes that may be on their way to us
const BEAT_MS = 1000, DEAD_MS = 10000; // we speak so often; after so long a silence we ask anew
const TABLES = `
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), log_id BLOB, epoch INTEGER, seq INTEGER, chain BLOB);
CREATE TABLE IF NOT EXISTS event (arrived INTEGER PRIMARY KEY, sequence INTEGER UNIQUE, id TEXT UNIQUE, type TEXT, subject TEXT, data TEXT);
CREATE TABLE IF NOT EXISTS credential (subject TEXT PRIMARY KEY, status TEXT);`;

const here = process.env.CAIRN_PROTO ?? join(dirname(fileURLToPath(import.meta.url)), '../../../..');
const root = new protobuf.Root();
root.resolvePath = (_, path) => join(here, path);
await root.load(['proto/follow.proto', 'proto/public.proto'], { keepCase: true });
const FollowMessage = root.lookupType('cairn.FollowMessage'), CloudEvent = root.lookupType('cairn.CloudEvent');
const refusals = root.lookupEnum('cairn.RefusedCode');

// This SQLite locks by a folder, which a killed process leaves behind. We are the only writer.
rmSync(`${database}.lock`, { recursive: true, force: true });
const db = new sqlite.Database(database);
db.exec(`PRAGMA synchronous = FULL; ${TABLES}`);

function stop(why) {
	console.error(`subscriber: stopped: ${why}`);
	process.exit(1);
}

function connect() {
	const secret = readFileSync(keyFile, 'utf8').trim();
	const socket = new zmq.Dealer({ linger: 0, immediate: true, sendTimeout: DEAD_MS, receiveTimeout: BEAT_MS,
		heartbeatInterval: 5000, receiveHighWaterMark: 0, curveServerKey: serverKey, curveSecretKey: secret,
		curvePublicKey: publicKey(secret) });
	socket.connect(endpoint);
	return socket;
}

// A public key follows from the secret one: X25519, both as text in Z85.
function publicKey(secret) {
	const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';
	const raw = Buffer.alloc(32);
	for (let i = 0; i < 8; i++)
		raw.writeUInt32BE([...secret.slice(5 * i, 5 * i + 5)].reduce((n, c) => n * 85 + digits.indexOf(c), 0), 4 * i);
	const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), raw]);
	const spki = createPublicKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'der', type: 'spki' });
	let text = '';
	for (let i = 0; i < 8; i++)
		for (let n = spki.readUInt32BE(spki.length - 32 + 4 * i), d = 85 ** 4; d >= 1; d /= 85) text += digits[Math.floor(n / d) % 85];
	return text;
}

// One event, after looking that none is missing before it: each names the one before.
function storeEvent(seq, record, previous) {
	const event = CloudEvent.decode(record);
	const text = (key) => {
		const value = event.attributes.find((a) => a.key === key)?.value;
		return value?.ce_string || value?.ce_uri || value?.ce_uri_ref || '';
	};
	if (Number(text('sequence')) !== seq || Number(text('previoussequence')) !== previous)
		stop(`event ${seq} does not follow ${previous}`);
	db.run('INSERT INTO event (sequence, id, type, subject, data) VALUES (?, ?, ?, ?, ?)',
		[seq, event.id, event.type, text('subject'), event.text_data]);
	if (event.type.startsWith('org.cairn.credential.'))
		db.run('INSERT OR REPLACE INTO credential VALUES (?, ?)', [text('subject'), JSON.parse(event.text_data).status]);
	return seq;
}

// The effects and the position: both or neither. The last event's sequence.
function store(batch, logId, previous) {
	db.exec('BEGIN IMMEDIATE');
	batch.records.forEach((record, i) => { previous = storeEvent(Number(batch.seqs[i]), record, previous); });
	db.run('INSERT OR REPLACE INTO place VALUES (1, ?, ?, ?, ?)',
		[logId, Number(batch.epoch), Number(batch.through_seq), batch.chain]);
	db.exec('COMMIT');
	return previous;
}

// One session. True: caught up, and that is the end; false: ask anew, on a new connection.
async function follow(socket) {
	const say = (body) => socket.send(FollowMessage.encode(FollowMessage.fromObject(body)).finish());
	const session = randomInt(1, 2 ** 31);
	const place = db.get('SELECT log_id, epoch, seq, chain FROM place') ?? { seq: 0 };
	let at = place.seq, previous = at, head = 0, logId = null, heard = Date.now();
	await say({ follow: { stream: 'issuance.0.public', session, name, at: place, credit_bytes: WINDOW, wire_max: 1 } });
	while (Date.now() - heard < DEAD_MS) {
		const frames = await socket.receive().catch((error) => (error.code === 'EAGAIN' ? null : stop(error.message)));
		if (frames === null) {
			await say({ beat: { session, seq: at } });
			continue;
		}
		const message = FollowMessage.decode(frames[0]);
		const { following, beat, batch, refused } = message;
		const body = following ?? beat ?? batch ?? refused;
		if (!body || (body.session !== session && !(refused && body.session === 0))) continue; // of an earlier session
		heard = Date.now();
		if (refused) {
			const code = refusals.valuesById[refused.code];
			if (code !== 'REFUSED_BUSY') stop(`${code} after event ${at}, head ${refused.head_seq}`);
			await sleep(Math.max(refused.retry_ms, 200));
			return false;
		}
		if (following) logId = following.log_id;
		head = Number(body.head_seq ?? body.seq);
		if (batch) {
			if (Number(batch.after_seq) !== at) return false;
			previous = store(batch, logId, previous);
			at = Number(batch.through_seq);
			await say({ credit: { session, bytes: frames[0].length, applied_seq: at } });
		}
		if (flag === '--until-caught-up' && logId && at >= head) return true;
	}
	return false;
}

for (let done = false; !done;) {
	const socket = connect();
	done = await follow(socket).catch((error) => {
		if (error.code !== 'EAGAIN') throw error;
		console.error(`subscriber: nothing is heard from ${endpoint}, trying again`);
		return false;
	});
	socket.close();
}
db.close();
