/** Every limit and choice of the look-ups. Times in milliseconds. */
export interface LookupSettings {
  /** Sent to RDAP servers; operators of registries want somebody to write to. */
  readonly userAgent: string;
  /** Whole time of one query, redirects included. */
  readonly deadlineMs: number;
  /** Longest silence of a WHOIS server; what it has sent by then counts as its answer. */
  readonly idleMs: number;
  readonly rdapMaxBytes: number;
  readonly whoisMaxBytes: number;
  readonly maxRedirects: number;
  /**
   * Whether servers may have loopback, private and other addresses that are not public, or a list of such addresses.
   * For tests and laboratories: with `true` a registry's answer can send us to any host of the own network.
   */
  readonly allowPrivateAddresses: boolean | readonly string[];
  /** Whether the registrar is asked too, for what the registry does not publish. */
  readonly followRegistrar: boolean;
  /** Whether fields of contacts are stored, for the routes of domain_stats 1. */
  readonly keepContactFields: boolean;
  /** Server that knows the WHOIS server of each TLD; empty = nobody is asked. */
  readonly ianaWhois: string;
  /** Pacing per server: RDAP. */
  readonly rdapIntervalMs: number;
  readonly rdapBurst: number;
  readonly rdapConcurrency: number;
  /** Pacing per server: WHOIS. */
  readonly whoisIntervalMs: number;
  readonly whoisBurst: number;
  readonly whoisConcurrency: number;
  /** Longest interval that the adaptive pacing goes up to. */
  readonly maxIntervalMs: number;
  /** Queries under way over all servers. */
  readonly parallel: number;
  /** Names waiting at most; more are dropped and counted, and come again with their next event. */
  readonly queueLimit: number;
  /** Failed attempts after which a name is given up for the time being. */
  readonly maxAttempts: number;
  /** Time after which a name is given up whatever the reason. */
  readonly giveUpMs: number;
  /** First wait after a failure; doubles up to the longest. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** How often wishes are written, and those of other processes looked for. */
  readonly flushMs: number;
  /** How long a process that owns the look-ups may be silent before another takes them over. */
  readonly leaseMs: number;
}

/** The defaults: registration-lookups of the design; a query per second is what registries tolerate for years. */
export const DEFAULT_LOOKUP_SETTINGS: LookupSettings = {
  userAgent: 'domain-stats (no contact set)',
  deadlineMs: 10_000,
  idleMs: 4_000,
  rdapMaxBytes: 1_048_576,
  whoisMaxBytes: 65_536,
  maxRedirects: 5,
  allowPrivateAddresses: false,
  followRegistrar: false,
  keepContactFields: true,
  ianaWhois: 'whois.iana.org',
  rdapIntervalMs: 1_000,
  rdapBurst: 2,
  rdapConcurrency: 2,
  whoisIntervalMs: 2_000,
  whoisBurst: 1,
  whoisConcurrency: 1,
  maxIntervalMs: 60_000,
  parallel: 16,
  queueLimit: 100_000,
  maxAttempts: 8,
  giveUpMs: 7 * 86_400_000,
  retryMs: 60_000,
  maxRetryMs: 6 * 3_600_000,
  flushMs: 250,
  leaseMs: 15_000,
};

/** The settings given over the defaults. */
export const lookupSettings = (given: Partial<LookupSettings> = {}): LookupSettings => ({
  ...DEFAULT_LOOKUP_SETTINGS,
  ...given,
});

/** How fast one server may be asked, and how many queries it may have to answer at once. */
export const laneLimits = (kind: 'rdap' | 'whois' | 'find', settings: LookupSettings) =>
  kind === 'rdap'
    ? {
        intervalMs: settings.rdapIntervalMs,
        burst: settings.rdapBurst,
        concurrency: settings.rdapConcurrency,
        maxIntervalMs: settings.maxIntervalMs,
      }
    : {
        intervalMs: settings.whoisIntervalMs,
        burst: settings.whoisBurst,
        concurrency: settings.whoisConcurrency,
        maxIntervalMs: settings.maxIntervalMs,
      };
