import type { Answer } from '../../schema/answer.ts';
import { explain, type ExplainContext } from './explain.ts';
import { html, type Html } from './html.ts';

/** The answer for one name: what matters first, every aspect in sentences, and the document itself. */
export function answerSection(answer: Answer, context: ExplainContext): Html {
  const { name, status, category, risk, alerts = [] } = answer;
  const badges = [badge('status', status)];
  if (category !== undefined && category !== 'unknown') badges.push(badge('category', category));
  if (risk !== undefined) badges.push(badge('risk', risk));
  for (const alert of alerts) badges.push(badge('alert', alert));
  const aspects = explain(answer, context).map(
    ({ title, sentences }) =>
      html`<dt>${title}</dt>
        <dd>${sentences.map((sentence) => html`<p>${sentence}</p>`)}</dd>`,
  );
  return html`<section id="answer" aria-labelledby="answer-title">
    <h2 id="answer-title" class="name">${name}</h2>
    <p class="badges">${badges}</p>
    <dl>${aspects}</dl>
    <details>
      <summary>The whole answer as JSON</summary>
      <pre tabindex="0">${JSON.stringify(answer, null, 2)}</pre>
    </details>
    <p class="note">Looking a name up here leaves no contact.</p>
  </section>`;
}

const badge = (what: string, value: string): Html =>
  html`<span class="badge ${what}-${value}"><span class="what">${what}</span> ${value}</span> `;
