import type { JSX } from 'preact';

/** Names one below the other, of many the first ones until somebody asks for all. */
export function Names({ names }: { readonly names: readonly string[] }): JSX.Element {
  const [shown, rest] = [names.slice(0, SHOWN), names.slice(SHOWN)];
  return (
    <>
      <ul class="names">
        {shown.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <ul class="names">
            {rest.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const SHOWN = 8;
