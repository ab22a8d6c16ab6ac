import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { expressionInterpreter } from 'vega-interpreter';
import type { Json } from './linter/shape.ts';

/** A drawing of Vega, and what the library had to complain about. */
export interface Drawing {
  readonly svg: string;
  readonly warnings: readonly string[];
}

/** Renders a Vega-Lite specification as the hosts do that forbid `eval`: with the interpreter. */
export async function draw(spec: Json): Promise<Drawing> {
  const warnings: string[] = [];
  const note = (...parts: readonly unknown[]) => void warnings.push(parts.map(String).join(' '));
  const logger = vega.logger(vega.Warn);
  logger.warn = (...parts) => (note(...parts), logger);
  logger.error = (...parts) => (note(...parts), logger);
  const compiled = compile(spec as unknown as TopLevelSpec, { logger });
  const view = new vega.View(vega.parse(compiled.spec, undefined, { ast: true }), {
    renderer: 'none',
    logger,
    expr: expressionInterpreter,
  });
  const svg = await view.toSVG();
  view.finalize();
  // Version 5 is what every host reads; the newest library says so, and reads it.
  return { svg, warnings: warnings.filter((warning) => !warning.includes('The input spec uses Vega-Lite v5')) };
}

/** Shapes of a drawing that stand for data. */
export const marksOf = (svg: string): number =>
  [...svg.matchAll(/<g[^>]*class="mark-(?:rect|symbol|arc)[^"]*marks[^"]*"[^>]*>(.*?)<\/g>/gs)].reduce(
    (sum, [, inside = '']) => sum + (inside.match(/<path /g)?.length ?? 0),
    0,
  );
