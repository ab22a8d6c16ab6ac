import type { RecordPart } from '../datasets/pack-create.ts';
import { readRegistrationLine, writeRegistrationLine } from '../lookup/registration-file.ts';
import type { Service } from '../service.ts';

/** The stores whose records go along in packs; a new one is one part here. */
export const packRecords = (service: Service): readonly RecordPart[] => [registrationPart(service)];

/** Registrations: the record that was retrieved later stays. Lines that cannot be read are passed over. */
function registrationPart({ registrations }: Service): RecordPart {
  const { records, environment } = registrations;
  return {
    name: 'registrations',
    *lines() {
      for (const [domain, record] of records.entries()) yield writeRegistrationLine(domain, record);
    },
    merge: (lines) =>
      environment.write(() => {
        let changed = 0;
        for (const line of lines) {
          const read = readRegistrationLine(line, 0, Date.now());
          if (read.kind !== 'record') continue;
          const present = records.get(read.domain)?.retrieved ?? -Infinity;
          if (present >= (read.record.retrieved ?? 0)) continue;
          records.put(read.domain, read.record);
          changed++;
        }
        return changed;
      }),
  };
}
