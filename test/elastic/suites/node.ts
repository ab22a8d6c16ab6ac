import { expect, it } from '@jest/globals';
import { describeWithEngine } from '../engines/describe-with-engine.ts';

const NAMES = { opensearch: '3.8.0', elasticsearch: '9.5.3' } as const;

for (const name of ['opensearch', 'elasticsearch'] as const) {
  describeWithEngine(name, 'a node of the tests', (engine) => {
    it('says what it is, and keeps its data over a crash', async () => {
      expect((await engine().ask('GET', '/')).body).toMatchObject({ version: { number: NAMES[name] } });
      await engine().ask('PUT', '/kept/_doc/1', { a: 1 });
      await engine().restart('SIGKILL');
      expect(await engine().ask('GET', '/kept/_doc/1')).toMatchObject({ status: 200, body: { _source: { a: 1 } } });
    }, 200_000);
  });
}
