/**
 * Tells whether a text was asked about of late. Most names that a network asks for come once: what is made of them would
 * push those that come again out of a cache, and keeping it costs more than making it. Each slot remembers one text by a
 * hash (FNV-1a, 32 bits): a forgotten one is made once more, a mistaken one is kept for nothing.
 */
export function doorkeeper(slots: number): (text: string) => boolean {
  const hashes = new Int32Array(slots);
  return (text) => {
    let hash = FNV_OFFSET;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
    const slot = (hash >>> 1) % slots;
    if (hashes[slot] === hash) return true;
    hashes[slot] = hash;
    return false;
  };
}

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
