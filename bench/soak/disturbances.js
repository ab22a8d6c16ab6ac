// What happens to the server while it answers: data sets change, suppressions come and go, backups, workers that are killed.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { QUIET, rankList } from './names.js';
import { run, WORKERS } from './server.js';

/** A worker may answer by what was true before for so long: within a second, says docs/design.md; the machine is busy. */
const GRACE_MS = 5000;
const DAY_MS = 24 * 60 * 60 * 1000;

export class Disturbances {
  counts = { imports: 0, rollbacks: 0, suppressions: 0, backups: 0, kills: 0 };
  /** Milliseconds until a killed worker was replaced. */
  replacedMs = [];
  #imported = 0;

  constructor({ ledger, folder, data, quiet, listOf, killsForMs }) {
    Object.assign(this, { ledger, folder, data, quiet, listOf, killsForMs });
    this.backup = join(folder, 'backup.tar.gz');
    this.inBackup = [];
  }

  /** Imports one of the two lists under a date of its own, by which answers tell it. */
  async import(timeline) {
    const which = this.#imported % 2;
    const date = new Date(Date.UTC(2026, 0, 1) + this.#imported++ * DAY_MS).toISOString().slice(0, 10);
    const file = join(mkdtempSync(join(this.folder, 'list-')), 'ranks.csv');
    writeFileSync(file, rankList(which));
    this.listOf.set(date, which);
    const change = () => run('import', 'ranks', file, '--list', 'soak', '--date', date, '--data', this.data);
    if (timeline === undefined) await change();
    else await timeline.become(date, change, GRACE_MS);
    return date;
  }

  /** Data sets without end: two imports, then back to the first of them. */
  async swaps(signal) {
    while (!signal.aborted) {
      const date = await this.import(this.ranks);
      await this.#rest(signal, 8000);
      await this.import(this.ranks);
      this.counts.imports += 2;
      await this.#rest(signal, 8000);
      await this.ranks.become(date, () => run('rollback', 'ranks-soak', '--data', this.data), GRACE_MS);
      this.counts.rollbacks++;
      await this.#rest(signal, 8000);
    }
  }

  async suppressions(signal) {
    for (let turn = 0; !signal.aborted; turn++) {
      const domain = QUIET[turn % QUIET.length];
      const path = `/v1/suppressions/${domain}`;
      const body = JSON.stringify({ reason: 'the soak', owner: 'the soak' });
      const timeline = this.quiet.get(domain);
      await timeline.become('suppressed', () => this.#change({ method: 'PUT', path, body }, [200]), GRACE_MS);
      this.counts.suppressions++;
      await this.#rest(signal, 7000);
      // Taken away already, when the answer to that was cut.
      await timeline.become('ok', () => this.#change({ method: 'DELETE', path }, [204, 404]), GRACE_MS);
      await this.#rest(signal, 1000);
    }
  }

  async #change(request, expected) {
    const { status, text } = await this.connection.ask(request);
    if (!expected.includes(status)) this.ledger.fault(`${request.method} ${request.path}: ${status}`, text);
  }

  async backups(signal) {
    while (!signal.aborted) {
      await this.#rest(signal, 20_000);
      const before = this.ledger.decidedUntilNow();
      await run('backup', this.backup, '--force', '--data', this.data);
      this.inBackup = before;
      this.counts.backups++;
    }
  }

  /** Each worker in turn; in the first part of the run alone, as memory is judged on processes that live long. */
  async kills(signal) {
    const until = Date.now() + this.killsForMs;
    await this.#rest(signal, 5000);
    for (let turn = 0; !signal.aborted && Date.now() < until; turn++) {
      const worker = (turn % WORKERS) + 1;
      const replaced = await this.server.kill(worker);
      if (replaced !== undefined) {
        this.counts.kills++;
        this.replacedMs.push(replaced);
      }
      await this.#rest(signal, 6000);
    }
  }

  /** All of them until `signal`; what they cannot do is a fault. */
  async runAll(signal) {
    await Promise.all(
      ['swaps', 'suppressions', 'backups', 'kills'].map((what) =>
        this[what](signal).catch((error) => this.ledger.fault(what, error.message)),
      ),
    );
  }

  #rest = (signal, ms) => pause(ms, undefined, { signal }).catch(() => undefined);
}
