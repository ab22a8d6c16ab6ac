import type { RegistrationRecord } from '../../src/core/registration.ts';

const DAY_MS = 86_400_000;
const OLD = Date.parse('1999-01-02T03:04:05Z');

/** What the stand-in for the registries said of a name, by the beginning of the name; here as our look-ups keep it. */
export function recordOfPrefix(domain: string, now: number): RegistrationRecord {
  const rdap = { details: { source: 'rdap', server: 'registry.stub' }, retrieved: now } as const;
  const found = (created: number, expires = now + 900 * DAY_MS): RegistrationRecord => ({
    ...rdap,
    status: 'found',
    created,
    expires,
  });
  switch (domain.slice(0, domain.indexOf('-'))) {
    case 'new':
      return found(now - 10 * DAY_MS);
    case 'midage':
      return found(now - 725 * DAY_MS);
    case 'future':
      return found(now + 5 * DAY_MS);
    case 'expired':
      return found(OLD, now - 5 * DAY_MS);
    case 'soon':
      return found(OLD, now + 3000);
    case 'noexp':
      return { ...rdap, status: 'found', created: OLD };
    case 'tzoff':
      return found(Date.parse('1999-01-02T03:04:05+05:00'));
    case 'noreg':
    case 'noevents':
      return { ...rdap, status: 'no_date' };
    case 'nf404':
      return { ...rdap, status: 'not_found' };
    case 'err500':
    case 'rate429':
    case 'badjson':
    case 'slow':
      return { status: 'error', retrieved: now, details: {} };
    default:
      return found(OLD);
  }
}
