/** Counts look-ups by server and outcome; never a domain. */
export interface LookupCounts {
  count(server: string, outcome: string): void;
  list(): readonly { readonly server: string; readonly outcome: string; readonly count: number }[];
}

/** Servers come from tables and referrals: more than this are counted together. */
const MAX_SERVERS = 1_000;

export function createLookupCounts(): LookupCounts {
  const counts = new Map<string, Map<string, number>>();
  return {
    count(server, outcome) {
      const name = counts.has(server) || counts.size < MAX_SERVERS ? server : 'other';
      let outcomes = counts.get(name);
      if (outcomes === undefined) counts.set(name, (outcomes = new Map<string, number>()));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    },
    list: () =>
      [...counts].flatMap(([server, outcomes]) =>
        [...outcomes].map(([outcome, count]) => ({ server, outcome, count })),
      ),
  };
}
