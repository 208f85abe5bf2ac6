import { clean } from '../../../shared/index.ts';
import { listed } from '../../drain/cause.ts';
import { isAccepted } from '../data/accepted.ts';
import { outBesides } from '../data/leaving.ts';
import { isJudged, type AskedSystem } from '../data/read.ts';
import type { DataFinding, DataObject, DataSystem, Leaving } from '../data/system.ts';
import { refusal, warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** What storage and databases say before their nodes go. */
export const data: Check = {
  id: 'data',
  refuses: 'the last copy of data, by what [data systems](data.md) say, without `--allow-data-loss`',
  warns: 'what they say of service and time; a system that is installed and could not be asked',
  find,
};

function find(survey: Survey): readonly Finding[] {
  const { plans, data: answers } = survey;
  if (plans.length === 0) return [];
  if (answers === undefined)
    return [warning('data', 'you may not ask which APIs are served: whether data systems lose anything is not known')];
  const leaving = leavingOf(survey);
  return answers.flatMap((asked) => [...lacksOf(asked), ...foundBy(asked, leaving, survey)]);
}

function leavingOf({ chosen, plans, nodes, leastEndOf, now }: Survey): Leaving {
  const going = new Set(chosen.map(({ name }) => name));
  const ends = chosen.flatMap((node) => leastEndOf(node) ?? []);
  return {
    nodes: going,
    out: outBesides(
      going,
      (nodes ?? []).map(({ facts }) => facts),
    ),
    pods: plans.flatMap(({ evict, waitFor }) => [...evict, ...waitFor.map(({ pod }) => pod)]),
    lastsMs: ends.length === 0 ? undefined : Math.max(...ends) - now,
  };
}

function lacksOf(asked: AskedSystem): readonly Finding[] {
  const { system, unread } = asked;
  if (unread.length === 0) return [];
  const then = isJudged(asked) ? 'it is judged without' : 'whether it loses data or service is not known';
  return [warning('data', `${system.title} is installed, and ${unread.join(', ')}: ${then}`)];
}

function foundBy(asked: AskedSystem, leaving: Leaving, answered: Answered): readonly Finding[] {
  const { system, objects } = asked;
  if (!isJudged(asked)) return [];
  return system.find(objects, leaving).flatMap((finding) => toFindings(system, finding, answered));
}

/** Losses that refuse nothing: somebody accepts them, or a hook waits until there is none before the first pod goes. */
type Answered = Pick<Survey, 'acceptedLoss' | 'awaitedData'>;

/** What is accepted, or waited for, is told all the same. */
function toFindings(
  system: DataSystem,
  finding: DataFinding,
  { acceptedLoss, awaitedData }: Answered,
): readonly Finding[] {
  const isAwaited = awaitedData.includes(system.name);
  const isTaken = ({ name }: DataObject): boolean => isAwaited || isAccepted(acceptedLoss, system.name, name);
  const open = finding.losesData ? finding.objects.filter((object) => !isTaken(object)) : [];
  const rest = finding.objects.filter((object) => !open.includes(object));
  const [only, ...more] = open;
  const name = only !== undefined && more.length === 0 ? `${system.name}/${clean(only.name, MAX_OBJECT)}` : system.name;
  const about = (some: readonly DataObject[]): Pick<Finding, 'objects'> => ({ objects: some.map(({ name }) => name) });
  const text = `${system.title}: ${finding.text}: `;
  return [
    ...(open.length === 0
      ? []
      : [
          {
            ...refusal('data', `${text}${titles(open)} (--allow-data-loss=${name} goes on all the same)`),
            ...about(open),
          },
        ]),
    ...(rest.length === 0
      ? []
      : [
          {
            ...warning(
              'data',
              `${text}${titles(rest)}${finding.losesData ? WHY_NOT[isAwaited ? 'awaited' : 'accepted'] : ''}`,
            ),
            ...about(rest),
          },
        ]),
  ];
}

/** Why a loss refuses nothing. */
const WHY_NOT = {
  accepted: ' (accepted by --allow-data-loss)',
  awaited: ' (the drain does not begin before that is over)',
} as const;

/** Two names of the API server at most, with the words between them. */
const MAX_OBJECT = 2 * 253;

function titles(objects: readonly DataObject[]): string {
  return listed(objects.map(({ name, alias }) => clean(alias === undefined ? name : `${name} (${alias})`, MAX_OBJECT)));
}
