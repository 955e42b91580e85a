// Sends a file as the pages do, with tus-js-client, from Node.
//
//	node tus_send.mjs MODULES BASE COOKIE FILE ENROLLMENT REQUIREMENT TYPE [STOP_AT [UPLOAD]]
//
// MODULES: node_modules with tus-js-client. STOP_AT: breaks off after so many bytes (0: not). UPLOAD: goes on with that
// one. Prints the upload's address.
import { createRequire } from 'node:module';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';

const [modules, base, cookie, file, enrollment, requirement, filetype, stop = '0', known] = process.argv.slice(2);
const tus = createRequire(join(modules, 'index.js'))('tus-js-client');
const stopAt = Number(stop);

const upload = new tus.Upload(createReadStream(file), {
  endpoint: `${base}/uploads`,
  uploadUrl: known,
  uploadSize: statSync(file).size,
  chunkSize: 4 << 20,
  metadata: { enrollment, requirement, filetype, filename: 'Jos\u00e9 at school.wav' },
  headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' },
  retryDelays: [0, 200, 500, 1000, 2000, 2000, 2000, 2000, 2000, 2000],
  onProgress(sent) {
    if (stopAt > 0 && sent >= stopAt)
      upload.abort().then(() => end(0));
  },
  onError(error) {
    console.error(String(error));
    end(1);
  },
  onSuccess: () => end(0),
});

function end(code) {
  if (upload.url)
    console.log(upload.url);
  process.exit(code);
}
upload.start();
