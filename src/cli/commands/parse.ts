import { Command } from 'commander';
import { parseName } from '../../embedded.ts';

export function parseCommand(): Command {
  return new Command('parse')
    .description('Split names: registered domain, suffixes, what kind of name it is. Reads and writes no store.')
    .argument('<names...>', 'domain names, in any spelling')
    .addHelpText('after', '\nExample:\n  domain-stats parse www.foo.github.io BÜCHER.de 192.0.2.1')
    .action((names: string[]) => {
      for (const name of names) process.stdout.write(JSON.stringify(parseName(name)) + '\n');
    });
}
