import { readFileSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { applyPack, verifyPack } from '../../datasets/pack-apply.ts';
import { createPack } from '../../datasets/pack-create.ts';
import type { PackManifest } from '../../datasets/pack-file.ts';
import { makePackKey, publicKeyText, readPrivateKey } from '../../datasets/pack-key.ts';
import { openSnapshot } from '../../datasets/snapshot.ts';
import type { Settings } from '../../settings/table.ts';
import { lowerPriority } from '../lower-priority.ts';
import { packRecords } from '../pack-records.ts';
import { settingsOf, withSettings } from '../settings-options.ts';
import { UsageError } from '../usage-error.ts';
import { withStores } from '../with-service.ts';

/** Packs carry data sets and records to sites without a network, in one signed file. */
export function packCommand(): Command {
  const command = new Command('pack').description(
    'Carry data sets, registrations and suppressions to a site without a network, in one signed file.',
  );
  keygen(command);
  create(command);
  verify(command);
  apply(command);
  return command;
}

function keygen(command: Command): void {
  command
    .command('keygen')
    .description('Make a signing key; the public half, for the setting pack_keys elsewhere, is printed.')
    .argument('<file>', 'where the private half goes, with mode 0600; an existing file is not replaced')
    .addHelpText('after', '\nExample:\n  domain-stats pack keygen pack-key.pem')
    .action((file: string) => {
      const { privatePem, publicText } = makePackKey();
      try {
        writeFileSync(file, privatePem, { mode: 0o600, flag: 'wx' });
      } catch (cause) {
        throw new UsageError(`cannot write ${file}: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
      process.stdout.write(publicText + '\n');
    });
}

function create(command: Command): void {
  const made = command
    .command('create')
    .description('Pack what is live here: downloaded and imported data sets, registrations, suppressions.')
    .argument('<file>', 'the pack')
    .addOption(new Option('--sign-key <FILE>', 'private key, made by `pack keygen`').makeOptionMandatory())
    .addHelpText('after', '\nExample:\n  domain-stats pack create monday.pack --sign-key pack-key.pem');
  withSettings(made, ['data']).action(async (file: string, { signKey, ...flags }: Record<string, unknown>) => {
    const key = readPrivateKey(readFileSync(String(signKey), 'utf8'));
    const settings = settingsOf(flags);
    await withStores(settings, async (service) => {
      const manifest = await createPack(settings.data, file, { key, now: Date.now(), records: packRecords(service) });
      tell(manifest, `signed by ${publicKeyText(key)}`);
    });
  });
}

function verify(command: Command): void {
  const checked = command
    .command('verify')
    .description('Check that a pack is whole and signed by a trusted key; nothing is applied.')
    .argument('<file>', 'the pack')
    .addHelpText('after', '\nExample:\n  domain-stats pack verify monday.pack --pack-keys ed25519:…');
  withSettings(checked, ['packKeys', 'downloadLimit']).action(async (file: string, flags: Record<string, unknown>) => {
    const { manifest } = await verifyPack(file, trustOf(settingsOf(flags)));
    tell(manifest, 'whole, and signed by a trusted key');
  });
}

function apply(command: Command): void {
  const applied = command
    .command('apply')
    .description(
      'Take a pack into use: everything is checked and built first, then all data sets become live in one step. ' +
        'Each can be rolled back; `rollback` takes several names.',
    )
    .argument('<file>', 'the pack')
    .addOption(new Option('--force', 'also a pack that is older than the last one, or much smaller than what is live'))
    .addHelpText('after', '\nExample:\n  domain-stats pack apply monday.pack --pack-keys ed25519:…');
  withSettings(applied, ['data', 'packKeys', 'downloadLimit', 'lookalikeTargets']).action(
    async (file: string, { force, ...flags }: Record<string, unknown>) => {
      const settings = settingsOf(flags);
      const trust = trustOf(settings);
      lowerPriority();
      await withStores(settings, async (service) => {
        const { counts, skipped } = await applyPack(settings.data, file, {
          ...trust,
          now: Date.now(),
          snapshot: openSnapshot(),
          lookalikeTargets: settings.lookalikeTargets,
          records: packRecords(service),
          force: force === true,
        });
        for (const [name, count] of Object.entries(counts)) process.stderr.write(`${name}: ${String(count)}\n`);
        for (const name of skipped) process.stderr.write(`${name}: not known to this program, left out\n`);
      });
    },
  );
}

function trustOf({ packKeys, downloadLimit }: Settings) {
  if (packKeys.length === 0) {
    throw new UsageError(
      'pack_keys is empty: name the public key of whoever makes the packs (`pack keygen` printed it)',
    );
  }
  return { trusted: packKeys, maxPartBytes: downloadLimit };
}

function tell({ made, parts }: PackManifest, note: string): void {
  process.stderr.write(`made ${made}, ${note}\n`);
  for (const { name, bytes, as_of: asOf } of parts) {
    process.stderr.write(`${name}: ${String(bytes)} bytes${asOf === undefined ? '' : `, of ${asOf}`}\n`);
  }
}
