// Drafts are saved while they are written: at most 5 seconds of typing are lost. The form's own button
// goes on working.
//
//	<form data-autosave="URL"> ... <p class="cairn-saved" role="status"></p>
//
// sends the form's fields as a JSON object by PUT. The answer may say saved_text ("Saved at 4:05 PM").
// Fields that begin with an underscore, csrf and intention are left out.

const texts = {
  en: { saving: 'Saving …', saved: 'Saved', failed: 'Not saved: no connection. It is tried again.', refused: 'Not saved: {0}' },
  es: { saving: 'Guardando …', saved: 'Guardado', failed: 'No se guardó: sin conexión. Se intentará de nuevo.', refused: 'No se guardó: {0}' },
};
const words = texts[document.documentElement.lang] ?? texts.en;
const QUIET_MS = 1500; // after the last key
const MOST_MS = 4000; // after the first one that is not saved
const RETRY_MS = 4000;

function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (name === 'csrf' || name === 'intention' || name.startsWith('_') || typeof value !== 'string')
      continue;
    fields[name] = name in fields ? [].concat(fields[name], value) : value;
  }
  return fields;
}

function setUp(form) {
  const status = form.querySelector('.cairn-saved') ?? form.appendChild(document.createElement('p'));
  let timer = null;
  let since = null; // when the oldest unsaved key was pressed
  let busy = false;
  let saved = JSON.stringify(fieldsOf(form));
  status.setAttribute('role', 'status');
  status.setAttribute('aria-live', 'polite');

  function plan(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  async function answered(response, body) {
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      saved = body;
      status.textContent = answer.saved_text ?? words.saved;
      return true;
    }
    if (response.status === 429 || response.status >= 500)
      return false;
    saved = body; // the same again would be refused again
    status.textContent = words.refused.replace('{0}', answer.detail ?? response.status);
    return true;
  }

  async function save({ leaving = false } = {}) {
    const body = JSON.stringify(fieldsOf(form));
    clearTimeout(timer);
    if (body === saved) {
      since = null;
      return;
    }
    if (busy && !leaving) {
      plan(QUIET_MS);
      return;
    }
    busy = true;
    since = null;
    let done = false;
    try {
      const response = await fetch(form.dataset.autosave, {
        method: 'PUT', body, keepalive: leaving, credentials: 'same-origin',
        headers: {
          'Content-Type': 'application/json', Accept: 'application/json',
          'X-CSRF-Token': form.elements.namedItem('csrf')?.value ?? '',
        },
      });
      done = await answered(response, body);
    } catch { /* no connection */ }
    busy = false;
    if (!done) {
      status.textContent = words.failed;
      plan(RETRY_MS);
    }
  }

  function typed() {
    const now = Date.now();
    since ??= now;
    plan(Math.max(0, Math.min(QUIET_MS, since + MOST_MS - now)));
  }

  form.addEventListener('input', typed);
  form.addEventListener('change', typed);
  form.addEventListener('submit', () => clearTimeout(timer));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden')
      save({ leaving: true });
  });
}

document.querySelectorAll('form[data-autosave]').forEach(setUp);
