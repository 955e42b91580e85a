// Says when what a page shows has changed meanwhile, without moving anything under the reader's hands.
//
//	<p data-live="enrollment/ID" role="status"></p>     or submission/ID, or reading/ID
//
// Without scripts the page is as true as when it was asked for.

const texts = {
  en: { changed: 'Something has changed since this page was opened.', again: 'Show it',
    signed_out: 'You have been signed out.' },
  es: { changed: 'Algo ha cambiado desde que se abrió esta página.', again: 'Mostrarlo',
    signed_out: 'Se cerró su sesión.' },
};
const words = texts[document.documentElement.lang] ?? texts.en;

function addressOf(about) {
  const [kind, id] = about.split('/');
  return kind === 'reading' ? `/live/readings/${encodeURIComponent(id)}`
    : `/live?about=${encodeURIComponent(about)}`;
}

function setUp(region) {
  const source = new EventSource(addressOf(region.dataset.live));
  let first = null;
  region.setAttribute('aria-live', 'polite');
  source.addEventListener('status', (event) => {
    first ??= event.data;
    if (event.data === first)
      return;
    const link = document.createElement('a');
    link.href = window.location.href;
    link.textContent = words.again;
    region.replaceChildren(words.changed, ' ', link);
  });
  source.addEventListener('end', (event) => {
    const { why } = JSON.parse(event.data);
    if (why === 'again')
      return; // the browser comes anew by itself
    source.close();
    if (why === 'signed_out')
      region.textContent = words.signed_out;
  });
  window.addEventListener('pagehide', () => source.close());
}

document.querySelectorAll('[data-live]').forEach(setUp);
