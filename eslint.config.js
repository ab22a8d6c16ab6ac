import tseslint from 'typescript-eslint';

// Dependencies go one way (docs/design.md): a folder may import itself and what stands before it in its own row.
const MAY_IMPORT = {
  schema: [],
  core: ['schema'],
  settings: ['schema', 'core'],
  demo: ['schema', 'core'],
  dashboards: ['schema', 'core'],
  detections: ['schema', 'core', 'dashboards'],
  stores: ['schema', 'core'],
  sources: ['schema', 'core', 'stores'],
  lookup: ['schema', 'core', 'stores'],
  community: ['schema', 'core', 'stores', 'lookup', 'datasets'],
  datasets: ['schema', 'core', 'stores'],
  elastic: ['schema', 'core', 'stores', 'settings', 'dashboards'],
  http: ['schema', 'core', 'settings', 'service'],
  cli: [
    'schema',
    'core',
    'settings',
    'stores',
    'sources',
    'lookup',
    'community',
    'datasets',
    'elastic',
    'http',
    'service',
    'demo',
    'dashboards',
  ],
};
const PARTS = [...Object.keys(MAY_IMPORT), 'service'];

const oneWay = Object.entries(MAY_IMPORT).map(([folder, allowed]) => {
  const forbidden = PARTS.filter((part) => part !== folder && !allowed.includes(part));
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${forbidden.join('|')})(/|\\.ts$)`,
              message: `src/${folder} may import only: ${[folder, ...allowed].join(', ')} (docs/design.md).`,
            },
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.test.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      'max-lines': 'off',
    },
  },
  {
    // Pure core: no I/O, no clock.
    files: ['src/core/**/*.ts', 'src/schema/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The core has no clock: take the time as an argument.' },
      ],
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval', 'process'],
    },
  },
  ...oneWay,
);
