import type { Answer } from '../../schema/answer.ts';
import type { Service } from '../../service.ts';

/** Whose contacts the predecessors' routes keep: they know no scopes. */
export const PEER_SCOPE = 'default';

/** Whether the predecessors would have taken a text for a domain: a listed suffix and a label before it. */
export function isPeerName(service: Service, name: string): boolean {
  const { parsed } = service.finishedName(name);
  return parsed.kind === 'domain' && parsed.listed && !parsed.isSuffix;
}

/** Asks for a name, as every door does; waits for an unknown registration as long as the settings let it. */
export function askForPeer(
  service: Service,
  name: string,
  contact: boolean,
): Answer | undefined | Promise<Answer | undefined> {
  const { legacyWait, maxWait } = service.settings;
  const replies = service.ask([{ name }], { contact, waitMs: Math.min(legacyWait, maxWait) });
  const read = (list: Awaited<typeof replies>): Answer | undefined => list[0]?.object();
  return replies instanceof Promise ? replies.then(read) : read(replies);
}
