import { Command, CommanderError } from 'commander';
import { VERSION } from '../program.ts';
import { isFailedCommit } from '../stores/failed-commit.ts';
import { UsageError } from './usage-error.ts';
import { readableArguments } from './v1-arguments.ts';

/** Exit codes of every command. */
const FAILED = 1;
const WRONG_USAGE = 2;

/** All commands, one file each. Only the one that is asked for is loaded: all of them take half a second. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  enrich: async () => (await import('./commands/enrich.ts')).enrichCommand(),
  lookup: async () => (await import('./commands/lookup.ts')).lookupCommand(),
  parse: async () => (await import('./commands/parse.ts')).parseCommand(),
  contacts: async () => (await import('./commands/contacts.ts')).contactsCommand(),
  suppress: async () => (await import('./commands/suppress.ts')).suppressCommand(),
  import: async () => (await import('./commands/import.ts')).importCommand(),
  export: async () => (await import('./commands/export.ts')).exportCommand(),
  train: async () => (await import('./commands/train.ts')).trainCommand(),
  update: async () => (await import('./commands/update.ts')).updateCommand(),
  rollback: async () => (await import('./commands/rollback.ts')).rollbackCommand(),
  pack: async () => (await import('./commands/pack.ts')).packCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  backup: async () => (await import('./commands/backup.ts')).backupCommand(),
  restore: async () => (await import('./commands/restore.ts')).restoreCommand(),
  config: async () => (await import('./commands/config.ts')).configCommand(),
  setup: async () => (await import('./commands/setup.ts')).setupCommand(),
  demo: async () => (await import('./commands/demo.ts')).demoCommand(),
  sweep: async () => (await import('./commands/sweep.ts')).sweepCommand(),
  facts: async () => (await import('./commands/facts.ts')).factsCommand(),
  auth: async () => (await import('./commands/auth.ts')).authCommand(),
  community: async () => (await import('./commands/community.ts')).communityCommand(),
  preload: async () => (await import('./commands/preload.ts')).preloadCommand(),
  v1: async () => (await import('./commands/v1.ts')).v1Command(),
};

/** The program, not run yet: with one command, or with all of them when it has none of that name. */
export async function buildProgram(asked = ''): Promise<Command> {
  const program = new Command('domain-stats')
    .description('Facts about domain names for security events: age, first contact, rank, suffix, scores.')
    .version(VERSION)
    .addHelpText(
      'after',
      '\nStart with:\n  domain-stats serve\n  domain-stats lookup example.com\n  domain-stats enrich --zeek dns.log',
    );
  const only = Object.hasOwn(COMMANDS, asked) ? COMMANDS[asked] : undefined;
  for (const load of only === undefined ? Object.values(COMMANDS) : [only]) program.addCommand(await load());
  exitByException(program);
  return program;
}

export async function main(args: readonly string[]): Promise<number> {
  // Whoever reads the output has seen enough (`… | head`): nothing is wrong, and nothing is left to do.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  // A full disk must not end a process that still answers what it knows: the store has told of it, and tries again.
  process.on('unhandledRejection', (error) => {
    if (!isFailedCommit(error)) throw error;
  });
  const program = await buildProgram(args[0]);
  try {
    await program.parseAsync(args[0] === 'v1' ? readableArguments(args) : args, { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    process.stderr.write(`domain-stats: ${messageOf(error)}\n`);
    return error instanceof UsageError ? WRONG_USAGE : FAILED;
  }
}

/** What to tell a person; the stack of an unforeseen fault only when asked for. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env['NODE_DEBUG']?.includes('domain-stats') === true ? (error.stack ?? error.message) : error.message;
}

function exitByException(command: Command): void {
  command.exitOverride().showHelpAfterError('(add --help for the options and an example)');
  for (const child of command.commands) exitByException(child);
}
