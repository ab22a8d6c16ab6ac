import { is, not, type Condition } from '../dashboards/conditions.ts';
import { own, type Field } from '../dashboards/fields.ts';
import { ALERTS, baby, CATEGORY, CLIENT, firstContact, machineMade } from '../dashboards/panels/groups.ts';

/** What deserves an alert, and what a person needs to judge it; files for each product are made from it. */
export interface Detection {
  readonly id: string;
  /** Names the rule for ever, in every product. */
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly where: readonly Condition[];
  readonly severity: 'low' | 'medium' | 'high';
  /** 0 to 100. */
  readonly score: number;
  readonly technique: Technique;
  readonly falsePositives: readonly string[];
  /** What to do with a hit. */
  readonly advice: string;
}

/** A technique of MITRE ATT&CK with the tactic that it serves here. */
export interface Technique {
  readonly tactic: readonly [id: string, name: string];
  readonly technique: readonly [id: string, name: string];
}

const COMMAND_AND_CONTROL = ['TA0011', 'Command and Control'] as const;

export const DETECTIONS: readonly Detection[] = [
  {
    id: 'baby-domain-first-contact',
    uuid: '5f0b9c0e-3c53-4d0c-9a3e-7d1c2b6a4e01',
    name: 'First contact with a baby domain',
    description: 'A client asked for a domain that is less than 30 days old and that nobody here has asked for before.',
    where: [baby, firstContact],
    severity: 'medium',
    score: 47,
    technique: { tactic: ['TA0001', 'Initial Access'], technique: ['T1566', 'Phishing'] },
    falsePositives: ['Young companies and campaign sites.'],
    advice: 'Look where the client came from, and what it loaded; see who else asked for the domain since.',
  },
  {
    id: 'lookalike-of-ranked-brand',
    uuid: '5f0b9c0e-3c53-4d0c-9a3e-7d1c2b6a4e02',
    name: 'Look-alike of a well-known domain',
    description: 'The domain imitates one of the best-ranked domains in its spelling, and is not an old one itself.',
    where: [is(ALERTS, 'LOOKALIKE'), not(is(CATEGORY, 'established'))],
    severity: 'high',
    score: 73,
    technique: { tactic: ['TA0001', 'Initial Access'], technique: ['T1566', 'Phishing'] },
    falsePositives: ['Other spellings that the brand has registered for itself.'],
    advice: 'Compare the registrar with that of the domain in domain_stats.lookalike.of; ask the user for the message.',
  },
  {
    id: 'random-unranked-new',
    uuid: '5f0b9c0e-3c53-4d0c-9a3e-7d1c2b6a4e03',
    name: 'Random-looking domain that is new or does not exist',
    description: 'The name looks machine-made, no rank list has it, and it is young or no registry knows it.',
    where: machineMade,
    severity: 'medium',
    score: 47,
    technique: {
      tactic: COMMAND_AND_CONTROL,
      technique: ['T1568', 'Dynamic Resolution'],
    },
    falsePositives: ['Content delivery networks, advertising and telemetry with domains of their own.'],
    advice: 'Many such names from one client in a short time are a generator: find the process that asks.',
  },
  {
    id: 'reregistered-domain',
    uuid: '5f0b9c0e-3c53-4d0c-9a3e-7d1c2b6a4e04',
    name: 'Domain was registered anew',
    description: 'The domain had an earlier registration and was registered again in the last 30 days.',
    where: [is(ALERTS, 'REREGISTERED')],
    severity: 'medium',
    score: 47,
    technique: { tactic: ['TA0042', 'Resource Development'], technique: ['T1583', 'Acquire Infrastructure'] },
    falsePositives: ['Owners who forgot to renew and came back.'],
    advice: 'Old trust, such as allow lists and links, may belong to somebody else now: compare registrar and content.',
  },
];

/** What to show with a hit. */
export const SHOWN: readonly Field[] = [
  CLIENT,
  own('name'),
  own('domain'),
  own('category'),
  own('registration.age_days'),
  own('registration.registrar'),
  own('lookalike.of'),
  own('alert_reasons'),
];

/** Events come late and are completed later still: each run looks back so far, every {@link EVERY_MINUTES}. */
export const LOOK_BACK_MINUTES = 60;
export const EVERY_MINUTES = 5;
