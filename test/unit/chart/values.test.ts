import { expect, test } from 'vitest';
import { valueRows, valuesSchema } from '../../../.ci/chart-values.ts';

const VALUES = `
# How long a call may wait, in seconds.
# @schema { minimum: 1 }
patienceSeconds: 5

loud:
  # Whether it says so.
  enabled: false
  # To whom.
  # @schema { enum: [everybody, nobody] }
  to: everybody

# Names of neighbours.
neighbours: []

# More labels.
labels: {}
`;

test('a value is of the type of its default, narrowed by what its comment says to the schema', () => {
  const { properties } = valuesSchema(VALUES, {});
  expect(properties).toMatchObject({
    patienceSeconds: { type: 'integer', minimum: 1 },
    neighbours: { type: 'array', items: { type: 'string' } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
  });
});

test('a group takes no other values, and an enumeration needs no type', () => {
  expect(valuesSchema(VALUES, {})).toMatchObject({
    additionalProperties: false,
    properties: {
      loud: {
        type: 'object',
        additionalProperties: false,
        properties: { enabled: { type: 'boolean' }, to: { enum: ['everybody', 'nobody'] } },
      },
    },
  });
});

test('what the webhook reads is as the code says, whatever the file does', () => {
  expect(valuesSchema(VALUES, { labels: { enum: [1] } })).toMatchObject({ properties: { labels: { enum: [1] } } });
});

test('people are told what the comment says to them alone', () => {
  expect(valueRows(VALUES)).toContainEqual(['`patienceSeconds`', '`5`', 'How long a call may wait, in seconds.']);
});

test('a value without a word about it is an error', () => {
  expect(() => valueRows('dark: true')).toThrow('nothing says what dark is');
});
