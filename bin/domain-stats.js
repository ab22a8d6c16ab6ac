#!/usr/bin/env node
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/cli/', import.meta.url);

// A fresh clone is not built yet, and one that was updated may lack a file; an installed package has both.
if (!['quiet-process.js', 'main.js'].every((file) => existsSync(new URL(file, built)))) {
  const project = fileURLToPath(new URL('../tsconfig.build.json', import.meta.url));
  const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  if (!existsSync(compiler)) {
    process.stderr.write('domain-stats: not built yet, and there is no compiler: run `npm ci` first.\n');
    process.exit(1);
  }
  process.stderr.write('domain-stats: building once …\n');
  const { status } = spawnSync(process.execPath, [compiler, '-p', project], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}

const args = process.argv.slice(2);
const { buildQuietly } = await import(new URL('quiet-process.js', built).href);
let code = await buildQuietly(args);
if (code === undefined) {
  const { main } = await import(new URL('main.js', built).href);
  code = await main(args);
}
process.exitCode = code;
