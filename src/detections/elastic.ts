import { kqlOf } from '../dashboards/conditions.ts';
import { DETECTIONS, EVERY_MINUTES, LOOK_BACK_MINUTES, type Detection } from './rules.ts';

/** Detection rules of Elastic Security as its import takes them: one a line, switched off until somebody wants them. */
export const elasticRules = (indices: readonly string[]): string =>
  DETECTIONS.map((detection) => JSON.stringify(ruleOf(detection, indices)) + '\n').join('');

function ruleOf(detection: Detection, indices: readonly string[]) {
  const { uuid, name, description, where, severity, score, technique, falsePositives, advice } = detection;
  const [tacticId, tacticName] = technique.tactic;
  const [techniqueId, techniqueName] = technique.technique;
  return {
    rule_id: uuid,
    version: 1,
    name,
    description,
    type: 'query',
    language: 'kuery',
    query: kqlOf(where),
    index: indices,
    enabled: false,
    severity,
    risk_score: score,
    interval: `${String(EVERY_MINUTES)}m`,
    // An event that two runs see makes one alert.
    from: `now-${String(LOOK_BACK_MINUTES + EVERY_MINUTES)}m`,
    to: 'now',
    max_signals: 100,
    author: ['domain-stats'],
    license: 'Apache-2.0',
    tags: ['domain-stats', 'Domain: Network'],
    false_positives: falsePositives,
    note: advice,
    references: [],
    threat: [
      {
        framework: 'MITRE ATT&CK',
        tactic: { id: tacticId, name: tacticName, reference: `https://attack.mitre.org/tactics/${tacticId}/` },
        technique: [
          {
            id: techniqueId,
            name: techniqueName,
            reference: `https://attack.mitre.org/techniques/${techniqueId}/`,
            subtechnique: [],
          },
        ],
      },
    ],
  };
}
