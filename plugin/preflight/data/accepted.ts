import { MaintError } from '../../../shared/index.ts';
import { DATA_SYSTEMS } from './registry.ts';

/** What `--allow-data-loss` names: all of a system, `longhorn`, or one object of it, `longhorn/pvc-1`. Throws MaintError('usage'). */
export function dataLossFlag(text: string, flag: string): string {
  const names = DATA_SYSTEMS.map(({ name }) => name);
  const [system = '', ...object] = text.split('/');
  if (names.includes(system) && !object.includes('')) return text;
  throw new MaintError('usage', `${flag}: "${text}" names no data system, nor an object of one as SYSTEM/NAME`, {
    hint: `systems are ${names.join(', ')}; the refusal says what to write`,
  });
}

/** Whether somebody accepts that an object of a system is lost. */
export function isAccepted(accepted: readonly string[], system: string, object: string): boolean {
  return accepted.includes(system) || accepted.includes(`${system}/${object}`);
}
