import type { Dashboard, Panel } from './panel.ts';

/** Where a panel stands; 48 columns. */
export interface Place {
  readonly panel: Panel;
  readonly grid: { readonly x: number; readonly y: number; readonly w: number; readonly h: number; readonly i: string };
}

/** Places of the panels that a file has; a row without any takes no room. */
export function placesOf({ rows }: Dashboard, file: 'kibana' | 'legacy'): Place[] {
  let y = 0;
  const places: Place[] = [];
  for (const { height: h, panels } of rows) {
    let x = 0;
    for (const [panel, w] of panels) {
      if ((panel.only ?? file) !== file) continue;
      places.push({ panel, grid: { x, y, w, h, i: String(places.length + 1) } });
      x += w;
    }
    if (x > 0) y += h;
  }
  return places;
}
