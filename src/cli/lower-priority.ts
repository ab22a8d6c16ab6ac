import { constants, setPriority } from 'node:os';

/** Building a data set takes a whole core for seconds: a serving process on the same machine goes first. */
export function lowerPriority(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Not allowed here: then it competes.
  }
}
