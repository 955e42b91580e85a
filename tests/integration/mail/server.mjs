// A mail server that does as it is told, for test_mail.c.
//
//	node server.mjs DIR KIND [PORT]       KIND: open, auth, plain, rude, silent
//
// Makes DIR/cert.pem where that is missing, writes its port to DIR/port, says "ready" on descriptor 3, and
// appends a line of JSON to DIR/mails for each letter that it took. What it does with a recipient is in the
// part before the @:
//
//	busy-N    452 to RCPT the first N times       nobody    550 to RCPT
//	blocked   550 5.7.1 to RCPT
//	full      552 after the letter                drop-N    breaks the connection after the letter, N times
//
// open and auth offer STARTTLS, auth also wants teacher / s3cret, plain offers neither. rude says 550 to each
// RCPT and never answers QUIT; silent takes connections and says nothing at all.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const [dir, kind, port = '0'] = process.argv.slice(2);
const key = join(dir, 'key.pem'), cert = join(dir, 'cert.pem');
const times = new Map();
let connections = 0;

function refuse(code, text) {
	return Object.assign(new Error(text), { responseCode: code });
}

// True the first n times that it is asked about this address.
function within(address, n) {
	const seen = times.get(address) ?? 0;
	times.set(address, seen + 1);
	return seen < n;
}

function onRcptTo({ address }, session, callback) {
	const [, word, n] = address.match(/^([a-z]+)(?:-(\d+))?/);
	if (word === 'nobody') return callback(refuse(550, 'no such mailbox'));
	if (word === 'blocked') return callback(refuse(550, '5.7.1 not from you'));
	if (word === 'busy' && within(address, Number(n))) return callback(refuse(452, 'try later'));
	callback();
}

async function onData(stream, session, callback) {
	const chunks = [];
	for await (const chunk of stream) chunks.push(chunk);
	const raw = Buffer.concat(chunks);
	const address = session.envelope.rcptTo[0].address;
	const [, word, n] = address.match(/^([a-z]+)(?:-(\d+))?/);
	if (word === 'full') return callback(refuse(552, 'mailbox full'));
	const mail = await simpleParser(raw);
	appendFileSync(join(dir, 'mails'), JSON.stringify({
		envelope_from: session.envelope.mailFrom.address,
		envelope_to: session.envelope.rcptTo.map((r) => r.address),
		secure: session.secure,
		user: session.user ?? '',
		connections,
		from: mail.from.text,
		to: mail.to.text,
		subject: mail.subject,
		text: mail.text,
		message_id: mail.messageId,
		auto_submitted: mail.headers.get('auto-submitted') ?? '',
		raw_has_8bit: raw.some((byte) => byte >= 0x80),
	}) + '\n');
	if (word === 'drop' && within(address, Number(n))) {
		for (const connection of server.connections) connection._socket.destroy();
		return;
	}
	callback();
}

function makeCertificate() {
	if (existsSync(cert)) return;
	execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
		'-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost',
		'-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function realServer() {
	makeCertificate();
	return new SMTPServer({
		key: readFileSync(key),
		cert: readFileSync(cert),
		disabledCommands: { open: ['AUTH'], auth: [], plain: ['AUTH', 'STARTTLS'] }[kind],
		authOptional: kind !== 'auth',
		logger: false,
		disableReverseLookup: true,
		onConnect(session, callback) { connections++; callback(); },
		onAuth(auth, session, callback) {
			if (auth.username !== 'teacher' || auth.password !== 's3cret')
				return callback(refuse(535, 'wrong name or password'));
			callback(null, { user: auth.username });
		},
		onRcptTo,
		onData,
	});
}

// What no well-meaning server does.
function rawServer() {
	return createServer((socket) => {
		socket.on('error', () => {});
		if (kind === 'silent') return;
		socket.write('220 rude\r\n');
		let line = '';
		socket.on('data', (data) => {
			line += data;
			for (let end; (end = line.indexOf('\r\n')) >= 0; line = line.slice(end + 2)) {
				const command = line.slice(0, 4).toUpperCase();
				if (command === 'RCPT') socket.write('550 no\r\n');
				else if (command !== 'QUIT') socket.write('250 yes\r\n');
			}
		});
	});
}

const server = kind === 'rude' || kind === 'silent' ? rawServer() : realServer();
server.on('error', (error) => { if (!server.listening && !server.server?.listening) { console.error(error); process.exit(1); } });
server.listen(Number(port), '127.0.0.1', () => {
	const { port: bound } = (server.server ?? server).address();
	writeFileSync(join(dir, 'port.tmp'), String(bound));
	renameSync(join(dir, 'port.tmp'), join(dir, 'port'));
	writeSync(3, 'ready\n');
});
