import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { DataSetError } from './generations.ts';

/** `ed25519:` and the 32 bytes of the key in base64: short enough to read out over a telephone. */
const PREFIX = 'ed25519:';
/** What stands before the bytes of an Ed25519 key in its DER form (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** A new pair: the private half as PEM for a file, the public one as text for the setting. */
export function makePackKey(): { readonly privatePem: string; readonly publicText: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicText: publicKeyText(publicKey),
  };
}

/** The public half of a key as text. */
export function publicKeyText(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return PREFIX + half.export({ type: 'spki', format: 'der' }).subarray(SPKI_HEAD.length).toString('base64');
}

export function readPublicKey(text: string): KeyObject {
  const der = Buffer.concat([SPKI_HEAD, Buffer.from(text.slice(PREFIX.length), 'base64')]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

/** Throws {@link DataSetError} when the text is no private Ed25519 key. */
export function readPrivateKey(pem: string): KeyObject {
  let key;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new DataSetError('the signing key is no private key (PEM); make one with `domain-stats pack keygen FILE`.', {
      cause,
    });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new DataSetError('the signing key is no Ed25519 key.');
  return key;
}
