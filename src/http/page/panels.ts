import { agoInWords, countInWords, spanInWords } from '../../core/in-words.ts';
import type { Service } from '../../service.ts';
import { html, type Html } from './html.ts';
import { babiesOfTheDay, recentContacts, type RecentContact } from './overview.ts';

/** What the service knows at this moment, panel by panel. */
export function panels(service: Service): Html {
  return html`<div id="now" class="panels">
    ${recentPanel(service)} ${babyPanel(service)} ${queuePanel(service)} ${dataPanel(service)}
  </div>`;
}

const panel = (id: string, title: string, content: Html): Html =>
  html`<section class="panel" aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;

function recentPanel(service: Service): Html {
  const { contacts, looked } = recentContacts(service);
  const content =
    contacts.length === 0
      ? html`<p>
          ${looked === 0 ? 'No domain has been seen yet.' : 'The latest first contacts are all of suppressed domains.'}
        </p>`
      : contactTable(contacts, service.now(), 'Recent first contacts');
  return panel('recent', 'Recent first contacts', content);
}

function babyPanel(service: Service): Html {
  const { contacts, more, looked, cut } = babiesOfTheDay(service);
  const { babyDays } = service.settings;
  const content =
    contacts.length === 0
      ? html`<p>
          None: no domain ${cut ? 'of those looked at' : 'first seen in the last 24 hours'} is known to be registered
          less than ${babyDays} days ago.
        </p>`
      : html`${contactTable(contacts, service.now(), 'Baby domains of the day')}
        ${more === 0 ? undefined : html`<p>and ${countInWords(more)} more</p>`}`;
  const partly = cut
    ? html`<p>Looked at: the latest ${countInWords(looked)} first contacts of the last 24 hours.</p>`
    : undefined;
  return panel('babies', 'Baby domains of the day', html`${content} ${partly}`);
}

/** A table that scrolls sideways by itself where it is too wide, also by keyboard. */
function contactTable(rows: readonly RecentContact[], now: number, label: string): Html {
  const cells = rows.map(
    ({ domain, scope, first_seen: first, ageDays }) =>
      html`<tr>
        <th scope="row"><a href="/?name=${encodeURIComponent(domain)}">${domain}</a></th>
        <td><time datetime="${first}">${agoInWords(Date.parse(first), now)}</time></td>
        <td>${ageDays === undefined ? 'unknown' : `${countInWords(ageDays)} d`}</td>
        <td>${scope}</td>
      </tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}, table">
    <table>
      <thead>
        <tr>
          <th scope="col">domain</th>
          <th scope="col">first seen</th>
          <th scope="col">age</th>
          <th scope="col">scope</th>
        </tr>
      </thead>
      <tbody>
        ${cells}
      </tbody>
    </table>
  </div>`;
}

const facts = (rows: readonly (readonly [string, string])[]): Html =>
  html`<dl class="facts">
    ${rows.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;

function queuePanel(service: Service): Html {
  const lookups = service.lookupMetrics();
  const stored = service.registrations.wishes.count();
  if (lookups === undefined) {
    return panel(
      'queue',
      'Look-ups',
      html`<p>Look-ups are off${stored === 0 ? '' : `; ${countInWords(stored)} domains wait for them`}.</p>`,
    );
  }
  if (!lookups.owner) {
    return panel('queue', 'Look-ups', html`<p>Another process makes them; ${countInWords(stored)} domains wait.</p>`);
  }
  const failing = lookups.servers.filter(({ breaker }) => breaker === 'open').length;
  return panel(
    'queue',
    'Look-ups',
    facts([
      ['Waiting', countInWords(lookups.queued)],
      ['Under way', countInWords(lookups.running)],
      ['Longest wait', lookups.queued === 0 ? 'none' : spanInWords(lookups.oldestMs)],
      ['Dropped', countInWords(lookups.dropped)],
      ['Registry servers left alone', countInWords(failing)],
    ]),
  );
}

function dataPanel(service: Service): Html {
  const now = service.now();
  const dates = service.dataDates();
  const rows = dates.map(({ name, version, date }): [string, string] => [
    name,
    date === undefined ? version : `${spanInWords(now - date)} old`,
  ]);
  if (!dates.some(({ name }) => name === 'ranks')) rows.push(['ranks', 'none']);
  for (const { name, problem } of service.dataSets()) if (problem !== undefined) rows.push([name, problem]);
  for (const { store, entries } of service.storeSizes()) rows.push([`${store} stored`, countInWords(entries)]);
  return panel('data', 'Data', facts(rows));
}
