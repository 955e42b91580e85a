// webhooks.mjs BIN_DIR ROUNDS
//
// Licensure systems by webhook: real daemons issue and revoke, receivers that are not ours verify. In ROUNDS rounds
// notification is killed in the middle; in the end each receiver has each event, in order for each credential.
import { Receiver, signaturesThatHold } from './receiver.mjs';
import { Setting, ensure, until } from './setting.mjs';

const [bin, rounds] = [process.argv[2], Number(process.argv[3])];
const setting = new Setting();
const ctl = (...words) => setting.ctl(...words);
const receivers = [];
const step = text => console.log(`webhooks.mjs: ${text}`);

async function receiver(how, host) {
	const r = await new Receiver(how).listen(host);
	receivers.push(r);
	return r;
}

async function add(name, r, ...flags) {
	await ctl('sink', 'add', name, '--kind', 'webhook', '--state', 'TN', '--url', r.url,
		'--contact', 'ops@sea.example.gov', ...flags);
	const sink = await until(`${name} was asked`, async () => {
		const s = await ctl('sink', 'show', name);
		return s.state !== 'new' && s;
	});
	return sink;
}

const state = async name => (await ctl('sink', 'show', name)).state;
// The stream as it is now was delivered.
const drained = async name => {
	const { length } = await setting.stream();
	const s = await ctl('sink', 'show', name);
	return (s.cursor ?? 0) >= length && !s.waiting && !s.behind && !s.dead;
};

// Each event of the stream came, those of a credential first in their order, and what came again was the same.
async function hasAll(r, what) {
	const stream = await setting.stream();
	const first = [...r.events.values()];
	for (const e of stream) {
		const got = r.events.get(`msg_${e.id}`);
		ensure(got, `${what}: event ${e.seq} came`);
		ensure(got.event.type === e.type && got.event.subject === e.subject && Number(got.event.sequence) === e.seq,
			`${what}: event ${e.seq} is itself`);
	}
	ensure(first.length === stream.length, `${what}: nothing else came`);
	const last = new Map();
	for (const { event } of first) {
		ensure(!(last.get(event.subject) > Number(event.sequence)), `${what}: ${event.subject} came in order`);
		last.set(event.subject, Number(event.sequence));
	}
	for (const q of r.requests)
		ensure(q.body.equals(r.events.get(q.headers['webhook-id']).body), `${what}: the same id, the same body`);
	return stream.length;
}

function allHold(requests, secret, wanted) {
	for (const q of requests) {
		const { v1, v1a } = signaturesThatHold(q, secret);
		ensure(v1 === wanted && v1a === wanted, `${v1} of v1, ${v1a} of v1a hold: ${q.headers['webhook-signature']}`);
	}
}

const allowed = (origin, rate) => () => ({ status: 200, headers: { 'WebHook-Allowed-Origin': origin,
	...(rate ? { 'WebHook-Allowed-Rate': rate } : {}) } });
const echo = request => request.challenge ? { status: 200, body: request.event.data.challenge } : { status: 204 };

async function introductions(tls) {
	step('who is asked agrees, or does not');
	const knows = await receiver({ tls, options: allowed('*', '60000') });
	ensure((await add('tls', knows)).state === 'active', 'a target that allows all is active');
	ensure((await ctl('sink', 'show', 'tls')).rate === 1000, 'its rate is kept');
	const echoes = await receiver({ answer: echo });
	ensure((await add('echo', echoes)).state === 'active', 'a target that says the challenge back is active');
	const deaf = await receiver({});
	const refused = await add('deaf', deaf);
	ensure(refused.state === 'not_agreed' && /without the challenge/.test(refused.why), `deaf: ${refused.state} ${refused.why}`);
	const foreign = await add('foreign', await receiver({ options: allowed('other.example') }));
	ensure(foreign.state === 'not_agreed' && /Allowed-Origin/.test(foreign.why), `foreign: ${foreign.state} ${foreign.why}`);
	const inside = await receiver({ options: () => { throw new Error('somebody came inside'); } }, '::1');
	const guarded = await add('inside', inside);
	ensure(guarded.state === 'not_agreed' && /sink_networks/.test(guarded.why), `inside: ${guarded.state} ${guarded.why}`);
	const stranger = await add('stranger', await receiver({ tls: setting.certificate('stranger') }));
	ensure(stranger.state === 'not_agreed' && /certificate/.test(stranger.why), `stranger: ${stranger.state} ${stranger.why}`);
	const misnamed = await add('misnamed', { url: knows.url.replace('127.0.0.1', 'localhost') });
	ensure(misnamed.state === 'not_agreed' && /certificate/.test(misnamed.why), `misnamed: ${misnamed.state} ${misnamed.why}`);
	for (const name of ['deaf', 'foreign', 'inside', 'stranger', 'misnamed']) await ctl('sink', 'remove', name);
	return { knows, echoes };
}

async function beside(knows) {
	step('a slow one holds up no other');
	let awake = false;
	const slow = await receiver({ answer: () => awake ? { status: 204 } : undefined });
	await add('slow', slow, '--unasked');
	await setting.order('issue 60');
	await setting.order('settle');
	await until('the slow one has some', () => slow.requests.length > 0);
	await until('the other has all', async () => await drained('tls'));
	ensure(!await drained('slow'), 'the slow one has not');
	allHold(knows.requests, await ctl('sink', 'secret', 'tls'), 1);
	awake = true;
	await until('the slow one has all', async () => await drained('slow'));
	await hasAll(slow, 'slow');
	return hasAll(knows, 'tls');
}

async function tampered(knows) {
	step('what was changed on its way does not verify');
	const secret = await ctl('sink', 'secret', 'tls');
	const { headers, body } = knows.requests[0];
	const other = Buffer.from(body);
	other[other.length - 2] ^= 1;
	allHold([{ headers, body: other }, { headers: { ...headers, 'webhook-id': 'msg_1' }, body }], secret, 0);
	allHold([{ headers, body }], await ctl('sink', 'secret', 'echo'), 0);
}

async function retries() {
	step('what was not taken comes again under its id, and not before it may');
	const failing = new Set(), asked = new Set();
	const flaky = await receiver({ answer: (request, nth) => {
		if (nth > 1) return { status: 200 };
		const id = request.headers['webhook-id'];
		if (failing.size < 3) return failing.add(id), { status: 500 };
		if (asked.size < 2) return asked.add(id), { status: 503, headers: { 'Retry-After': '2' } };
		return { status: 202 };
	} });
	await add('flaky', flaky, '--unasked');
	await until('all is taken', async () => await drained('flaky'));
	ensure(failing.size === 3 && asked.size === 2, 'some failed');
	for (const [id, first] of flaky.events) {
		const all = flaky.requests.filter(q => q.headers['webhook-id'] === id);
		ensure(all.length === (failing.has(id) || asked.has(id) ? 2 : 1), `${id} came ${all.length} times`);
		if (asked.has(id)) {
			ensure(all[1].at - first.at >= 1900, `Retry-After was kept: ${all[1].at - first.at} ms`);
			ensure(all[1].headers['webhook-timestamp'] > first.headers['webhook-timestamp'], 'the timestamp is the try\'s');
		}
	}
	allHold(flaky.requests, await ctl('sink', 'secret', 'flaky'), 1);
	await hasAll(flaky, 'flaky');
	await ctl('sink', 'remove', 'flaky');
}

async function gone() {
	step('who says 410 hears no more, until it is resumed');
	let status = 410;
	const r = await receiver({ answer: () => ({ status }) });
	await add('gone', r, '--unasked');
	await until('it is gone', async () => await state('gone') === 'gone');
	const before = r.requests.length;
	await setting.order('issue 5');
	await setting.order('settle');
	await until('the others have those', async () => await drained('tls'));
	ensure(r.requests.length === before, 'it heard no more');
	status = 200;
	await ctl('sink', 'resume', 'gone');
	await until('it has all', async () => await drained('gone'));
	await hasAll(r, 'gone');
	await ctl('sink', 'remove', 'gone');
}

async function rotation(knows) {
	step('while a secret is replaced both sign');
	const old = await ctl('sink', 'secret', 'tls');
	await ctl('sink', 'rotate', 'tls', '--overlap', '1');
	const now = await ctl('sink', 'secret', 'tls');
	ensure(now.secret !== old.secret && now.old_secret === old.secret, 'there are two');
	const next = async () => {
		const before = knows.requests.length;
		await setting.order('issue 3');
		await setting.order('settle');
		await until('they came', () => knows.requests.length >= before + 3);
		return knows.requests.slice(before);
	};
	const both = await next();
	allHold(both, old, 1);
	allHold(both, now, 1);
	ensure(both.every(q => q.headers['webhook-signature'].split(' ').length === 4), 'four signatures');
	await ctl('sink', 'rotate', 'tls', '--overlap', '0');
	const newest = await next();
	allHold(newest, await ctl('sink', 'secret', 'tls'), 1);
	allHold(newest, old, 0);
	allHold(newest, now, 0);
}

async function again(knows) {
	step('events are delivered again, by range and by id');
	const before = knows.requests.length;
	await ctl('sink', 'redeliver', 'tls', '--first', '1', '--last', '5');
	await until('five came again', () => knows.requests.length >= before + 5);
	const seqs = knows.requests.slice(before).map(q => Number(q.event.sequence));
	ensure(seqs.sort((a, b) => a - b).join() === '1,2,3,4,5', `1 to 5 came: ${seqs}`);
	await until('that is all', async () => await drained('tls'));
	const one = knows.requests.at(-1).event, taken = knows.requests.length;
	await ctl('sink', 'redeliver', 'tls', '--event', one.id);
	await until('one that was taken came again, by its id', () => knows.requests.length > taken);
	ensure(knows.requests.at(-1).event.sequence === one.sequence, 'it is that one');

	let failing = true;
	const stuck = await receiver({ answer: request =>
		({ status: failing && Number(request.event.sequence) === 1 ? 500 : 200 }) });
	await add('stuck', stuck, '--unasked');
	const listed = await until('it waits for its third try', async () => {
		const { events } = await ctl('sink', 'events', 'stuck', '--state', 'waiting');
		return events?.find(e => e.seq === 1 && e.tries >= 2);
	});
	failing = false;
	const asked = Date.now();
	await ctl('sink', 'redeliver', 'stuck', '--event', listed.event);
	await until('it was taken', async () => await drained('stuck'));
	ensure(Date.now() * 1000 < listed.next_us, `before its time, after ${Date.now() - asked} ms`);
	await hasAll(stuck, 'stuck');
	await ctl('sink', 'remove', 'stuck');
}

async function kills(knows, echoes) {
	step(`notification is killed ${rounds} times in the middle`);
	const came = () => knows.requests.length + echoes.requests.length;
	for (let round = 0; round < rounds; round++) {
		const before = came(), some = 5 + Math.floor(Math.random() * 60);
		await setting.order('issue 40');
		await setting.order('shake 3');
		await until('some came', () => came() >= before + some);
		await setting.order('kill notification');
	}
	await setting.order('settle');
	for (const name of ['tls', 'echo', 'slow']) await until(`${name} has all`, async () => await drained(name));
}

async function main() {
	const tls = setting.certificate('known');
	await setting.start(bin, 200 + rounds * 40, ['sink_networks=127.0.0.0/8', 'sink_plain=yes', `sink_ca_file=${tls.file}`,
		'sink_timeout=2s', 'sinks_retry=40']);
	const { knows, echoes } = await introductions(tls);
	await beside(knows);
	await tampered(knows);
	await retries();
	await gone();
	await rotation(knows);
	await again(knows);
	await kills(knows, echoes);
	const n = await hasAll(knows, 'tls');
	await hasAll(echoes, 'echo');
	await setting.stop();
	step(`done: ${n} events; ${knows.requests.length} and ${echoes.requests.length} deliveries`);
}

try {
	await main();
} catch (e) {
	console.log(`FAILED: ${e.stack}`);
	process.exitCode = 1;
} finally {
	for (const r of receivers) r.close();
	setting.remove();
}
