import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bulkReader, withId, type BulkOperation } from '../../../src/elastic/proxy/bulk-operations.ts';
import { contentIds, readOperation } from '../../../src/elastic/proxy/operation-documents.ts';
import { targetOf } from '../../../src/elastic/proxy/targets.ts';

function read(text: string | Buffer, cut = 1 << 20): BulkOperation[] {
  const bytes = Buffer.from(text);
  const reader = bulkReader();
  const operations: BulkOperation[] = [];
  for (let at = 0; at < bytes.length; at += cut) operations.push(...reader.push(bytes.subarray(at, at + cut)));
  return [...operations, ...reader.end()];
}

const bytesOf = (operations: readonly BulkOperation[]) =>
  Buffer.concat(operations.flatMap(({ action, source }) => (source === undefined ? [action] : [action, source])));

describe('a bulk body', () => {
  it('is read by pairs; a deletion has no second line', () => {
    const operations = read(
      '{"index":{"_id":"1"}}\n{"a":1}\n{"delete":{"_id":"2"}}\n \n{ "update" : {"_id":"3"} }\r\n{"doc":{}}\r\n{"create":{}}\n{}',
    );
    expect(operations.map(({ kind, source }) => [kind, source?.toString()])).toEqual([
      ['index', '{"a":1}\n'],
      ['delete', undefined],
      ['other', undefined],
      ['update', '{"doc":{}}\r\n'],
      ['create', '{}'],
    ]);
  });

  it('goes on untouched behind a line that is no action', () => {
    for (const bad of [
      '{"index":1}',
      '[1]',
      '{"index":{},"create":{}}',
      '{"upsert":{}}',
      'x',
      '{"index":{"a":"\xff"}}',
    ]) {
      const operations = read(Buffer.from(`${bad}\n{"create":{}}\n{"a":1}\n`, 'latin1'));
      expect(operations.map(({ kind }) => kind)).toEqual(['other', 'other', 'other']);
    }
  });

  it('loses and changes no byte, wherever it is cut', () => {
    const lines = fc.array(
      fc.oneof(
        fc.constantFrom('{"index":{}}', '{"delete":{"_id":"1"}}', '{"update":{"_id":"1"}}', '', '{"a":"\\n"}', '\r'),
        fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
        fc.json(),
      ),
    );
    fc.assert(
      fc.property(lines, fc.boolean(), fc.integer({ min: 1, max: 40 }), (all, isEnded, cut) => {
        const body = Buffer.from(all.join('\n') + (isEnded ? '\n' : ''));
        const operations = read(body, cut);
        expect(bytesOf(operations).equals(body)).toBe(true);
        const untouched = operations.map((each) => readOperation(each, ['no.such.field'], contentIds('')).write([]));
        expect(Buffer.concat(untouched).equals(body)).toBe(true);
        expect(operations.map(({ kind }) => kind)).toEqual(read(body).map(({ kind }) => kind));
      }),
    );
  });

  it('gets an id into an action and nothing else changes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.string(),
        fc.constantFrom('', ' ', '\t'),
        (meta, id, space) => {
          delete meta['_id'];
          const action = `{${space}"index"${space}:${space}${JSON.stringify(meta, null, space)}${space}}`;
          expect(JSON.parse(withId(Buffer.from(action), id).toString())).toEqual({
            index: { ...(JSON.parse(JSON.stringify(meta)) as object), _id: id },
          });
        },
      ),
    );
  });
});

describe('ids made from content', () => {
  const idsOf = (body: string, index = 'logs') => {
    const makeId = contentIds(index);
    return read(body).map((operation) => makeId(operation, operation.source?.toString() ?? ''));
  };
  const two = '{"create":{}}\n{"a":1}\n{"index":{}}\n{"a":1}\n';

  it('are the same when a request is sent again, and tell equal documents in it apart', () => {
    const [first, second] = idsOf(two);
    expect(idsOf(two)).toEqual([first, second]);
    expect(first).toMatch(/^[\w-]{20}$/);
    expect(second).not.toBe(first);
    expect(idsOf(two, 'other')).not.toContain(first);
    expect(idsOf('{"index":{"_index":"logs"}}\n{"a":1}\n', 'other')).toEqual([first]);
  });

  it('are made only where there is none', () => {
    expect(idsOf('{"index":{"_id":"x"}}\n{}\n{"index":{"_id":null}}\n{}\n{"update":{}}\n{}\n{"delete":{}}\n')).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('documents in operations', () => {
  const fields = ['dns.question.name'];
  const write = (body: string) =>
    read(body)
      .map((operation) => {
        const found = readOperation(operation, fields, () => undefined);
        return found.write(found.documents.map(({ text }) => text.replace('}', ',"new":1}'))).toString();
      })
      .join('');

  it('are those of index and create, and doc and upsert of updates', () => {
    const name = '{"dns.question.name":"a.example"}';
    const enriched = '{"dns.question.name":"a.example","new":1}';
    expect(write(`{"index":{}}\n${name}\n`)).toBe(`{"index":{}}\n${enriched}\n`);
    expect(write(`{"update":{}}\n{"doc":${name},"doc_as_upsert":true}\n`)).toBe(
      `{"update":{}}\n{"doc_as_upsert":true,"doc":${enriched}}\n`,
    );
    expect(write(`{"update":{}}\n{"upsert": ${name},"doc":${name}}\n`)).toBe(
      `{"update":{}}\n{"doc":${enriched},"upsert":${enriched}}\n`,
    );
    expect(write(`{"update":{}}\n{"\\u0064oc":${name}}\n`)).toBe(`{"update":{}}\n{"doc":${enriched}}\n`);
    for (const same of [
      `{"update":{}}\n{"script":{"source":"1"}}\n`,
      '{"index":{}}\n{"a": 1.0}\n',
      '{"index":{}}\n[1\n',
    ]) {
      expect(write(same)).toBe(same);
    }
  });

  it('are known by the paths of requests', () => {
    expect(targetOf('POST', '/_bulk?pipeline=x')).toEqual({ kind: 'bulk', index: '' });
    expect(targetOf('PUT', '/logs/_bulk')).toEqual({ kind: 'bulk', index: 'logs' });
    expect(targetOf('POST', '/%3Clogs-%7Bnow%2Fd%7D%3E/%5Fbulk')).toEqual({ kind: 'bulk', index: '<logs-{now/d}>' });
    expect(targetOf('POST', '/logs/_doc')).toEqual({ kind: 'document', isUpdate: false });
    expect(targetOf('PUT', '/logs/_create/a%2Fb')).toEqual({ kind: 'document', isUpdate: false, id: 'a/b' });
    expect(targetOf('POST', '/logs/_update/1')).toEqual({ kind: 'document', isUpdate: true, id: '1' });
    for (const path of [
      '/',
      '/_search',
      '/logs/_update_by_query',
      '/_bulk/stream',
      '/a/b/_bulk',
      '/%ZZ/_bulk',
      '/_doc',
    ]) {
      expect(targetOf('POST', path)).toEqual({ kind: 'other' });
    }
    expect(targetOf('GET', '/logs/_doc/1')).toEqual({ kind: 'other' });
  });
});
