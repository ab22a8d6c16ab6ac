import type { Dashboard } from '../panel.ts';
import { babyDomains } from './baby.ts';
import { oneDomain } from './domain.ts';
import { hunting } from './hunting.ts';
import { service } from './service.ts';

/** Every dashboard; both files are made from this list. */
export const DASHBOARDS: readonly Dashboard[] = [babyDomains, hunting, service, oneDomain];
