import { Command } from 'commander';
import { importDomainStatsCommand } from './import-domain-stats.ts';

export function importCommand(): Command {
  return new Command('import').description('Take data of your own into use.').addCommand(importDomainStatsCommand());
}
