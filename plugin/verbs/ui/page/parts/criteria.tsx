import type { JSX } from 'preact';
import type { Criterion } from '../view/way-back.ts';
import { Names } from './names.tsx';

/** What a node is asked, one card each: how it is, or what is wrong, and how long something still takes. */
export function Criteria({ all }: { readonly all: readonly Criterion[] }): JSX.Element {
  return (
    <ul class="cards criteria">
      {all.map(({ name, problems, good, countdown }) => (
        <li key={name} class={problems === null ? undefined : problems.length === 0 ? 'good' : 'bad'}>
          <strong>{name}</strong>:{' '}
          {problems === null ? 'unknown' : problems.length === 0 ? good : <Names names={problems} />}
          {countdown !== undefined && (
            <progress aria-label={name} max={Math.max(countdown.of, 1)} value={countdown.seconds} />
          )}
        </li>
      ))}
    </ul>
  );
}
