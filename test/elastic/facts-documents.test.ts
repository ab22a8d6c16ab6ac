import { expect, it } from '@jest/globals';
import { causeOf } from '../../src/elastic/engine.ts';
import { addFacts, factsDocument, mergedFacts, type DomainFacts } from '../../src/elastic/facts/document.ts';
import { domainFacts } from '../../src/service/domain-facts.ts';
import { finishName } from '../../src/service/finish-name.ts';
import { embeddedData, parsed } from '../core/embedded-data.ts';

const LIMITS = { average: 5, word: 4, randomness: 0.9 };

/** What is told of a domain, of any with the same registration. */
const factsOf = (domain: string): DomainFacts[] =>
  domainFacts(domain, {
    finishedName: (name) => finishName(parsed(name), embeddedData(), LIMITS),
    registrationOf: () => ({ status: 'found', created: Date.UTC(2005, 7, 18), details: {} }),
    firstSeenOf: () => Date.UTC(2026, 10, 1),
    isSuppressed: () => false,
  });

// Amazon's suffixes (s3.amazonaws.com) are in the private section, the domain above them is an ordinary one.
const owner = () => factsOf('amazonaws.com')[0]!;
const ofTenant = () => factsOf('bucket.s3.amazonaws.com');

it('a key that is a domain and the owner of suffixes tells nothing that could be taken for its tenants', () => {
  expect(owner()).toMatchObject({
    key: 'amazonaws.com',
    facts: { domain: 'amazonaws.com', first_seen: expect.any(String) },
  });
  const asOwner = ofTenant()[0]!;
  expect([asOwner.key, ofTenant()[1]!.key]).toEqual(['amazonaws.com', 'bucket.s3.amazonaws.com']);
  const { registration } = owner().facts;
  const hosted = { category: 'hosted', registration };
  expect(mergedFacts(owner().facts, asOwner.facts)).toEqual(hosted);
  expect(mergedFacts(asOwner.facts, owner().facts)).toEqual(hosted);
  // Once so, always so: another instance that knows the domain alone finds nothing to write.
  expect(mergedFacts(owner().facts, hosted)).toEqual(hosted);
  expect(mergedFacts(owner().facts, owner().facts)).toEqual(owner().facts);
});

it('facts of one key in one batch come together, in whatever order', () => {
  for (const facts of [
    [owner(), ...ofTenant()],
    [...ofTenant(), owner()],
  ]) {
    const batch = new Map<string, DomainFacts>();
    for (const each of facts) addFacts(batch, each);
    expect([...batch.keys()].sort()).toEqual(['amazonaws.com', 'bucket.s3.amazonaws.com']);
    expect(factsDocument(batch.get('amazonaws.com')!)).not.toHaveProperty('first_seen');
    expect(factsDocument(batch.get('bucket.s3.amazonaws.com')!)).toHaveProperty('facts.domain');
  }
});

it('says of names that alone raise an alert that they do', () => {
  expect(factsOf('example.com')[0]!.facts).not.toHaveProperty('has_alerts');
  expect(factsOf('xkqzvwjhtrpq.com')[0]!.facts).toMatchObject({ has_alerts: true });
});

it('reasons tell the field, and neither the document nor what stands in it', () => {
  // As Elasticsearch 9 and OpenSearch 3 write them.
  const said = "failed to parse field [domain_stats.first_seen] of type [date] in document with id 'secret.com'. ";
  const reasons = [
    `[1:43] ${said}Preview of field's value: 'secret.com'`,
    "failed to parse field [domain_stats.first_seen] of type [date] in document with id '1'. Preview of field's value: 'x'",
  ];
  for (const reason of reasons) {
    expect(causeOf({ type: 'document_parsing_exception', reason })).toEqual({
      type: 'document_parsing_exception',
      reason: 'failed to parse field [domain_stats.first_seen] of type [date]',
    });
  }
  const reason =
    '[facts][0] primary shard is not active Timeout: [1m], request: [BulkShardRequest [[facts][0]] containing [index {[facts][secret.com], source[{"a":1}]}]]';
  expect(causeOf({ reason })).toEqual({ reason: '[facts][0] primary shard is not active Timeout: [1m]' });
});
