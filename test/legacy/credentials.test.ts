import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { makeToken } from '../../src/http/credentials.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { startPeerServer } from './server.ts';

it.each(['/example.com', '/stats', '/stats-reset', '/cache_browse', '/b%FCcher.de', '/%', '/a/b'])(
  'the routes of the predecessors need credentials where there are some: %s',
  async (path) => {
    const authFile = join(temporaryFolder(), 'credentials');
    writeFileSync(authFile, makeToken('somebody').line + '\n');
    const server = await startPeerServer({ authFile });
    const { status } = await server.send(path);
    const contacts = server.service.contacts.contacts.count();
    await server.close();
    expect([status, contacts]).toEqual([401, 0]);
  },
);
