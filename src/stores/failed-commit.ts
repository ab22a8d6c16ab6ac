/**
 * Whether an error says that one of lmdb's commits failed. Whoever waits for the commit is told so; besides, lmdb makes
 * promises for itself that nobody can wait for, and rejects them too.
 */
export const isFailedCommit = (error: unknown): error is { readonly commitError: Promise<never> } =>
  typeof error === 'object' && error !== null && 'commitError' in error && error.commitError instanceof Promise;
