import type { FleetContacts } from '../../stores/fleet-contacts.ts';
import type { Settings } from '../../settings/table.ts';
import { connectEngine } from '../connect.ts';
import { EngineError, type Engine } from '../engine.ts';
import { contactIndex, type ContactIndex } from './contact-index.ts';
import { openFleetContacts } from './fleet-contacts.ts';

/** Where the shared contacts are, of the setting `contacts`. */
function placeOf(settings: Settings) {
  const [, product = '', secure = '', host = '', name] = PLACE.exec(settings.contacts) ?? [];
  return { product, url: `http${secure === '' ? '' : 's'}://${host}`, name: name ?? `${settings.prefix}-contacts` };
}

const PLACE = /^(elasticsearch|opensearch)(\+https)?:\/\/([^/]+)(?:\/(.+))?$/;

/** Connects to the index of the setting `contacts`, and makes it unless it is there. Throws {@link EngineError}. */
export async function connectContactIndex(
  settings: Settings,
  retryMs: number,
  onFault: (error: unknown) => void,
): Promise<ContactIndex & { close(): Promise<void> }> {
  const { product, url, name } = placeOf(settings);
  const engine: Engine = await connectEngine({ ...settings, elasticsearchUrl: [url] }, { retryMs });
  try {
    if (engine.product !== product) {
      throw new EngineError(
        `contacts: ${url} is ${engine.product}; write ${engine.product}:// instead of ${product}://.`,
      );
    }
    const index = contactIndex(engine, name, onFault);
    await index.prepare();
    return { ...index, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** The contacts that the setting `contacts` shares between instances; reached when the first claim comes. */
export function openSharedContacts(settings: Settings, onFault: (error: unknown) => void): FleetContacts {
  let open: { close(): Promise<void> } | undefined;
  const fleet = openFleetContacts({
    // One try: whoever asks has no time for more, and the next claim tries again.
    connect: async () => {
      // Requests that are under way hold the old one open a while; it is closed once, a second time would never end.
      void open?.close().catch(onFault);
      open = undefined;
      const index = await connectContactIndex(settings, 0, onFault);
      open = index;
      return index;
    },
    waitMs: settings.contactsWait,
    lowerEveryMs: settings.flushEvery,
    onFault,
  });
  return {
    ...fleet,
    async close() {
      await fleet.close();
      // Requests that the engine does not answer hold it open; nobody waits for them.
      void open?.close().catch(onFault);
    },
  };
}
