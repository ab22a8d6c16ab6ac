import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from './usage-error.ts';

/** domain_stats 1's command line as it was meant. */
export interface V1Arguments {
  readonly port: number;
  readonly address: string;
  readonly verbosity: number;
  /** File with `rank,domain` lines. */
  readonly alexa?: string;
  readonly all: boolean;
  /** So many of the best-ranked domains are looked up at the start. */
  readonly preload: number;
  /** Options that are taken and have no effect any more, with the reason. */
  readonly idle: readonly string[];
}

const PRELOAD = 100;

/** Its options, long and short. `-ip` has two letters, which no parser of today reads as one option. */
export function v1Options(command: Command): Command {
  return command
    .argument('<port>', 'port to listen on')
    .addOption(new Option('--address <A>', 'address to listen on; also -ip').default('127.0.0.1'))
    .addOption(new Option('-c, --cache-time <N>', 'taken; registrations are refreshed by their own rules'))
    .addOption(
      new Option('-v, --verbose', 'log more; twice for still more').argParser((_, many: number) => many + 1).default(0),
    )
    .addOption(new Option('-a, --alexa <FILE>', 'rank list, a rank and a domain in each line'))
    .addOption(new Option('--all', 'all values of fields that have several'))
    .addOption(new Option('--preload <N>', 'look up so many of the best-ranked domains').default(String(PRELOAD)))
    .addOption(new Option('--delay <F>', 'taken; look-ups are paced for each registry'))
    .addOption(new Option('--garbage-cycle <N>', 'taken; nothing is swept'))
    .addOption(new Option('-d, --disable-disk-cache', 'taken; no cache comes with the program'));
}

const IDLE: Readonly<Record<string, string>> = {
  cacheTime: '-c: registrations are refreshed by their own rules; nothing is forgotten after a time',
  delay: '--delay: look-ups are paced for each registry (rdap_interval, whois_interval)',
  garbageCycle: '--garbage-cycle: nothing is swept',
  disableDiskCache: '-d: no cache comes with the program',
};

const LONG = [
  ...['--address', '--cache-time', '--verbose', '--alexa', '--all', '--preload', '--delay', '--garbage-cycle'],
  '--disable-disk-cache',
];

/** Its arguments in a form that can be read: `-ip`, also as `-ip=A`, and long options that are cut short, as Python takes them. */
export const readableArguments = (args: readonly string[]): string[] =>
  args.map((arg) => {
    const [option = '', ...value] = arg.replace(/^-ip(?=$|=)/, '--address').split('=');
    const meant = option.length > 2 ? LONG.filter((long) => long.startsWith(option)) : [];
    return [meant.length === 1 ? meant[0] : option, ...value].join('=');
  });

interface V1Flags extends Record<string, unknown> {
  readonly address: string;
  readonly verbose: number;
  readonly alexa?: string;
  readonly all?: boolean;
  readonly preload: string;
}

export function readV1Arguments(port: string, flags: V1Flags): V1Arguments {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new UsageError(`port: ${JSON.stringify(port)} must be a whole number, 0 to 65535`);
  }
  if (!/^\d{1,7}$/.test(flags.preload)) {
    throw new UsageError(`--preload: ${JSON.stringify(flags.preload)} must be a whole number`);
  }
  return {
    port: Number(port),
    address: flags.address,
    verbosity: flags.verbose,
    ...(flags.alexa === undefined ? {} : { alexa: flags.alexa }),
    all: flags.all === true,
    preload: Number(flags.preload),
    idle: Object.keys(IDLE).flatMap((key) => (flags[key] === undefined ? [] : (IDLE[key] ?? []))),
  };
}
