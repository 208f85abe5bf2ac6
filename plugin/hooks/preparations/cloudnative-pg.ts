import type { Preparation } from './preparation.ts';

/**
 * CloudNativePG (https://cloudnative-pg.io): the cordon alone makes its operator hand over, which moves the label of the
 * primary to another pod. Where nobody can take over, the drain goes on all the same.
 */
export const cloudnativePg: Preparation = {
  id: 'cnpg',
  about: 'CloudNativePG: the drain begins when no primary is on the node, or after 5 minutes',
  hooks: () => [
    {
      name: 'cnpg',
      at: 'before-drain',
      steps: [
        {
          name: 'primary-has-left',
          wait: 'pods -A -l cnpg.io/instanceRole=primary --field-selector=spec.nodeName=$(NODE) --for=delete',
          timeout: '5m',
          onFailure: 'warn',
        },
      ],
    },
  ],
};
