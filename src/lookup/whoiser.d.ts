declare module 'whoiser/src/parsers.js' {
  export function parseDomainWhois(
    domain: string,
    text: string,
    ignorePrivacy: boolean,
  ): Record<string, string | string[]>;
}
