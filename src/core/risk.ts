import { RISKS, type Alert, type Answer, type Risk } from '../schema/answer.ts';

/** Facts that a risk rule can ask for. `unranked` holds only while a rank list is loaded. */
export const RISK_FACTS = [
  'baby',
  'new',
  'hosted',
  'first_contact',
  'community_first_contact',
  'unranked',
  'random',
  'lookalike',
  'low_frequency',
  'suspect_frequency',
  'reregistered',
  'expired',
] as const;
export type RiskFact = (typeof RISK_FACTS)[number];

/** A conjunction of facts and the risk that it stands for. */
export interface RiskRule {
  readonly risk: Exclude<Risk, 'none'>;
  readonly facts: readonly RiskFact[];
}

/** The settings table as it stands by default: a single score is context and never a risk of its own. */
export const DEFAULT_RISK_RULES: readonly string[] = [
  'high: lookalike + baby',
  'high: lookalike + new + first_contact',
  'high: random + baby + first_contact',
  'high: reregistered + lookalike',
  'medium: baby + first_contact',
  'medium: lookalike + first_contact',
  'medium: random + unranked + first_contact',
  'medium: reregistered + first_contact',
  'medium: baby + community_first_contact',
  'low: baby',
  'low: lookalike',
  'low: random + unranked',
  'low: new + unranked + first_contact',
  'low: expired + first_contact',
];

/** Reads `risk: fact + fact`. Returns what is wrong as text. */
export function readRiskRule(text: string): RiskRule | string {
  const [risk = '', facts = ''] = text.split(':').map((part) => part.trim());
  if (risk === 'none' || !RISKS.some((known) => known === risk)) return `"${risk}" is none of low, medium, high`;
  const read: RiskFact[] = [];
  for (const fact of facts.split('+').map((part) => part.trim())) {
    const known = RISK_FACTS.find((name) => name === fact);
    if (known === undefined) return `"${fact}" is none of ${RISK_FACTS.join(', ')}`;
    read.push(known);
  }
  return { risk: risk as RiskRule['risk'], facts: read };
}

const FACT_OF_ALERT: Readonly<Partial<Record<Alert, RiskFact>>> = {
  'FIRST-CONTACT': 'first_contact',
  'COMMUNITY-FIRST-CONTACT': 'community_first_contact',
  'RANDOM-LOOKING': 'random',
  LOOKALIKE: 'lookalike',
  'LOW-FREQ-SCORES': 'low_frequency',
  'SUSPECT-FREQ-SCORE': 'suspect_frequency',
  REREGISTERED: 'reregistered',
  EXPIRED: 'expired',
};

const NO_RISK: { readonly risk: Risk; readonly reasons: readonly string[] } = { risk: 'none', reasons: [] };

/** The highest risk whose conjunction holds, and every conjunction that holds at that height. */
export function assessRisk(
  rules: readonly RiskRule[],
  alerts: readonly Alert[],
  category: Answer['category'],
  unranked: boolean,
): { readonly risk: Risk; readonly reasons: readonly string[] } {
  if (alerts.length === 0 && category !== 'baby' && category !== 'new') return NO_RISK;
  const holding = new Set<RiskFact>();
  for (const alert of alerts) {
    const fact = FACT_OF_ALERT[alert];
    if (fact !== undefined) holding.add(fact);
  }
  if (category === 'baby' || category === 'new' || category === 'hosted') holding.add(category);
  if (unranked) holding.add('unranked');
  let risk: Risk = 'none';
  let reasons: string[] = [];
  for (const rule of rules) {
    if (RISKS.indexOf(rule.risk) < RISKS.indexOf(risk) || !rule.facts.every((fact) => holding.has(fact))) continue;
    if (rule.risk !== risk) reasons = [];
    risk = rule.risk;
    reasons.push(rule.facts.join(' + '));
  }
  return { risk, reasons };
}
