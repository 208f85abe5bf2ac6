import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noClockOrNetwork = [
  { object: 'Date', property: 'now', message: 'The decision is a function: take `now` as an argument.' },
  { object: 'Math', property: 'random', message: 'The decision is a function: take randomness as an argument.' },
];

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['eslint.config.mjs', '.dependency-cruiser.mjs'] } },
    },
    rules: {
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name what you export: no default exports.' },
        {
          selector: 'CallExpression[callee.object.name="vi"][callee.property.name="mock"]',
          message: 'Hand a fake through a port instead of vi.mock.',
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' },
      ],
    },
  },
  {
    files: ['shared/**/*.ts'],
    ignores: ['shared/cluster/live/**'],
    rules: {
      'no-restricted-properties': ['error', ...noClockOrNetwork],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'shared/ reads no environment: take the value as an argument.' },
        { name: 'fetch', message: 'shared/ does no I/O outside cluster/live.' },
        { name: 'setTimeout', message: 'shared/ does not wait: time is a value.' },
        { name: 'console', message: 'shared/ returns data and prints nothing.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines': 'off', complexity: 'off' },
  },
  {
    files: ['*.config.ts', '*.config.mjs', '.dependency-cruiser.mjs', 'docs/.vitepress/config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
