// Reads a live gateway's /openapi.json with somebody else's validator, then asks for every GET address in it.
//
//   node openapi.mjs BASE_URL
//
// Each {name} is filled with something that does not exist: whatever is answered, it is an answer of the route (its own
// 404 for an unknown id, 401 for a stranger), never a fault of the server; and each address is known.
import {Validator} from '@seriousme/openapi-schema-validator';

const base = process.argv[2];
const document = await (await fetch(`${base}/openapi.json`)).json();
const result = await new Validator().validate(document);
if (!result.valid) {
  console.error('FAILED:', JSON.stringify(result.errors, null, 1).slice(0, 3000));
  process.exit(1);
}
if (!document.openapi.startsWith('3.1')) throw new Error(`OpenAPI ${document.openapi}, not 3.1`);

const ids = Object.values(document.paths).flatMap(path => Object.values(path).map(o => o.operationId));
const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
if (twice.length > 0) throw new Error(`operationId twice: ${twice}`);

const stranger = '01900000-0000-7000-8000-000000000001';
const headers = {Accept: 'application/json'};
let asked = 0;
for (const [path, operations] of Object.entries(document.paths)) {
  if (!operations.get) continue;
  const names = (path.match(/\{[^}]+\}/g) ?? []).map(name => name.slice(1, -1));
  const said = operations.get.parameters.filter(p => p.in === 'path').map(p => p.name);
  if (names.join() !== said.join()) throw new Error(`${path}: parameters ${said}`);
  const public_ = operations.get.security.length === 0;
  const abort = new AbortController();
  const place = path.replace(/\{[^}]+\}/g, stranger);
  const answer = await fetch(base + place, {headers, redirect: 'manual', signal: abort.signal});
  abort.abort(); // a feed would go on
  const guarded = public_ || [401, 404].includes(answer.status);
  if (answer.status >= 500 || answer.status === 405 || !guarded) throw new Error(`GET ${path}: ${answer.status}`);
  // An address that is not there at all is a 404 by every method; one that is there knows that it has none such.
  const other = operations.patch ? 405 : (await fetch(base + place, {method: 'PATCH', headers})).status;
  if (other !== 405) throw new Error(`${path} is not there: ${other}`);
  asked++;
}
console.log(`${Object.keys(document.paths).length} paths are valid OpenAPI, ${asked} of them were asked`);
