/** Names of all that we make in a search engine. */
export interface AssetNames {
  readonly componentTemplate: string;
  readonly pipeline: string;
  readonly factsIndex: string;
  readonly enrichPolicy: string;
}

export const assetNames = (prefix: string): AssetNames => ({
  componentTemplate: prefix,
  pipeline: prefix,
  factsIndex: `${prefix}-facts`,
  enrichPolicy: prefix,
});
