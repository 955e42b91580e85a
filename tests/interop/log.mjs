// log.mjs SAMPLE_LOG: checkpoints and inclusion proofs in the hands of sigstore's verifier, consistency proofs in
// those of a second implementation, written here from RFC 9162 alone.
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const require = createRequire(import.meta.url);
const { verifyCheckpoint } = require('@sigstore/verify/dist/tlog/checkpoint.js');
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/tlog/merkle.js');

const log = JSON.parse(execFileSync(process.argv[2], { maxBuffer: 1 << 28 }));
const hashes = (list) => list.map((hex) => Buffer.from(hex, 'hex'));

// The verifier key, read as C2SP signed-note says: name+hash+base64(algorithm || key).
const [name, hint, encoded] = log.verifier.split('+').slice(0, 2).concat(log.verifier.split('+').slice(2).join('+'));
const key = Buffer.from(encoded, 'base64');
assert.equal(key[0], 1);
const wanted = createHash('sha256').update(name + '\n').update(key).digest().subarray(0, 4);
assert.equal(wanted.toString('hex'), hint);
const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]);
const tlogs = [{ logID: wanted, baseURL: name, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) }];

const entryOf = (tree, index) => ({
	canonicalizedBody: Buffer.from(log.leaves[index]),
	inclusionProof: {
		logIndex: String(index),
		hashes: hashes(tree.inclusion[index]),
		checkpoint: { envelope: tree.note },
	},
});
const refused = (what) => assert.throws(what);

// RFC 9162, 2.1.1: MTH; and 2.1.4.1: SUBPROOF, from the leaves themselves.
const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const leafHash = (text) => sha(Buffer.from([0]), Buffer.from(text));
const split = (n) => { let k = 1; while (2 * k < n) k *= 2; return k; };
const mth = (d) => d.length === 1 ? d[0] : sha(Buffer.from([1]), mth(d.slice(0, split(d.length))), mth(d.slice(split(d.length))));
const subproof = (m, d, whole) => {
	if (m === d.length)
		return whole ? [] : [mth(d)];
	const k = split(d.length);
	return m <= k ? [...subproof(m, d.slice(0, k), whole), mth(d.slice(k))]
		: [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))];
};
// 2.1.4.2: what an auditor does who has two roots and a proof, and no leaves.
const holds = (first, firstRoot, second, secondRoot, proof) => {
	if (first === second)
		return proof.length === 0 && firstRoot.equals(secondRoot);
	const path = (first & (first - 1)) === 0 ? [firstRoot, ...proof] : proof;
	if (path.length === 0)
		return false;
	let fn = first - 1, sn = second - 1;
	while (fn & 1) { fn >>= 1; sn >>= 1; }
	let fr = path[0], sr = path[0];
	for (const c of path.slice(1)) {
		if (sn === 0)
			return false;
		if ((fn & 1) || fn === sn) {
			fr = sha(Buffer.from([1]), c, fr);
			sr = sha(Buffer.from([1]), c, sr);
			while (!(fn & 1) && fn !== 0) { fn >>= 1; sn >>= 1; }
		} else {
			sr = sha(Buffer.from([1]), sr, c);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return fr.equals(firstRoot) && sr.equals(secondRoot) && sn === 0;
};

let included = 0, consistent = 0;
const leaves = log.leaves.map(leafHash);
const roots = [];
for (const [i, tree] of log.trees.entries()) {
	const size = i + 1;
	const checkpoint = verifyCheckpoint(entryOf(tree, 0), tlogs);
	assert.equal(checkpoint.origin, name);
	assert.equal(checkpoint.logSize, BigInt(size));
	assert.ok(checkpoint.logHash.equals(mth(leaves.slice(0, size))));
	roots.push(checkpoint.logHash);
	for (let index = 0; index < size; index++, included++) {
		const entry = entryOf(tree, index);
		verifyMerkleInclusion(entry, checkpoint);
		entry.canonicalizedBody = Buffer.from('{"what":"never issued"}');
		refused(() => verifyMerkleInclusion(entry, checkpoint));
	}
	for (let from = 1; from <= size; from++, consistent++) {
		const proof = hashes(tree.consistency[from - 1]);
		assert.deepEqual(proof, subproof(from, leaves.slice(0, size), true));
		assert.ok(holds(from, roots[from - 1], size, roots[size - 1], proof));
		assert.ok(!holds(from, sha('another history'), size, roots[size - 1], proof));
	}
	const forged = entryOf(tree, 0);
	forged.inclusionProof.checkpoint.envelope = tree.note.replace(`\n${size}\n`, `\n${size + 1}\n`);
	refused(() => verifyCheckpoint(forged, tlogs));
}
console.log(`${log.trees.length} checkpoints, ${included} inclusion proofs, ${consistent} consistency proofs hold; forgeries do not`);
