import { Command } from 'commander';
import { importDomainStatsCommand } from './import-domain-stats.ts';
import { importRanksCommand } from './import-ranks.ts';
import { importRegistrationsCommand } from './import-registrations.ts';

export function importCommand(): Command {
  return new Command('import')
    .description('Take data of your own into use.')
    .addCommand(importRanksCommand())
    .addCommand(importRegistrationsCommand())
    .addCommand(importDomainStatsCommand());
}
