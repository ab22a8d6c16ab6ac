/** The environments that a backup holds. Data sets are not among them: they can be fetched again. */
export const BACKED_UP_STORES = ['contacts', 'registrations', 'suppressions', 'community', 'community-server'] as const;

/** Version of the layout of a backup. */
export const BACKUP_FORMAT = 1;
export const MANIFEST = 'manifest.json';
export const META = 'meta.json';

/** Last file of a backup: what it holds. A backup without it was cut off. */
export interface Manifest {
  readonly format: number;
  readonly program: string;
  readonly made: string;
  readonly files: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
}

/** What keeps a backup from being made or restored, and what to do. */
export class BackupError extends Error {
  override name = 'BackupError';
}

export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
