/** A rank list as the sources see it: one list of one day. */
export interface RankList {
  readonly name: string;
  /** The day of the list, as an instant of ISO 8601. */
  readonly date?: string;
  rankOf(domain: string): number | undefined;
}
