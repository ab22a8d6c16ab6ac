// Completes package-lock.json with the platform packages of other systems that the registry in use did not list when the
// lock was written: npm leaves them out, and `npm ci` then refuses the lock. Run after `npm install`.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

/** System and processor as npm names them, read from names such as `@swc/core-linux-x64-gnu`. */
const OS = /-(android|darwin|freebsd|linux|openharmony|win32)\b/;
const CPU = /-(arm64|arm|ia32|loong64|ppc64|riscv64|s390x|x64)\b/;

let added = 0;
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    const os = OS.exec(name)?.[1];
    const cpu = CPU.exec(name)?.[1];
    if (path in lock.packages || os === undefined || cpu === undefined || !/^\d/.test(version)) continue;
    lock.packages[path] = { version, cpu: [cpu], ...(entry.dev ? { dev: true } : {}), optional: true, os: [os] };
    added++;
    console.log(`${name}@${version} (for ${parent})`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n');
console.log(`${added} added`);
