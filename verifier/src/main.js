// The page: takes files and anchors, verifies, and shows. All state lies here.

import * as anchors from './anchors.js';
import { plain } from './bytes.js';
import { el } from './dom.js';
import * as own from './page-words.js';
import * as view from './view.js';
import { UNKNOWN, verify } from './verify.js';

const LANGUAGES = ['de', 'en'];
const state = {
  lang: (navigator.languages ?? [navigator.language]).some((lang) => /^de\b/i.test(lang)) && !/^en\b/i.test(navigator.language) ? 'de' : 'en',
  anchors: { seal: [], time: [], log: [] },
  file: null,
  verdict: null,
  trouble: null,
  runs: 0,
};

const main = document.querySelector('main');
const t = (text) => text[state.lang];
const find = (selector) => document.querySelector(selector);

/** What does not change but with the language. */
function frame() {
  document.documentElement.lang = state.lang;
  document.title = t(own.title);
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = t(own[place.dataset.text]);
  for (const button of document.querySelectorAll('[data-lang]')) {
    button.setAttribute('aria-pressed', String(button.dataset.lang === state.lang));
  }
}

function list() {
  const kinds = { seal: own.anchorSeal, time: own.anchorTime, log: own.anchorLog };
  const items = Object.entries(state.anchors).flatMap(([kind, all]) =>
    all.map((anchor) =>
      el(
        'li',
        {},
        el('span', { class: 'kind' }, t(kinds[kind])),
        el('bdi', {}, plain(anchor.name)),
        el('button', { type: 'button', class: 'plain', onclick: () => forget(kind, anchor) }, t(own.remove)),
      ),
    ),
  );
  find('#anchors').replaceChildren(...items);
}

function result() {
  main.dataset.standing = state.verdict?.standing ?? '';
  const shown = state.trouble ? [el('p', { class: 'trouble', role: 'alert' }, t(state.trouble))] : state.verdict ? view.show(state.verdict, state.file.name, t) : [];
  find('#result').replaceChildren(...shown);
  find('#print').hidden = !state.verdict;
  if (state.verdict) find('#trust').open = state.verdict.standing === UNKNOWN;
  main.dataset.run = state.runs;
}

function all() {
  frame();
  list();
  result();
}

/** Lets the window breathe about ten times a second, and shows how far the reading has come. */
function breather(run) {
  let last = performance.now();
  const bar = find('#progress');
  return (done, total) => {
    if (performance.now() - last < 100) return null;
    bar.value = total ? done / total : 0;
    return new Promise((resolve) => {
      setTimeout(() => {
        last = performance.now();
        resolve();
      });
    }).then(() => {
      if (run !== current) throw new Superseded();
    });
  };
}

/** Another file was chosen meanwhile. */
class Superseded extends Error {}
let current = 0;

async function look() {
  if (!state.file) return;
  current += 1;
  const run = current;
  Object.assign(state, { verdict: null, trouble: null });
  main.dataset.standing = '';
  find('#result').replaceChildren();
  find('#busy').hidden = false;
  find('#progress').value = 0;
  let verdict = null;
  let trouble = null;
  try {
    verdict = await verify(state.file, state.anchors, breather(run));
    verdict.checkedAt = Math.floor(Date.now() / 1000);
  } catch (error) {
    if (error instanceof Superseded || run !== current) return;
    console.warn(error);
    trouble = own.trouble;
  }
  if (run !== current) return;
  find('#busy').hidden = true;
  state.runs += 1;
  Object.assign(state, { verdict, trouble });
  result();
  find('#result').scrollIntoView?.({ block: 'nearest' });
}

function forget(kind, anchor) {
  state.anchors[kind] = state.anchors[kind].filter((other) => other !== anchor);
  list();
  look();
}

/** Takes anchors; false if there were none. */
function trust(kind, found, complaint) {
  const place = find('#trust-trouble');
  place.textContent = found ? '' : t(complaint);
  if (!found) return false;
  const known = new Set(state.anchors[kind].map((anchor) => anchor.name + (anchor.certificate?.fingerprint ?? '')));
  state.anchors[kind].push(...found.filter((anchor) => !known.has(anchor.name + (anchor.certificate?.fingerprint ?? ''))));
  list();
  look();
  return true;
}

async function trustFiles(kind, files) {
  for (const file of files) {
    // A file that is gone or cannot be read names nobody.
    const words = file.size < 1 << 20 ? await file.text().catch(() => '') : '';
    trust(kind, kind === 'time' ? anchors.forTime(words) : anchors.forSeal(words), own.noAnchor);
  }
}

function bundleFrom(file) {
  state.file = file;
  look();
}

/** What was dropped: certificates by their ending, else a bundle. */
function dropped(files) {
  const isPem = (file) => /\.(pem|crt|cer)$/i.test(file.name);
  const pems = [...files].filter(isPem);
  const bundle = [...files].find((file) => !isPem(file));
  if (bundle) state.file = bundle;
  if (pems.length > 0) trustFiles('seal', pems);
  else look();
}

function listen() {
  for (const button of document.querySelectorAll('[data-lang]')) {
    button.addEventListener('click', () => {
      if (LANGUAGES.includes(button.dataset.lang)) state.lang = button.dataset.lang;
      all();
    });
  }
  const field = (selector, take) =>
    find(selector).addEventListener('change', ({ target }) => {
      const files = [...target.files];
      // The same file can be chosen again.
      target.value = '';
      if (files.length > 0) take(files);
    });
  field('#bundle', ([file]) => bundleFrom(file));
  field('#seal-file', (files) => trustFiles('seal', files));
  field('#time-file', (files) => trustFiles('time', files));
  const words = (form, input, kind, read, complaint) =>
    find(form).addEventListener('submit', (event) => {
      event.preventDefault();
      if (trust(kind, read(find(input).value), complaint)) find(input).value = '';
    });
  words('#seal-form', '#seal-text', 'seal', anchors.forSeal, own.noAnchor);
  words('#log-form', '#log-text', 'log', anchors.forLog, own.noLogKey);
  find('#print').addEventListener('click', () => window.print());

  const area = find('#drop');
  const over = (is) => (event) => {
    event.preventDefault();
    area.classList.toggle('over', is);
  };
  document.addEventListener('dragover', over(true));
  document.addEventListener('dragleave', over(false));
  document.addEventListener('drop', (event) => {
    over(false)(event);
    if (event.dataTransfer?.files.length) dropped(event.dataTransfer.files);
  });
  // What is folded away is printed too.
  window.addEventListener('beforeprint', () => document.querySelectorAll('#result details').forEach((one) => (one.open = true)));
}

if (typeof DecompressionStream === 'undefined' || !globalThis.crypto?.subtle) state.trouble = own.tooOld;
listen();
all();
