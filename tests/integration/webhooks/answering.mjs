// answering.mjs FILE: a receiver that prints its URL, agrees to be told, and says of each entry of the ledger what FILE
// holds then.
import { readFileSync } from 'node:fs';
import { Receiver } from './receiver.mjs';

const receiver = new Receiver({
	options: () => ({ status: 200, headers: { 'WebHook-Allowed-Origin': '*' } }),
	answer: ({ event }) => ({ status: 200, body: event.data.ledger ? readFileSync(process.argv[2]) : '' }),
});
await receiver.listen();
console.log(receiver.url);
