export { createService, type Service, type ServiceOptions } from './service.ts';
export type { AskOptions, Reply } from './service/answer-names.ts';
export type { Answer } from './schema/answer.ts';
export type { DomainRequest } from './schema/request.ts';
export type { Settings } from './settings/table.ts';
export { parseName } from './parse-name.ts';
export type { NameFacts } from './schema/name-facts.ts';
