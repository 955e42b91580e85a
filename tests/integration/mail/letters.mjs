// Reads the letters of letters.c with mailparser and compares them with what was put in.
import { createInterface } from 'node:readline';
import { simpleParser } from 'mailparser';

let letters = 0, faults = 0;

function same(what, got, wanted) {
	if (got === wanted) return;
	faults++;
	console.log(`letter ${letters}: ${what}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
}

for await (const line of createInterface({ input: process.stdin })) {
	letters++;
	const wanted = JSON.parse(line);
	const mail = await simpleParser(Buffer.from(wanted.raw, 'base64'));
	same('subject', mail.subject ?? '', wanted.subject);
	same('address', mail.to.value[0].address, 'ana.munoz@meadow.example');
	same('name', mail.to.value[0].name, wanted.name);
	same('id', mail.messageId, '<0198a000-0000-7000-8000-000000000001@cairn.example>');
	same('date', mail.date.toISOString(), '2026-01-06T15:15:00.000Z');
	same('body', mail.text ?? '', wanted.body);
}
console.log(`mailparser: ${letters} letters, ${faults} faults`);
process.exit(faults > 0 || letters < 100 ? 1 : 0);
