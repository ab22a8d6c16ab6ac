import { Command, CommanderError } from 'commander';
import { VERSION } from '../program.ts';
import { isFailedCommit } from '../service.ts';
import { authCommand } from './commands/auth.ts';
import { backupCommand } from './commands/backup.ts';
import { communityCommand } from './commands/community.ts';
import { configCommand } from './commands/config.ts';
import { contactsCommand } from './commands/contacts.ts';
import { demoCommand } from './commands/demo.ts';
import { enrichCommand } from './commands/enrich.ts';
import { exportCommand } from './commands/export.ts';
import { factsCommand } from './commands/facts.ts';
import { importCommand } from './commands/import.ts';
import { lookupCommand } from './commands/lookup.ts';
import { packCommand } from './commands/pack.ts';
import { parseCommand } from './commands/parse.ts';
import { restoreCommand } from './commands/restore.ts';
import { preloadCommand } from './commands/preload.ts';
import { rollbackCommand } from './commands/rollback.ts';
import { serveCommand } from './commands/serve.ts';
import { setupCommand } from './commands/setup.ts';
import { statusCommand } from './commands/status.ts';
import { sweepCommand } from './commands/sweep.ts';
import { suppressCommand } from './commands/suppress.ts';
import { trainCommand } from './commands/train.ts';
import { updateCommand } from './commands/update.ts';
import { v1Command } from './commands/v1.ts';
import { UsageError } from './usage-error.ts';
import { readableArguments } from './v1-arguments.ts';

/** Exit codes of every command. */
const FAILED = 1;
const WRONG_USAGE = 2;

/** All commands, one file each. */
const COMMANDS: readonly (() => Command)[] = [
  serveCommand,
  enrichCommand,
  lookupCommand,
  parseCommand,
  contactsCommand,
  suppressCommand,
  importCommand,
  exportCommand,
  trainCommand,
  updateCommand,
  rollbackCommand,
  packCommand,
  statusCommand,
  backupCommand,
  restoreCommand,
  configCommand,
  setupCommand,
  demoCommand,
  sweepCommand,
  factsCommand,
  authCommand,
  communityCommand,
  preloadCommand,
  v1Command,
];

/** The program with all its commands, not run yet. */
export function buildProgram(): Command {
  const program = new Command('domain-stats')
    .description('Facts about domain names for security events: age, first contact, rank, suffix, scores.')
    .version(VERSION)
    .addHelpText(
      'after',
      '\nStart with:\n  domain-stats serve\n  domain-stats lookup example.com\n  domain-stats enrich --zeek dns.log',
    );
  for (const command of COMMANDS) program.addCommand(command());
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
  const program = buildProgram();
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
