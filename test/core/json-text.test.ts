import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arrayItemTexts, memberText, withoutMembers } from '../../src/core/json-text.ts';

describe('the items of an array, as they stand', () => {
  it.each([
    ['[]', []],
    [' [ \n ] ', []],
    ['[1.0, 12345678901234567890 ]', ['1.0', '12345678901234567890']],
    ['[{"a":[1,2]},"x,]","\\"\\\\",null]', ['{"a":[1,2]}', '"x,]"', '"\\"\\\\"', 'null']],
    ['["\\\\\\"",[[]],{}]', ['"\\\\\\""', '[[]]', '{}']],
  ])('%s', (text, items) => expect(arrayItemTexts(text)).toEqual(items));

  it('are those that are read', () =>
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'), (values, space) => {
        const items = arrayItemTexts(JSON.stringify(values, null, space));
        expect(items.map((item) => JSON.parse(item) as unknown)).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    ));
});

describe('a member', () => {
  it('is found by its key, however that is written', () => {
    expect(memberText('{"a":"\\"doc\\":2", "doc" : {"n": 1.0} }', 'doc')).toBe('{"n": 1.0}');
    expect(memberText('{"\\u0064oc":{"n":1}}', 'doc')).toBe('{"n":1}');
    expect(memberText('{"n":1}', 'doc')).toBeUndefined();
  });
});

describe('an object without members', () => {
  it('keeps the others to the letter', () => {
    const text = '{ "n": 12345678901234567890, "domain\\u005fstats": {"a": "}"}, "x" :1.0 }';
    expect(withoutMembers(text, (key) => key === 'domain_stats')).toBe('{ "n": 12345678901234567890, "x" :1.0 }');
    expect(withoutMembers('{"a":1}', () => true)).toBe('{}');
    expect(withoutMembers('{}', () => true)).toBe('{}');
  });

  it('is the object that is read without them', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const object = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        const isUnwanted = (key: string) => key.length % 2 === 0;
        const wanted = Object.fromEntries(Object.entries(object).filter(([key]) => !isUnwanted(key)));
        expect(JSON.parse(withoutMembers(JSON.stringify(object, null, 1), isUnwanted))).toEqual(wanted);
      }),
    ));
});
