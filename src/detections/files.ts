import { elasticRules } from './elastic.ts';
import { monitorOf } from './opensearch.ts';
import { DETECTIONS } from './rules.ts';
import { sigmaRule } from './sigma.ts';

/** Every file of detections by its path below `detections/`. */
export const detectionFiles = (indices: readonly string[]): Readonly<Record<string, string>> => ({
  'domain-stats.elastic-rules.ndjson': elasticRules(indices),
  ...Object.fromEntries(
    DETECTIONS.flatMap((detection) => [
      [`opensearch/${detection.id}.json`, JSON.stringify(monitorOf(detection, indices), null, 2) + '\n'],
      [`sigma/${detection.id}.yml`, sigmaRule(detection)],
    ]),
  ),
});
