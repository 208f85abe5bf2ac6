import type { Preparation } from './preparation.ts';

/**
 * LINSTOR (https://linbit.com/linstor) by Piraeus: a satellite that was silent for too long is evicted, and comes back only
 * when it is restored. Where that fails the node comes back all the same, and a person restores it.
 */
export const linstor: Preparation = {
  id: 'linstor',
  about:
    'LINSTOR: the drain waits until nothing would be lost, with --data=ensure; an evicted satellite is restored on return',
  hasServer: true,
  dataModes: ['keep', 'ensure'],
  hooks: ({ server, data }) => [
    ...(data === 'ensure'
      ? [
          {
            name: 'linstor',
            at: 'before-drain',
            steps: [{ name: 'data-is-safe', safe: 'linstor', timeout: '4h' }],
          },
        ]
      : []),
    {
      name: 'linstor-return',
      at: 'before-return',
      steps: [
        {
          name: 'satellite-is-restored',
          restoreSatellite: { ...(server !== undefined && { server }) },
          timeout: '1m',
          onFailure: 'warn',
        },
      ],
    },
  ],
};
