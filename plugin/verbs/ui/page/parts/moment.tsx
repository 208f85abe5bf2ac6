import type { JSX } from 'preact';
import type { Told } from '../view/node-view.ts';
import { exactly } from '../view/times.ts';

/** A moment in words, and exactly for whoever points at it. */
export function Moment({ told: { text, at, isLate } }: { readonly told: Told }): JSX.Element {
  if (at === null) return <span>{text}</span>;
  return (
    <time dateTime={at} title={exactly(at)} class={isLate ? 'late' : undefined}>
      {text}
    </time>
  );
}
