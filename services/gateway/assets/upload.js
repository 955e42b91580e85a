// Uploads that go on where they stopped: takes over forms with data-upload, which work without it too.
//
//	<form data-upload="/uploads" data-portfolio="ENROLLMENT" data-requirement="CODE">
//	  ... <input type="file"> ... <div class="cairn-progress" role="status"></div>
//
// Several files may be chosen, and a phone's camera used. After a reload the same file, chosen again,
// goes on from what has arrived.

const texts = {
  en: {
    camera: 'Take a photo or a video', sending: 'Sending {0}', percent: '{0}: {1} percent sent',
    stored: '{0}: all of it has arrived', failed: '{0} was not accepted: {1}',
    offline: '{0} waits for the connection. It will go on by itself.',
    cancel: 'Stop sending {0}', stopped: '{0} was stopped.', retry: 'Try again: {0}',
    unfinished: 'A file was not sent in whole last time. Choose it again and it goes on where it stopped.',
    file: 'File {0}',
  },
  es: {
    camera: 'Tomar una foto o un video', sending: 'Enviando {0}', percent: '{0}: {1} por ciento enviado',
    stored: '{0}: llegó completo', failed: '{0} no fue aceptado: {1}',
    offline: '{0} espera la conexión. Continuará por sí solo.',
    cancel: 'Detener el envío de {0}', stopped: '{0} se detuvo.', retry: 'Intentar de nuevo: {0}',
    unfinished: 'La última vez un archivo no se envió completo. Elíjalo de nuevo y continuará donde quedó.',
    file: 'Archivo {0}',
  },
};
const words = texts[document.documentElement.lang] ?? texts.en;
const say = (key, ...values) => words[key].replace(/\{(\d)\}/g, (_, n) => values[n]);

function loadTus() {
  return new Promise((resolve, reject) => {
    if (window.tus) {
      resolve(window.tus);
      return;
    }
    const script = document.createElement('script');
    script.src = new URL('tus/tus.min.js', import.meta.url);
    script.onload = () => resolve(window.tus);
    script.onerror = () => reject(new Error('tus'));
    document.head.append(script);
  });
}

// What finds an upload again after a reload. A hash, so that no file's name stays on a shared computer.
async function fingerprint(form, file) {
  const of = [form.dataset.portfolio, form.dataset.requirement, file.name, file.type, file.size,
    file.lastModified].join('|');
  if (!window.crypto?.subtle)
    return `cairn::${form.dataset.portfolio}::${file.size}-${file.lastModified}`;
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(of));
  const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `cairn::${form.dataset.portfolio}::${hex}`;
}

// What a problem+json of the server says, for people.
function reasonOf(error) {
  const body = error?.originalResponse?.getBody();
  try {
    return JSON.parse(body).detail ?? error.message;
  } catch {
    return error?.originalResponse ? String(error.originalResponse.getStatus()) : error?.message;
  }
}

function field(form, name) {
  const input = form.elements.namedItem(name);
  if (!input)
    return '';
  return input.type === 'checkbox' ? (input.checked ? '1' : '') : input.value;
}

// A line for a file: its bar, what is said of it, a button that stops it.
function lineOf(list, name) {
  const line = document.createElement('li');
  const bar = document.createElement('progress');
  const text = document.createElement('span');
  const stop = document.createElement('button');
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute('aria-label', say('sending', name));
  text.textContent = say('sending', name);
  stop.type = 'button';
  stop.className = 'usa-button usa-button--unstyled';
  stop.textContent = say('cancel', name);
  line.append(bar, ' ', text, ' ', stop);
  list.append(line);
  return { line, bar, text, stop };
}

function send(tus, form, file, name, ui, announce) {
  return new Promise((resolve) => {
    let told = 0;
    const metadata = {
      enrollment: form.dataset.portfolio, requirement: form.dataset.requirement,
      filetype: file.type, captured_on: field(form, 'captured_on'),
      student_data: field(form, 'student_data'),
    };
    const end = (text, ok) => {
      ui.text.textContent = text;
      ui.stop.remove();
      announce(text);
      resolve(ok);
    };
    const upload = new tus.Upload(file, {
      endpoint: form.dataset.upload,
      metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== '')),
      headers: { 'X-CSRF-Token': field(form, 'csrf'), Accept: 'application/problem+json' },
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000],
      removeFingerprintOnSuccess: true,
      fingerprint: () => fingerprint(form, file),
      onProgress(sent, total) {
        const percent = total > 0 ? Math.floor((sent * 100) / total) : 0;
        ui.bar.value = percent;
        ui.text.textContent = say('percent', name, percent);
        if (percent >= told + 25 && percent < 100) { // not at every turn: it is read aloud
          told = percent - (percent % 25);
          announce(say('percent', name, told));
        }
      },
      onShouldRetry(error) {
        const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
        if (status !== 0 && status < 500 && status !== 409 && status !== 423 && status !== 429)
          return false;
        ui.text.textContent = say('offline', name);
        announce(say('offline', name));
        return true;
      },
      onError: (error) => end(say('failed', name, reasonOf(error)), false),
      onSuccess() {
        ui.bar.value = 100;
        end(say('stored', name), true);
      },
    });
    ui.stop.addEventListener('click', () => {
      upload.abort(true).catch(() => {});
      end(say('stopped', name), false);
    });
    upload.findPreviousUploads().then((previous) => {
      if (previous.length > 0)
        upload.resumeFromPreviousUpload(previous[0]);
      upload.start();
    });
  });
}

function addCamera(form, input) {
  if (!window.matchMedia('(pointer: coarse)').matches)
    return null;
  const camera = document.createElement('input');
  const label = document.createElement('label');
  camera.type = 'file';
  camera.id = `${input.id}-camera`;
  camera.accept = input.accept || 'image/*,video/*';
  camera.setAttribute('capture', 'environment');
  camera.className = 'usa-file-input';
  label.htmlFor = camera.id;
  label.className = 'usa-label';
  label.textContent = words.camera;
  input.after(label, camera);
  return camera;
}

function setUp(form) {
  const input = form.querySelector('input[type=file]');
  const progress = form.querySelector('.cairn-progress') ?? form.appendChild(document.createElement('div'));
  const list = document.createElement('ul');
  const spoken = document.createElement('p');
  if (!input)
    return;
  input.multiple = true;
  input.required = false;
  const camera = addCamera(form, input);
  progress.removeAttribute('role'); // the bars change all the time; the line below says what matters
  spoken.setAttribute('role', 'status');
  spoken.setAttribute('aria-live', 'polite');
  list.className = 'cairn-plain';
  progress.append(spoken, list);
  const announce = (text) => { spoken.textContent = text; };
  try {
    if (Object.keys(localStorage).some((key) => key.startsWith(`tus::cairn::${form.dataset.portfolio}::`)))
      announce(words.unfinished);
  } catch { /* no storage: nothing to go on with */ }

  form.addEventListener('submit', async (event) => {
    const files = [...input.files, ...(camera ? camera.files : [])];
    const button = form.querySelector('button[type=submit]');
    if (files.length === 0)
      return; // the server says what is missing
    event.preventDefault();
    spoken.className = 'usa-sr-only'; // the lines show the same
    button.disabled = true;
    let ok = true;
    try {
      const tus = await loadTus();
      for (const [i, file] of files.entries()) {
        const name = file.name || say('file', i + 1);
        announce(say('sending', name));
        ok = await send(tus, form, file, name, lineOf(list, name), announce) && ok;
      }
    } catch { // the module did not come: the form does it, one file at a time
      form.submit();
      return;
    }
    button.disabled = false;
    if (ok)
      window.location.assign(`${form.getAttribute('action')}?done=added`);
  });
}

document.querySelectorAll('form[data-upload]').forEach(setUp);
