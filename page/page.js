// What a script adds to the page: many names at once, and panels that stay current. Without it the page is whole.
'use strict';

const REFRESH_MS = 30_000;
const MAX_NAMES = 10_000;
const CHUNK = Math.min(200, Number(document.body.dataset.batchMax));
const COLUMNS = ['name', 'status', 'risk', 'age', 'first seen', 'rank', 'alerts'];

const many = document.getElementById('many');
const names = document.getElementById('names');
const progress = document.getElementById('progress');
const results = document.getElementById('results');
many.hidden = false;

names.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    many.requestSubmit();
  }
});

let run = 0;
many.addEventListener('submit', (event) => {
  event.preventDefault();
  void lookUp([...new Set(names.value.split(/[\s,;]+/).filter((name) => name !== ''))], ++run);
});

async function lookUp(list, own) {
  if (list.length === 0 || list.length > MAX_NAMES) {
    progress.textContent = list.length === 0 ? 'There is no name.' : `${list.length} names; at most ${MAX_NAMES}.`;
    return;
  }
  const body = emptyTable();
  for (let done = 0; done < list.length; done += CHUNK) {
    progress.textContent = `${done} of ${list.length} …`;
    let answers;
    try {
      answers = await ask(list.slice(done, done + CHUNK));
    } catch (error) {
      progress.textContent = `After ${done} of ${list.length}: ${error.message}`;
      return;
    }
    // A later list has taken the place of this one.
    if (own !== run) return;
    body.append(...answers.map(row));
  }
  progress.textContent = `${list.length} ${list.length === 1 ? 'name' : 'names'}.`;
}

async function ask(chunk) {
  const response = await fetch('/v1/domains?contact=false', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(chunk.map((name) => ({ name }))),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? `the service answered ${response.status}.`);
  return answer;
}

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function emptyTable() {
  const body = element('tbody', {});
  const head = element('tr', {}, ...COLUMNS.map((title) => element('th', { scope: 'col' }, title)));
  const table = element('table', {}, element('thead', {}, head), body);
  const region = element('div', { className: 'scroll', tabIndex: 0 }, table);
  region.setAttribute('role', 'region');
  region.setAttribute('aria-label', 'Answers, table');
  results.replaceChildren(region);
  return body;
}

function row(answer) {
  const { name = '', status, risk = '', registration = {}, first_seen: first, rank, alerts = [] } = answer;
  const link = element('a', { href: `/?name=${encodeURIComponent(name)}` }, name);
  const age = registration.age_days ?? registration.status ?? '';
  const cells = [
    status,
    element('span', risk === '' ? {} : { className: `badge risk-${risk}` }, risk),
    typeof age === 'number' ? `${age} d` : age.replace('_', ' '),
    first === undefined ? '' : first.slice(0, 10),
    rank?.value === undefined ? '' : String(rank.value),
    alerts.join(', '),
  ].map((content, index) => element('td', index === 5 ? { className: 'wide' } : {}, content));
  return element('tr', {}, element('th', { scope: 'row' }, link), ...cells);
}

/** Takes the panels of a fresh page, unless somebody is at work in the present ones. */
async function refresh() {
  const now = document.getElementById('now');
  if (document.hidden || now.contains(document.activeElement)) return;
  const response = await fetch('/', { headers: { accept: 'text/html' } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').getElementById('now');
  if (fresh !== null) now.replaceWith(fresh);
}

// A server that is away for a moment is asked again in the next round.
setInterval(() => refresh().catch(() => undefined), REFRESH_MS);
