import type { RecordPart } from '../datasets/pack-create.ts';
import { readRegistrationLine, writeRegistrationLine } from '../lookup/registration-file.ts';
import type { Service } from '../service.ts';
import { mergeRegistrations } from '../stores/merge-registrations.ts';
import type { Suppression } from '../stores/suppressions.ts';

/** The stores whose records go along in packs; a new one is one part here. */
export const packRecords = (service: Service): readonly RecordPart[] => [
  registrationPart(service),
  suppressionPart(service),
];

/** Registrations: the record that was retrieved later stays. Lines that cannot be read are passed over. */
function registrationPart({ registrations }: Service): RecordPart {
  return {
    name: 'registrations',
    *lines() {
      for (const [domain, record] of registrations.records.entries()) yield writeRegistrationLine(domain, record);
    },
    merge: (lines) =>
      mergeRegistrations(
        registrations,
        lines.flatMap((line) => {
          const read = readRegistrationLine(line, 0, Date.now());
          return read.kind === 'record' ? [[read.domain, read.record] as const] : [];
        }),
      ),
  };
}

/** Suppressions: of two for one domain the later one stays. What was removed here comes back with a pack that has it. */
function suppressionPart({ suppressionStore }: Service): RecordPart {
  return {
    name: 'suppressions',
    *lines() {
      for (const [domain, suppression] of suppressionStore.entries()) yield JSON.stringify({ domain, ...suppression });
    },
    async merge(lines) {
      let changed = 0;
      for (const line of lines) {
        const row = readSuppression(line);
        if (row === undefined) continue;
        const { domain, ...suppression } = row;
        if ((suppressionStore.get(domain)?.created ?? -Infinity) >= suppression.created) continue;
        await suppressionStore.put(domain, suppression);
        changed++;
      }
      return changed;
    },
  };
}

function readSuppression(line: string): (Suppression & { readonly domain: string }) | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { domain, reason, owner, created, expires } = (raw ?? {}) as Record<string, unknown>;
  if (typeof domain !== 'string' || domain === '' || domain.length > 253) return undefined;
  if (typeof reason !== 'string' || typeof owner !== 'string' || typeof created !== 'number') return undefined;
  return { domain, reason, owner, created, ...(typeof expires === 'number' ? { expires } : {}) };
}
