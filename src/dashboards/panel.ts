import type { Condition } from './conditions.ts';
import type { Field } from './fields.ts';

/** A figure of a group of documents. */
export type Metric =
  | { readonly kind: 'count'; readonly label: string }
  | { readonly kind: 'unique' | 'min' | 'max' | 'last'; readonly field: Field; readonly label: string };

/** How documents are grouped. */
export type Bucket =
  | { readonly kind: 'time'; readonly label: string }
  | {
      readonly kind: 'terms';
      readonly field: Field;
      readonly label: string;
      readonly size: number;
      /** Position of the metric that orders the groups; the first without it. */
      readonly orderBy?: number;
      readonly ascending?: boolean;
    }
  | {
      readonly kind: 'filters';
      readonly label: string;
      readonly filters: readonly (readonly [label: string, condition: Condition])[];
    };

/** Which documents a panel is about. */
export type Source = 'events' | 'facts';

interface PanelBase {
  /** Last part of the id of its saved object. */
  readonly id: string;
  /** What it shows, then what to do with it. */
  readonly title: string;
  /** One sentence more: how to read it. */
  readonly description: string;
  /** Only where the other file has something better. */
  readonly only?: 'kibana' | 'legacy';
}

/** A panel made of groups and figures. */
export interface ChartPanel extends PanelBase {
  readonly view: 'metric' | 'timeline' | 'shares' | 'bars' | 'donut' | 'table';
  readonly source?: Source;
  readonly where: readonly Condition[];
  readonly buckets: readonly Bucket[];
  readonly metrics: readonly [Metric, ...Metric[]];
}

/** Single events, newest first. */
export interface EventsPanel extends PanelBase {
  readonly view: 'events';
  readonly where: readonly Condition[];
  readonly columns: readonly Field[];
}

/** A drawing of Vega-Lite; both hosts answer `data.url` with a search of theirs. */
export interface VegaPanel extends PanelBase {
  readonly view: 'vega';
  readonly body: object;
  /** Where the rows stand in the response. */
  readonly property: string;
  /** The specification without its data. */
  readonly spec: Readonly<Record<string, unknown>>;
}

export type Panel = ChartPanel | EventsPanel | VegaPanel;

/** A row of panels: its height, then each panel with its width; 48 columns in all. */
export interface Row {
  readonly height: number;
  readonly panels: readonly (readonly [panel: Panel, width: number])[];
}

export interface Dashboard {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Whether every document shown must have a field of ours; not where facts are shown beside events. */
  readonly eventsOnly: boolean;
  /** Keeps the reader's time range; else it opens on the last week. */
  readonly keepsTime?: true;
  /** Fields to narrow it down by, with their labels, where the host has controls. */
  readonly controls?: readonly (readonly [field: Field, label: string])[];
  readonly rows: readonly Row[];
}

export const count = (label: string): Metric => ({ kind: 'count', label });
export const unique = (field: Field, label: string): Metric => ({ kind: 'unique', field, label });
export const least = (field: Field, label: string): Metric => ({ kind: 'min', field, label });
export const most = (field: Field, label: string): Metric => ({ kind: 'max', field, label });
/** The value in the latest document of a group. */
export const last = (field: Field, label: string): Metric => ({ kind: 'last', field, label });
export const overTime: Bucket = { kind: 'time', label: 'Time' };
export const terms = (
  field: Field,
  label: string,
  size: number,
  order: { readonly orderBy?: number; readonly ascending?: boolean } = {},
): Bucket => ({ kind: 'terms', field, label, size, ...order });
export const groups = (
  label: string,
  filters: readonly (readonly [label: string, condition: Condition])[],
): Bucket => ({ kind: 'filters', label, filters });

/** The panels of a dashboard that one of the two files has. */
export const panelsOf = ({ rows }: Dashboard, file: 'kibana' | 'legacy'): Panel[] =>
  rows.flatMap(({ panels }) => panels.map(([panel]) => panel)).filter(({ only = file }) => only === file);
