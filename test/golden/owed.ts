/**
 * Cases that later parts owe, and which part. Each is run all the same and must fail: one that holds is to be struck
 * from here.
 */
export const OWED: Readonly<Record<string, readonly string[]>> = {
  'part 10 (community)': ['community-pending', 'community-established', 'community-first-contact'],
};

/** The part that owes a case; undefined when the case must hold. */
export const owedTo = (title: string): string | undefined =>
  Object.entries(OWED).find(([, titles]) => titles.includes(title))?.[0];
