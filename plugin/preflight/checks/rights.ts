import { refusal, type Finding } from '../finding.ts';
import { renderRight } from '../rights.ts';
import type { Survey } from '../survey.ts';

/** What the API server would refuse on the way: found out while nothing is half done. */
export function checkRights({ missingRights }: Survey): readonly Finding[] {
  return missingRights.map((right) => refusal('rights', `you may not ${renderRight(right)}`));
}
