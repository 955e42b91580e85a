// A licensure system's webhook for subscribers.sh, on libraries that are not ours: verifies, keeps each event once by its
// webhook-id, with its effect in the same transaction, and answers then. Killed at any moment it has lost nothing.
//
//	node hook.mjs PORT SECRET-FILE DATABASE      GET tells how many there are, and how many came again
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { HTTP } from 'cloudevents';
import sqlite from 'node-sqlite3-wasm';
import { Webhook } from 'standardwebhooks';

const [port, secretFile, database] = process.argv.slice(2);
const webhook = new Webhook(readFileSync(secretFile, 'utf8').trim());

// This SQLite locks by a folder, which a killed process leaves behind. It is killed, but no power is lost.
rmSync(`${database}.lock`, { recursive: true, force: true });
const db = new sqlite.Database(database);
db.exec(`PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS event (arrived INTEGER PRIMARY KEY, webhook_id TEXT UNIQUE, again INTEGER DEFAULT 0,
  sequence INTEGER, id TEXT, type TEXT, subject TEXT, data TEXT);
CREATE TABLE IF NOT EXISTS credential (subject TEXT PRIMARY KEY, status TEXT);`);

function keep(webhookId, event) {
	db.exec('BEGIN IMMEDIATE');
	const { changes } = db.run('UPDATE event SET again = again + 1 WHERE webhook_id = ?', [webhookId]);
	if (changes === 0) {
		db.run('INSERT INTO event (webhook_id, sequence, id, type, subject, data) VALUES (?, ?, ?, ?, ?, ?)',
			[webhookId, Number(event.sequence), event.id, event.type, event.subject, JSON.stringify(event.data)]);
		db.run('INSERT OR REPLACE INTO credential VALUES (?, ?)', [event.subject, event.data.status]);
	}
	db.exec('COMMIT');
}

createServer((request, response) => {
	const parts = [];
	request.on('data', (part) => parts.push(part));
	request.on('end', () => {
		if (request.method === 'GET') {
			const { n, again } = db.get('SELECT count(*) AS n, coalesce(sum(again), 0) AS again FROM event');
			return response.end(`${n} ${again}\n`);
		}
		const body = Buffer.concat(parts).toString();
		webhook.verify(body, request.headers); // or it ends, which the test sees
		const event = HTTP.toEvent({ headers: request.headers, body });
		event.validate();
		keep(request.headers['webhook-id'], event);
		return response.writeHead(204).end();
	});
}).listen(Number(port), '127.0.0.1');
