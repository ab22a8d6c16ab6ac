import { eventFields, FACTS, HOST_TYPES, type Field } from '../fields.ts';

/** Fields that every index has. */
const META = [
  { name: '_source', type: '_source', esTypes: ['_source'] },
  { name: '_id', type: 'string', esTypes: ['_id'] },
  { name: '_index', type: 'string', esTypes: ['_index'] },
  { name: '_score', type: 'number', esTypes: [] },
];

/**
 * The field list of an index pattern as JSON text. OpenSearch Dashboards imports a pattern without it with success, and
 * then finds none of its fields.
 */
export const fieldList = (view: 'events' | 'facts'): string =>
  JSON.stringify([
    ...META.map((field) => ({
      ...field,
      count: 0,
      scripted: false,
      searchable: field.name === '_id' || field.name === '_index',
      aggregatable: field.name === '_id' || field.name === '_index',
      readFromDocValues: false,
    })),
    ...(view === 'events' ? eventFields() : Object.values<Field>(FACTS)).map(({ name, type }) => ({
      name,
      type: HOST_TYPES[type],
      esTypes: [type],
      count: 0,
      scripted: false,
      searchable: true,
      aggregatable: true,
      readFromDocValues: true,
    })),
  ]);
