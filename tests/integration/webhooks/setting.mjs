// Real daemons, cairnctl, and facts that are waited for.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

const PATIENCE_MS = 60000;
const run = promisify(execFile);
const pause = ms => new Promise(done => setTimeout(done, ms));

export function ensure(holds, what) {
	if (!holds) throw new Error(`does not hold: ${what}`);
}

export async function until(what, fact) {
	const end = Date.now() + PATIENCE_MS;
	for (;;) {
		const value = await fact();
		if (value) return value;
		if (Date.now() > end) throw new Error(`never came true: ${what}`);
		await pause(20);
	}
}

export class Setting {
	work = mkdtempSync(join(tmpdir(), 'cairn-webhooks.'));

	// A certificate for 127.0.0.1, which signs itself.
	certificate(name) {
		const [key, cert] = ['key', 'cert'].map(what => join(this.work, `${name}.${what}`));
		execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
			'-days', '2', '-subj', '/CN=receiver', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
			{ stdio: 'ignore' });
		return { file: cert, key: readFileSync(key), cert: readFileSync(cert) };
	}

	// The last mile of tests/integration/subscribed.c.
	async start(bin, room, settings) {
		this.bin = bin;
		this.child = spawn(join(bin, 'subscribed'), [String(room), ...settings],
			{ env: { ...process.env, CAIRN_BIN_DIR: bin }, stdio: ['pipe', 'pipe', 'inherit'] });
		this.ended = new Promise(done => this.child.on('exit', done));
		this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
		this.dir = (await this.lines.next()).value;
		await this.lines.next(); // the endpoint
		await this.lines.next(); // the server's key
		ensure(this.dir, 'the daemons run');
	}

	async order(line) {
		this.child.stdin.write(`${line}\n`);
		ensure((await this.lines.next()).value === 'done', line);
	}

	async ctl(...words) {
		const { stdout } = await run(join(this.bin, 'cairnctl'), ['--dir', this.dir, '--key', 'cairnctl', ...words, '--json']);
		return JSON.parse(stdout);
	}

	// "SEQUENCE|ID|TYPE|SUBJECT" of issuance's own stream.
	async stream() {
		const file = join(this.work, 'stream');
		await this.order(`stream ${file}`);
		return readFileSync(file, 'utf8').trim().split('\n').map(line => {
			const [seq, id, type, subject] = line.split('|');
			return { seq: Number(seq), id, type, subject };
		});
	}

	async stop() {
		this.child.stdin.end();
		ensure(await this.ended === 0, 'the daemons end well, and issuance\'s tables are those of its log');
	}

	remove() {
		this.child?.kill('SIGKILL');
		rmSync(this.work, { recursive: true, force: true });
	}
}
