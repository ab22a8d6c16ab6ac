import { appendFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { makeToken, passwordLine } from '../../http/credentials.ts';
import { UsageError } from '../usage-error.ts';

interface AuthFlags {
  readonly authFile: string;
}

export function authCommand(): Command {
  const file = ['--auth-file <FILE>', 'credentials file; it is made when missing, with mode 0600'] as const;
  const command = new Command('auth').description('Let somebody in: add a token or a user to a credentials file.');
  command
    .command('token')
    .description('Add a token and print it, once.')
    .argument('<name>', 'whose token, for the file alone')
    .requiredOption(...file)
    .addHelpText('after', '\nExample:\n  domain-stats auth token logstash --auth-file /etc/domain-stats/credentials')
    .action((name: string, { authFile }: AuthFlags) => {
      const { token, line } = makeToken(checked(name));
      append(authFile, line);
      process.stdout.write(token + '\n');
    });
  command
    .command('user')
    .description('Add a user; the password is read from standard input.')
    .argument('<name>', 'user name')
    .requiredOption(...file)
    .addHelpText(
      'after',
      '\nExample:\n  domain-stats auth user kibana --auth-file /etc/domain-stats/credentials < password.txt',
    )
    .action(async (name: string, { authFile }: AuthFlags) => {
      const password = (await text(process.stdin)).replace(/\r?\n$/, '');
      if (password === '') throw new UsageError('the password is read from standard input, which is empty');
      append(authFile, await passwordLine(checked(name), password));
    });
  return command;
}

function checked(name: string): string {
  if (/^[^\s:#]{1,64}$/.test(name)) return name;
  throw new UsageError(`name: ${JSON.stringify(name)} must be 1 to 64 characters without spaces, colons and #`);
}

const append = (file: string, line: string): void => appendFileSync(file, line + '\n', { mode: 0o600 });
