import type { JSX } from 'preact';
import type { Tone } from '../view/node-view.ts';

/** A hook, tools, an arrow back, a clock, a bar: nobody has to tell them by their colour. */
const SIGNS: Readonly<Record<Tone, string>> = {
  calm: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  busy: 'M4 12 9.2 6.8M8 4.2a3 3 0 0 1 3.9-.6L10 5.5l.5 1.5 1.5.5 1.9-1.9a3 3 0 0 1-4.6 3.4',
  done: 'M3 13 7.2 8.8M6.5 5.5A2.6 2.6 0 0 1 9.9 2.7L8.4 4.2l.4 1.3 1.3.4 1.5-1.5a2.6 2.6 0 0 1-3.4 3.4M9.5 12l1.8 1.8L14.500 10.200',
  back: 'M6.500 4 3 7.500l3.500 3.500M3.500 7.500h6a3 3 0 0 1 0 6H8',
  late: 'M8 2.5a5.500 5.500 0 1 0 .01 0M8 5v3.200l2 1.300',
  off: 'M8 2.500a5.500 5.500 0 1 0 .01 0M4.500 8h7',
};

/** The sign of a state, beside its word. */
export function Sign({ tone }: { readonly tone: Tone }): JSX.Element {
  return (
    <svg class={`sign ${tone}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SIGNS[tone]} />
    </svg>
  );
}
